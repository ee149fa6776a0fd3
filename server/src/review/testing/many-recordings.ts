import { sql } from 'kysely'
import type { KeepTrial } from '../../keep/testing/trial-keep.ts'

/** An agency that can be filled: of a trial, or of an installation that is served. */
export type Filled = Pick<KeepTrial, 'agency' | 'person' | 'inAgency'> & {
  readonly clock: { now(): number }
  readonly place: Pick<KeepTrial['place'], 'database'>
}

const WEARERS = 100
const GRANTED = 300

/**
 * Recordings as dock, history and keep write their rows, without footage. A hundredth is worn by `The wearer`; three hundred are
 * granted to the person `The investigator`, and three hundred to prosecutors. `before`: so many are there already, and these are older.
 */
export async function manyRecordings(trial: Filled, count: number, before = 0): Promise<void> {
  const { agency, place, clock } = trial
  const now = new Date(clock.now())
  const these = sql`agency = ${agency}::uuid and received_at < ${now}::timestamptz - ${before}::int * interval '50 seconds'
    and received_at >= ${now}::timestamptz - ${before + count}::int * interval '50 seconds'`
  const investigator = await trial.person('The investigator', 'investigator')
  await place.database.asInstallation(async trx => {
    await sql`insert into dock_recording (id, agency, camera, wearer, wearer_key, path, bytes, sha256, level, received_at, recorded_at, proposed_hold)
      select gen_random_uuid(), ${agency}::uuid, 'cam-' || i % 100,
        case when i % ${WEARERS}::int = 0 then 'The wearer' else 'W' || i % ${WEARERS}::int end,
        case when i % ${WEARERS}::int = 0 then 'the wearer' else 'w' || i % ${WEARERS}::int end,
        'DCIM/' || i || '.mp4', 1000 + i, sha256(i::text::bytea), 'gateway', ${now}::timestamptz - i * interval '50 seconds',
        ${now}::timestamptz - i * interval '50 seconds', false
      from generate_series(${before + 1}::int, ${before + count}::int) as i`.execute(trx)
    await sql`insert into history_chain (subject, agency, kind, capture_id, created_at)
      select id, agency, 'recording', sha256(id::text::bytea), received_at from dock_recording where ${these} on conflict do nothing`.execute(
      trx,
    )
    await sql`insert into history_event (id, agency, subject, seq, label, commitment, type, at, opening)
      select gen_random_uuid(), agency, id, 0, sha256(id::text::bytea), sha256(id::text::bytea), 'sealed', received_at, null
      from dock_recording where ${these} on conflict do nothing`.execute(trx)
    await sql`insert into keep_deadline (recording, agency, rule, direction, anchor, anchor_source, settled, delete_after, state,
        vault_state)
      select id, agency, 'uncategorised', 'max', received_at, 'capture-end', true, received_at + interval '31 days', 'kept', 'settled'
      from dock_recording where ${these} on conflict do nothing`.execute(trx)
  })
  if (before > 0) return
  await trial.inAgency(trx =>
    sql`insert into rules_grant (id, agency, recording, kind, person, role, since, until, reason)
      select gen_random_uuid(), agency, id, 'case', case when n % 2 = 0 then ${investigator.person}::uuid end,
        case when n % 2 = 1 then 'prosecutor' end, ${now}, ${now}::timestamptz + interval '30 days', 'case 7'
      from (select agency, id, row_number() over (order by sha256) as n from dock_recording limit ${2 * GRANTED}::int) r`.execute(
      trx,
    ),
  )
}
