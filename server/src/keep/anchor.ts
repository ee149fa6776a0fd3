/** What is known of when a recording was made. Times in UTC epoch milliseconds, from the clocks named. */
export type Captured = {
  /** When the dock had it whole, by our own clock. */
  readonly receivedAt: number
  /** What the camera's clock says of it; null when no clock of the camera says anything. */
  readonly recordedAt: number | null
  /** Whether that is when it began or, by the date of its file, when it had ended. */
  readonly recordedAtIs: 'start' | 'end'
  /** How long it is; null when the media does not say. */
  readonly durationMs: number | null
  /** Whether the media has been read, or cannot be: nothing more will be learnt of its time. */
  readonly final: boolean
  /** The camera marked it to be kept. */
  readonly proposedHold: boolean
}

/**
 * Whose word the anchor is. `capture-end` and `capture-start` (length unknown) are the camera's; the others are the
 * dock's own time, because the camera gave none, was never set, lay ahead of or too far behind the dock, or because by the
 * camera's word the recording was over its time before it was docked.
 */
export type AnchorSource =
  | 'capture-end'
  | 'capture-start'
  | 'docked-no-time'
  | 'docked-clock-unset'
  | 'docked-clock-ahead'
  | 'docked-clock-behind'
  | 'docked-overdue'

export type Anchored = { readonly at: number; readonly source: AnchorSource }

const DAY_MS = 86_400_000

/** Camera clocks that were never set start at 1904, 1970, 1980 or 2000. */
const NEVER_SET_BEFORE = Date.UTC(2001, 0, 1)

/**
 * What a retention period is counted from: the end of the capture, or the dock's time where the camera's clock cannot be
 * believed. A clock that lies `plausibleDays` or more behind the dock would have footage deleted that nobody has seen.
 */
export function anchorOf(captured: Captured, plausibleDays: number): Anchored {
  const { receivedAt, recordedAt, recordedAtIs } = captured
  if (recordedAt === null) return { at: receivedAt, source: 'docked-no-time' }
  const durationMs = recordedAtIs === 'end' ? 0 : captured.durationMs
  const end = recordedAt + (durationMs ?? 0)
  if (end < NEVER_SET_BEFORE) return { at: receivedAt, source: 'docked-clock-unset' }
  if (end > receivedAt) return { at: receivedAt, source: 'docked-clock-ahead' }
  if (receivedAt - end >= plausibleDays * DAY_MS) return { at: receivedAt, source: 'docked-clock-behind' }
  return { at: end, source: durationMs === null ? 'capture-start' : 'capture-end' }
}
