import {
  blobAad,
  FloeRefused,
  HEADER_BYTES,
  openHeader,
  SEGMENT_BYTES,
  SEGMENT_OVERHEAD_BYTES,
  SEGMENT_PLAIN_BYTES,
} from '@vidne/evidence/floe'
import type { FloeOpener } from '@vidne/evidence/floe'
import type { Database } from '../platform/database/door.ts'
import { uuidBytes } from '../platform/identifiers.ts'
import { ObjectMissing } from '../platform/objects/objects.ts'
import type { LentFile, Objects } from '../platform/objects/objects.ts'
import type { Vault } from '../platform/vault/port.ts'
import type { SegmentInFile } from './opening-messages.ts'
import { SegmentRefused } from './opening-pool.ts'
import type { OpeningPool } from './opening-pool.ts'
import { findRecording } from './recordings-store.ts'
import { RECORDING_KIND } from './session.ts'
import { partsOf } from './uploads-store.ts'
import type { StoredPart } from './uploads-store.ts'

/** The plaintext of a recording, at random. Keep it only as long as it is read: it holds the key. */
export interface Footage {
  readonly bytes: number
  /**
   * Bytes `offset` to `offset + length`, fewer only where the recording ends. Throws FootageDamaged.
   *
   * `memory`: an earlier answer that nobody looks at any more. It is not to be touched again, and this answer may lie in it. Who reads
   * without pause gives it, or the collector has no rest: it marks everything anew after each 64 MiB of answers.
   */
  read(offset: number, length: number, memory?: Uint8Array): Promise<Uint8Array>
}

/** There is no such recording here, or it was deleted. */
export class FootageGone extends Error {
  override readonly name = 'FootageGone'
}

/** What is stored is not what was sealed: altered, cut or missing. */
export class FootageDamaged extends Error {
  override readonly name = 'FootageDamaged'
}

/** Opened parts and plain segments kept while a recording is read. */
const OPEN_PARTS = 64
const PLAIN_SEGMENTS = 4
/** More is read on this thread, segment after segment: one order keeps a worker from all others until it is done. */
const MOST_AT_ONCE_BYTES = 4 * SEGMENT_PLAIN_BYTES

export type FootageGround = {
  readonly database: Database
  readonly objects: Objects
  readonly vault: Vault
  /** Who reads and decrypts while several read at once; null: everything is done on this thread. */
  readonly openings: OpeningPool | null
}

/**
 * Opens a recording for reading. Releases the key: whoever shows footage to a person has written the event of it before (G11).
 * Throws FootageGone, KeyDestroyed, and what vault and database throw.
 */
export async function openFootage(ground: FootageGround, agency: string, id: string): Promise<Footage> {
  const { recording, parts } = await ground.database.asAgency(agency, async trx => ({
    recording: await findRecording(trx, id),
    parts: await partsOf(trx, id),
  }))
  if (recording === null || recording.bytes === null) throw new FootageGone(`no footage of ${id} here`)
  const stored = parts.reduce((sum, part) => sum + part.bytes, 0)
  if (stored !== recording.bytes)
    throw new FootageDamaged(`${id} has ${recording.bytes} bytes and ${stored} are stored`)
  const key = await ground.vault.key(id)
  const { objects, openings } = ground
  return new StoredFootage({ objects, openings, agency, id, parts, key, bytes: recording.bytes })
}

/** Bytes `from` to `until` (exclusive) of a segment's plaintext, and where in the answer they go. */
type Range = { readonly part: StoredPart; readonly segment: number; from: number; until: number; at: number }

type Place = {
  agency: string
  id: string
  parts: readonly StoredPart[]
  key: Uint8Array
  bytes: number
  objects: Objects
  openings: OpeningPool | null
}

class StoredFootage implements Footage {
  readonly bytes: number
  readonly #place: Place
  readonly #openers = new Map<number, Promise<FloeOpener>>()
  readonly #segments = new Map<string, Promise<Uint8Array>>()
  #lastTouched = ''

  constructor(place: Place) {
    this.bytes = place.bytes
    this.#place = place
  }

  async read(offset: number, length: number, memory?: Uint8Array): Promise<Uint8Array> {
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
      throw new RangeError('offset and length are whole numbers')
    }
    const ranges = this.#ranges(offset, Math.min(offset + length, this.bytes))
    const again = ranges.map(range => this.#touch(range))
    if (!again.includes(true)) return this.#open(ranges, memory)
    const wanted = roomFor(bytesOf(ranges), memory)
    for (const [index, range] of ranges.entries()) {
      const { part, segment, from, until, at } = range
      const found = again[index] === true ? await this.#segment(part, segment) : null
      const plain = found?.subarray(from, until) ?? (await this.#open([{ ...range, at: 0 }]))
      wanted.set(plain, at)
    }
    return wanted
  }

  /** Where bytes `offset` to `end` lie: one range for each segment, in order. */
  #ranges(offset: number, end: number): Range[] {
    const ranges: Range[] = []
    for (let at = offset; at < end;) {
      const { part, segment, within } = this.#find(at)
      const until = Math.min(within + end - at, segmentBytes(part, segment))
      ranges.push({ part, segment, from: within, until, at: at - offset })
      at += until - within
    }
    return ranges
  }

  /**
   * Whether a segment is to be had whole. Who jumps about gets just what he wants; who touches the same segment twice in a row
   * reads on, and the segment is kept for him.
   */
  #touch({ part, segment }: Range): boolean {
    const key = `${part.part}/${segment}`
    const again = this.#lastTouched === key || this.#segments.has(key)
    this.#lastTouched = key
    return again
  }

  #segment(part: StoredPart, segment: number): Promise<Uint8Array> {
    const whole = { part, segment, from: 0, until: segmentBytes(part, segment), at: 0 }
    return kept(this.#segments, `${part.part}/${segment}`, PLAIN_SEGMENTS, () => this.#open([whole]))
  }

  /** The part that holds a byte, by halving; parts lie on end. */
  #find(at: number): { part: StoredPart; segment: number; within: number } {
    const { parts } = this.#place
    let low = 0
    for (let high = parts.length - 1; low < high;) {
      const middle = Math.ceil((low + high) / 2)
      if ((parts[middle]?.offset ?? Infinity) <= at) low = middle
      else high = middle - 1
    }
    const part = parts[low]
    if (part === undefined || at < part.offset || at >= part.offset + part.bytes) {
      throw new FootageDamaged(`the parts of ${this.#place.id} do not lie on end`)
    }
    const inPart = at - part.offset
    const segment = Math.floor(inPart / SEGMENT_PLAIN_BYTES)
    return { part, segment, within: inPart - segment * SEGMENT_PLAIN_BYTES }
  }

  /** Ranges in one piece of memory, in the order of their places there. */
  async #open(ranges: readonly Range[], memory?: Uint8Array): Promise<Uint8Array> {
    const { openings } = this.#place
    const bytes = bytesOf(ranges)
    if (openings === null) return this.#openHere(ranges, roomFor(bytes, memory))
    const elsewhere = bytes <= MOST_AT_ONCE_BYTES && openings.takes()
    const opened = elsewhere ? await this.#openElsewhere(openings, ranges, { bytes, memory }) : null
    return opened ?? openings.here(() => this.#openHere(ranges, roomFor(bytes, memory)))
  }

  async #openHere(ranges: readonly Range[], target: Uint8Array): Promise<Uint8Array> {
    for (const range of ranges) await this.#damagedIfRefused(range.part, () => this.#openInto(range, target))
    return target
  }

  async #openInto({ part, segment, from, until, at }: Range, target: Uint8Array): Promise<void> {
    const opener = await this.#opener(part)
    const { offset, length, final } = placeOf(part, segment)
    const sealed = await this.#place.objects.read(part.object, offset, length)
    opener.openSegmentInto(sealed, segment, final, { from, to: until }, target, at)
    letGo(sealed)
  }

  /** Null where the store is not a folder, whose files a worker can read. */
  async #openElsewhere(
    openings: OpeningPool,
    ranges: readonly Range[],
    { bytes, memory }: { bytes: number; memory: Uint8Array | undefined },
  ): Promise<Uint8Array | null> {
    const files: LentFile[] = []
    const segments: SegmentInFile[] = []
    try {
      for (const { part, segment, from, until, at } of ranges) {
        const found = await this.#damagedIfRefused(part, () => this.#lend(part))
        if (found === null) return null
        files.push(found.file)
        const key = found.opener.segmentKey(segment)
        segments.push({ ...placeOf(part, segment), fd: found.file.fd, key, index: segment, from, until, at })
      }
      return await openings.open({ target: roomIn(memory, bytes), bytes, segments })
    } catch (error) {
      throw error instanceof SegmentRefused ? this.#damaged(ranges[error.which]?.part, error.cause) : error
    } finally {
      for (const { key } of segments) key.fill(0)
      for (const file of files) file.giveBack()
    }
  }

  async #lend(part: StoredPart): Promise<{ opener: FloeOpener; file: LentFile } | null> {
    const opener = await this.#opener(part)
    const file = await this.#place.objects.lend(part.object)
    return file === null ? null : { opener, file }
  }

  async #damagedIfRefused<T>(part: StoredPart, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof FloeRefused) && !(error instanceof ObjectMissing)) throw error
      throw this.#damaged(part, error)
    }
  }

  #damaged(part: StoredPart | undefined, cause: Error): FootageDamaged {
    return new FootageDamaged(`part ${part?.part} of ${this.#place.id}: ${cause.message}`, { cause })
  }

  #opener(part: StoredPart): Promise<FloeOpener> {
    return kept(this.#openers, part.part, OPEN_PARTS, () => this.#openPart(part))
  }

  #openPart(part: StoredPart): Promise<FloeOpener> {
    const { agency, id, key, objects } = this.#place
    const aad = blobAad({ agency: uuidBytes(agency), recording: uuidBytes(id), kind: RECORDING_KIND, part: part.part })
    return openHeader({ key, aad, read: (offset, length) => objects.read(part.object, offset, length) })
  }
}

/** The memory, where it is all of its own and has room, cut to the length; else null. */
function roomIn(memory: Uint8Array | undefined, bytes: number): Uint8Array<ArrayBuffer> | null {
  const buffer = memory?.buffer
  return buffer instanceof ArrayBuffer && buffer.byteLength >= bytes && memory?.byteOffset === 0
    ? new Uint8Array(buffer, 0, bytes)
    : null
}

function roomFor(bytes: number, memory: Uint8Array | undefined): Uint8Array {
  return roomIn(memory, bytes) ?? Buffer.allocUnsafeSlow(bytes)
}

function bytesOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { from, until }) => sum + until - from, 0)
}

/** Plaintext bytes of a segment. */
function segmentBytes(part: StoredPart, segment: number): number {
  return Math.min(SEGMENT_PLAIN_BYTES, part.bytes - segment * SEGMENT_PLAIN_BYTES)
}

/** Where a sealed segment lies in its object. */
function placeOf(part: StoredPart, segment: number): { offset: number; length: number; final: boolean } {
  const final = segment === Math.ceil(part.bytes / SEGMENT_PLAIN_BYTES) - 1
  const length = segmentBytes(part, segment) + SEGMENT_OVERHEAD_BYTES
  return { offset: HEADER_BYTES + segment * SEGMENT_BYTES, length, final }
}

/** The value kept under a key, made when it is not there; the least used goes when there are too many. */
function kept<K, V>(values: Map<K, Promise<V>>, key: K, most: number, make: () => Promise<V>): Promise<V> {
  const there = values.get(key)
  values.delete(key)
  const value = there ?? make()
  values.set(key, value)
  if (there === undefined) value.catch(() => values.delete(key))
  const [oldest] = values.keys()
  if (values.size > most && oldest !== undefined) values.delete(oldest)
  return value
}

/** Frees a megabyte now. Left to the garbage collector, a few hundred reads a second keep it running all the time. */
function letGo({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}
