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
import type { Objects } from '../platform/objects/objects.ts'
import type { Vault } from '../platform/vault/port.ts'
import { findRecording } from './recordings-store.ts'
import { RECORDING_KIND } from './session.ts'
import { partsOf } from './uploads-store.ts'
import type { StoredPart } from './uploads-store.ts'

/** The plaintext of a recording, at random. Keep it only as long as it is read: it holds the key. */
export interface Footage {
  readonly bytes: number
  /** Bytes `offset` to `offset + length`, fewer only where the recording ends. Throws FootageDamaged. */
  read(offset: number, length: number): Promise<Uint8Array>
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

export type FootageGround = { readonly database: Database; readonly objects: Objects; readonly vault: Vault }

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
  return new StoredFootage({ objects: ground.objects, agency, id, parts, key, bytes: recording.bytes })
}

type Found = { part: StoredPart; segment: number; within: number }

type Place = {
  agency: string
  id: string
  parts: readonly StoredPart[]
  key: Uint8Array
  bytes: number
  objects: Objects
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

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
      throw new RangeError('offset and length are whole numbers')
    }
    const end = Math.min(offset + length, this.bytes)
    const wanted = Buffer.allocUnsafeSlow(Math.max(0, end - offset))
    for (let at = offset; at < end;) {
      const found = this.#find(at)
      const inSegment = Math.min(SEGMENT_PLAIN_BYTES, found.part.bytes - found.segment * SEGMENT_PLAIN_BYTES)
      const until = Math.min(found.within + end - at, inSegment)
      await this.#copy(found, until, wanted, at - offset)
      at += until - found.within
    }
    return wanted
  }

  /**
   * Who jumps about gets just what he wants; who touches the same segment twice in a row reads on, and the segment is kept for
   * him.
   */
  async #copy({ part, segment, within }: Found, until: number, target: Uint8Array, at: number): Promise<void> {
    const key = `${part.part}/${segment}`
    const again = this.#lastTouched === key || this.#segments.has(key)
    this.#lastTouched = key
    if (again) {
      const plain = await kept(this.#segments, key, PLAIN_SEGMENTS, () => this.#openWhole(part, segment))
      target.set(plain.subarray(within, until), at)
    } else {
      await this.#openInto({ part, segment }, { from: within, to: until }, target, at)
    }
  }

  /** The part that holds a byte, by halving; parts lie on end. */
  #find(at: number): Found {
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

  async #openWhole(part: StoredPart, segment: number): Promise<Uint8Array> {
    const bytes = Math.min(SEGMENT_PLAIN_BYTES, part.bytes - segment * SEGMENT_PLAIN_BYTES)
    const plain = Buffer.allocUnsafeSlow(bytes)
    await this.#openInto({ part, segment }, { from: 0, to: bytes }, plain, 0)
    return plain
  }

  async #openInto(
    { part, segment }: { part: StoredPart; segment: number },
    wanted: { from: number; to: number },
    target: Uint8Array,
    at: number,
  ): Promise<void> {
    try {
      const opener = await kept(this.#openers, part.part, OPEN_PARTS, () => this.#openPart(part))
      const last = Math.ceil(part.bytes / SEGMENT_PLAIN_BYTES) - 1
      const rest = part.bytes - segment * SEGMENT_PLAIN_BYTES + SEGMENT_OVERHEAD_BYTES
      const length = segment === last ? rest : SEGMENT_BYTES
      const sealed = await this.#place.objects.read(part.object, HEADER_BYTES + segment * SEGMENT_BYTES, length)
      opener.openSegmentInto(sealed, segment, segment === last, wanted, target, at)
      letGo(sealed)
    } catch (error) {
      if (!(error instanceof FloeRefused) && !(error instanceof ObjectMissing)) throw error
      throw new FootageDamaged(`part ${part.part} of ${this.#place.id}: ${error.message}`, { cause: error })
    }
  }

  #openPart(part: StoredPart): Promise<FloeOpener> {
    const { agency, id, key, objects } = this.#place
    const aad = blobAad({ agency: uuidBytes(agency), recording: uuidBytes(id), kind: RECORDING_KIND, part: part.part })
    return openHeader({ key, aad, read: (offset, length) => objects.read(part.object, offset, length) })
  }
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
