import type { LogFault } from '@vidne/verifier/log-check'
import type { ProveFault } from '@vidne/verifier/log-prove'

/** What is wrong with a log, for the person who checks it. */
export const FAULTS: Readonly<Record<LogFault, string>> = {
  'no-checkpoint': 'The log shows no checkpoint.',
  'checkpoint-unreadable': 'This is not a checkpoint of a log.',
  'signature-wrong': 'A known key has not signed this text: the checkpoint was altered.',
  'signer-unknown':
    'No key of a trust file has signed for this log. Give its trust file, from somebody else than the log, with --trust.',
  'other-log': 'The checkpoint belongs to another log.',
  forked: 'The log does not go on from a checkpoint it had signed: it has forked. Keep both checkpoints.',
  'bundle-missing': 'Entries that were signed are not there.',
  'bundle-damaged': 'Entries cannot be read.',
  'tile-missing': 'Hashes of the tree are not there.',
  'tile-differs': 'Hashes of the tree are not those of the entries: one of them was changed.',
  'root-differs': 'The entries do not give the root that was signed.',
  'leaf-malformed': 'A leaf is none that a log of this kind may have.',
  'label-twice': 'Two events stand under one label: a history was rewritten or split.',
  'map-root-wrong': 'A map root is not the one that all leaves before it give: an event was hidden or added.',
  'opening-wrong': 'The log does not open as its own, or opens twice.',
}

export const PROVE_FAULTS: Readonly<Record<ProveFault, string>> = {
  unreadable: 'This is not a checkpoint of a log.',
  'signature-wrong': 'A known key has not signed this text: the checkpoint was altered.',
  'signer-unknown': 'No key of the trust file has signed it. Give the trust file of the log with --trust.',
  'other-log': 'The two are of different logs.',
  forked:
    'The log has forked: it has signed both, and they contradict each other. Keep both checkpoints; they prove it to anybody.',
  'tiles-missing': 'The tiles that would show it are not there.',
  'tiles-differ': 'The tiles there are of neither.',
}
