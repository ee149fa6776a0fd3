import type { Still } from '../platform/still.ts'

const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

/** A run happens each hour; a clock that stands so many hours past the last one has leapt, or nobody was here. */
export const CLOCK_LEAD_HOURS = 26

/** Machines that keep time are within a second of each other, and a cosignature is some seconds under way. */
export const CLOCK_APART_MINUTES = 5

/** By how much our clock leads that of a witness; negative where it lags behind. */
export type ClockLead = { readonly by: string; readonly leadMs: number }

/** Whether the clock leads the last run by more than a run may find unremarkable (G8). Epoch milliseconds. */
export function clockLeads({ lastRun, now }: { lastRun: number; now: number }): boolean {
  return now - lastRun > CLOCK_LEAD_HOURS * HOUR_MS
}

/**
 * Whether the witnesses contradict our clock (G8): at least half of those heard stand further from it than clocks may. Gives the
 * one furthest away; null when they agree, or none was heard. One of three that goes wrong does not stop a run; the only one does.
 */
export function clockApart(leads: readonly ClockLead[]): ClockLead | null {
  const apart = leads.filter(({ leadMs }) => Math.abs(leadMs) > CLOCK_APART_MINUTES * MINUTE_MS)
  if (apart.length * 2 < leads.length) return null
  return apart.toSorted((a, b) => Math.abs(b.leadMs) - Math.abs(a.leadMs))[0] ?? null
}

/** Whether two persons have said lately that the clock is right. Their word is good as long as a run may be away. */
export function vouchedFor({ confirmed, now }: { confirmed: number; now: number }): boolean {
  return confirmed <= now && now - confirmed <= CLOCK_LEAD_HOURS * HOUR_MS
}

/** A difference of clocks in the unit in which a person would say it. */
export function lengthOf(differenceMs: number): Still {
  const minutes = Math.round(Math.abs(differenceMs) / MINUTE_MS)
  if (minutes < 120) return { code: 'minutes', values: { count: minutes } }
  const hours = Math.round(minutes / 60)
  return hours < 72
    ? { code: 'hours', values: { count: hours } }
    : { code: 'days', values: { count: Math.round(hours / 24) } }
}
