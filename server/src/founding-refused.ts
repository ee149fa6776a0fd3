import { type RefusalIn, refusalWords } from '@vidne/locales/refusals'
import type { Language } from '@vidne/locales/say'
import type { Fault } from './operations/refused.ts'

/** Why an installation cannot be founded, or what is left of the try. */
export type FoundingCode = RefusalIn<'founding'>

type More = ErrorOptions & {
  /** What the machine said of the path; fills `{why}`. */
  readonly fault?: Fault
  /** What is said after it. */
  readonly then?: readonly FoundingCode[]
}

/**
 * The installation cannot be founded like this; nothing was made, or what was made is named. Its message is the English of
 * the command line.
 */
export class FoundingRefused extends Error {
  override name = 'FoundingRefused'
  readonly because: FoundingCode
  readonly values: Readonly<Record<string, string | number>>
  readonly more: More

  constructor(because: FoundingCode, values: Readonly<Record<string, string | number>> = {}, more: More = {}) {
    super(foundingWords('en', { because, values, more }), more)
    this.because = because
    this.values = values
    this.more = more
  }
}

/** One of the options can never be used as it was given. */
export class WishRefused extends FoundingRefused {
  override name = 'WishRefused'
}

/** The refusal in sentences of a language. What another program said stands in it as that program said it. */
export function foundingWords(
  language: Language,
  { because, values, more: { fault, then = [] } }: Pick<FoundingRefused, 'because' | 'values' | 'more'>,
): string {
  const why = fault === undefined ? {} : { why: refusalWords(language, 'fault', fault) }
  const first = refusalWords(language, 'founding', because, { ...values, ...why })
  return [first, ...then.map(code => refusalWords(language, 'founding', code))].join(' ')
}
