import { formatReceipt, parseReceipt } from '@vidne/evidence/receipt'
import type { LogOpening } from '@vidne/evidence/receipt'
import { utf8 } from '@vidne/evidence/bytes'
import { TEST_LOG_SKEY } from '@vidne/evidence/testing/small-log'
import { type Sample, makePackage } from '../sample-package.ts'
import { type Case, type Given, from, receiptOf } from './case.ts'

/** A receipt, as a rack gets it: under a checkpoint that nobody else has signed yet. */
async function receiptText(differing: Partial<Sample> = {}): Promise<string> {
  return receiptOf(await makePackage({ skeys: [TEST_LOG_SKEY], ...differing }))
}

export async function receipt(differing: Partial<Sample> = {}): Promise<Given> {
  return alone(await receiptText(differing))
}

const alone = (text: string): Given => ({ file: utf8(text), ending: '.txt' })

function opened(text: string, change: (opening: LogOpening) => Partial<LogOpening>): string {
  const read = parseReceipt(text)
  return formatReceipt({ ...read, opened: { ...read.opened, ...change(read.opened) } })
}

const calledNormal = ({ statement }: LogOpening): Partial<LogOpening> => ({
  statement: { ...statement, mode: 'normal' },
})

const wrong = ['opening-wrong', 'receipt, opened'] as const

/** Deceits with what a receipt says of its log. */
export const receipts: readonly Case[] = [
  {
    name: 'receipt-of-a-rehearsal-as-evidence',
    why: 'A receipt from a rehearsal installation, where the clock can be set.',
    given: () => receipt({ mode: 'rehearsal' }),
    because: ['rehearsal', 'receipt, opened'],
  },
  {
    name: 'receipt-of-a-rehearsal-called-normal',
    why: 'The opening on a receipt of a rehearsal was rewritten to say that the log is a normal one.',
    given: async () => alone(opened(await receiptText({ mode: 'rehearsal' }), calledNormal)),
    because: wrong,
  },
  {
    name: 'receipt-with-the-opening-of-another-log',
    why: 'The receipt of a rehearsal carries the opening of a normal log, with that log’s own proof.',
    given: async () => {
      const { opened: other } = parseReceipt(await receiptText({ seed: 'other' }))
      return alone(opened(await receiptText({ mode: 'rehearsal' }), () => other))
    },
    because: wrong,
  },
  {
    name: 'receipt-with-its-opening-cut',
    why: 'A hash of the proof of leaf 0 is missing.',
    given: async () => alone(opened(await receiptText(), ({ hashes }) => ({ hashes: hashes.slice(1) }))),
    because: wrong,
  },
  {
    name: 'receipt-of-a-log-that-opens-as-another',
    why: 'Leaf 0 is in the log, and names the origin of another.',
    given: () => receipt({ openedOrigin: 'vidne.example/other' }),
    because: wrong,
  },
  {
    name: 'receipt-beside-of-a-rehearsal',
    why: 'The package is of a normal log, the receipt beside it of a rehearsal under the same name and key.',
    given: async () => ({ ...(await from({})), receipt: await receiptText({ mode: 'rehearsal' }) }),
    because: ['rehearsal', 'receipt, opened'],
    history: 'checked',
  },
  {
    name: 'receipt-beside-of-a-rehearsal-called-normal',
    why: 'The receipt beside the package is of a rehearsal, and was rewritten to say that it is not.',
    given: async () => ({
      ...(await from({})),
      receipt: opened(await receiptText({ mode: 'rehearsal' }), calledNormal),
    }),
    because: ['receipt-wrong', 'receipt, opening-wrong'],
    history: 'checked',
  },
]
