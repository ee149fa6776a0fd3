import type { ReviewKind } from '@vidne/contract/record'
import type { Decided } from './verdicts.ts'

export type { ReviewKind } from '@vidne/contract/record'

type Marked = Pick<Decided, 'marks' | 'review' | 'verdict'>

/** What somebody has to look at after a decision about a situation, whether there is footage of it or not. */
export function conductReviews({ marks, review }: Marked): ReviewKind[] {
  const kinds = (['override', 'stage-skipped'] as const).filter(mark => marks.includes(mark))
  // The policy wants somebody to look, and nothing else that is looked at says why.
  const told = kinds.length > 0 || footageMarks({ marks }).length > 0
  return review && !told ? ['to-be-explained'] : kinds
}

/** What somebody has to look at because there is footage of a situation. */
export function footageReviews({ marks, verdict }: Marked): ReviewKind[] {
  const kinds = footageMarks({ marks })
  if (verdict !== 'must-not' || kinds.includes('no-policy') || kinds.includes('no-legal-basis')) return kinds
  // Footage of what must not be recorded: that it should have stopped says the same.
  return [...kinds.filter(kind => kind !== 'late-stop'), 'forbidden']
}

/** Marks that say something of footage; without any there is nothing to look at. */
function footageMarks({ marks }: Pick<Decided, 'marks'>): ReviewKind[] {
  const kinds = BY_MARK.filter(([mark]) => marks.includes(mark)).map(([, kind]) => kind)
  const alone = kinds.find(kind => kind === 'no-policy' || kind === 'no-legal-basis')
  return alone === undefined ? kinds : kinds.filter(kind => kind !== 'late-stop')
}

const BY_MARK = [
  ['no-policy', 'no-policy'],
  ['before-legal-basis', 'no-legal-basis'],
  ['after-legal-basis', 'no-legal-basis'],
  ['late-stop', 'late-stop'],
  ['no-notice', 'no-notice'],
] as const

/** A stop counts as late when the camera ran on for more than a minute: a hand needs a moment. */
const PROMPT_MS = 60_000

/** Whether footage goes on after the moment at which it had to stop. */
export function stoppedLate(stops: readonly { readonly at: number }[], end: number | null): boolean {
  return end !== null && stops.some(({ at }) => end > at + PROMPT_MS)
}
