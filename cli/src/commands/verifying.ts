import { runReceipt, runVerify } from '@vidne/verifier/cli'
import type { CommandSpec } from '../command.ts'

const trust = { type: 'string', help: 'a trust file that did not come with the package' } as const
const rehearsal = { type: 'boolean', help: 'accept what comes from a rehearsal installation' } as const
const json = { type: 'boolean', help: 'answers as JSON' } as const
const lang = { type: 'string', help: 'en, da, sv or de' } as const

/** The verifier runs alone too (`vidne-verify`); here it stands beside the other commands, with the same words. */
export const verify: CommandSpec = {
  name: 'verify',
  positionals: ['FILE'],
  options: {
    trust,
    demands: { type: 'string', help: 'a JSON file of what is asked for beyond the trust file' },
    checkpoint: {
      type: 'string',
      help: 'a checkpoint from elsewhere, with --log (default: the one that lies with the log)',
    },
    log: { type: 'string', help: 'a folder with the log, or its address: shows that both checkpoints are of one log' },
    receipt: { type: 'string', help: 'a receipt of the same recording' },
    footage: {
      type: 'string',
      help: 'a file you hold: footage that should be gone beside a statement, else what was sealed',
    },
    rehearsal,
    json,
    lang,
  },
  summary: 'checks a package, receipt or statement, offline',
  run: given => runVerify(given.words()),
}

export const receipt: CommandSpec = {
  name: 'receipt',
  positionals: ['FILE'],
  options: {
    trust,
    footage: { type: 'string', help: 'the file itself, to be compared with its receipt' },
    rehearsal,
    json,
    lang,
  },
  summary: 'checks a dock receipt',
  run: given => runReceipt(given.words()),
}
