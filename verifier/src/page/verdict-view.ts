import { type Language, say } from '@vidne/locales/say'
import { compareWords, factsOf, kindWords, partsOf, sentenceOf } from '../telling.ts'
import type { Reason, Unreadable, Verdict } from '../verdict.ts'
import { element } from './elements.ts'

/** A verdict as a part of the page: three parts side by side, what they rest on, and every reason with its place. */
export function verdictView(language: Language, verdict: Verdict): Node[] {
  const parts = partsOf(language, verdict).map(({ name, sentences, good }) =>
    element(
      'article',
      { class: good ? 'part' : 'part lacking' },
      element('h3', {}, name),
      ...sentences.map(sentence => element('p', {}, sentence)),
    ),
  )
  const facts = factsOf(language, verdict).flatMap(([name, value]) => [
    element('dt', {}, name),
    element('dd', {}, value),
  ])
  const compare = compareWords(language, verdict)
  return [
    element('h2', {}, say(language, 'verdict.page.verdict')),
    ...kindWords(language, verdict).map(words => element('p', { class: 'kind' }, words)),
    element('div', { class: 'parts' }, ...parts),
    element('p', { class: verdict.holds ? 'sum' : 'sum lacking' }, holdsWords(language, verdict)),
    ...(verdict.reasons.length === 0 ? [] : reasonsView(language, verdict.reasons)),
    element('h3', {}, say(language, 'verdict.page.facts')),
    element('dl', {}, ...facts),
    ...(compare === null ? [] : [element('p', {}, compare)]),
  ]
}

export function unreadableView(language: Language, { code, where, fault }: Unreadable): Node[] {
  return [
    element('h2', {}, say(language, 'verdict.kind.unreadable')),
    ...reasonsView(language, [{ code, where, fault }]),
  ]
}

function holdsWords(language: Language, { holds }: Verdict): string {
  return say(language, holds ? 'verdict.holds.yes' : 'verdict.holds.no')
}

function reasonsView(language: Language, reasons: readonly (Reason & Partial<Pick<Unreadable, 'fault'>>)[]): Node[] {
  const head = (['verdict.page.reason', 'verdict.page.place'] as const).map(key =>
    element('th', { scope: 'col' }, say(language, key)),
  )
  const rows = reasons.map(reason =>
    element(
      'tr',
      {},
      element('td', {}, sentenceOf(language, reason)),
      element('td', {}, element('code', {}, reason.where)),
    ),
  )
  return [
    element('h3', {}, say(language, 'verdict.reasons')),
    element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows)),
  ]
}
