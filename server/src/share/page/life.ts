import type { OpenEvent } from '@vidne/evidence/event'
import { instantWords, periodWords } from '@vidne/locales/forms'
import { tell } from '@vidne/locales/tell'
import { maxDeadline } from '@vidne/policies/deadline'
import { type PageContent, type Reading, numberOf, textOf } from './content.ts'
import { codeWords, ruleWords } from './vocabulary.ts'

/** The rule that a policy has under a name, as the policy stood when the event was written; null where it has none. */
export function leafOf({ policies }: PageContent, event: OpenEvent, rule: string) {
  return policies.get(event.core.pol)?.retention[rule] ?? null
}

/** What an event that sets a recording's life says of it, in sentences. */
export function lifeSentences(reading: Reading, event: OpenEvent): string[] {
  const { language, zone } = reading
  const instant = (at: number) => instantWords(language, at, zone)
  const until = numberOf(event, 'delete-after')
  const review = numberOf(event, 'review-at')
  const first = until === null ? keptSentence(reading, event) : deletedSentence(reading, event, instant(until))
  return review === null ? [first] : [first, tell(language, 'life.reviewBy', { review: instant(review) })]
}

function deletedSentence(reading: Reading, event: OpenEvent, until: string): string {
  const { language } = reading
  const { name, period, anchor, from, rule } = termsOf(reading, event)
  if (name === 'early-deletion' || name === 'deletion-decision') return tell(language, 'life.early', { until })
  if (textOf(event, 'anchor-source') === 'docked-overdue') return tell(language, 'life.overdue', { rule, from, until })
  if (period === null || !isCountedSo(reading, event))
    return tell(language, 'life.maxNoPeriod', { rule, anchor, from, until })
  return tell(language, 'life.max', { period, rule, anchor, from, until })
}

/** A policy of later gives what was captured under a shorter maximum no more time: then its own period is not the one that counts. */
function isCountedSo({ content }: Reading, event: OpenEvent): boolean {
  const [from, until] = [numberOf(event, 'anchor'), numberOf(event, 'delete-after')]
  const leaf = leafOf(content, event, textOf(event, 'rule') ?? '')
  const zone = content.policies.get(event.core.pol)?.zone.v
  if (from === null || leaf === null || zone === undefined) return false
  return maxDeadline({ from, zone, period: leaf.v }) === until
}

/** Only a maximum lets a recording go by itself; what else a rule says, a person decides at its end. */
function keptSentence(reading: Reading, event: OpenEvent): string {
  const { language } = reading
  const { name, period, anchor, from, rule } = termsOf(reading, event)
  const counted = leafOf(reading.content, event, name)?.anchor === 'end_of_capture'
  if (textOf(event, 'direction') !== 'min' || !counted || period === null) return tell(language, 'life.keeps', { rule })
  return tell(language, 'life.keepsAtLeast', { rule, period, anchor, from })
}

function termsOf(reading: Reading, event: OpenEvent) {
  const { language, zone, content } = reading
  const name = textOf(event, 'rule') ?? ''
  const leaf = leafOf(content, event, name)
  const from = numberOf(event, 'anchor')
  return {
    name,
    rule: ruleWords(reading, name),
    period: leaf === null ? null : periodWords(language, leaf.v),
    anchor: codeWords(reading, 'anchor', textOf(event, 'anchor-source') ?? ''),
    from: from === null ? '' : instantWords(language, from, zone),
  }
}
