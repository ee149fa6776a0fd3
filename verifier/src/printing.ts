import { type Language, say } from '@vidne/locales/say'
import { compareWords, factsOf, kindWords, partsOf, sentenceOf } from './telling.ts'
import type { Unreadable, Verdict } from './verdict.ts'

/** A verdict as lines for a terminal: three parts in words, what they rest on, and every reason with its place. */
export function verdictLines(language: Language, verdict: Verdict): string[] {
  const parts = partsOf(language, verdict).flatMap(({ name, sentences }) => [
    name.toLocaleUpperCase(language),
    ...sentences.map(sentence => `  ${sentence}`),
    '',
  ])
  const facts = factsOf(language, verdict).map(([name, value]) => `${name}: ${value}`)
  const compare = compareWords(language, verdict)
  const reasons = verdict.reasons.map(reason => `  ${reason.where}\n    ${sentenceOf(language, reason)}`)
  return [
    ...kindWords(language, verdict),
    '',
    ...parts,
    ...facts,
    ...(compare === null ? [] : [compare]),
    '',
    ...(reasons.length === 0 ? [] : [`${say(language, 'verdict.reasons')}:`, ...reasons, '']),
    say(language, verdict.holds ? 'verdict.holds.yes' : 'verdict.holds.no'),
  ]
}

/** A verdict as JSON for programs, on one line; each reason has its sentence. */
export function verdictJson(language: Language, verdict: Verdict): string {
  const reasons = verdict.reasons.map(({ code, where }) => ({ code, where, text: sentenceOf(language, { code }) }))
  return JSON.stringify({ ...verdict, reasons })
}

export function unreadableLines(language: Language, { code, where, fault }: Unreadable): string[] {
  return [`${where}: ${sentenceOf(language, { code, fault })}`]
}

/** The same keys as for a verdict, so that a program need not ask first whether there was one. */
export function unreadableJson(language: Language, { code, where, fault }: Unreadable): string {
  return JSON.stringify({
    kind: null,
    intact: false,
    footage: 'not-present',
    history: 'unproven',
    mode: null,
    countersigned: [],
    later: null,
    publicCheckpoint: null,
    level: null,
    reasons: [{ code, where, text: sentenceOf(language, { code, fault }) }],
    holds: false,
    asOf: null,
    trust: null,
    logKey: null,
    recording: null,
  })
}
