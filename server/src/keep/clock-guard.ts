const HOUR_MS = 3_600_000

/** A run happens each hour; a clock that stands so many hours past the last one has leapt, or nobody was here. */
export const CLOCK_LEAD_HOURS = 26

/** Whether the clock leads the last run by more than a run may find unremarkable (G8). Epoch milliseconds. */
export function clockLeads({ lastRun, now }: { lastRun: number; now: number }): boolean {
  return now - lastRun > CLOCK_LEAD_HOURS * HOUR_MS
}
