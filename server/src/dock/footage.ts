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

  constructor(place: Place) {
    this.bytes = place.bytes
    this.#place = place
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
      throw new RangeError('offset and length are whole numbers')
    }
    const end = Math.min(offset + length, this.bytes)
    const wanted = Buffer.allocUnsafe(Math.max(0, end - offset))
    for (let at = offset; at < end;) {
      const { part, segment, within } = this.#find(at)
      const plain = await this.#segment(part, segment)
      const piece = plain.subarray(within, within + end - at)
      wanted.set(piece, at - offset)
      at += piece.length
    }
    return wanted
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

  #segment(part: StoredPart, segment: number): Promise<Uint8Array> {
    return kept(this.#segments, `${part.part}/${segment}`, PLAIN_SEGMENTS, () => this.#openSegment(part, segment))
  }

  async #openSegment(part: StoredPart, segment: number): Promise<Uint8Array> {
    try {
      const opener = await kept(this.#openers, part.part, OPEN_PARTS, () => this.#openPart(part))
      const last = Math.ceil(part.bytes / SEGMENT_PLAIN_BYTES) - 1
      const rest = part.bytes - segment * SEGMENT_PLAIN_BYTES + SEGMENT_OVERHEAD_BYTES
      const length = segment === last ? rest : SEGMENT_BYTES
      const sealed = await this.#place.objects.read(part.object, HEADER_BYTES + segment * SEGMENT_BYTES, length)
      return opener.openSegment(sealed, segment, segment === last)
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
