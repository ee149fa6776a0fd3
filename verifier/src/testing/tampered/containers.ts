import { concat, utf8 } from '@vidne/evidence/bytes'
import { crc32 } from '@vidne/evidence/crc32'
import { encodeCentral, encodeEnd, encodeLocal } from '@vidne/evidence/zip-format'
import { makePackage } from '../sample-package.ts'
import { zipped } from '../zipped.ts'
import { type Case, withFiles } from './case.ts'

const time = { date: 0x5d75, time: 0x6dad }

type Entry = { name: string; content: Uint8Array }

/** A ZIP without the writer's care for names. */
function careless(entries: readonly Entry[], { overlap = false } = {}): Uint8Array {
  const locals: Uint8Array[] = []
  const centrals: Uint8Array[] = []
  let offset = 0
  for (const { name, content } of entries) {
    const record = { name, bytes: content.length, crc32: crc32(content), time, offset: overlap ? 0 : offset }
    centrals.push(encodeCentral(record))
    if (overlap && locals.length > 0) continue
    locals.push(encodeLocal(record), content)
    offset += encodeLocal(record).length + content.length
  }
  const directory = concat(...centrals)
  return concat(...locals, directory, encodeEnd({ entries: entries.length, bytes: directory.length, offset }))
}

const bytes = utf8('out of the folder')
const good = async () => Buffer.from(await zipped((await makePackage()).files))
const central = Buffer.from('PK\u0001\u0002', 'latin1')

/** A good package with bytes of its first central header changed. */
async function patched(change: (zip: Buffer, centralAt: number) => void): Promise<{ file: Uint8Array }> {
  const zip = await good()
  change(zip, zip.indexOf(central))
  return { file: zip }
}

/** Deceits in the container: they are refused before anything in it is looked at. */
export const containers: readonly Case[] = [
  {
    name: 'zip-path-traversal',
    why: 'An entry would be unpacked outside the folder.',
    given: async () => ({ file: careless([{ name: '../../etc/cron.d/x', content: bytes }]) }),
    because: ['zip-refused', '"../../etc/cron.d/x": unsafe-name'],
    exit: 2,
  },
  {
    name: 'zip-same-name-twice',
    why: 'Two entries have one name: each reader may see another.',
    given: async () => ({
      file: careless([
        { name: 'bagit.txt', content: bytes },
        { name: 'bagit.txt', content: utf8('other') },
      ]),
    }),
    because: ['zip-refused', '"bagit.txt": duplicate-name'],
    exit: 2,
  },
  {
    name: 'zip-same-name-folded',
    why: 'Two names are one file on Windows and macOS.',
    given: async () => ({
      file: careless([
        { name: 'data/a.txt', content: bytes },
        { name: 'DATA/A.TXT', content: utf8('other') },
      ]),
    }),
    because: ['zip-refused', '"DATA/A.TXT": duplicate-name'],
    exit: 2,
  },
  {
    name: 'zip-overlapping-entries',
    why: 'A bomb that needs no compression: many entries share the same bytes.',
    given: async () => ({
      file: careless(
        Array.from({ length: 1000 }, (_, at) => ({ name: `data/${at}`, content: bytes })),
        { overlap: true },
      ),
    }),
    because: ['zip-refused', 'data/1: overlap'],
    exit: 2,
  },
  {
    name: 'zip-compressed',
    why: 'A compressed entry, of which nobody knows how long it becomes.',
    given: () => patched((zip, at) => zip.writeUInt16LE(8, at + 10)),
    because: ['zip-refused', 'bagit.txt: compressed'],
    exit: 2,
  },
  {
    name: 'zip-encrypted',
    why: 'An encrypted entry.',
    given: () => patched((zip, at) => zip.writeUInt16LE(0x0801, at + 8)),
    because: ['zip-refused', 'bagit.txt: encrypted'],
    exit: 2,
  },
  {
    name: 'zip-local-header-differs',
    why: 'The header before the content says another thing than the directory.',
    given: async () => {
      const zip = await good()
      zip.writeUInt32LE(0, 14)
      return { file: zip }
    },
    because: ['zip-refused', 'bagit.txt: local-differs'],
    exit: 2,
  },
  {
    name: 'zip-larger-than-2-to-53',
    why: 'An entry says that it is larger than any number here can be.',
    given: async () => ({ file: hugeEntry() }),
    because: ['zip-refused', 'data/huge: too-large'],
    exit: 2,
  },
  {
    name: 'zip-bytes-in-front',
    why: 'Another file lies in front of the package in the same bytes.',
    given: async () => ({ file: concat(utf8('#!/bin/sh\nrm -rf ~\n'), await good()) }),
    because: ['zip-refused', 'end of directory: gap'],
    exit: 2,
  },
  {
    name: 'zip-bytes-behind',
    why: 'Something follows the end of the directory.',
    given: async () => ({ file: concat(await good(), utf8('and more')) }),
    because: ['zip-refused', 'behind the end of the directory: trailing-bytes'],
    exit: 2,
  },
  {
    name: 'zip-cut-off',
    why: 'The last kilobyte is missing.',
    given: async () => ({ file: (await good()).subarray(0, -1024) }),
    because: ['not-a-package', 'package'],
    exit: 2,
  },
  {
    name: 'not-a-bag',
    why: 'A ZIP of something else.',
    given: async () => ({ file: await zipped(new Map([['holiday.jpg', bytes]])) }),
    because: ['not-a-package', 'bagit.txt'],
    exit: 2,
  },
  {
    name: 'bag-list-leaves-the-bag',
    why: 'The list of files names one outside the bag.',
    given: async () =>
      withFiles(
        await makePackage(),
        files => files.set('manifest-sha256.txt', utf8(`${'0'.repeat(64)}  ../outside\n`)),
        { listed: false },
      ),
    because: ['bag-malformed', 'manifest-sha256.txt, line 1'],
    history: 'checked',
  },
  {
    name: 'bag-list-names-a-file-twice',
    why: 'The list gives a file two digests.',
    given: async () =>
      withFiles(
        await makePackage(),
        files => {
          const list = files.get('manifest-sha256.txt') ?? new Uint8Array()
          files.set('manifest-sha256.txt', concat(list, utf8(`${'0'.repeat(64)}  data/manifest.json\n`)))
        },
        { listed: false },
      ),
    because: ['bag-malformed', 'manifest-sha256.txt, line 4'],
    history: 'checked',
  },
]

/** A central header of 2^53 + 1 bytes, as the encoder would not write it. */
function hugeEntry(): Uint8Array {
  const record = { name: 'data/huge', bytes: 0x1_0000_0000, crc32: 0, time, offset: 0 }
  const directory = Buffer.from(encodeCentral(record))
  const wide = directory.length - 16
  directory.writeBigUInt64LE(2n ** 53n + 1n, wide)
  directory.writeBigUInt64LE(2n ** 53n + 1n, wide + 8)
  const local = encodeLocal(record)
  return concat(local, directory, encodeEnd({ entries: 1, bytes: directory.length, offset: local.length }))
}
