import { GATE_SENTENCES, type Gate } from '../people/people.ts'
import type { ViewRefusal as RuleRefusal } from '../rules/rules.ts'

/** Why nobody is shown the footage. A closed set; each has its sentence. */
export type ViewRefusal = {
  readonly refused: RuleRefusal | Gate | 'not-allowed' | 'no-such-recording' | 'deleted' | 'bytes-lost' | 'odd-range'
  readonly sentence: string
}

/** `purposes`: those of the policy that one of the asker's roles may look for. */
export function refusedView(refused: ViewRefusal['refused'], purposes: readonly string[] = []): ViewRefusal {
  const theirs =
    purposes.length === 0 ? 'It has none for your roles.' : `For your roles it has: ${purposes.join(', ')}.`
  const named = refused === 'unknown-purpose' || refused === 'not-your-purpose'
  return { refused, sentence: named ? `${SENTENCES[refused]} ${theirs}` : SENTENCES[refused] }
}

const SENTENCES: Readonly<Record<ViewRefusal['refused'], string>> = {
  ...GATE_SENTENCES,
  'not-allowed': 'Your roles do not allow you to look at footage.',
  'no-rule': 'The policy of your agency opens this footage to nobody with your roles.',
  'unknown-purpose': 'purpose: the policy of your agency has no such purpose.',
  'not-your-purpose': 'purpose: the policy of your agency does not let your roles look at footage for this.',
  'no-case': 'case: the policy of your agency wants a case number for this.',
  'no-incident':
    'The policy of your agency opens footage only after an incident. Put it under a rule (vidne categorise) or on hold (vidne hold) first.',
  'no-own-report':
    'The policy of your agency wants your own account of what happened before you look. Say that it is written: --own-report.',
  'no-such-recording': 'There is no recording of that id that you may see.',
  deleted: 'The footage was deleted on time. Its statement can be had with: vidne statement ID --out FILE',
  'bytes-lost':
    'Stored bytes of this recording were lost with the object store, and an operator has gone on without them. Its history says so; there is no whole recording to look at.',
  'odd-range': 'from, to: these bytes do not lie in the recording.',
}
