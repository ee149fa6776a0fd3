import { sql } from 'kysely'
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
  return [...findings, weak('database', 'database-older', { names })]
}

async function vaultFindings({ vault }: InsideGround): Promise<Finding[]> {
  const found = (await vault.check())
    .filter(({ code }) => code !== 'copies-on-one-disk')
    .map(({ code, stops, still }): Finding => ({
      code: `vault-${code}`,
      ok: false,
      stops,
      said: { still },
    }))
  return found.length > 0 ? found : [good('vault', 'vault')]
}

async function stateFindings(ground: InsideGround): Promise<Finding[]> {
  const { database, keep, settings } = ground
  const log = stillOf(await ground.logStanding())
  const stop = await keep.standing()
  const forgotten = await openingsLost(ground)
  return [
    good('database', database.engine === 'embedded' ? 'database-embedded' : 'database-server'),
    log === null
      ? good('log', 'log', { origin: settings.origin })
      : { code: 'log', ok: false, stops: true, said: { still: log } },
    stop === null ? good('clean-up', 'clean-up') : { code: 'clean-up', ok: false, stops: true, said: { still: stop } },
    ...(await unownedKeyFindings(ground)),
    ...(await lostFindings(ground)),
    ...(await traceFindings(ground)),
    forgotten === 0 ? good('openings', 'openings') : bad('openings', 'openings-lost', { count: forgotten }),
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
  return [weak('recordings-lost', 'recordings-lost', { count: lost })]
}

async function openingsLost({ database }: InsideGround): Promise<number> {
  const { rows } = await database.asInstallation(trx =>
    sql<{ lost: number }>`select count(*)::int as lost from history_event e
      where e.opening is null and not exists (
        select from history_event t where t.subject = e.subject and t.type = 'tombstone-erased')`.execute(trx),
  )
  return rows[0]?.lost ?? 0
}
