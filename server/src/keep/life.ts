import { maxDeadline, minDeadline } from '@vidne/policies/deadline'
import type { PolicyPack } from '@vidne/policies/pack'
import type { Direction, RetentionLeaf } from '@vidne/policies/retention'
import type { Anchored } from './anchor.ts'

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

type Term = { readonly rule: string; readonly direction: Direction; readonly until: number }

const UNCATEGORISED = 'uncategorised'

/** The rule under which something goes before its time, because two persons wanted it. */
export const EARLY_RULE = 'early-deletion'

/** Why a life was set, or set anew. The history of the recording says it, and every reader's language has words for it. */
export type LifeReason = 'sealed' | 'media-read' | 'categorised' | typeof EARLY_RULE

/** The categories of a recording name a rule that its policy does not have. */
export class RuleUnknown extends Error {
  override readonly name = 'RuleUnknown'
}

/**
 * How long a recording lives. The longest rule of its categories decides, `uncategorised` while it has none. Only a
 * maximum lets a recording go by itself; when a minimum or a review is the longest, a person decides at its end.
 * Throws RuleUnknown.
 */
export function lifeOf(pack: PolicyPack, categories: readonly string[], anchor: Anchored): Life {
  const rules = categories.length === 0 ? [UNCATEGORISED] : categories
  const terms = rules.map(rule => termOf(pack, rule, anchor))
  const longest = terms.reduce((a, b) => (outlasts(b, a) ? b : a))
  const reviews = terms.filter(term => term.direction !== 'max' && Number.isFinite(term.until))
  return {
    anchor,
    rule: longest.rule,
    direction: longest.direction,
    deleteAfter: longest.direction === 'max' ? longest.until : null,
    reviewAt: reviews.length === 0 ? null : Math.min(...reviews.map(term => term.until)),
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

function endOf(life: Life): number {
  return life.deleteAfter ?? Infinity
}

function outlasts(a: Term, b: Term): boolean {
  if (a.until !== b.until) return a.until > b.until
  return a.direction !== 'max' && b.direction === 'max'
}

function termOf(pack: PolicyPack, rule: string, anchor: Anchored): Term {
  const leaf = pack.retention[rule]
  if (leaf === undefined) throw new RuleUnknown(`the policy ${pack.id} has no retention rule ${rule}`)
  return { rule, direction: leaf.dir, until: untilOf(leaf, anchor.at, pack.zone.v) }
}

/** A period counted from a case or from the end of a monitoring has no end before that is known: the recording stays. */
function untilOf(leaf: RetentionLeaf, from: number, zone: string): number {
  if (leaf.anchor !== 'end_of_capture') return Infinity
  const span = { from, zone, period: leaf.v }
  return leaf.dir === 'min' ? minDeadline(span) : maxDeadline(span)
}
