import type { Read } from './boxes.ts'
import type { Fact } from './facts.ts'

// The one header field of Matroska and WebM (RFC 9559) that mediabunny does not give: Segment / Info / DateUTC.

const EBML = 0x1a45dfa3
const SEGMENT = 0x18538067
const INFO = 0x1549a966
const CLUSTER = 0x1f43b675
const DATE_UTC = 0x4461
/** RFC 8794 section 7.6: EBML dates count nanoseconds from 2001-01-01. */
const EPOCH_2001_MS = 978_307_200_000
const ELEMENTS = 200

type Element = { id: number; contentAt: number; end: number }

/** Tells when the file was made, if it says so. Never throws on any bytes. */
export function readMatroska(bytes: number, read: Read, tell: (fact: Fact) => void): void {
  const [head, segment] = elements(read, 0, bytes)
  if (head?.id !== EBML || segment?.id !== SEGMENT) return
  for (const element of elements(read, segment.contentAt, Math.min(segment.end, bytes))) {
    if (element.id === CLUSTER) return
    if (element.id === INFO) return readInfo(read, { ...element, end: Math.min(element.end, bytes) }, tell)
  }
}

function readInfo(read: Read, info: Element, tell: (fact: Fact) => void): void {
  for (const element of elements(read, info.contentAt, info.end)) {
    if (element.end > info.end) return
    if (element.id !== DATE_UTC || element.end - element.contentAt !== 8) continue
    const nanoseconds = new DataView(Uint8Array.from(read(element.contentAt, 8)).buffer).getBigInt64(0)
    const value = EPOCH_2001_MS + Number(nanoseconds / 1_000_000n)
    tell({ name: 'created-at', value, source: 'Info.DateUTC', parser: 'vidne matroska 1' })
    return
  }
}

/** The elements from `at` to `end`, as many as lie within. One of unknown size reaches to the end. */
function* elements(read: Read, at: number, end: number): Generator<Element> {
  for (let count = 0; at + 2 <= end && count < ELEMENTS; count++) {
    const header = read(at, Math.min(12, end - at))
    const idBytes = lengthOf(header, 0)
    const sizeBytes = lengthOf(header, idBytes)
    if (idBytes > 4 || sizeBytes > 8 || idBytes + sizeBytes > header.length) return
    const size = number(header.subarray(idBytes, idBytes + sizeBytes), 0xff >> sizeBytes)
    const contentAt = at + idBytes + sizeBytes
    const unknown = size === 2 ** (7 * sizeBytes) - 1
    const element = { id: number(header.subarray(0, idBytes), 0xff), contentAt, end: unknown ? end : contentAt + size }
    if (!Number.isSafeInteger(element.end)) return
    yield element
    at = element.end
  }
}

/** A variable-size number is as long as its first byte has leading zeros, and one (RFC 8794 section 4). */
function lengthOf(bytes: Uint8Array, at: number): number {
  return Math.clz32(bytes[at] ?? 0) - 24 + 1
}

/** Big-endian; of the first byte only the bits in `mask` count. */
function number(bytes: Uint8Array, mask: number): number {
  return bytes.reduce((value, byte, i) => value * 256 + (i === 0 ? byte & mask : byte), 0)
}
