import { crc32 } from './crc32.ts'
import {
  CENTRAL_BYTES,
  CENTRAL_SIGNATURE,
  encodeCentral,
  encodeLocal,
  FULL_32,
  MAX_NAME_BYTES,
  REGULAR_FILE,
  UTF8_FLAG,
} from './zip-format.ts'
import { findDirectory } from './zip-end.ts'
import { ZipRefused } from './zip-refused.ts'
import { isSafeName, NameSet } from './zip-names.ts'
import type { Directory } from './zip-end.ts'
import type { EntryRecord } from './zip-format.ts'

/** Bytes to read at random: an open file, a Blob, a buffer. `read` answers with fewer bytes only where they end. */
export interface ZipSource {
  readonly size: number
  read(offset: number, length: number): Promise<Uint8Array>
}

/** A file in a ZIP. Its content is the `bytes` bytes of the source from `at` on. */
export type ZipFile = { name: string; bytes: number; crc32: number; at: number }

export type ZipLimits = {
  /** Most entries (default 200 000). */
  entries?: number
  /** Most bytes of directory held in memory (default 64 MiB). */
  directoryBytes?: number
}

/** Local headers lie between contents; small contents are passed over within one read. */
const WINDOW_BYTES = 65_536
/** The largest central header this format makes: a name of 1024 bytes and three ZIP64 numbers. */
const MAX_CENTRAL_BYTES = CENTRAL_BYTES + MAX_NAME_BYTES + 28

/**
 * The files of a ZIP as `writeZip` makes it, by name, in their order. Everything else is refused: the entries and the directory
 * cover every byte exactly once, both headers of an entry agree, and nothing is compressed, so no length can surprise. Reads the
 * directory and the local headers, no content. Throws ZipRefused.
 */
export async function openZip(source: ZipSource, limits: ZipLimits = {}): Promise<ReadonlyMap<string, ZipFile>> {
  const directory = await findDirectory(source)
  if (directory.entries > (limits.entries ?? 200_000)) throw new ZipRefused('too-many-entries', 'end of directory')
  if (directory.bytes > (limits.directoryBytes ?? 64 * 1024 * 1024))
    throw new ZipRefused('directory-too-large', 'end of directory')
  const records = parseDirectory(await readExactly(source, directory.offset, directory.bytes), directory.entries)
  return checkLocals(source, records, directory)
}

/** The whole content of a file, CRC-32 checked. Throws ZipRefused; RangeError for a file larger than `maxBytes`. */
export async function readZipFile(source: ZipSource, file: ZipFile, maxBytes: number): Promise<Uint8Array> {
  if (file.bytes > maxBytes) throw new RangeError(`${file.name} is larger than ${maxBytes} bytes`)
  const content = await readExactly(source, file.at, file.bytes)
  if (crc32(content) !== file.crc32) throw new ZipRefused('checksum', file.name)
  return content
}

function parseDirectory(bytes: Uint8Array, entries: number): EntryRecord[] {
  const names = new NameSet()
  const records: EntryRecord[] = []
  let at = 0
  while (at < bytes.length) {
    const rest = bytes.subarray(at, at + MAX_CENTRAL_BYTES)
    const record = parseCentral(rest, `directory entry ${records.length}`)
    const encoded = encodeCentral(record)
    if (!startsWith(rest, encoded)) throw new ZipRefused('directory-malformed', record.name)
    if (!isSafeName(record.name)) throw new ZipRefused('unsafe-name', JSON.stringify(record.name))
    if (!names.add(record.name)) throw new ZipRefused('duplicate-name', JSON.stringify(record.name))
    records.push(record)
    at += encoded.length
  }
  if (records.length !== entries) throw new ZipRefused('directory-malformed', 'number of entries')
  return records
}

/** Reads a central header; the caller compares it whole with what the encoder makes of the result. */
function parseCentral(bytes: Uint8Array, where: string): EntryRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < CENTRAL_BYTES || view.getUint32(0, true) !== CENTRAL_SIGNATURE) {
    throw new ZipRefused('directory-malformed', where)
  }
  const name = parseName(bytes.subarray(CENTRAL_BYTES), view.getUint16(28, true), where)
  refuseFeatures(view, name)
  const wide = wideReader(view, CENTRAL_BYTES + view.getUint16(28, true), name)
  const bytesOut = wide(view.getUint32(24, true))
  const bytesStored = wide(view.getUint32(20, true))
  if (bytesOut !== bytesStored) throw new ZipRefused('compressed', name)
  return {
    name,
    bytes: bytesOut,
    crc32: view.getUint32(16, true),
    time: { time: view.getUint16(12, true), date: view.getUint16(14, true) },
    offset: wide(view.getUint32(42, true)),
  }
}

function refuseFeatures(view: DataView, name: string): void {
  const flags = view.getUint16(8, true)
  if ((flags & 0x2041) !== 0) throw new ZipRefused('encrypted', name)
  if ((flags & 0x0008) !== 0) throw new ZipRefused('data-descriptor', name)
  if (view.getUint16(10, true) !== 0) throw new ZipRefused('compressed', name)
  if (view.getUint16(34, true) !== 0) throw new ZipRefused('multi-disk', name)
  if (view.getUint32(38, true) !== REGULAR_FILE) throw new ZipRefused('not-a-file', name)
  if (flags !== UTF8_FLAG) throw new ZipRefused('directory-malformed', name)
}

function parseName(bytes: Uint8Array, length: number, where: string): string {
  if (length === 0 || length > MAX_NAME_BYTES || length > bytes.length) throw new ZipRefused('unsafe-name', where)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length))
  } catch {
    throw new ZipRefused('unsafe-name', where)
  }
}

/** Numbers of all ones stand for the next one in the ZIP64 field. Its frame is checked by the comparison with the encoder. */
function wideReader(view: DataView, extraAt: number, name: string): (short: number) => number {
  let at = extraAt + 4
  return short => {
    if (short !== FULL_32) return short
    if (at + 8 > view.byteLength) throw new ZipRefused('directory-malformed', name)
    const number = Number(view.getBigUint64(at, true))
    if (!Number.isSafeInteger(number)) throw new ZipRefused('too-large', name)
    at += 8
    return number
  }
}

/** Entry follows entry from byte 0 to the directory, without gap or overlap, in the directory's order. */
async function checkLocals(
  source: ZipSource,
  records: readonly EntryRecord[],
  directory: Directory,
): Promise<ReadonlyMap<string, ZipFile>> {
  const files = new Map<string, ZipFile>()
  const read = windowed(source, directory.offset)
  let at = 0
  for (const record of records) {
    if (record.offset !== at) {
      const code = record.offset < at ? 'overlap' : files.size === 0 ? 'leading-bytes' : 'gap'
      throw new ZipRefused(code, record.name)
    }
    const header = encodeLocal(record)
    if (!startsWith(await read(at, header.length), header)) throw new ZipRefused('local-differs', record.name)
    const contentAt = at + header.length
    at = contentAt + record.bytes
    if (at > directory.offset) throw new ZipRefused('overlap', record.name)
    files.set(record.name, { name: record.name, bytes: record.bytes, crc32: record.crc32, at: contentAt })
  }
  if (at !== directory.offset) throw new ZipRefused(files.size === 0 ? 'leading-bytes' : 'gap', 'before the directory')
  return files
}

function windowed(source: ZipSource, end: number): (offset: number, length: number) => Promise<Uint8Array> {
  let windowAt = 0
  let window: Uint8Array = new Uint8Array(0)
  return async (offset, length) => {
    if (offset < windowAt || offset + length > windowAt + window.length) {
      windowAt = offset
      window = await source.read(offset, Math.max(0, Math.min(WINDOW_BYTES, end - offset)))
    }
    return window.subarray(offset - windowAt, offset - windowAt + length)
  }
}

async function readExactly(source: ZipSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length)
  if (bytes.length !== length) throw new ZipRefused('truncated', `byte ${offset + bytes.length}`)
  return bytes
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  return bytes.length >= start.length && start.every((byte, i) => byte === bytes[i])
}
