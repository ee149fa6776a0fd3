import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import { keepTables, type RunOutcome } from './tables.ts'

/** A run as it ended. Times in epoch milliseconds. */
export type PastRun = {
  readonly id: string
  readonly at: number
  readonly outcome: RunOutcome
  readonly approval: string | null
  readonly deleted: number
  readonly unfinished: number
}

/** How an agency's runs ended, newest first. */
export async function pastRuns(trx: Trx, agency: string, most: number): Promise<PastRun[]> {
  const rows = await keepTables(trx)
    .selectFrom('keep_run')
    .select(['id', 'at', 'outcome', 'approval', 'deleted', 'unfinished'])
    .where('agency', '=', agency)
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
    .execute()
  return rows.map(row => ({ ...row, at: row.at.getTime() }))
}

/** A deletion whose tombstone stands. `deletedAt` in epoch milliseconds. */
export type PastDeletion = { readonly recording: string; readonly rule: string; readonly deletedAt: number }

/** What an agency deleted, newest first; from behind the one named, if one is. */
export async function pastDeletions(
  trx: Trx,
  agency: string,
  page: { most: number; after: Pick<PastDeletion, 'recording' | 'deletedAt'> | null },
): Promise<PastDeletion[]> {
  const all = keepTables(trx)
    .selectFrom('keep_tombstone')
    .select(['recording', 'rule', 'deleted_at'])
    .where('agency', '=', agency)
    .where('erased_at', 'is', null)
    .orderBy('deleted_at', 'desc')
    .orderBy('recording', 'desc')
    .limit(page.most)
  const behind = page.after
  const query =
    behind === null
      ? all
      : all.where(
          sql<boolean>`(deleted_at, recording) < (${new Date(behind.deletedAt)}::timestamptz, ${behind.recording}::uuid)`,
        )
  const rows = await query.execute()
  return rows.map(row => ({ recording: row.recording, rule: row.rule, deletedAt: row.deleted_at.getTime() }))
}
