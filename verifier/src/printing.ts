import { type Language, say } from '@vidne/locales/say'
import { factsOf, partsOf, sentenceOf } from './telling.ts'
import type { Unreadable, Verdict } from './verdict.ts'

/** A verdict as lines for a terminal: three parts in words, what they rest on, and every reason with its place. */
export function verdictLines(language: Language, verdict: Verdict): string[] {
  const parts = partsOf(language, verdict).flatMap(({ name, sentences }) => [
    name.toLocaleUpperCase(language),
    ...sentences.map(sentence => `  ${sentence}`),
    '',
  ])
  const facts = factsOf(language, verdict).map(([name, value]) => `${name}: ${value}`)
  // Without a trust file the fingerprint is all there is to hold against something from outside.
  const compare = verdict.trust === null && verdict.logKey !== null ? [say(language, 'verdict.key.compare')] : []
  const reasons = verdict.reasons.map(reason => `  ${reason.where}\n    ${sentenceOf(language, reason)}`)
  return [
    say(language, `verdict.kind.${verdict.kind}`),
    '',
    ...parts,
    ...facts,
    ...compare,
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

export function unreadableLines(language: Language, { code, where }: Unreadable): string[] {
  return [`${where}: ${sentenceOf(language, { code })}`]
}

/** The same keys as for a verdict, so that a program need not ask first whether there was one. */
export function unreadableJson(language: Language, { code, where }: Unreadable): string {
  return JSON.stringify({
    kind: null,
    intact: false,
    footage: 'not-present',
    history: 'unproven',
    countersigned: [],
    later: null,
    level: null,
    reasons: [{ code, where, text: sentenceOf(language, { code }) }],
    holds: false,
    asOf: null,
    trust: null,
    logKey: null,
    recording: null,
  })
}
