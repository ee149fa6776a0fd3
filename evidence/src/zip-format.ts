// The part of the ZIP format (PKWARE APPNOTE 6.3.10) that a package uses: stored entries, UTF-8 names, ZIP64 where a number
// does not fit, nothing else. Writer and reader share these encoders, so the reader can demand exactly what the writer makes.

export const LOCAL_SIGNATURE = 0x0403_4b50
export const CENTRAL_SIGNATURE = 0x0201_4b50
export const END_SIGNATURE = 0x0605_4b50
export const END64_SIGNATURE = 0x0606_4b50
export const LOCATOR64_SIGNATURE = 0x0706_4b50

export const LOCAL_BYTES = 30
export const CENTRAL_BYTES = 46
export const END_BYTES = 22
export const END64_BYTES = 56
export const LOCATOR64_BYTES = 20

/** General purpose bit 11: the name is UTF-8. No other flag is ever set. */
export const UTF8_FLAG = 0x0800
export const MAX_NAME_BYTES = 1024
/** A number that stands for "see the ZIP64 field". */
export const FULL_16 = 0xffff
export const FULL_32 = 0xffff_ffff

const ZIP64_FIELD = 0x0001
const VERSION_PLAIN = 20
const VERSION_ZIP64 = 45
const MADE_BY_UNIX = (3 << 8) | VERSION_ZIP64
/** A regular file, rw-r--r--. */
export const REGULAR_FILE = (0o100644 << 16) >>> 0

/** What both headers of an entry say. `offset` is where the local header begins. */
export type EntryRecord = { name: string; bytes: number; crc32: number; time: DosTime; offset: number }
export type DosTime = { date: number; time: number }

/**
 * The instant as ZIP writes it, in UTC and to two seconds. ZIP knows no zone; UTC keeps the same package the same bytes everywhere. Throws RangeError
 * outside 1980 to 2107.
 */
export function dosTime(at: number): DosTime {
  const instant = new Date(at)
  const year = instant.getUTCFullYear() - 1980
  if (!(year >= 0 && year <= 127)) throw new RangeError('ZIP times lie between 1980 and 2107')
  return {
    date: (year << 9) | ((instant.getUTCMonth() + 1) << 5) | instant.getUTCDate(),
    time: (instant.getUTCHours() << 11) | (instant.getUTCMinutes() << 5) | (instant.getUTCSeconds() >> 1),
  }
}

/** Local header with name and extra field (APPNOTE 4.3.7). */
export function encodeLocal(entry: EntryRecord): Uint8Array {
  const name = encodeName(entry.name)
  const large = entry.bytes >= FULL_32
  const header = new Uint8Array(LOCAL_BYTES + name.length + (large ? 20 : 0))
  const view = new DataView(header.buffer)
  view.setUint32(0, LOCAL_SIGNATURE, true)
  writeShared(view, 4, entry, large, large)
  view.setUint16(26, name.length, true)
  header.set(name, LOCAL_BYTES)
  if (large) writeZip64(view, LOCAL_BYTES + name.length, [entry.bytes, entry.bytes])
  if (large) view.setUint16(28, 20, true)
  return header
}

/** Length of the local header without making it. */
export function localLength(name: string, bytes: number): number {
  return LOCAL_BYTES + encodeName(name).length + (bytes >= FULL_32 ? 20 : 0)
}

/** Central directory header with name and extra field (APPNOTE 4.3.12). */
export function encodeCentral(entry: EntryRecord): Uint8Array {
  const name = encodeName(entry.name)
  const wide = wideNumbers(entry)
  const extraBytes = wide.length === 0 ? 0 : 4 + 8 * wide.length
  const header = new Uint8Array(CENTRAL_BYTES + name.length + extraBytes)
  const view = new DataView(header.buffer)
  view.setUint32(0, CENTRAL_SIGNATURE, true)
  view.setUint16(4, MADE_BY_UNIX, true)
  writeShared(view, 6, entry, wide.length > 0, entry.bytes >= FULL_32)
  view.setUint16(28, name.length, true)
  view.setUint16(30, extraBytes, true)
  view.setUint32(38, REGULAR_FILE, true)
  view.setUint32(42, Math.min(entry.offset, FULL_32), true)
  header.set(name, CENTRAL_BYTES)
  if (wide.length > 0) writeZip64(view, CENTRAL_BYTES + name.length, wide)
  return header
}

export function centralLength(name: string, bytes: number, offset: number): number {
  const wide = wideNumbers({ bytes, offset }).length
  return CENTRAL_BYTES + encodeName(name).length + (wide === 0 ? 0 : 4 + 8 * wide)
}

/** End of central directory, with its ZIP64 forms before it where a number needs them (APPNOTE 4.3.14 to 4.3.16). */
export function encodeEnd(directory: { entries: number; bytes: number; offset: number }): Uint8Array {
  const large = needsEnd64(directory)
  const end = new Uint8Array((large ? END64_BYTES + LOCATOR64_BYTES : 0) + END_BYTES)
  const view = new DataView(end.buffer)
  if (large) writeEnd64(view, directory)
  const at = end.length - END_BYTES
  view.setUint32(at, END_SIGNATURE, true)
  view.setUint16(at + 8, Math.min(directory.entries, FULL_16), true)
  view.setUint16(at + 10, Math.min(directory.entries, FULL_16), true)
  view.setUint32(at + 12, Math.min(directory.bytes, FULL_32), true)
  view.setUint32(at + 16, Math.min(directory.offset, FULL_32), true)
  return end
}

export function needsEnd64(directory: { entries: number; bytes: number; offset: number }): boolean {
  return directory.entries >= FULL_16 || directory.bytes >= FULL_32 || directory.offset >= FULL_32
}

function writeEnd64(view: DataView, directory: { entries: number; bytes: number; offset: number }): void {
  view.setUint32(0, END64_SIGNATURE, true)
  view.setBigUint64(4, BigInt(END64_BYTES - 12), true)
  view.setUint16(12, MADE_BY_UNIX, true)
  view.setUint16(14, VERSION_ZIP64, true)
  view.setBigUint64(24, BigInt(directory.entries), true)
  view.setBigUint64(32, BigInt(directory.entries), true)
  view.setBigUint64(40, BigInt(directory.bytes), true)
  view.setBigUint64(48, BigInt(directory.offset), true)
  view.setUint32(END64_BYTES, LOCATOR64_SIGNATURE, true)
  view.setBigUint64(END64_BYTES + 8, BigInt(directory.offset + directory.bytes), true)
  view.setUint32(END64_BYTES + 16, 1, true)
}

/** Version, flags, method 0, time, CRC-32 and both sizes stand in the same order in both headers. */
function writeShared(view: DataView, at: number, entry: EntryRecord, zip64: boolean, large: boolean): void {
  const bytes = large ? FULL_32 : entry.bytes
  view.setUint16(at, zip64 ? VERSION_ZIP64 : VERSION_PLAIN, true)
  view.setUint16(at + 2, UTF8_FLAG, true)
  view.setUint16(at + 6, entry.time.time, true)
  view.setUint16(at + 8, entry.time.date, true)
  view.setUint32(at + 10, entry.crc32, true)
  view.setUint32(at + 14, bytes, true)
  view.setUint32(at + 18, bytes, true)
}

/** APPNOTE 4.5.3: in the central directory only the numbers that do not fit, in this order: size, stored size, offset. */
function wideNumbers(entry: { bytes: number; offset: number }): number[] {
  const sizes = entry.bytes >= FULL_32 ? [entry.bytes, entry.bytes] : []
  return entry.offset >= FULL_32 ? [...sizes, entry.offset] : sizes
}

function writeZip64(view: DataView, at: number, numbers: readonly number[]): void {
  view.setUint16(at, ZIP64_FIELD, true)
  view.setUint16(at + 2, numbers.length * 8, true)
  for (const [i, number] of numbers.entries()) view.setBigUint64(at + 4 + 8 * i, BigInt(number), true)
}

function encodeName(name: string): Uint8Array {
  return new TextEncoder().encode(name)
}
