import { type Hours, minuteOf, minutesLong } from './local-time.ts'
import { neverLonger } from './period-order.ts'

/** Which changes of a list tighten it. */
export type ListJudge = { readonly mayAdd: boolean; readonly mayRemove: boolean }

/**
 * The comparisons from which every direction of a policy is made. Each says whether the second value is at least as tight
 * as the first. They are one object so that a test can plant a fault in each of them and see it caught.
 */
export type Judges = {
  /** Nothing but the same. */
  readonly same: (base: unknown, next: unknown) => boolean
  readonly noLonger: (base: string, next: string) => boolean
  readonly noShorter: (base: string, next: string) => boolean
  readonly noMore: (base: number, next: number) => boolean
  readonly noLess: (base: number, next: number) => boolean
  readonly onlyOff: (base: boolean, next: boolean) => boolean
  readonly onlyOn: (base: boolean, next: boolean) => boolean
  readonly grows: (base: readonly string[], next: readonly string[]) => boolean
  readonly shrinks: (base: readonly string[], next: readonly string[]) => boolean
  readonly noMoreHours: (base: readonly Hours[], next: readonly Hours[]) => boolean
  readonly growingList: ListJudge
  readonly shrinkingList: ListJudge
}

const includesAll = (whole: readonly string[], part: readonly string[]): boolean =>
  part.every(one => whole.includes(one))

export const judges: Judges = {
  same: sameData,
  noLonger: (base, next) => neverLonger(next, base),
  noShorter: (base, next) => neverLonger(base, next),
  noMore: (base, next) => next <= base,
  noLess: (base, next) => next >= base,
  onlyOff: (base, next) => base || !next,
  onlyOn: (base, next) => !base || next,
  grows: (base, next) => includesAll(next, base),
  shrinks: (base, next) => includesAll(base, next),
  noMoreHours: (base, next) => spansOf(next).every(span => covers(base, span)),
  growingList: { mayAdd: true, mayRemove: false },
  shrinkingList: { mayAdd: false, mayRemove: true },
}

/** Whether two values are the same data; a member that is undefined is as one that is absent. */
export function sameData(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [mine, theirs] = [
    new Map<string, unknown>(Object.entries(one)),
    new Map<string, unknown>(Object.entries(other)),
  ]
  return [...new Set([...mine.keys(), ...theirs.keys()])].every(name => sameData(mine.get(name), theirs.get(name)))
}

const MINUTES_A_DAY = 1440
const MINUTES_A_WEEK = 7 * MINUTES_A_DAY

type Span = { readonly from: number; readonly until: number }

/** Hours as minutes of a week that goes round. */
function spansOf(hours: readonly Hours[]): Span[] {
  return hours.flatMap(one =>
    one.days.map(day => {
      const from = (day - 1) * MINUTES_A_DAY + minuteOf(one.from)
      return { from, until: from + minutesLong(one) }
    }),
  )
}

/** Whether a span lies wholly in the hours, which may follow on one another; the week goes round. */
function covers(hours: readonly Hours[], { from, until }: Span): boolean {
  const all = spansOf(hours).flatMap(span => [-MINUTES_A_WEEK, 0, MINUTES_A_WEEK].map(weeks => shifted(span, weeks)))
  let covered = from
  for (;;) {
    const reach = Math.max(...all.filter(span => span.from <= covered).map(span => span.until))
    if (reach >= until) return true
    if (reach <= covered) return false
    covered = reach
  }
}

function shifted({ from, until }: Span, minutes: number): Span {
  return { from: from + minutes, until: until + minutes }
}
