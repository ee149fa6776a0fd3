import type { Direction } from '@vidne/policies/retention'
import type { Anchored } from './anchor.ts'
import { termsOf, type Given, type Term } from './terms.ts'

/** How long a recording lives, before holds. Times in UTC epoch milliseconds. */
export type Life = {
  readonly anchor: Anchored
  /** The rule that decides: the longest of those that apply. */
  readonly rule: string
  readonly direction: Direction
  /** When it goes; null when nothing but a person's decision lets it go. */
  readonly deleteAfter: number | null
  /** When a person has to decide again; null when nothing asks for it. */
  readonly reviewAt: number | null
}

/** The rule under which something goes before its time, because two persons wanted it. */
export const EARLY_RULE = 'early-deletion'

/** The rule under which something goes because wearer and superior decided so, where the policy asks them. */
export const DECIDED_RULE = 'deletion-decision'

/** Whether persons, and no rule of a policy, have said when it goes. */
export function isDecided({ rule }: Pick<Life, 'rule'>): boolean {
  return rule === EARLY_RULE || rule === DECIDED_RULE
}

/** Why a life was set, or set anew. The history of the recording says it, and every reader's language has words for it. */
export type LifeReason =
  | 'sealed'
  | 'media-read'
  | 'categorised'
  | 'category-removed'
  | 'case-noted'
  | 'policy-published'
  | typeof EARLY_RULE
  | typeof DECIDED_RULE

/**
 * How long a recording lives. The longest rule of its categories decides, `uncategorised` while it has none. Only a
 * maximum lets a recording go by itself; when a minimum or a review is the longest, a person decides at its end. A maximum
 * that one person gave takes nothing from what the recording would have without it: two put it under a shorter one. Throws
 * RuleUnknown.
 */
export function lifeOf(given: Given, anchor: Anchored): Life {
  const terms = termsOf(given, anchor.at)
  const own = longestOf(terms)
  const alone = own.direction === 'max' && !given.categories.some(({ byTwo }) => byTwo === true)
  const longest = alone ? longestOf([own, ...termsOf({ ...given, categories: [] }, anchor.at)]) : own
  const reviews = terms.flatMap(({ review }) => (review === null || !Number.isFinite(review) ? [] : [review]))
  return {
    anchor,
    rule: longest.rule,
    direction: longest.direction,
    deleteAfter: longest.direction === 'max' ? longest.until : null,
    reviewAt: reviews.length === 0 ? null : Math.min(...reviews),
  }
}

/**
 * By the camera's clock a recording may be over its time before anybody could see it: it lay in a drawer, or the clock is
 * wrong by weeks. Deleted within the hour, the second would be gone unseen; so either has 72 hours from docking, marked.
 */
export function seenFirst(life: Life, receivedAt: number): Life {
  if (life.deleteAfter === null || life.deleteAfter > receivedAt) return life
  const anchor = { at: receivedAt, source: 'docked-overdue' } as const
  return { ...life, anchor, deleteAfter: receivedAt + OVERDUE_HOURS * HOUR_MS }
}

const OVERDUE_HOURS = 72
const HOUR_MS = 3_600_000

/**
 * The life a recording has after something about it changed: never one that ends earlier than before (G8), whatever was
 * edited. What is new about reviews is taken over.
 */
export function neverShorter(before: Life, after: Life): Life {
  return endOf(after) < endOf(before) ? { ...before, reviewAt: after.reviewAt ?? before.reviewAt } : after
}

/**
 * The life of a recording after a policy came into force: what that policy alone changes, and nothing else. `under` and `was`
 * are its lives with and without it, counted from where its own is counted from. A shorter maximum shortens, a longer minimum
 * lengthens; a longer maximum gives nothing more to what was captured before.
 */
export function underPolicy(before: Life, { was, under }: { was: Life; under: Life }): Life {
  const changed = endOf(under) - endOf(was)
  if (changed < 0 && endOf(under) < endOf(before)) return under
  if (changed > 0 && endOf(under) > endOf(before)) return under
  return before
}

/** When a life ends; Infinity while nothing but a person's decision ends it. */
export function endOf(life: Pick<Life, 'deleteAfter'>): number {
  return life.deleteAfter ?? Infinity
}

function longestOf(terms: readonly Term[]): Term {
  return terms.reduce((a, b) => (outlasts(b, a) ? b : a))
}

function outlasts(a: Term, b: Term): boolean {
  if (a.until !== b.until) return a.until > b.until
  return a.direction !== 'max' && b.direction === 'max'
}
