import { sql, type SelectQueryBuilder } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import { keepTables, type DeadlineRow, type KeepTables, type RunOutcome } from './tables.ts'

/** A recording whose deletion has begun and whose key is still there. `hour`: the key's class, null when it has no end. */
export type WithKey = { readonly recording: string; readonly rule: string; readonly hour: number | null }

/** Says of what is due that it waits for its run. */
export async function markDue(trx: Trx, recordings: readonly string[]): Promise<void> {
  const kept = keepTables(trx)
    .selectFrom('keep_deadline')
    .select('recording')
    .where('recording', 'in', [...recordings])
    .where('state', '=', 'kept')
  await updateInOrder(trx, kept, { state: 'due' })
}

/**
 * Updates the rows that a query finds, locked in the order of their ids as everybody locks them: an update takes rows in the
 * order in which they lie, and two runs that take the same ones in two orders wait for each other until the database ends one.
 */
async function updateInOrder<Row extends { recording: string }>(
  trx: Trx,
  found: SelectQueryBuilder<KeepTables, 'keep_deadline', Row>,
  set: { state: 'due' } | { counted: true },
): Promise<Row[]> {
  const rows = await found.orderBy('recording').forUpdate().execute()
  for (let from = 0; from < rows.length; from += 1000) {
    const recordings = rows.slice(from, from + 1000).map(row => row.recording)
    await keepTables(trx)
      .updateTable('keep_deadline')
      .set(set)
      .where('recording', '=', sql<string>`any(${recordings}::uuid[])`)
      .execute()
  }
  return rows
}

/** The point of no return, of many at once. `recognition`: by which the same file is recognised if it comes again. */
export async function markErasing(
  trx: Trx,
  doomed: readonly { readonly recording: string; readonly recognition: Uint8Array | null }[],
): Promise<void> {
  if (doomed.length === 0) return
  await sql`
    update keep_deadline d set state = 'erasing', recognition = m.recognition
    from unnest(${doomed.map(one => one.recording)}::uuid[], ${doomed.map(one => one.recognition)}::bytea[])
      as m (recording, recognition)
    where d.recording = m.recording`.execute(trx)
}

export async function erasingWithKey(trx: Trx, agency: string): Promise<WithKey[]> {
  const rows = await keepTables(trx)
    .selectFrom('keep_deadline')
    .select(['recording', 'rule', 'vault_hour'])
    .where('agency', '=', agency)
    .where('state', '=', 'erasing')
    .where('key_destroyed_at', 'is', null)
    .orderBy('recording')
    .execute()
  return rows.map(row => ({ recording: row.recording, rule: row.rule, hour: numberOrNull(row.vault_hour) }))
}

/** Records destroyed keys; answers those that were not recorded before, by id. */
export async function markKeysDestroyed<Key extends { recording: string; at: number; inBackupsUntil: number | null }>(
  trx: Trx,
  keys: readonly Key[],
): Promise<Key[]> {
  const { rows } = await sql<{ recording: string }>`
    update keep_deadline d set key_destroyed_at = k.at, in_backups_until = k.until
    from unnest(${keys.map(key => key.recording)}::uuid[], ${keys.map(key => timeOf(key.at))}::timestamptz[],
      ${keys.map(key => timeOf(key.inBackupsUntil))}::timestamptz[]) as k (recording, at, until)
    where d.recording = k.recording and d.state = 'erasing' and d.key_destroyed_at is null
    returning d.recording`.execute(trx)
  const fresh = new Set(rows.map(row => row.recording))
  return keys.filter(key => fresh.has(key.recording)).toSorted((a, b) => (a.recording < b.recording ? -1 : 1))
}

export async function erasing(trx: Trx, agency: string): Promise<DeadlineRow[]> {
  return keepTables(trx)
    .selectFrom('keep_deadline')
    .selectAll()
    .where('agency', '=', agency)
    .where('state', '=', 'erasing')
    .orderBy('recording')
    .execute()
}

/** Which erasers have reported of each of these recordings; none of one that is not named. */
export async function erasersReported(trx: Trx, recordings: readonly string[]): Promise<Map<string, Set<string>>> {
  const rows = await keepTables(trx)
    .selectFrom('keep_erased')
    .select(['recording', 'eraser'])
    .where('recording', '=', sql<string>`any(${[...recordings]}::uuid[])`)
    .execute()
  const reported = new Map<string, Set<string>>()
  for (const { recording, eraser } of rows) reported.set(recording, (reported.get(recording) ?? new Set()).add(eraser))
  return reported
}

export async function noteErased(
  trx: Trx,
  noted: { recordings: readonly string[]; agency: string; eraser: string; at: number },
): Promise<void> {
  const { recordings, agency, eraser, at } = noted
  if (recordings.length === 0) return
  await keepTables(trx)
    .insertInto('keep_erased')
    .values(recordings.map(recording => ({ recording, agency, eraser, at: new Date(at) })))
    .onConflict(conflict => conflict.columns(['recording', 'eraser']).doNothing())
    .execute()
}

/** Those of them that no other run closed before, by id. */
export async function markDeleted(trx: Trx, recordings: readonly string[], at: number): Promise<Set<string>> {
  const marked = await keepTables(trx)
    .updateTable('keep_deadline')
    .set({ state: 'deleted', deleted_at: new Date(at) })
    .where('recording', '=', sql<string>`any(${[...recordings]}::uuid[])`)
    .where('state', '=', 'erasing')
    .returning('recording')
    .execute()
  return new Set(marked.map(row => row.recording))
}

export type Tombstone = {
  readonly recording: string
  readonly agency: string
  readonly rule: string
  readonly deletedAt: number
  readonly eraseAfter: number
}

export async function insertTombstones(trx: Trx, tombstones: readonly Tombstone[]): Promise<void> {
  if (tombstones.length === 0) return
  const rows = tombstones.map(({ recording, agency, rule, deletedAt, eraseAfter }) => {
    const times = { deleted_at: new Date(deletedAt), erase_after: new Date(eraseAfter) }
    return { recording, agency, rule, ...times, forgotten_at: null, erased_at: null }
  })
  await keepTables(trx).insertInto('keep_tombstone').values(rows).execute()
}

/** Counts each deletion once, by rule. */
export async function countDeletions(trx: Trx, agency: string): Promise<Map<string, number>> {
  const uncounted = keepTables(trx)
    .selectFrom('keep_deadline')
    .select(['recording', 'rule'])
    .where('agency', '=', agency)
    .where('state', '=', 'deleted')
    .where('counted', '=', false)
  const rows = await updateInOrder(trx, uncounted, { counted: true })
  const counts = new Map<string, number>()
  for (const { rule } of rows) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  return counts
}

export async function insertBraked(
  trx: Trx,
  { approval, agency, recordings }: { approval: string; agency: string; recordings: readonly string[] },
): Promise<void> {
  const rows = recordings.map(recording => ({ approval, agency, recording, approved: false }))
  for (let from = 0; from < rows.length; from += 1000) {
    await keepTables(trx)
      .insertInto('keep_braked')
      .values(rows.slice(from, from + 1000))
      .execute()
  }
}

/** What the brake listed under a question, by id. */
export async function brakedIn(trx: Trx, approval: string): Promise<string[]> {
  const rows = await keepTables(trx)
    .selectFrom('keep_braked')
    .select('recording')
    .where('approval', '=', approval)
    .orderBy('recording')
    .execute()
  return rows.map(row => row.recording)
}

export async function approveBraked(trx: Trx, approval: string): Promise<number> {
  const rows = await keepTables(trx)
    .updateTable('keep_braked')
    .set({ approved: true })
    .where('approval', '=', approval)
    .returning('recording')
    .execute()
  return rows.length
}

/** What two persons have let through of what the brake held back at the agency and is not yet gone. */
export async function letThrough(trx: Trx, agency: string): Promise<Set<string>> {
  const rows = await keepTables(trx)
    .selectFrom('keep_braked')
    .innerJoin('keep_deadline', 'keep_deadline.recording', 'keep_braked.recording')
    .select('keep_braked.recording')
    .distinct()
    .where('keep_braked.agency', '=', agency)
    .where('keep_braked.approved', '=', true)
    .where('keep_deadline.state', 'in', ['kept', 'due'])
    .execute()
  return new Set(rows.map(row => row.recording))
}

export type RunRecord = Omit<KeepTables['keep_run'], 'at' | 'outcome'> & {
  readonly at: number
  readonly outcome: RunOutcome
}

export async function insertRun(trx: Trx, run: RunRecord): Promise<void> {
  await keepTables(trx)
    .insertInto('keep_run')
    .values({ ...run, at: new Date(run.at) })
    .execute()
}

/**
 * When the agency's last run stood on a clock that nobody doubted; null before the first. Epoch milliseconds. A run of a time
 * that is not yet come was by a clock that has been set back since, and is no measure.
 */
export async function lastRunAt(trx: Trx, agency: string, now: number): Promise<number | null> {
  const row = await keepTables(trx)
    .selectFrom('keep_run')
    .select('at')
    .where('agency', '=', agency)
    .where('outcome', '<>', 'clock-stopped')
    .where('at', '<=', new Date(now))
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.at.getTime() ?? null
}

/** When the agency's last completed run ended; null before the first. Epoch milliseconds. */
export async function lastCompletedAt(trx: Trx, agency: string): Promise<number | null> {
  const row = await keepTables(trx)
    .selectFrom('keep_run')
    .select('at')
    .where('agency', '=', agency)
    .where('outcome', '=', 'done')
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.at.getTime() ?? null
}

/** How the agency's newest run ended; null before the first. */
export async function lastOutcome(trx: Trx, agency: string): Promise<RunOutcome | null> {
  const row = await keepTables(trx)
    .selectFrom('keep_run')
    .select('outcome')
    .where('agency', '=', agency)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.outcome ?? null
}

/** When two persons said last that the clock is right; null when they never did. */
export async function lastConfirmedAt(trx: Trx, agency: string): Promise<number | null> {
  const row = await keepTables(trx)
    .selectFrom('keep_run')
    .select('at')
    .where('agency', '=', agency)
    .where('outcome', '=', 'clock-confirmed')
    .orderBy('at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.at.getTime() ?? null
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}
