import type { Language } from '@vidne/locales/say'
import { GATE_SENTENCES, type Gate } from '../people/people.ts'
import { type Still, stillWords } from '../platform/still.ts'

export type ShareRefusal = {
  refused:
    | Gate
    | 'not-allowed'
    | 'no-such-recording'
    | 'deleted'
    | 'not-deleted'
    | 'no-such-export'
    | 'log-stopped'
    | 'bytes-lost'
    | 'no-such-case'
    | 'nothing-to-give'
  /** In one language; what the installation says of itself, in that of whoever reads it. */
  sentence: string | Still
}

const refusal = (refused: ShareRefusal['refused'], sentence: string) => (): ShareRefusal => ({ refused, sentence })

export const notAllowed = refusal(
  'not-allowed',
  'Your roles do not allow you to give footage away. Ask an evidence clerk.',
)
/** What the policy wants first of somebody whose roles allow it. */
export const gated = (gate: Gate): ShareRefusal => ({ refused: gate, sentence: GATE_SENTENCES[gate] })
export const noSuchRecording = refusal('no-such-recording', 'There is no recording of that id that you may see.')
export const deleted = refusal(
  'deleted',
  'The footage was deleted on time. Its statement can be had with: vidne statement ID --out FILE',
)
export const notDeleted = refusal(
  'not-deleted',
  'The recording has not been deleted, so there is no statement of its deletion.',
)
export const bytesLost = refusal(
  'bytes-lost',
  'Stored bytes of this recording were lost with the object store, and an operator has gone on without them. Its history says so; there is no whole recording to export.',
)
export const noSuchExport = refusal('no-such-export', 'There is no such package any more. Export it again.')
export const noSuchCase = refusal('no-such-case', 'There is no case of that id that you may see.')
export const nothingToGive = refusal(
  'nothing-to-give',
  'The case has no exhibit whose footage is there and on your list.',
)
export const logStopped = (sentence: Still): ShareRefusal => ({ refused: 'log-stopped', sentence })

/** A refusal in words. */
export function wordsOf({ sentence }: ShareRefusal, language: Language): string {
  return typeof sentence === 'string' ? sentence : stillWords(language, sentence)
}
