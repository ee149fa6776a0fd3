import { maxDeadline } from './deadline.ts'
import type { PolicyPack } from './pack.ts'

type Departing = Pick<PolicyPack, 'override' | 'zone'>

/** A shift of which nobody has said when it ends is over after this. */
const LONGEST_SHIFT_MS = 12 * 3_600_000

/**
 * When an override that began at `since` is over by itself (both epoch milliseconds), the earlier of calendar and exact time; null where
 * the policy sets it no end.
 */
export function overrideEnds({ override: { reason }, zone }: Departing, since: number): number | null {
  return reason.lasts === undefined ? null : maxDeadline({ from: since, zone: zone.v, period: reason.lasts })
}

/**
 * Until when a reason is in time for what happened at `at`; null where the policy sets no time. `shiftEnds`: when the shift ends in which
 * it happened, null where nobody has said: then twelve hours later. Epoch milliseconds.
 */
export function reasonDue(
  { override: { reason }, zone }: Departing,
  at: number,
  shiftEnds: number | null,
): number | null {
  if (reason.within === null) return null
  if (reason.within === 'shift') return Math.max(at, shiftEnds ?? at + LONGEST_SHIFT_MS)
  return maxDeadline({ from: at, zone: zone.v, period: reason.within })
}
