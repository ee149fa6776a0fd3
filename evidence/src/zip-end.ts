import { encodeEnd, END64_BYTES, END_BYTES, END_SIGNATURE, FULL_16, FULL_32, LOCATOR64_BYTES } from './zip-format.ts'
import { ZipRefused } from './zip-refused.ts'
import type { ZipSource } from './zip-reader.ts'

/** Where the central directory lies and how many entries it has. */
export type Directory = { entries: number; bytes: number; offset: number }

const TAIL_BYTES = END64_BYTES + LOCATOR64_BYTES + END_BYTES
const WHERE = 'end of directory'

/**
 * Finds the central directory from the end records. They must be exactly what the encoder makes of the numbers in them: a ZIP64
 * end is there when a number needs it and only then, and the last byte of the ZIP is the last byte of the source.
 */
export async function findDirectory(source: ZipSource): Promise<Directory> {
  if (!Number.isSafeInteger(source.size)) throw new ZipRefused('too-large', 'the file')
  const tailAt = Math.max(0, source.size - TAIL_BYTES)
  const tail = await source.read(tailAt, source.size - tailAt)
  if (tail.length !== source.size - tailAt) throw new ZipRefused('truncated', WHERE)
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  const endAt = tail.length - END_BYTES
  if (endAt < 0 || view.getUint32(endAt, true) !== END_SIGNATURE) throw await noEnd(source)
  if (view.getUint16(endAt + 4, true) !== 0 || view.getUint16(endAt + 6, true) !== 0) {
    throw new ZipRefused('multi-disk', WHERE)
  }
  const directory = isFull(view, endAt) ? parseEnd64(view) : parseEnd(view, endAt)
  const expected = encodeEnd(directory)
  const end = tail.subarray(Math.max(0, tail.length - expected.length))
  if (end.length !== expected.length || !expected.every((byte, i) => byte === end[i])) {
    throw new ZipRefused('directory-malformed', WHERE)
  }
  const endsAt = source.size - expected.length
  if (directory.offset + directory.bytes > endsAt) throw new ZipRefused('truncated', WHERE)
  if (directory.offset + directory.bytes < endsAt) throw new ZipRefused('gap', WHERE)
  return directory
}

function isFull(view: DataView, endAt: number): boolean {
  return (
    view.getUint16(endAt + 10, true) === FULL_16 ||
    view.getUint32(endAt + 12, true) === FULL_32 ||
    view.getUint32(endAt + 16, true) === FULL_32
  )
}

function parseEnd(view: DataView, endAt: number): Directory {
  return {
    entries: view.getUint16(endAt + 10, true),
    bytes: view.getUint32(endAt + 12, true),
    offset: view.getUint32(endAt + 16, true),
  }
}

function parseEnd64(view: DataView): Directory {
  if (view.byteLength < TAIL_BYTES) throw new ZipRefused('directory-malformed', WHERE)
  const numbers = [32, 40, 48].map(at => Number(view.getBigUint64(at, true)))
  if (!numbers.every(Number.isSafeInteger)) throw new ZipRefused('too-large', WHERE)
  const [entries = 0, bytes = 0, offset = 0] = numbers
  return { entries, bytes, offset }
}

/** Tells a ZIP with something behind it from a file that is none. */
async function noEnd(source: ZipSource): Promise<ZipRefused> {
  const reach = Math.min(source.size, END_BYTES + FULL_16)
  const tail = await source.read(source.size - reach, reach)
  for (let at = tail.length - END_BYTES - 1; at >= 0; at--) {
    if (tail[at] === 0x50 && tail[at + 1] === 0x4b && tail[at + 2] === 5 && tail[at + 3] === 6) {
      return new ZipRefused('trailing-bytes', 'behind the end of the directory')
    }
  }
  return new ZipRefused('not-a-zip', WHERE)
}
