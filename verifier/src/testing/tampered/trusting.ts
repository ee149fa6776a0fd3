import { EMPTY_ROOT } from '@vidne/tlog/merkle'
import { toBase64 } from '@vidne/evidence/bytes'
import {
  OTHER_LOG_SKEY,
  OTHER_LOG_VKEY,
  TEST_LOG_SKEY,
  TEST_LOG_VKEY,
  TEST_WITNESS_SKEY,
  TEST_WITNESS_VKEY,
} from '@vidne/evidence/testing/small-log'
import { ORDINARY, TRUST, makePackage } from '../sample-package.ts'
import { type Case, changeCheckpoint, from, otherLetter, receiptOf, withFiles } from './case.ts'

/** A key of the log's own name that is not the log's: published like the others. */
const IMPOSTOR_SKEY = 'PRIVATE+KEY+vidne.example/vectors+7d544fde+AZ1CXhpVE3sduesnMQvrTI03oUgq5eTjIK/A4Zk49Y2p'
const elsewhere = 'vidne.example/other'

/** Changes a letter in the middle of the signature line of a name. */
const spoilSignature = (name: string) => (note: string) =>
  note.replace(new RegExp(`(— ${name} .{40})(.)`), (_, before: string, letter: string) => before + otherLetter(letter))

/** A log that begins alike and goes on otherwise. */
const forked = () =>
  makePackage({
    meanwhile(log) {
      log.appendFillers(7)
    },
  })

/** Deceits with signatures, checkpoints, receipts; and demands that are not met. */
export const trusting: readonly Case[] = [
  {
    name: 'no-trust-file',
    why: 'Without a trust file a package is consistent with itself and no more.',
    given: async () => ({ ...(await from({})), trust: null }),
    because: ['no-trust-file', 'trust file'],
  },
  {
    name: 'trust-file-unreadable',
    why: 'A trust file with a word that no reader knows: it is not used in part.',
    given: async () => ({ ...(await from({})), trust: `${TRUST}believe everyone\n` }),
    because: ['trust-file-unreadable', 'trust file, line 6'],
  },
  {
    name: 'signed-by-an-impostor',
    why: 'A key of the same name, but not of the log, has signed.',
    given: () => from({ skeys: [IMPOSTOR_SKEY, TEST_WITNESS_SKEY] }),
    because: ['log-unknown', 'log/checkpoint, vidne.example/vectors'],
  },
  {
    name: 'log-of-its-own',
    why: 'Everything was put into a log made for it; the trust file does not know it.',
    given: () => from({ origin: elsewhere, eventOrigin: elsewhere, skeys: [OTHER_LOG_SKEY] }),
    because: ['log-unknown', `log/checkpoint, ${elsewhere}`],
  },
  {
    name: 'signed-by-another-trusted-log',
    why: 'The trust file names both logs, and the other one signed: a log speaks for itself only.',
    given: async () => ({ ...(await from({ skeys: [OTHER_LOG_SKEY] })), trust: `log ${OTHER_LOG_VKEY}\n${TRUST}` }),
    because: ['log-unknown', 'log/checkpoint, vidne.example/vectors'],
  },
  {
    name: 'witness-without-log',
    why: 'A witness has signed, the log has not.',
    given: () => from({ skeys: [TEST_WITNESS_SKEY] }),
    because: ['log-unknown', 'log/checkpoint, vidne.example/vectors'],
  },
  {
    name: 'log-signature-spoiled',
    why: 'The signature of the log does not fit.',
    given: async () =>
      withFiles(await makePackage(), files => changeCheckpoint(files, spoilSignature('vidne.example/vectors'))),
    because: ['signature-wrong', 'log/checkpoint'],
  },
  {
    name: 'countersignature-spoiled',
    why: 'The signature of a known witness does not fit: it is not passed over like that of an unknown one.',
    given: async () =>
      withFiles(await makePackage(), files => changeCheckpoint(files, spoilSignature('witness.example'))),
    because: ['signature-wrong', 'log/checkpoint'],
  },
  {
    name: 'checkpoint-root-changed',
    why: 'The checkpoint names another root.',
    given: async () =>
      withFiles(await makePackage(), files =>
        changeCheckpoint(files, note => note.replace(/^.{43}=$/m, toBase64(EMPTY_ROOT))),
      ),
    because: ['signature-wrong', 'log/checkpoint'],
  },
  {
    name: 'checkpoint-of-another-proof',
    why: 'One event is proven under another checkpoint than the rest.',
    given: async () => {
      const later = await forked()
      return withFiles(await makePackage(), files =>
        files.set('events/0003.tlog-proof', later.files.get('events/0003.tlog-proof') ?? new Uint8Array()),
      )
    },
    because: ['history-unreadable', 'events/0003.tlog-proof, other-checkpoint'],
  },
  {
    name: 'ten-thousand-signatures',
    why: 'Ten thousand signatures, to keep the reader busy.',
    given: async () =>
      withFiles(await makePackage({ story: ORDINARY.slice(0, 1), skeys: [TEST_LOG_SKEY] }), files =>
        changeCheckpoint(files, note => note + '— a AAAAAAA=\n'.repeat(10_000), [
          'log/checkpoint',
          'events/0000.tlog-proof',
        ]),
      ),
    because: ['history-unreadable', 'events/0000.tlog-proof, not-a-proof'],
  },
  {
    name: 'quorum-not-met',
    why: 'The trust file asks for the witness and the map-checker; only the witness has signed.',
    given: async () => ({
      ...(await from({ skeys: [TEST_LOG_SKEY, TEST_WITNESS_SKEY] })),
      trust: TRUST.replace('quorum none', 'group both all press map-checkers\nquorum both'),
    }),
    because: ['quorum-not-met', 'log/checkpoint'],
    history: 'asserted',
  },
  {
    name: 'one-witness-under-two-names',
    why: 'A trust file that would count one witness twice is not used.',
    given: async () => ({
      ...(await from({})),
      trust: `log ${TEST_LOG_VKEY}\nwitness a ${TEST_WITNESS_VKEY}\nwitness b ${TEST_WITNESS_VKEY}\ngroup g 2 a b\nquorum g\n`,
    }),
    because: ['trust-file-unreadable', 'trust file, line 3'],
  },
  {
    name: 'demand-more-countersigners',
    why: 'Two have countersigned, and three are demanded.',
    given: async () => ({ ...(await from({})), demands: { countersigned: { atLeast: 3 } } }),
    because: ['demand-not-met', 'countersigned'],
    history: 'checked',
  },
  {
    name: 'demand-sealed-on-the-camera',
    why: 'It was sealed on arrival, and a seal made on the camera is demanded.',
    given: async () => ({ ...(await from({})), demands: { level: 'captured' } }),
    because: ['demand-not-met', 'level'],
    history: 'checked',
  },
  {
    name: 'demand-public-checkpoint',
    why: 'The export did not wait for the public checkpoint.',
    given: async () => ({
      ...(await from({ checkpointKind: 'private', skeys: [TEST_LOG_SKEY] })),
      demands: { publicCheckpoint: true },
    }),
    because: ['demand-not-met', 'publicCheckpoint'],
    history: 'asserted',
  },
  {
    name: 'demand-public-by-its-own-word',
    why: 'The package says of itself that its checkpoint is public, in a file that nobody has signed.',
    given: async () => ({
      ...(await from({ checkpointKind: 'public', skeys: [TEST_LOG_SKEY] })),
      demands: { publicCheckpoint: true },
    }),
    because: ['demand-not-met', 'publicCheckpoint'],
    history: 'asserted',
  },
  {
    name: 'demand-not-understood',
    why: 'A demand that is not understood is not passed over.',
    given: async () => ({ ...(await from({})), demands: { histroy: 'checked' } }),
    because: ['demands-unreadable', 'demands, histroy'],
    exit: 2,
  },
  {
    name: 'forked-log',
    why: 'The log that the package shows cannot have grown from the checkpoint that was kept.',
    given: async () => {
      const [made, shown] = [await makePackage(), await forked()]
      return {
        file: (await withFiles(shown, () => {})).file,
        checkpoint: made.dossier.checkpoint,
        log: await shown.log.tileFiles(),
      }
    },
    because: ['log-forked', 'checkpoint, 15 → 22'],
  },
  {
    name: 'checkpoint-kept-of-another-log',
    why: 'The checkpoint that was kept is of another log: it says nothing about this one.',
    given: async () => {
      const other = await makePackage({ origin: elsewhere, eventOrigin: elsewhere, skeys: [OTHER_LOG_SKEY] })
      return { ...(await from({})), checkpoint: other.dossier.checkpoint, log: await other.log.tileFiles() }
    },
    because: ['checkpoint-untrusted', `checkpoint, ${elsewhere}`],
    history: 'checked',
  },
  {
    name: 'tiles-missing',
    why: 'The folder of the log holds nothing that could be compared.',
    given: async () => {
      const later = await forked()
      return { ...(await from({})), checkpoint: later.dossier.checkpoint, log: new Map() }
    },
    because: ['log-incomplete', 'checkpoint, 15 → 22'],
    history: 'checked',
  },
  {
    name: 'receipt-for-another-recording',
    why: 'The receipt that the camera was wiped on is for another recording.',
    given: async () => ({ ...(await from({})), receipt: receiptOf(await makePackage({ seed: 'other' })) }),
    because: ['receipt-differs', 'receipt, data/manifest.json'],
    history: 'checked',
  },
  {
    name: 'receipt-for-another-place',
    why: 'The recording was sealed a second time, and the package shows the second sealing.',
    given: async () => {
      const made = await makePackage({ meanwhile: log => log.appendFillers(3) })
      const first = await makePackage({ story: [{ type: 'sealed', fields: { camera: 'BC-0001' } }] })
      return { file: (await withFiles(made, () => {})).file, receipt: receiptOf(first) }
    },
    because: ['receipt-differs', 'receipt, index 4'],
    history: 'checked',
  },
  {
    name: 'receipt-from-an-impostor',
    why: 'The receipt is signed by a key that is not the log’s.',
    given: async () => ({ ...(await from({})), receipt: receiptOf(await makePackage({ skeys: [IMPOSTOR_SKEY] })) }),
    because: ['receipt-wrong', 'receipt, signer-unknown'],
    history: 'checked',
  },
  {
    name: 'receipt-dated-after',
    why: 'A receipt is no receipt when its text was changed.',
    given: async () => ({ ...(await from({})), receipt: receiptOf(await makePackage()).replace('index ', 'index 0') }),
    because: ['receipt-unreadable', 'receipt'],
    history: 'checked',
  },
]
