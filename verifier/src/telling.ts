import { type Language, type MessageKey, languages, say } from '@vidne/locales/say'
import type { ReadFault, Reason, Verdict } from './verdict.ts'

/** The language that was asked for, else that of the environment, else English. */
export function languageOf(asked: string | undefined, environment: string | undefined): Language {
  const wanted = [asked, environment].flatMap(name => (name === undefined ? [] : [name.slice(0, 2).toLowerCase()]))
  return wanted.flatMap(name => languages.filter(language => language === name))[0] ?? 'en'
}

/** A reason as a sentence, without its place; what cannot be read, with the cause where there are words for it. */
export function sentenceOf(
  language: Language,
  { code, fault }: Pick<Reason, 'code'> & { fault?: ReadFault | null },
): string {
  return say(language, fault === undefined || fault === null ? `verdict.reason.${code}` : `verdict.cannotRead.${fault}`)
}

/** One of the three parts of a verdict in words. `good` is for colour only: no part stands for another. */
export type Part = { name: string; sentences: string[]; good: boolean }

/** The three parts of a verdict, in words. There is no sum of them. */
export function partsOf(language: Language, verdict: Verdict): Part[] {
  const { intact, history, countersigned } = verdict
  return [
    { name: say(language, 'verdict.part.intact'), sentences: intactWords(language, verdict), good: intact },
    {
      name: say(language, 'verdict.part.history'),
      sentences: [historyWords(language, verdict), ...asOfWords(language, verdict), ...laterWords(language, verdict)],
      good: history !== 'unproven',
    },
    {
      name: say(language, 'verdict.part.countersigned'),
      sentences: countersignedWords(language, verdict),
      good: countersigned.length > 0,
    },
  ]
}

function countersignedWords(language: Language, { countersigned, publicCheckpoint }: Verdict): string[] {
  if (countersigned.length > 0)
    return [say(language, 'verdict.countersigned.by', { names: listed(language, countersigned) })]
  const none = say(language, 'verdict.countersigned.none')
  return publicCheckpoint === false ? [none, say(language, 'verdict.countersigned.private')] : [none]
}

/** What else a reader has to know: from where on the footage is covered, and whom all this rests on. */
export function factsOf(language: Language, verdict: Verdict): [name: string, value: string][] {
  const { level, trust, recording } = verdict
  const facts: [string, string][] = []
  if (recording !== null) facts.push([say(language, 'page.footage'), recordingWords(language, recording)])
  if (level !== null) facts.push([say(language, 'page.level'), say(language, levels[level])])
  facts.push([say(language, 'verdict.trust.label'), trustWords(language, trust)])
  facts.push([say(language, 'verdict.key.label'), keyWords(language, verdict)])
  return facts
}

function keyWords(language: Language, { logKey }: Verdict): string {
  if (logKey === null) return say(language, 'verdict.key.none')
  const { origin, keyId, fingerprint } = logKey
  return fingerprint === null
    ? say(language, 'verdict.key.named', { origin, keyId })
    : say(language, 'verdict.key.is', { origin, fingerprint })
}

/** Without a trust file the key is all there is to hold against something from outside: with what to compare it, and where. */
export function compareWords(language: Language, { trust, logKey }: Verdict): string | null {
  if (trust !== null || logKey === null) return null
  const { origin, keyId, fingerprint } = logKey
  return fingerprint === null
    ? say(language, 'verdict.key.compareId', { origin, keyId })
    : say(language, 'verdict.key.compare')
}

/** What was given, and that it is from a rehearsal where it is: whether that was accepted or not, it is no evidence. */
export function kindWords(language: Language, { kind, mode }: Verdict): string[] {
  const words = say(language, `verdict.kind.${kind}`)
  return mode === 'rehearsal' ? [words, say(language, 'verdict.rehearsal')] : [words]
}

const levels = {
  captured: 'page.levelCaptured',
  gateway: 'page.levelGateway',
  received: 'page.levelReceived',
} as const satisfies Record<string, MessageKey>

function recordingWords(language: Language, { bytes, sha256 }: { bytes: number; sha256: string }): string {
  return say(language, 'verdict.facts', { bytes: new Intl.NumberFormat(language).format(bytes), sha256 })
}

function trustWords(language: Language, trust: Verdict['trust']): string {
  if (trust === null) return say(language, 'verdict.trust.none')
  const { digest, issuedByOperator } = trust
  return say(language, issuedByOperator ? 'verdict.trust.operator' : 'verdict.trust.from', { digest })
}

function intactWords(language: Language, verdict: Verdict): string[] {
  const { intact, kind, history } = verdict
  if (!intact) return [say(language, 'verdict.intact.no')]
  if (kind === 'receipt') return [say(language, receiptWords(verdict))]
  // Whether it is what was sealed, only a history can say that is proven itself.
  if (history === 'unproven') return [say(language, 'verdict.intact.itself')]
  if (kind === 'recording') return [say(language, 'verdict.intact.sealed')]
  return [say(language, statementWords[verdict.footage]), say(language, 'page.deletedText')]
}

const statementWords = {
  'not-present': 'verdict.intact.statement',
  other: 'verdict.intact.statementAlone',
  checked: 'verdict.intact.statementRefuted',
} as const satisfies Record<Verdict['footage'], MessageKey>

function receiptWords({ trust, footage }: Verdict): MessageKey {
  if (trust === null) return 'verdict.intact.itself'
  return footage === 'checked' ? 'verdict.intact.sealed' : 'verdict.intact.receipt'
}

function historyWords(language: Language, { kind, history }: Verdict): string {
  return say(language, kind === 'receipt' ? 'verdict.history.receipt' : `verdict.history.${history}`)
}

/** What is not proven ends nowhere; without a trust file it may still be compared. */
function asOfWords(language: Language, { asOf, history, trust }: Verdict): string[] {
  if (asOf === null || (history === 'unproven' && trust !== null)) return []
  const { events, size, by } = asOf
  const time = instant(language, asOf.at)
  return [
    by === null
      ? say(language, 'verdict.asOf.own', { time, events, size })
      : say(language, 'verdict.asOf.seen', { time, events, size, by }),
  ]
}

/** What else it rests on: who signed only the later checkpoint has not said when this history ends. */
function laterWords(language: Language, { later, history }: Verdict): string[] {
  if (later === null || later.by.length === 0 || history === 'unproven') return []
  return [say(language, 'verdict.later', { size: later.size, names: listed(language, later.by) })]
}

// English as it is written in Europe: the day before the month.
const locales = { en: 'en-GB', da: 'da', sv: 'sv', de: 'de' } as const satisfies Record<Language, string>

function instant(language: Language, at: number): string {
  const form = { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' } as const
  return `${new Intl.DateTimeFormat(locales[language], form).format(at)} UTC`
}

function listed(language: Language, names: readonly string[]): string {
  return new Intl.ListFormat(language, { type: 'conjunction' }).format(names)
}
