import type { Flag, Leaf } from './leaf.ts'
import type { CitedMark, Clause, Mark, Trigger, TriggerSource, VerdictWord } from './situation.ts'

/** A verdict while it is being made. */
export type Ruling = {
  readonly verdict: VerdictWord
  readonly clause: Clause | null
  readonly trigger: Trigger | null
  /** Who or what asked for this by a rule of the policy; what is cited is only the strongest of them. */
  readonly sources: readonly TriggerSource[]
  readonly reason: boolean
  readonly review: boolean
  readonly marks: readonly (Mark | CitedMark)[]
}

/** What `ruled` may be told beside the verdict and its clause. */
type More = Partial<Omit<Ruling, 'verdict' | 'clause'>>

/** A ruling by one value of the pack. */
export function ruled(verdict: VerdictWord, field: string, leaf: Leaf<unknown>, more: More = {}): Ruling {
  return {
    verdict,
    clause: { field, leaf },
    trigger: null,
    sources: [],
    reason: false,
    review: false,
    marks: [],
    ...more,
  }
}

/** The same ruling with something added that has to be seen. */
export function noting(
  ruling: Ruling,
  marks: Ruling['marks'],
  asks: { reason?: boolean; review?: boolean } = {},
): Ruling {
  return {
    ...ruling,
    reason: ruling.reason || asks.reason === true,
    review: ruling.review || asks.review === true,
    marks: [...ruling.marks, ...marks],
  }
}

const strength: Readonly<Record<Flag, number>> = { law: 3, policy: 2, seed: 1, default: 0 }

/** Whether one value stands above another where rules conflict: law, policy, seed, default. */
export function outranks(one: Leaf<unknown>, other: Leaf<unknown>): boolean {
  return strength[one.f] > strength[other.f]
}

/** The strongest of several; of equals the first, so that the same situation always cites the same rule. */
export function strongest<Found extends { readonly leaf: Leaf<unknown> }>(all: readonly Found[]): Found | null {
  return all.reduce<Found | null>((best, one) => (best === null || outranks(one.leaf, best.leaf) ? one : best), null)
}
