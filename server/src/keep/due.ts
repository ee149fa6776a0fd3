import type { Direction } from '@vidne/policies/retention'
import type { Trx } from '../platform/database/door.ts'
import { dueHorizon } from './erasing.ts'
import { dueBefore } from './store.ts'

/** What falls due, with why. Times in UTC epoch milliseconds. */
export type DueItem = {
  readonly recording: string
  readonly rule: string
  readonly direction: Direction
  readonly deleteAfter: number
  readonly anchor: number
  readonly anchorSource: string
}

export type Due = {
  readonly by: number
  readonly rules: readonly { readonly rule: string; readonly items: number }[]
  readonly items: readonly DueItem[]
}

/** What a run at `by` would find due if nothing changed until then; holds leave it out. Changes nothing. */
export async function due(trx: Trx, agency: string, by: number): Promise<Due> {
  const items = (await dueBefore(trx, agency, dueHorizon(by))).flatMap(row =>
    row.delete_after === null
      ? []
      : [
          {
            recording: row.recording,
            rule: row.rule,
            direction: row.direction,
            deleteAfter: row.delete_after.getTime(),
            anchor: row.anchor.getTime(),
            anchorSource: row.anchor_source,
          },
        ],
  )
  const counts = new Map<string, number>()
  for (const { rule } of items) counts.set(rule, (counts.get(rule) ?? 0) + 1)
  const rules = [...counts]
    .map(([rule, count]) => ({ rule, items: count }))
    .toSorted((a, b) => (a.rule < b.rule ? -1 : 1))
  return { by, rules, items }
}
