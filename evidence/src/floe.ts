import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto'
import { derive, encodeParameters, messageSecret, PARAMETER_BYTES, segmentKeys } from './floe-keys.ts'
import type { KeyObject } from 'node:crypto'

// FLOE (C2SP "Fast Lightweight Online Encryption"), AES-256-GCM with HKDF-Expand-SHA-384. Node only.
// The format is in docs/spec/blob.md.

/** Plaintext bytes in every segment of a blob but the last. */
export const SEGMENT_PLAIN_BYTES = 1_048_576
/** Sealed bytes of a segment of a blob: length field 4, nonce 12, plaintext, tag 16. */
export const SEGMENT_BYTES = 1_048_608
/** What sealing adds to each segment. */
export const SEGMENT_OVERHEAD_BYTES = 32
/** Parameters 10, message IV 32, header tag 32. */
export const HEADER_BYTES = 74

const IV_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const LENGTH_BYTES = 4
const CONTENT_AT = LENGTH_BYTES + NONCE_BYTES
const INTERNAL_MARK = 0xffff_ffff
/** FLOE: AEAD_MAX_SEGMENTS of AES-GCM-256. */
const MAX_SEGMENTS = 2 ** 40
/** FLOE: AEAD_ROTATION_MASK of AES-GCM-256. One AES key serves 2^20 segments. */
const ROTATION_BITS = 20
const AAD_DOMAIN = new TextEncoder().encode('vidne/blob/v1\0')
/** Each update of node:crypto allocates its output. Below 128 KiB the allocator reuses warm pages instead of mapping new ones. */
const UPDATE_BYTES = 96 * 1024

export type FloeRefusal =
  /** The header has not the length of a header. */
  | 'header'
  /** The header names another cipher, KDF, segment length or IV length than the one demanded. */
  | 'parameters'
  /** The header was not made with this key and these associated data, or was altered. */
  | 'key-or-aad'
  /** A segment has a length that none at its place can have. */
  | 'segment-length'
  /** A segment says of itself that it is the last although it is not, or the other way round. */
  | 'segment-marker'
  /** The authentication tag fails: altered, reordered, from another message. */
  | 'altered'
  /** The message ends before its last segment. */
  | 'truncated'
  /** Bytes follow the last segment. */
  | 'extended'

/** Sealed bytes that do not open. `segment` is null where the header or the whole message is meant. */
export class FloeRefused extends Error {
  readonly code: FloeRefusal
  readonly segment: number | null
  constructor(code: FloeRefusal, segment: number | null = null) {
    super(segment === null ? `sealed message refused: ${code}` : `segment ${segment} refused: ${code}`)
    this.name = 'FloeRefused'
    this.code = code
    this.segment = segment
  }
}

/** Plaintext in one piece, or in the chunks in which it arrived (saves joining them). */
export type Plain = Uint8Array | readonly Uint8Array[]

/**
 * Seals one message, segment after segment. A sealer is used for one message only, and its header comes before the first
 * segment. Every call draws a fresh nonce; an index is never sealed twice.
 *
 * All segments but the last hold exactly `segmentBytes - 32` bytes of plaintext. The last one holds 1 to as many, and none
 * only where the whole message is empty: so the sealed length follows from the plain length (`sealedLength`), and who seals a
 * stream holds the newest full segment back until he knows whether more comes.
 */
export class FloeSealer {
  readonly header: Uint8Array
  readonly #segmentBytes: number
  readonly #keyOf: (index: number) => KeyObject
  readonly #random: (bytes: number) => Uint8Array
  #next = 0
  #closed = false

  /** `random` and `rotationBits` are for tests against known answers; everyone else leaves them out. */
  constructor(p: {
    key: Uint8Array
    aad: Uint8Array
    segmentBytes?: number
    rotationBits?: number
    random?: (bytes: number) => Uint8Array
  }) {
    this.#segmentBytes = p.segmentBytes ?? SEGMENT_BYTES
    this.#random = p.random ?? randomBytes
    const parameters = encodeParameters(this.#segmentBytes)
    const message = messageSecret({ key: p.key, parameters, iv: this.#random(IV_BYTES), aad: p.aad })
    this.header = Buffer.concat([parameters, message.iv, derive(message, 'HEADER_TAG:', 32)])
    this.#keyOf = segmentKeys(message, p.rotationBits ?? ROTATION_BITS)
  }

  /** Seals a segment that is not the last. Throws RangeError unless `plain` is exactly a segment's plaintext. */
  sealInternal(plain: Plain): Uint8Array {
    const sealed = Buffer.allocUnsafe(this.#segmentBytes)
    this.sealInternalInto(plain, sealed, 0)
    return sealed
  }

  /** Seals the last segment; afterwards nothing more can be sealed. */
  sealFinal(plain: Plain): Uint8Array {
    const sealed = Buffer.allocUnsafe(plainLength(plain) + SEGMENT_OVERHEAD_BYTES)
    this.sealFinalInto(plain, sealed, 0)
    return sealed
  }

  /** As `sealInternal`, into `target` from byte `at` on. Returns the bytes written. `target` must not overlap `plain`. */
  sealInternalInto(plain: Plain, target: Uint8Array, at: number): number {
    if (plainLength(plain) !== this.#segmentBytes - SEGMENT_OVERHEAD_BYTES) {
      throw new RangeError('a segment that is not the last is full')
    }
    if (this.#next === MAX_SEGMENTS - 1) throw new RangeError('too many segments for one message')
    return this.#seal(plain, target, at, false)
  }

  /** As `sealFinal`, into `target` from byte `at` on. Returns the bytes written. `target` must not overlap `plain`. */
  sealFinalInto(plain: Plain, target: Uint8Array, at: number): number {
    const bytes = plainLength(plain)
    if (bytes > this.#segmentBytes - SEGMENT_OVERHEAD_BYTES) throw new RangeError('more plaintext than a segment holds')
    if (bytes === 0 && this.#next > 0) throw new RangeError('only an empty message ends with an empty segment')
    return this.#seal(plain, target, at, true)
  }

  #seal(plain: Plain, target: Uint8Array, at: number, final: boolean): number {
    if (this.#closed) throw new Error('the message is closed')
    const sealedBytes = plainLength(plain) + SEGMENT_OVERHEAD_BYTES
    if (at < 0 || at + sealedBytes > target.length) throw new RangeError('the target has no room for the segment')
    const index = this.#next++
    this.#closed = final
    const nonce = this.#random(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(index), nonce)
    cipher.setAAD(segmentAad(index, final))
    viewOf(target).setUint32(at, final ? sealedBytes : INTERNAL_MARK)
    target.set(nonce, at + LENGTH_BYTES)
    let written = at + CONTENT_AT
    for (const chunk of plain instanceof Uint8Array ? [plain] : plain) {
      for (let from = 0; from < chunk.length; from += UPDATE_BYTES) {
        const sealed = cipher.update(chunk.subarray(from, from + UPDATE_BYTES))
        target.set(sealed, written)
        release(sealed)
        written += Math.min(UPDATE_BYTES, chunk.length - from)
      }
    }
    cipher.final()
    target.set(cipher.getAuthTag(), written)
    return sealedBytes
  }
}

/**
 * Opens segments of one message in any order. Throws FloeRefused from the constructor when the header was not made with this
 * key and these associated data.
 *
 * Random access proves a segment's bytes and place, not that the message has no more of them: the caller knows from elsewhere
 * (the length of the part) which segment is the last and says so.
 */
export class FloeOpener {
  readonly segmentBytes: number
  readonly #keyOf: (index: number) => KeyObject

  constructor(p: {
    key: Uint8Array
    aad: Uint8Array
    header: Uint8Array
    segmentBytes?: number
    rotationBits?: number
  }) {
    this.segmentBytes = p.segmentBytes ?? SEGMENT_BYTES
    if (p.header.length !== HEADER_BYTES) throw new FloeRefused('header')
    const parameters = encodeParameters(this.segmentBytes)
    if (Buffer.compare(p.header.subarray(0, PARAMETER_BYTES), parameters) !== 0) throw new FloeRefused('parameters')
    const iv = p.header.subarray(PARAMETER_BYTES, PARAMETER_BYTES + IV_BYTES)
    const message = messageSecret({ key: p.key, parameters, iv, aad: p.aad })
    const tag = derive(message, 'HEADER_TAG:', 32)
    if (!timingSafeEqual(tag, p.header.subarray(PARAMETER_BYTES + IV_BYTES))) throw new FloeRefused('key-or-aad')
    this.#keyOf = segmentKeys(message, p.rotationBits ?? ROTATION_BITS)
  }

  /** The plaintext of the segment at `index`. Throws FloeRefused; nothing of an altered segment is returned. */
  openSegment(sealed: Uint8Array, index: number, final: boolean): Uint8Array {
    const plainBytes = Math.max(0, sealed.length - SEGMENT_OVERHEAD_BYTES)
    const plain = Buffer.allocUnsafe(plainBytes)
    this.openSegmentInto(sealed, index, final, { from: 0, to: plainBytes }, plain, 0)
    return plain
  }

  /**
   * Writes the bytes `from` to `to` (exclusive) of a segment's plaintext into `target` from byte `at` on. The whole segment is
   * authenticated whatever is asked of it. Throws FloeRefused, and then the written part of `target` is zeroed: no
   * unauthenticated byte leaves.
   */
  openSegmentInto(
    sealed: Uint8Array,
    index: number,
    final: boolean,
    wanted: { from: number; to: number },
    target: Uint8Array,
    at: number,
  ): void {
    const segment = { sealed, index, final, key: this.#keyOf(index), segmentBytes: this.segmentBytes }
    openSegmentWith(segment, wanted, target, at)
  }

  /** What `openSegmentWith` needs to open a segment elsewhere: a copy of the AES key of this segment and its neighbours. Zero it. */
  segmentKey(index: number): Uint8Array {
    const exported = this.#keyOf(index).export()
    const copy = Uint8Array.from(exported)
    exported.fill(0)
    return copy
  }
}

/** `sealed` is the segment with its framing, as it is stored. `final`: it is the last of its message. */
export type SealedSegment = {
  readonly sealed: Uint8Array
  readonly index: number
  readonly final: boolean
  readonly key: KeyObject | Uint8Array
  readonly segmentBytes?: number
}

/**
 * As `openSegmentInto` of an opener, for who has only a segment's key: another thread, which so holds no key longer than it works.
 * Throws FloeRefused, and then the written part of `target` is zeroed.
 */
export function openSegmentWith(
  segment: SealedSegment,
  wanted: { from: number; to: number },
  target: Uint8Array,
  at: number,
): void {
  const { sealed, index, final, key } = segment
  checkFrame(segment)
  const tagAt = sealed.length - TAG_BYTES
  if (wanted.from < 0 || wanted.to > tagAt - CONTENT_AT || at + wanted.to - wanted.from > target.length) {
    throw new RangeError('the wanted bytes are not in the segment, or the target has no room for them')
  }
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(LENGTH_BYTES, CONTENT_AT))
  decipher.setAAD(segmentAad(index, final))
  decipher.setAuthTag(sealed.subarray(tagAt))
  for (let from = CONTENT_AT; from < tagAt; from += UPDATE_BYTES) {
    const plain = decipher.update(sealed.subarray(from, Math.min(from + UPDATE_BYTES, tagAt)))
    const plainAt = from - CONTENT_AT
    const start = Math.max(wanted.from - plainAt, 0)
    const end = Math.min(wanted.to - plainAt, plain.length)
    if (start < end) target.set(plain.subarray(start, end), at + plainAt + start - wanted.from)
    release(plain)
  }
  try {
    decipher.final()
  } catch {
    target.fill(0, at, at + wanted.to - wanted.from)
    throw new FloeRefused('altered', index)
  }
}

function checkFrame({ sealed, index, final, segmentBytes = SEGMENT_BYTES }: SealedSegment): void {
  const lengthFits = final
    ? sealed.length >= SEGMENT_OVERHEAD_BYTES && sealed.length <= segmentBytes
    : sealed.length === segmentBytes
  if (!lengthFits || index >= MAX_SEGMENTS) throw new FloeRefused('segment-length', index)
  if (viewOf(sealed).getUint32(0) !== (final ? sealed.length : INTERNAL_MARK)) {
    throw new FloeRefused('segment-marker', index)
  }
}

/**
 * Gives the memory of a cipher's output back at once. The collector does not see how much lies outside its heap, and fresh pages
 * for every portion cost more than the cipher: measured, half of its time.
 */
function release(output: Uint8Array): void {
  const { buffer } = output
  // Node 20 cannot, and is slower without it.
  if (!(buffer instanceof ArrayBuffer) || !('transfer' in buffer)) return
  if (buffer.byteLength === output.byteLength) buffer.transfer(0)
}

/** Bytes of the sealed form of `plainBytes` bytes as FloeSealer makes it: header, full segments, last segment. */
export function sealedLength(plainBytes: number, segmentBytes: number = SEGMENT_BYTES): number {
  return HEADER_BYTES + plainBytes + segmentCount(plainBytes, segmentBytes) * SEGMENT_OVERHEAD_BYTES
}

/**
 * The associated data of a blob: "vidne/blob/v1\0" ‖ agency 16 ‖ recording 16 ‖ kind 1 ‖ u64 part. They bind a part to its place:
 * a part of another recording, agency or number does not open. Throws RangeError on wrong sizes.
 */
export function blobAad(p: { agency: Uint8Array; recording: Uint8Array; kind: number; part: number }): Uint8Array {
  if (p.agency.length !== 16 || p.recording.length !== 16) throw new RangeError('agency and recording have 16 bytes')
  if (!Number.isInteger(p.kind) || p.kind < 0 || p.kind > 255) throw new RangeError('kind is one byte')
  if (!Number.isSafeInteger(p.part) || p.part < 0) throw new RangeError('part is a whole number')
  const aad = Buffer.alloc(AAD_DOMAIN.length + 41)
  aad.set(AAD_DOMAIN)
  aad.set(p.agency, AAD_DOMAIN.length)
  aad.set(p.recording, AAD_DOMAIN.length + 16)
  aad[AAD_DOMAIN.length + 32] = p.kind
  aad.writeBigUInt64BE(BigInt(p.part), AAD_DOMAIN.length + 33)
  return aad
}

/** Reads bytes of a sealed message. A short answer means that the message ends there. */
export type RangeReader = (offset: number, length: number) => Promise<Uint8Array>

/** Reads the header of a sealed message and checks it. Throws FloeRefused. Keep the opener while the message is being read. */
export async function openHeader(p: {
  key: Uint8Array
  aad: Uint8Array
  read: RangeReader
  segmentBytes?: number
}): Promise<FloeOpener> {
  return new FloeOpener({ ...p, header: await p.read(0, HEADER_BYTES) })
}

/**
 * The plaintext bytes `offset` to `offset + length` of one message of `plainBytes` bytes, with a single read of the segments
 * that hold them. `plainBytes` comes from a trusted place: it says which segment is the last. Holds the sealed range and the
 * plaintext in memory. Throws FloeRefused; RangeError when the range is not within the message.
 */
export async function openRange(p: {
  opener: FloeOpener
  plainBytes: number
  offset: number
  length: number
  read: RangeReader
}): Promise<Uint8Array> {
  const end = p.offset + p.length
  if (p.offset < 0 || p.length < 0 || end > p.plainBytes) throw new RangeError('the range is not within the message')
  const plain = Buffer.allocUnsafe(p.length)
  if (p.length === 0) return plain
  const { segmentBytes } = p.opener
  const held = segmentBytes - SEGMENT_OVERHEAD_BYTES
  const last = segmentCount(p.plainBytes, segmentBytes) - 1
  const from = Math.floor(p.offset / held)
  const to = Math.floor((end - 1) / held)
  const sealedAt = HEADER_BYTES + from * segmentBytes
  const sealedEnd = to === last ? sealedLength(p.plainBytes, segmentBytes) : HEADER_BYTES + (to + 1) * segmentBytes
  const sealed = await p.read(sealedAt, sealedEnd - sealedAt)
  if (sealed.length !== sealedEnd - sealedAt) throw new FloeRefused('truncated')
  for (let index = from; index <= to; index++) {
    const segment = sealed.subarray((index - from) * segmentBytes, (index - from + 1) * segmentBytes)
    const start = Math.max(p.offset, index * held)
    const wanted = { from: start - index * held, to: Math.min(end, (index + 1) * held) - index * held }
    p.opener.openSegmentInto(segment, index, index === last, wanted, plain, start - p.offset)
  }
  return plain
}

/**
 * The plaintext of a whole message in memory. Where it was cut or something was put behind it, it says so. Throws FloeRefused.
 */
export function openMessage(p: {
  key: Uint8Array
  aad: Uint8Array
  sealed: Uint8Array
  segmentBytes?: number
  rotationBits?: number
}): Uint8Array {
  if (p.sealed.length < HEADER_BYTES) throw new FloeRefused('truncated')
  const opener = new FloeOpener({ ...p, header: p.sealed.subarray(0, HEADER_BYTES) })
  const body = p.sealed.subarray(HEADER_BYTES)
  const plain: Uint8Array[] = []
  for (let at = 0, index = 0; ; at += opener.segmentBytes, index++) {
    const rest = body.subarray(at)
    if (rest.length < LENGTH_BYTES) throw new FloeRefused('truncated')
    const mark = viewOf(rest).getUint32(0)
    if (mark !== INTERNAL_MARK) {
      if (mark !== rest.length) throw new FloeRefused(mark > rest.length ? 'truncated' : 'extended', index)
      plain.push(opener.openSegment(rest, index, true))
      return Buffer.concat(plain)
    }
    if (rest.length < opener.segmentBytes) throw new FloeRefused('truncated', index)
    plain.push(opener.openSegment(rest.subarray(0, opener.segmentBytes), index, false))
  }
}

function segmentCount(plainBytes: number, segmentBytes: number): number {
  return Math.max(1, Math.ceil(plainBytes / (segmentBytes - SEGMENT_OVERHEAD_BYTES)))
}

/** I2BE(position, 8) ‖ 0x01 for the last segment, 0x00 for every other. */
function segmentAad(index: number, final: boolean): Uint8Array {
  const aad = new Uint8Array(9)
  viewOf(aad).setBigUint64(0, BigInt(index))
  aad[8] = final ? 1 : 0
  return aad
}

function plainLength(plain: Plain): number {
  return plain instanceof Uint8Array ? plain.length : plain.reduce((sum, chunk) => sum + chunk.length, 0)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
