import { packById } from '@vidne/policies/packs'
import { found } from '@vidne/server/founding'
import { silentLogger } from '@vidne/server/platform/http/logging'
import { policyDigest } from '@vidne/server/rules/rules'
import { type Agency, agencies } from './agencies.ts'
import type { Opened } from './house.ts'
import { openRehearsal } from './house.ts'

/** An agency as it was founded: what its dock signs in with, and who it is. */
export type Founded = { readonly id: string; readonly dock: string; readonly agency: Agency }

/** Founds the rehearsal at a moment in the past, with every agency, its units, people and cameras. */
export async function foundAll(
  data: string,
  beginsAt: number,
): Promise<{ opened: Opened; founded: readonly Founded[] }> {
  const [first, ...others] = agencies
  if (first === undefined) throw new Error('there is no agency')
  const nowhere = { origin: 'demo.vidne.local/month', vault: undefined, database: undefined, objects: undefined }
  const wish = { data, agency: first.name, pack: first.pack, rehearsal: true, beginsAt, snapshots: 'none', ...nowhere }
  const founding = await found(wish, silentLogger)
  const opened = await openRehearsal(data)
  const founded: Founded[] = [{ id: founding.agency, dock: founding.deviceToken, agency: first }]
  for (const agency of others) founded.push(await foundBeside(opened, agency))
  for (const one of founded) await configure(opened, one)
  return { opened, founded }
}

async function foundBeside({ ground }: Opened, agency: Agency): Promise<Founded> {
  const { people, rules, database } = ground
  const pack = packById(agency.pack)
  if (pack === null) throw new Error(`there is no pack ${agency.pack}`)
  const [id, zone] = [await people.newAgencyId(), pack.zone.v]
  const founding = { id, name: agency.name, zone, pack: pack.id, pol: policyDigest(pack, zone) }
  const made = await database.asAgency(id, async trx => {
    const founded = await people.createAgency(trx, { ...founding, operator: agency.operator })
    await rules.adopt(trx, id, pack, zone)
    return founded
  })
  return { id, dock: made.dock.token, agency }
}

/** Units, people and cameras come by the agency's configuration, as an administrator would bring them from a file. */
async function configure({ as, ground }: Opened, { id, agency }: Founded): Promise<void> {
  const first = agency === agencies[0] ? 'Operator' : agency.operator
  const administrator = await as(id, first)
  const { configuration: files } = await administrator.configuration.export()
  const listed = files['people.json']
  const there = Array.isArray(listed) ? listed : []
  const units = [...new Set(agency.cameras.map(camera => camera.unit))]
  const own =
    first === 'Operator'
      ? [{ name: agency.operator, roles: ['agency-administrator', 'system-administrator'], unit: null }]
      : []
  const people = [...own, ...agency.people].map(one => ({ machine: false, ...one }))
  const wish = {
    ...files,
    'units.json': units.map(name => ({ name, policy: null })),
    'people.json': [...there, ...people],
    'cameras.json': agency.cameras.map(({ id: camera, unit }) => ({ camera, unit })),
    'trainings.json': people
      .filter(one => one.roles.includes('wearer'))
      .map(({ name }) => ({
        person: name,
        course: 'Body camera',
        completedAt: new Date(ground.clock.now() - 60_000).toISOString(),
      })),
  }
  const answer = await administrator.configuration.import({
    configuration: wish,
    apply: true,
    reason: 'The month begins',
  })
  if (!answer.applied) throw new Error(`${agency.name} could not be configured`)
}
