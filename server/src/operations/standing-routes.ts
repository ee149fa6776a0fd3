import { statfs } from 'node:fs/promises'
import { sql } from 'kysely'
import type { InstallationStanding } from '@vidne/contract/installation'
import program from '../../package.json' with { type: 'json' }
import { api } from '../api.ts'
import { type Ground, cadenceOf } from '../ground.ts'
import type { Keep } from '../keep/keep.ts'
import { type Actor, may } from '../people/people.ts'
import type { Jobs } from '../platform/jobs/jobs.ts'
import { placesOf } from '../places.ts'
import { diskFindings } from './disk-findings.ts'
import { type Told, toldIn } from './finding.ts'
import { lookInside } from './inside-findings.ts'
import { objectsFolder } from './quiet-ground.ts'
import { lastUpkeep, noteUpkeep, type Upkeep } from './upkeep.ts'
import { refusedIn } from '../platform/http/refused.ts'

type Parts = { readonly ground: Ground; readonly keep: Keep; readonly jobs: Pick<Jobs, 'standing'> }

/** How the installation stands, for who answers for it. Nothing of it is about a recording or a person. */
export function standingRoutes({ ground, keep, jobs }: Parts) {
  const { people, database, clock, settings } = ground
  return {
    show: api.installation.show.handler(async ({ context, errors }): Promise<InstallationStanding> => {
      const { actor } = context
      if (!(await people.allowed(actor, 'see-installation')))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'installation', 'not-allowed'))
      const upkeep = await database.asInstallation(async trx => ({
        made: await lastUpkeep(trx, 'backup-made'),
        tried: await lastUpkeep(trx, 'restore-tried'),
      }))
      return {
        origin: settings.origin,
        mode: settings.mode,
        version: program.version,
        database: database.engine === 'embedded' ? 'embedded' : 'server',
        objects: ground.objects.kind,
        snapshots: settings.snapshots === undefined ? null : String(settings.snapshots),
        agencies: await agenciesFor(ground, actor),
        log: logOf(ground),
        disks: await disksOf(ground),
        jobs: (await jobs.standing()).map(({ last, ...job }) => ({
          ...job,
          last: last && { ...last, at: iso(last.at) },
        })),
        backupMade: told(upkeep.made),
        restoreTried: told(upkeep.tried),
      }
    }),
    examine: api.installation.examine.handler(async ({ context, errors }) => {
      if (!(await people.allowed(context.actor, 'see-installation')))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'installation', 'not-allowed'))
      const inside = { ...ground, keep, logStanding: async () => ground.seal.standing(), migrationsAhead: [] }
      const findings = [...(await lookInside(inside)), ...(await diskFindings(settings))]
      return { at: iso(clock.now()), findings: findings.map(one => findingRow(toldIn(context.about.language, one))) }
    }),
    noteRestore: api.installation.noteRestore.handler(async ({ input, context, errors }) => {
      const { actor } = context
      if (!(await people.allowed(actor, 'keep-installation')))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'installation', 'not-allowed'))
      const note = { what: 'restore-tried', by: actor.name, detail: input.detail } as const
      const at = await database.asInstallation(trx => noteUpkeep(trx, clock, note))
      return { state: 'noted' as const, at: iso(at) }
    }),
  }
}

const iso = (at: number): string => new Date(at).toISOString()

const told = (done: Upkeep | null) => (done === null ? null : { ...done, at: iso(done.at) })

function findingRow({ code, ok, stops, text }: Told) {
  return { code, state: ok ? ('good' as const) : stops ? ('stops' as const) : ('weak' as const), text }
}

/** His own agency; all of them for who runs the machine, who sees nothing else of any (G14). */
async function agenciesFor({ people, database }: Ground, actor: Actor): Promise<InstallationStanding['agencies']> {
  const all = may(actor, 'keep-installation') && actor.roles.includes('system-administrator')
  const wanted = all ? await people.agencies() : [actor.agency]
  return Promise.all(
    wanted.map(agency =>
      database.asAgency(agency, async trx => {
        const found = await people.agency(trx, agency)
        const { rows } = await sql<{ persons: number; recordings: number }>`select
          (select count(*)::int from people_person where not machine) as persons,
          (select count(*)::int from keep_v_recording where state <> 'deleted') as recordings`.execute(trx)
        const counts = rows[0] ?? { persons: 0, recordings: 0 }
        return { name: found?.name ?? '', pack: found?.pack ?? '', zone: found?.zone ?? 'UTC', ...counts }
      }),
    ),
  )
}

function logOf({ seal, settings }: Ground): InstallationStanding['log'] {
  const { leaves, publicLeaves, countersignedLeaves, standing } = seal.metrics()
  const nameIn = (vkey: string): string => vkey.split('+', 1)[0] ?? vkey
  const witnesses = settings.witnesses.map(({ url, vkey }) => ({
    name: nameIn(vkey),
    url,
    checksMap: settings.mapCheckers.includes(vkey),
  }))
  const cadenceSeconds = cadenceOf(settings)
  return { origin: settings.origin, standing, leaves, publicLeaves, countersignedLeaves, cadenceSeconds, witnesses }
}

async function disksOf({ settings }: Ground): Promise<InstallationStanding['disks']> {
  const { vault } = placesOf(settings)
  const places = { data: settings.data, objects: objectsFolder(settings), 'vault-a': vault[0], 'vault-b': vault[1] }
  const disks = Object.entries(places).map(async ([what, path]) => {
    const found = path === null ? null : await statfs(path).catch(() => null)
    return found === null
      ? []
      : [{ what, freeBytes: found.bavail * found.bsize, totalBytes: found.blocks * found.bsize }]
  })
  return (await Promise.all(disks)).flat()
}
