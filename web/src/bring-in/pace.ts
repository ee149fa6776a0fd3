/** How fast a file goes, by what went in the last seconds; a single burst tells nothing. */
export type Pace = readonly { readonly at: number; readonly sent: number }[]

const WINDOW_MS = 12_000
const LEAST_MS = 1_500

export function paced(pace: Pace, at: number, sent: number): Pace {
  const before = pace.at(-1)
  // What is sent again after a cut is no new progress.
  if (before !== undefined && sent < before.sent) return [{ at, sent }]
  return [...pace.filter(one => at - one.at < WINDOW_MS), { at, sent }]
}

/** Bytes a second; null while nothing can be said. */
export function rateOf(pace: Pace): number | null {
  const [first, last] = [pace[0], pace.at(-1)]
  if (first === undefined || last === undefined || last.at - first.at < LEAST_MS || last.sent <= first.sent) return null
  return ((last.sent - first.sent) * 1000) / (last.at - first.at)
}
