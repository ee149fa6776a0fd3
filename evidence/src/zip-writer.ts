import { crc32, crc32Behind } from './crc32.ts'
import { centralLength, dosTime, encodeCentral, encodeEnd, encodeLocal, localLength } from './zip-format.ts'
import { isSafeName, NameSet } from './zip-names.ts'
import type { EntryRecord } from './zip-format.ts'

/** One file of a package. Length and CRC-32 are known before the bytes pass, so no descriptor follows them. */
export type ZipEntry = {
  name: string
  bytes: number
  crc32: number
  /** Called once, when the entry's turn comes. */
  content: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** An entry whose bytes are in memory. */
export function zipEntry(name: string, content: Uint8Array): ZipEntry {
  return { name, bytes: content.length, crc32: crc32(content), content: () => [content] }
}

/** The length of the ZIP that `writeZip` will make of these entries, known before any byte of them is read. */
export function zipLength(entries: readonly { name: string; bytes: number }[]): number {
  let offset = 0
  let directoryBytes = 0
  for (const entry of entries) {
    directoryBytes += centralLength(entry.name, entry.bytes, offset)
    offset += localLength(entry.name, entry.bytes) + entry.bytes
  }
  return offset + directoryBytes + encodeEnd({ entries: entries.length, bytes: directoryBytes, offset }).length
}

/** The CRC-32 of the ZIP that `writeZip` will make of these entries, known before any byte of them is read: so a ZIP can lie in a ZIP. */
export function zipCrc32(entries: readonly Omit<ZipEntry, 'content'>[], p: { at: number }): number {
  const time = dosTime(p.at)
  const records: EntryRecord[] = []
  let [crc, offset, directoryBytes] = [0, 0, 0]
  for (const { name, bytes, crc32: own } of entries) {
    const record: EntryRecord = { name, bytes, crc32: own, time, offset }
    const header = encodeLocal(record)
    crc = crc32Behind(crc32(header, crc), own, bytes)
    records.push(record)
    offset += header.length + bytes
  }
  for (const record of records) {
    const header = encodeCentral(record)
    crc = crc32(header, crc)
    directoryBytes += header.length
  }
  return crc32(encodeEnd({ entries: records.length, bytes: directoryBytes, offset }), crc)
}

/**
 * A ZIP of stored entries, as it is read: nothing but the directory is held in memory. `at` (UTC epoch milliseconds) is the time
 * written on every entry, so the same entries give the same bytes.
 *
 * Throws RangeError before the first byte when a name is unsafe or there twice, and while writing when an entry's content is
 * not as long as it said; the output is then worthless. The CRC-32 is believed: it was computed when the bytes came in.
 */
export async function* writeZip(entries: readonly ZipEntry[], p: { at: number }): AsyncGenerator<Uint8Array> {
  const time = dosTime(p.at)
  checkNames(entries)
  const written: EntryRecord[] = []
  let offset = 0
  for (const entry of entries) {
    const record: EntryRecord = { name: entry.name, bytes: entry.bytes, crc32: entry.crc32, time, offset }
    const header = encodeLocal(record)
    yield header
    yield* checkedContent(entry)
    written.push(record)
    offset += header.length + entry.bytes
  }
  let directoryBytes = 0
  for (const record of written) {
    const header = encodeCentral(record)
    yield header
    directoryBytes += header.length
  }
  yield encodeEnd({ entries: written.length, bytes: directoryBytes, offset })
}

async function* checkedContent(entry: ZipEntry): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of entry.content()) {
    bytes += chunk.length
    if (bytes > entry.bytes) break
    yield chunk
  }
  if (bytes !== entry.bytes) throw new RangeError(`${entry.name}: has not the length it was announced with`)
}

function checkNames(entries: readonly ZipEntry[]): void {
  const names = new NameSet()
  for (const { name, bytes } of entries) {
    if (!isSafeName(name)) throw new RangeError(`not a safe name for a package: ${JSON.stringify(name)}`)
    if (!names.add(name)) throw new RangeError(`two names are the same file: ${JSON.stringify(name)}`)
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`${name}: not a length`)
  }
}
