import { disclose } from '@vidne/evidence/event'
import { TEST_LOG_SKEY, TEST_START, TEST_WITNESS_SKEY } from '@vidne/evidence/testing/small-log'
import type { Verdict } from '../verdict.ts'
import { MAP_CHECKER_SKEY } from './sample-log.ts'
import { DELETED, ORDINARY, SEALED_AT, TRUST, makePackage } from './sample-package.ts'
import { type Given, changeCheckpoint, from, receiptOf, withDossier, withFiles } from './tampered/case.ts'
import { beside, goneOn } from './tampered/later.ts'
import { receipt } from './tampered/receipts.ts'

/** Something genuine, and what a verifier must say of it. */
export type Genuine = {
  name: string
  why: string
  given: () => Promise<Given>
  verdict: Partial<Verdict>
  rehearsal?: true
}

const whole: Partial<Verdict> = { intact: true, history: 'checked', holds: true, reasons: [] }

const sealed: Partial<Verdict> = {
  kind: 'receipt',
  intact: true,
  history: 'unproven',
  holds: true,
  reasons: [],
  footage: 'not-present',
}

/** What every verifier must accept, and with which words. */
export const genuine: readonly Genuine[] = [
  {
    name: 'recording',
    why: 'An ordinary export, countersigned by a witness and a map-checker.',
    given: () => from({}),
    verdict: { ...whole, kind: 'recording', mode: 'normal', level: 'received', countersigned: ['press', 'mapper'] },
  },
  {
    name: 'recording-held-against-its-footage',
    why: 'A file that the reader holds himself is the footage that was sealed.',
    given: async () => {
      const made = await makePackage()
      return { ...(await withFiles(made, () => {})), footage: made.sample.media }
    },
    verdict: { ...whole, footage: 'checked' },
  },
  {
    name: 'recording-asserted',
    why: 'An export that nobody has countersigned: its history is asserted.',
    given: () => from({ skeys: [TEST_LOG_SKEY], checkpointKind: 'private' }),
    verdict: { ...whole, history: 'asserted', countersigned: [] },
  },
  {
    name: 'recording-with-fields-withheld',
    why: 'Who acted is kept from this reader; the history is whole all the same.',
    given: async () =>
      withDossier(await makePackage(), ({ events }) => ({
        events: events.map(({ event, ...place }) => ({ ...place, event: disclose(event, name => name !== 'actor') })),
      })),
    verdict: whole,
  },
  {
    name: 'recording-empty',
    why: 'A file of no bytes is sealed like any other.',
    given: () => from({ media: new Uint8Array() }),
    verdict: { ...whole, footage: 'checked' },
  },
  {
    name: 'recording-held',
    why: 'A hold stands: nothing was deleted.',
    given: () =>
      from({ story: [...ORDINARY.slice(0, 2), { type: 'held', fields: { hold: 'a' } }, ...ORDINARY.slice(3)] }),
    verdict: whole,
  },
  {
    name: 'recording-clock-ran-back',
    why: 'The installation’s clock was set back by an hour: told, and no reason to refuse.',
    given: () =>
      from({
        story: ORDINARY.map((event, at) => (at === 2 ? { ...event, at: SEALED_AT - 3_600_000 } : event)),
      }),
    verdict: {
      ...whole,
      reasons: [{ code: 'clock-ran-back', where: 'events/0002.tlog-proof' }],
    },
  },
  {
    name: 'recording-with-unknown-signatures',
    why: 'Keys that nobody here knows have signed too: they count for nothing and spoil nothing.',
    given: async () =>
      withFiles(await makePackage(), files =>
        changeCheckpoint(files, note => note + Array.from({ length: 60 }, (_, at) => `— k${at} AAAAAAA=\n`).join('')),
      ),
    verdict: { ...whole, countersigned: ['press', 'mapper'] },
  },
  {
    name: 'recording-with-its-receipt',
    why: 'The receipt that was given for it, and a checkpoint that was kept, go together with it.',
    given: async () => {
      const [earlier, made] = [await makePackage(), await makePackage()]
      return {
        file: (await withFiles(made, () => {})).file,
        receipt: receiptOf(made),
        checkpoint: earlier.dossier.checkpoint,
        log: await made.log.tileFiles(),
      }
    },
    verdict: whole,
  },
  {
    name: 'recording-checked-later',
    why: 'Nobody but the log signed for the export; a map-checker signed a later checkpoint that goes on from its own.',
    given: async () => beside(await goneOn(), [TEST_LOG_SKEY, MAP_CHECKER_SKEY]),
    verdict: {
      ...whole,
      countersigned: ['mapper'],
      later: { size: 36, by: ['mapper'], at: TEST_START + 3_600_000 },
      asOf: { events: 4, size: 15, at: SEALED_AT + 180_000, by: null },
    },
  },
  {
    name: 'recording-quorum-met-later',
    why: 'A witness signed for the export and a map-checker a later checkpoint: together they are the quorum.',
    given: async () => ({
      ...(await beside(await goneOn({ skeys: [TEST_LOG_SKEY, TEST_WITNESS_SKEY] }), [TEST_LOG_SKEY, MAP_CHECKER_SKEY])),
      trust: TRUST.replace('quorum none', 'group both all press map-checkers\nquorum both'),
    }),
    verdict: { ...whole, countersigned: ['press', 'mapper'] },
  },
  {
    name: 'rehearsal',
    why: 'From a rehearsal installation, with --rehearsal.',
    given: () => from({ mode: 'rehearsal' }),
    verdict: { ...whole, mode: 'rehearsal' },
    rehearsal: true,
  },
  {
    name: 'statement',
    why: 'A deletion by rule, after a hold that two persons lifted.',
    given: () => from({ story: DELETED }),
    verdict: { ...whole, kind: 'deletion-statement', footage: 'not-present' },
  },
  {
    name: 'statement-held-against-other-footage',
    why: 'A file that is not the footage that was deleted says nothing about the statement.',
    given: async () => ({
      ...(await withFiles(await makePackage({ story: DELETED }), () => {})),
      footage: new TextEncoder().encode('another film'),
    }),
    verdict: { ...whole, kind: 'deletion-statement', footage: 'other' },
  },
  {
    name: 'statement-with-a-late-answer',
    why: 'An open question about the recording was answered after it was gone.',
    given: () => from({ story: [...DELETED, { type: 'approval-given', at: SEALED_AT + 32 * 86_400_000 }] }),
    verdict: { ...whole, kind: 'deletion-statement' },
  },
  {
    name: 'statement-after-the-tombstone',
    why: 'The last event says that the history is to be erased.',
    given: () => from({ story: [...DELETED, { type: 'tombstone-erased', at: SEALED_AT + 400 * 86_400_000 }] }),
    verdict: {
      ...whole,
      kind: 'deletion-statement',
      reasons: [{ code: 'clock-ahead', where: 'events/0010.tlog-proof' }],
    },
  },
  {
    name: 'receipt',
    why: 'A receipt.',
    given: () => receipt(),
    verdict: { ...sealed, mode: 'normal', countersigned: [] },
  },
  {
    name: 'receipt-of-a-rehearsal',
    why: 'A receipt from a rehearsal installation, with --rehearsal.',
    given: () => receipt({ mode: 'rehearsal' }),
    verdict: { ...sealed, mode: 'rehearsal' },
    rehearsal: true,
  },
]
