import { sql } from 'kysely'
import type { Clock } from '../platform/clock.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'

export type UpkeepKind = 'backup-made' | 'restore-tried'

/** Something that was done for the installation's backups; `at` in epoch milliseconds. */
export type Upkeep = { readonly at: number; readonly by: string; readonly detail: string }

/** Notes what was done; kept for good. */
export async function noteUpkeep(
  trx: Trx,
  clock: Clock,
  { what, by, detail }: { what: UpkeepKind; by: string; detail: string },
): Promise<number> {
  const at = clock.now()
  await sql`insert into operations_upkeep (id, at, what, by, detail)
    values (${uuidv7(clock)}::uuid, ${new Date(at)}, ${what}, ${by}, ${detail})`.execute(trx)
  return at
}

/** The last of its kind; null where there was none. */
export async function lastUpkeep(trx: Trx, what: UpkeepKind): Promise<Upkeep | null> {
  const { rows } = await sql<{ at: Date; by: string; detail: string }>`
    select at, by, detail from operations_upkeep where what = ${what} order by at desc limit 1`.execute(trx)
  const [row] = rows
  return row === undefined ? null : { at: row.at.getTime(), by: row.by, detail: row.detail }
}

/** Whether the database is new enough to keep it. */
export async function hasUpkeep(trx: Trx): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`select to_regclass('operations_upkeep') is not null as there`.execute(
    trx,
  )
  return rows[0]?.there ?? false
}
