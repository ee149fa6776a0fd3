import { type RawBuilder, sql } from 'kysely'
import type { KeepTrial } from '../../keep/testing/trial-keep.ts'
import type { Trx } from '../../platform/database/door.ts'

/** An agency that can be filled: of a trial, or of an installation that is served. */
export type Filled = Pick<KeepTrial, 'agency' | 'person' | 'inAgency'> & {
  readonly clock: { now(): number }
  readonly place: Pick<KeepTrial['place'], 'database'>
}

const WEARERS = 100
const GRANTED = 300

/**
 * What is written next checks nothing and starts nothing: a million rows are written in a fraction of the time, and have to be right by
 * themselves.
 */
export async function withoutTriggers(trx: Trx): Promise<void> {
  await sql`reset role`.execute(trx)
  await sql`set local session_replication_role = replica`.execute(trx)
  await sql`set local role vidne_installation`.execute(trx)
}

/** What the upkeep of the database does by itself within a minute. asInstallation. */
export async function lookedAt(trx: Trx): Promise<void> {
  await sql`reset role`.execute(trx)
  await sql`analyze`.execute(trx)
}

type Number = RawBuilder<unknown>

/** Which recordings of a full desk were made in an operation and have a place, by their length in bytes; all but one in 1000, and half. */
export const inOperation = (bytes: Number): Number => sql`${bytes} % 1000 <> 7`
export const located = (bytes: Number): Number => sql`${bytes} % 2 = 0`
export const latitude = (bytes: Number): Number => sql`(556000000 + ${bytes} % 1000 * 1000)`
export const longitude = (bytes: Number): Number => sql`(125000000 + ${bytes} % 777 * 1000)`

/** An id as the dock gives it (uuidv7): the time first, so that what came together lies together. */
function idOf(at: RawBuilder<unknown>): RawBuilder<unknown> {
  const hex = sql`lpad(to_hex((extract(epoch from ${at}) * 1000)::bigint), 12, '0')`
  return sql`(left(${hex}, 8) || '-' || right(${hex}, 4) || '-7' || substr(gen_random_uuid()::text, 16))::uuid`
}

/** Which `count` of them are older than `before` others. */
export function olderThan(now: number, before: number, count: number): RawBuilder<boolean> {
  const from = sql`${new Date(now)}::timestamptz`
  return sql`received_at < ${from} - ${before}::int * interval '50 seconds'
    and received_at >= ${from} - ${before + count}::int * interval '50 seconds'`
}

/**
 * Recordings as dock, history and keep write their rows, without footage. A hundredth is worn by `The wearer`; three hundred are
 * granted to the person `The investigator`, and three hundred to prosecutors. `before`: so many are there already, and these are older.
 * `desk`: with what `aFullDesk` writes of operations and places said already.
 */
export async function manyRecordings(
  trial: Filled,
  count: number,
  { before = 0, desk = false }: { before?: number; desk?: boolean } = {},
): Promise<void> {
  const { agency, place, clock } = trial
  const now = new Date(clock.now())
  const these = sql`agency = ${agency}::uuid and ${olderThan(clock.now(), before, count)}`
  const investigator = await trial.person('The investigator', 'investigator')
  await place.database.asInstallation(async trx => {
    if (desk) await withoutTriggers(trx)
    await sql`insert into dock_recording (id, agency, camera, wearer, wearer_key, path, bytes, sha256, level, received_at, recorded_at,
        proposed_hold, in_operation, latitude_e7, longitude_e7)
      select ${idOf(sql`${now}::timestamptz - i * interval '50 seconds'`)}, ${agency}::uuid, 'cam-' || i % 100,
        case when i % ${WEARERS}::int = 0 then 'The wearer' else 'W' || i % ${WEARERS}::int end,
        case when i % ${WEARERS}::int = 0 then 'the wearer' else 'w' || i % ${WEARERS}::int end,
        'DCIM/' || i || '.mp4', 1000 + i, sha256(i::text::bytea), 'gateway', ${now}::timestamptz - i * interval '50 seconds',
        ${now}::timestamptz - i * interval '50 seconds', false, ${desk}::bool and ${inOperation(sql`(1000 + i)`)},
        case when ${desk}::bool and ${located(sql`(1000 + i)`)} then ${latitude(sql`(1000 + i)`)} end,
        case when ${desk}::bool and ${located(sql`(1000 + i)`)} then ${longitude(sql`(1000 + i)`)} end
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
