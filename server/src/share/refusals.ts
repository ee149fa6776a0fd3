import { refusalWords } from '@vidne/locales/refusals'
import type { Language } from '@vidne/locales/say'
import type { Gate } from '../people/people.ts'
import { type Still, stillWords } from '../platform/still.ts'

/** Why nothing is given away. A closed set; each has its sentence (`locales/refusals`, and what the installation says of itself). */
export type ShareRefusal =
  | {
      refused:
        | Gate
        | 'not-allowed'
        | 'no-such-recording'
        | 'deleted'
        | 'not-deleted'
        | 'no-such-export'
        | 'bytes-lost'
        | 'no-such-case'
        | 'nothing-to-give'
    }
  | { refused: 'log-stopped'; still: Still }

const refusal = (refused: Exclude<ShareRefusal['refused'], 'log-stopped'>) => (): ShareRefusal => ({ refused })

export const notAllowed = refusal('not-allowed')
/** What the policy wants first of somebody whose roles allow it. */
export const gated = (gate: Gate): ShareRefusal => ({ refused: gate })
export const noSuchRecording = refusal('no-such-recording')
export const deleted = refusal('deleted')
export const notDeleted = refusal('not-deleted')
export const bytesLost = refusal('bytes-lost')
export const noSuchExport = refusal('no-such-export')
export const noSuchCase = refusal('no-such-case')
export const nothingToGive = refusal('nothing-to-give')
export const logStopped = (still: Still): ShareRefusal => ({ refused: 'log-stopped', still })

/** A refusal in words. */
export function wordsOf(refused: ShareRefusal, language: Language): string {
  if (refused.refused === 'log-stopped') return stillWords(language, refused.still)
  return refusalWords(language, 'share', refused.refused)
}
