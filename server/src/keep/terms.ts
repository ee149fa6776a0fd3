import { dayAfter } from '@vidne/policies/day'
import { maxDeadline, minDeadline } from '@vidne/policies/deadline'
import type { PolicyPack } from '@vidne/policies/pack'
import type { CaseEvent, Direction, RetentionLeaf } from '@vidne/policies/retention'

export type { CaseEvent } from '@vidne/policies/retention'

/**
 * A category of a recording. `case` and `offence` are the ground that some policies ask for before they keep anything. `byTwo`: two
 * persons put it there in the place of another.
 */
export type Category = {
  readonly rule: string
  readonly case: string | null
  readonly offence: string | null
  readonly byTwo?: boolean
}

/** Something that happened in a case, on the day of `on` (epoch milliseconds). `case` null: the recording's one case, not named. */
export type CaseNote = { readonly case: string | null; readonly event: CaseEvent; readonly on: number }

/** Everything a recording's life follows from, besides its anchor. `packs`: in force since its capture, oldest first. */
export type Given = {
  readonly packs: readonly PolicyPack[]
  readonly categories: readonly Category[]
  readonly cases: readonly CaseNote[]
}

/** Until when one rule binds, and when it wants somebody to look; null for a maximum, which wants nobody. */
export type Term = {
  readonly rule: string
  readonly direction: Direction
  readonly until: number
  readonly review: number | null
}

export const UNCATEGORISED = 'uncategorised'

/** The categories of a recording name a rule that its policy does not have. */
export class RuleUnknown extends Error {
  override readonly name = 'RuleUnknown'
}

/**
 * The policies that decide about a capture: the one in force when it was made (the first, where it is older than all of
 * them), and each that came into force since.
 */
export function packsSince<Version extends { readonly pack: PolicyPack; readonly since: number }>(
  versions: readonly Version[],
  capturedAt: number,
  now: number,
): PolicyPack[] {
  const known = versions.filter(({ since }) => since <= now)
  const first = Math.max(
    0,
    known.findLastIndex(({ since }) => since <= capturedAt),
  )
  return known.slice(first).map(({ pack }) => pack)
}

/**
 * The terms that apply to a recording. Where a policy wants people to decide about deletions, a category without case number
 * and offence keeps nothing: the recording stays under `uncategorised` until it has both. Throws RuleUnknown.
 */
export function termsOf(given: Given, from: number): Term[] {
  const counted = given.categories.filter(category => !needsGround(given.packs) || isGrounded(category))
  const rules = counted.length === 0 ? [UNCATEGORISED] : counted.map(({ rule }) => rule)
  return rules.map(rule => termOf(given, rule, from))
}

/** Whether one of the policies keeps nothing beyond its first term without a case number and an offence. */
export function needsGround(packs: readonly PolicyPack[]): boolean {
  return packs.some(pack => pack.decision !== undefined)
}

/** Whether a category says for which case, and for which offence. */
export function isGrounded(category: Pick<Category, 'case' | 'offence'>): boolean {
  return category.case !== null && category.offence !== null
}

/** Until when a recording must be kept whatever two persons want; null where no minimum binds it, Infinity without end. */
export function minimumOf(given: Given, from: number): number | null {
  const minimums = termsOf(given, from).filter(({ direction }) => direction === 'min')
  return minimums.length === 0 ? null : Math.max(...minimums.map(({ until }) => until))
}

/**
 * The term of one rule under all policies since the capture: the strictest of each direction. The policy at the capture says
 * which way it binds; a later one can shorten a maximum and lengthen a minimum, never the other way round.
 */
function termOf(given: Given, rule: string, from: number): Term {
  const leaves = given.packs.flatMap(pack => leafIn(pack, rule))
  const direction = leaves[0]?.leaf.dir
  if (direction === undefined) {
    throw new RuleUnknown(`the policy ${given.packs.map(pack => pack.id).join(', ')} has no retention rule ${rule}`)
  }
  const ends = leaves
    .filter(({ leaf }) => leaf.dir === direction)
    .map(({ leaf, pack }) => untilOf(leaf, { from, zone: pack.zone.v, notes: notesFor(given, rule) }))
  if (direction === 'max') {
    return { rule, direction, until: Math.min(...ends, ...decidedBy(given.packs, rule, from)), review: null }
  }
  // A review that was brought forward is looked at sooner. It must not hand the recording to a maximum beside it: only a shorter
  // maximum brings a deletion forward.
  return {
    rule,
    direction,
    until: Math.max(...ends),
    review: direction === 'min' ? Math.max(...ends) : Math.min(...ends),
  }
}

function leafIn(pack: PolicyPack, rule: string): { leaf: RetentionLeaf; pack: PolicyPack }[] {
  const leaf = Object.hasOwn(pack.retention, rule) ? pack.retention[rule] : undefined
  return leaf === undefined ? [] : [{ leaf, pack }]
}

/** Where people may decide, what nobody decided about goes at the day the policy names, also if its maximum were longer. */
function decidedBy(packs: readonly PolicyPack[], rule: string, from: number): number[] {
  if (rule !== UNCATEGORISED) return []
  return packs.flatMap(({ decision, zone }) =>
    decision === undefined ? [] : [maxDeadline({ from, zone: zone.v, period: `P${decision.v.atDay}D` })],
  )
}

/**
 * What is known of each case, those included that the category itself names and of which nothing was noted. Notes without a number
 * are about the recording's one case, and so about the one that the category names.
 */
function notesFor({ categories, cases }: Given, rule: string): CaseNote[][] {
  const [named] = categories.flatMap(category => (category.rule === rule ? (category.case ?? []) : []))
  const notes = Map.groupBy(cases, note => note.case ?? named ?? null)
  return [...notes.values(), ...(named === undefined || notes.has(named) ? [] : [[]])]
}

type Counted = { readonly from: number; readonly zone: string; readonly notes: readonly (readonly CaseNote[])[] }

/** A period counted from the end of a monitoring has no end before that is known: the recording stays. */
function untilOf(leaf: RetentionLeaf, { from, zone, notes }: Counted): number {
  if (leaf.anchor === 'monitoring_end') return Infinity
  if (leaf.anchor === 'case') return untilCasesEnd(leaf, zone, notes)
  const span = { from, zone, period: leaf.v }
  return leaf.dir === 'min' ? minDeadline(span) : maxDeadline(span)
}

/** While the state of one of its cases is not known, and before any case is, the recording stays. */
function untilCasesEnd(leaf: RetentionLeaf, zone: string, cases: readonly (readonly CaseNote[])[]): number {
  if (cases.length === 0) return Infinity
  return Math.max(...cases.map(notes => untilCaseEnds(leaf.until ?? [], zone, notes)))
}

/**
 * A conviction ends nothing before the sentence has ended, where the rule asks for that too; and a sentence needs a conviction. The
 * day on which something happened is the first that is not counted, since it must stay for the whole period after it.
 */
function untilCaseEnds(
  ends: readonly { readonly event: CaseEvent; readonly period: string }[],
  zone: string,
  notes: readonly CaseNote[],
): number {
  const happened = new Set(notes.map(({ event }) => event))
  const asked = new Set(ends.map(({ event }) => event))
  if (asked.has('sentence_ended') && happened.has('convicted') !== happened.has('sentence_ended')) return Infinity
  const until = ends.flatMap(({ event, period }) =>
    notes.filter(note => note.event === event).map(({ on }) => minDeadline({ from: dayAfter(on, zone), zone, period })),
  )
  return until.length === 0 ? Infinity : Math.max(...until)
}
