import { refusalWords } from '@vidne/locales/refusals'
import type { Language } from '@vidne/locales/say'
import type { Gate } from '../people/people.ts'
import type { ViewRefusal as RuleRefusal } from '../rules/rules.ts'

/** Why nobody is shown the footage. A closed set; each has its sentence (`locales/refusals`). */
export type ViewRefusal = {
  readonly refused: RuleRefusal | Gate | 'not-allowed' | 'no-such-recording' | 'deleted' | 'bytes-lost' | 'odd-range'
  /** Those of the policy that one of the asker's roles may look for, where that is what is wrong. */
  readonly purposes: readonly string[]
}

/** `purposes`: those of the policy that one of the asker's roles may look for. */
export function refusedView(refused: ViewRefusal['refused'], purposes: readonly string[] = []): ViewRefusal {
  return { refused, purposes }
}

/** A refusal in words. */
export function wordsOfView(language: Language, { refused, purposes }: ViewRefusal): string {
  const aboutPurposes = refused === 'unknown-purpose' || refused === 'not-your-purpose'
  if (aboutPurposes && purposes.length === 0) return refusalWords(language, 'view', `${refused}-none`)
  return refusalWords(language, 'view', refused, { purposes: purposes.join(', ') })
}
