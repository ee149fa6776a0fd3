import { concat, fromUtf8, utf8 } from '@vidne/evidence/bytes'
import { OTHER_LOG_SKEY, OTHER_LOG_VKEY } from '@vidne/evidence/testing/small-log'
import { DELETED, ORDINARY, TRUST, footage, makePackage } from '../sample-package.ts'
import { type Case, from, withDossier, withFiles } from './case.ts'

const media = 'data/media/recording.mp4'

/** Another recording of the same length, as someone would slip in. */
const other = () => makePackage({ seed: 'other', media: footage(4000).subarray(2000) })

/** Deceits with the files of a package. */
export const files: readonly Case[] = [
  {
    name: 'footage-byte-changed',
    why: 'One byte of the footage was changed.',
    given: async () =>
      withFiles(
        await makePackage(),
        there =>
          there.set(
            media,
            footage(2000).map((byte, at) => (at === 1000 ? byte ^ 1 : byte)),
          ),
        { listed: false },
      ),
    because: ['footage-altered', `${media}, bytes 0–1999`],
    history: 'checked',
  },
  {
    name: 'footage-exchanged',
    why: 'Other footage of the same length, and all lists made to fit.',
    given: async () => withFiles(await makePackage(), there => there.set(media, footage(4000).subarray(2000))),
    because: ['footage-altered', `${media}, bytes 0–1999`],
    history: 'checked',
  },
  {
    name: 'footage-and-manifest-exchanged',
    why: 'Other footage with its own manifest and pieces, under the history of the first.',
    given: async () => {
      const [made, instead] = [await makePackage(), await other()]
      return withDossier(made, () => ({ manifest: instead.dossier.manifest }), { media: instead.sample.media })
    },
    because: ['other-recording', 'events/0000.tlog-proof'],
  },
  {
    name: 'footage-cut',
    why: 'The end of the footage was cut off.',
    given: async () => withFiles(await makePackage(), there => there.set(media, footage(1500))),
    because: ['footage-length', `${media}, 1500 of 2000 bytes`],
    history: 'checked',
  },
  {
    name: 'footage-left-out',
    why: 'The footage is missing, and the lists were made to fit.',
    given: async () => withFiles(await makePackage(), there => there.delete(media)),
    because: ['file-missing', media],
    history: 'checked',
  },
  {
    name: 'level-raised',
    why: 'The manifest says that it was sealed on the camera.',
    given: async () =>
      withDossier(await makePackage(), ({ manifest }) => ({ manifest: { ...manifest, level: 'captured' } })),
    because: ['other-recording', 'events/0000.tlog-proof'],
  },
  {
    name: 'manifest-not-canonical',
    why: 'The manifest has white space: the same words, other bytes.',
    given: async () =>
      withFiles(await makePackage(), there =>
        there.set(
          'data/manifest.json',
          utf8(fromUtf8(there.get('data/manifest.json') ?? new Uint8Array()).replace('{', '{ ')),
        ),
      ),
    because: ['history-unreadable', 'data/manifest.json, not-canonical'],
  },
  {
    name: 'pieces-exchanged',
    why: 'The list of pieces is that of other footage, to hide where a change is.',
    given: async () => {
      const instead = await other()
      return withFiles(await makePackage(), there =>
        there.set('data/pieces.bin', instead.files.get('data/pieces.bin') ?? new Uint8Array()),
      )
    },
    because: ['pieces-altered', 'data/pieces.bin'],
    history: 'checked',
  },
  {
    name: 'file-changed',
    why: 'A paper was changed and the lists were not.',
    given: async () =>
      withFiles(await makePackage(), there => there.set('README.txt', utf8('All is well.\n')), { listed: false }),
    because: ['file-altered', 'README.txt'],
    history: 'checked',
  },
  {
    name: 'file-added',
    why: 'A file lies there that no list names.',
    given: async () =>
      withFiles(await makePackage(), there => there.set('data/media/more.mp4', footage(100)), { listed: false }),
    because: ['file-extra', 'data/media/more.mp4'],
    history: 'checked',
  },
  {
    name: 'file-added-and-listed',
    why: 'A paper was added and listed; nothing that was sealed knows it.',
    given: async () => withFiles(await makePackage(), there => there.set('notes.txt', utf8('The court may note.\n'))),
    because: ['file-unknown', 'notes.txt'],
    history: 'checked',
  },
  {
    name: 'payload-added-after-the-export',
    why: 'A file was put beside the footage after the export, and listed.',
    given: async () => withFiles(await makePackage(), there => there.set('data/clip.mp4', footage(100))),
    because: ['export-not-committed', 'events/0003.tlog-proof'],
    history: 'checked',
  },
  {
    name: 'list-left-out',
    why: 'The list of the payload is missing.',
    given: async () => withFiles(await makePackage(), there => there.delete('manifest-sha256.txt'), { listed: false }),
    because: ['file-missing', 'manifest-sha256.txt'],
    history: 'checked',
  },
  {
    name: 'trust-file-inside',
    why: 'The package brings the trust file it would like to be judged by.',
    given: async () => withFiles(await makePackage(), there => there.set('trust.policy', utf8(TRUST))),
    because: ['trust-inside', 'trust.policy'],
    history: 'checked',
  },
  {
    name: 'trust-file-inside-under-another-name',
    why: 'The trust file inside is called a read-me.',
    given: async () =>
      withFiles(await makePackage(), there =>
        there.set('README.txt', utf8(`# Read me.\nlog ${OTHER_LOG_VKEY}\nquorum none\n`)),
      ),
    because: ['trust-inside', 'README.txt'],
    history: 'checked',
  },
  {
    name: 'trust-file-inside-for-its-own-log',
    why: 'A package from an unknown log brings a trust file that trusts this log.',
    given: async () => {
      const origin = 'vidne.example/other'
      const made = await makePackage({ origin, eventOrigin: origin, skeys: [OTHER_LOG_SKEY] })
      return withFiles(made, there => there.set('trust.policy', utf8(`log ${OTHER_LOG_VKEY}\nquorum none\n`)))
    },
    because: ['log-unknown', 'log/checkpoint, vidne.example/other'],
  },
  {
    name: 'export-without-an-event',
    why: 'A package that nobody wrote down: there is no export in the history.',
    given: () => from({ story: ORDINARY.slice(0, 3) }),
    because: ['export-not-committed', 'events/'],
    history: 'checked',
  },
  {
    name: 'export-of-something-else',
    why: 'The export in the history committed to other files.',
    given: () => from({ story: [...ORDINARY.slice(0, 3), { type: 'exported', fields: { package: '11'.repeat(32) } }] }),
    because: ['export-not-committed', 'events/0003.tlog-proof'],
    history: 'checked',
  },
  {
    name: 'deleted-yet-here',
    why: 'A statement of deletion with the footage in it.',
    given: async () => {
      const made = await makePackage({ story: DELETED })
      return withFiles(made, there => there.set(media, made.sample.media))
    },
    because: ['footage-after-deletion', media],
    history: 'checked',
  },
  {
    name: 'deleted-yet-elsewhere',
    why: 'A genuine statement of deletion, held against the very footage, which somebody still has.',
    given: async () => {
      const made = await makePackage({ story: DELETED })
      return { ...(await withFiles(made, () => {})), footage: made.sample.media }
    },
    because: ['footage-reappeared', 'footage'],
    history: 'checked',
  },
  {
    name: 'recording-held-against-other-footage',
    why: 'A genuine package, held against a file in which one byte was changed.',
    given: async () => {
      const made = await makePackage()
      const footage = made.sample.media.map((byte, at) => (at === 7 ? byte ^ 1 : byte))
      return { ...(await withFiles(made, () => {})), footage }
    },
    because: ['footage-differs', 'footage'],
    history: 'checked',
  },
  {
    name: 'statement-with-an-attachment',
    why: 'A statement of deletion with a file that no event commits to.',
    given: async () =>
      withFiles(await makePackage({ story: DELETED }), there => there.set('data/certificate.pdf', utf8('%PDF'))),
    because: ['file-unknown', 'data/certificate.pdf'],
    history: 'checked',
  },
  {
    name: 'event-listed-behind-a-gap',
    why: 'An event file lies behind a missing number, where a reader stops.',
    given: async () =>
      withFiles(await makePackage(), there =>
        there.set('events/0009.tlog-proof', concat(there.get('events/0002.tlog-proof') ?? new Uint8Array())),
      ),
    because: ['file-unknown', 'events/0009.tlog-proof'],
    history: 'checked',
  },
]
