import { sql } from 'kysely'
import { stillWords } from '../platform/still.ts'
import { stillOf } from '../seal/seal.ts'
import { type Finding, bad, good, weak } from './finding.ts'
import type { QuietGround } from './quiet-ground.ts'
import { traceFindings } from './traces-findings.ts'
import { unownedKeyFindings } from './unowned-keys.ts'

/** An installation that is open, by its operator or because it is served. */
export type InsideGround = Pick<
  QuietGround,
  'settings' | 'vault' | 'database' | 'keep' | 'logStanding' | 'migrationsAhead'
>

/** Looks at what lies in an open installation. Changes nothing. */
export async function lookInside(ground: InsideGround): Promise<Finding[]> {
  const findings = await vaultFindings(ground)
  if (ground.migrationsAhead.length === 0) return [...findings, ...(await stateFindings(ground))]
  const names = ground.migrationsAhead.join(', ')
  const text = `The database is older than this program (it lacks ${names}); the next start upgrades it. See: vidne upgrade --check`
  return [...findings, weak('database', text)]
}

async function vaultFindings({ vault }: InsideGround): Promise<Finding[]> {
  const found = (await vault.check())
    .filter(({ code }) => code !== 'copies-on-one-disk')
    .map(({ code, stops, still }): Finding => ({
      code: `vault-${code}`,
      ok: false,
      stops,
      text: stillWords('en', still),
    }))
  return found.length > 0 ? found : [good('vault', 'Both copies of the vault are sound and equal.')]
}

async function stateFindings(ground: InsideGround): Promise<Finding[]> {
  const { database, keep, settings } = ground
  const log = stillOf(await ground.logStanding())
  const stop = await keep.standing()
  const forgotten = await openingsLost(ground)
  return [
    good('database', `The database (${database.engine}) opens with all its tables.`),
    log === null
      ? good('log', `The log ${settings.origin} can go on: database, tiles and lock agree.`)
      : bad('log', stillWords('en', log)),
    stop === null
      ? good('clean-up', 'Nothing is in the way of deletion on time.')
      : bad('clean-up', stillWords('en', stop)),
    ...(await unownedKeyFindings(ground)),
    ...(await lostFindings(ground)),
    ...(await traceFindings(ground)),
    forgotten === 0
      ? good('openings', 'Every event of the history can be opened, unless its tombstone was erased.')
      : bad('openings', `${forgotten} events have lost what they say. Restore the database from a backup that has it.`),
  ]
}

/** What an operator has gone on without stays told. */
async function lostFindings({ database }: InsideGround): Promise<Finding[]> {
  const { rows } = await database.asInstallation(trx =>
    sql<{ lost: number }>`
      select count(*)::int as lost from keep_v_lost l join keep_v_recording r on r.recording = l.recording
      where r.state <> 'deleted'`.execute(trx),
  )
  const lost = rows[0]?.lost ?? 0
  if (lost === 0) return []
  const text =
    `${lost} recordings have lost stored bytes with an object store that could not come back ("vidne recordings" marks them). ` +
    'They cannot be exported, are not counted as deleted, and go by their rule like any other.'
  return [weak('recordings-lost', text)]
}

async function openingsLost({ database }: InsideGround): Promise<number> {
  const { rows } = await database.asInstallation(trx =>
    sql<{ lost: number }>`select count(*)::int as lost from history_event e
      where e.opening is null and not exists (
        select from history_event t where t.subject = e.subject and t.type = 'tombstone-erased')`.execute(trx),
  )
  return rows[0]?.lost ?? 0
}
