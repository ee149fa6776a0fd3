import { type RawBuilder, sql } from 'kysely'

/** Camera clocks that were never set start at 1904, 1970, 1980 or 2000. */
const NEVER_SET_BEFORE = Date.UTC(2001, 0, 1)
const DAY_MS = 86_400_000

/** What a camera's clock says (UTC epoch milliseconds), where that can be meant: it was set once, and lies no more than a day ahead of the dock. */
export function believable(at: number | null, dockedAt: number): number | null {
  return at !== null && at >= NEVER_SET_BEFORE && at <= dockedAt + DAY_MS ? at : null
}

/**
 * THE answer to when a recording counts as made where it is asked whose camera made it: by the camera's clock where that can be meant,
 * also where it lies long before the docking, since footage is brought in from before; else when it was docked. How long it lives is
 * counted otherwise (`keep`): there a clock far behind is not believed. Epoch milliseconds.
 */
export function madeAt(recordedAt: number | null, dockedAt: number): number {
  return believable(recordedAt, dockedAt) ?? dockedAt
}

/** The same in SQL, of a row of `dock_v_recording` under the alias. */
export function madeAtOf(alias: string): RawBuilder<Date> {
  const [recorded, docked] = [sql.ref(`${alias}.recorded_at`), sql.ref(`${alias}.received_at`)]
  return sql`case when ${recorded} >= ${new Date(NEVER_SET_BEFORE)} and ${recorded} <= ${docked} + interval '24 hours'
    then ${recorded} else ${docked} end`
}
