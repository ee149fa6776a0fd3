import type { Trx } from '../platform/database/door.ts'
import { keepTables, type DeadlineRow, type KeepTables, type RunOutcome } from './tables.ts'

/** A recording whose deletion has begun and whose key is still there. `hour`: the key's class, null when it has no end. */
export type WithKey = { readonly recording: string; readonly rule: string; readonly hour: number | null }

/** Says of what is due that it waits for its run. */
export async function markDue(trx: Trx, recordings: readonly string[]): Promise<void> {
  await keepTables(trx)
    .updateTable('keep_deadline')
    .set({ state: 'due' })
    .where('recording', 'in', [...recordings])
    .where('state', '=', 'kept')
    .execute()
}

/** The point of no return. `recognition`: by which the same file is recognised if it comes again. */
export async function markErasing(trx: Trx, recording: string, recognition: Uint8Array | null): Promise<void> {
  await keepTables(trx)
    .updateTable('keep_deadline')
    .set({ state: 'erasing', recognition })
    .where('recording', '=', recording)
    .execute()
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

/** Records destroyed keys; answers those that were not recorded before. */
export async function markKeysDestroyed<Key extends { recording: string; at: number; inBackupsUntil: number | null }>(
  trx: Trx,
  keys: readonly Key[],
): Promise<Key[]> {
  const fresh: Key[] = []
  for (const key of keys.toSorted((a, b) => (a.recording < b.recording ? -1 : 1))) {
    const marked = await keepTables(trx)
      .updateTable('keep_deadline')
      .set({ key_destroyed_at: new Date(key.at), in_backups_until: dateOrNull(key.inBackupsUntil) })
      .where('recording', '=', key.recording)
      .where('state', '=', 'erasing')
      .where('key_destroyed_at', 'is', null)
      .returning('recording')
      .execute()
    if (marked.length > 0) fresh.push(key)
  }
  return fresh
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

export async function erasersReported(trx: Trx, recording: string): Promise<Set<string>> {
  const rows = await keepTables(trx)
    .selectFrom('keep_erased')
    .select('eraser')
    .where('recording', '=', recording)
    .execute()
  return new Set(rows.map(row => row.eraser))
}

export async function noteErased(
  trx: Trx,
  { recording, agency, eraser, at }: { recording: string; agency: string; eraser: string; at: number },
): Promise<void> {
  await keepTables(trx)
    .insertInto('keep_erased')
    .values({ recording, agency, eraser, at: new Date(at) })
    .onConflict(conflict => conflict.columns(['recording', 'eraser']).doNothing())
    .execute()
}

/** False when another run was there first. */
export async function markDeleted(trx: Trx, recording: string, at: number): Promise<boolean> {
  const marked = await keepTables(trx)
    .updateTable('keep_deadline')
    .set({ state: 'deleted', deleted_at: new Date(at) })
    .where('recording', '=', recording)
    .where('state', '=', 'erasing')
    .returning('recording')
    .execute()
  return marked.length > 0
}

export async function insertTombstone(
  trx: Trx,
  tombstone: { recording: string; agency: string; rule: string; deletedAt: number; eraseAfter: number },
): Promise<void> {
  const { recording, agency, rule, deletedAt, eraseAfter } = tombstone
  const times = {
    deleted_at: new Date(deletedAt),
    erase_after: new Date(eraseAfter),
    forgotten_at: null,
    erased_at: null,
  }
  await keepTables(trx)
    .insertInto('keep_tombstone')
    .values({ recording, agency, rule, ...times })
    .execute()
}

/** Counts each deletion once, by rule. */
export async function countDeletions(trx: Trx, agency: string): Promise<Map<string, number>> {
  const rows = await keepTables(trx)
    .updateTable('keep_deadline')
    .set({ counted: true })
    .where('agency', '=', agency)
    .where('state', '=', 'deleted')
    .where('counted', '=', false)
    .returning('rule')
    .execute()
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

function dateOrNull(at: number | null): Date | null {
  return at === null ? null : new Date(at)
}

function numberOrNull(value: bigint | null): number | null {
  return value === null ? null : Number(value)
}
