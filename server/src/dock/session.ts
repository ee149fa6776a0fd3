import { blobAad } from '@vidne/evidence/floe'
import type { Database } from '../platform/database/door.ts'
import { uuidBytes } from '../platform/identifiers.ts'
import { newObjectName } from '../platform/objects/objects.ts'
import { OffsetLost } from './offset-ledger.ts'
import type { OffsetLedger } from './offset-ledger.ts'
import type { Sealing } from './sealing-pool.ts'
import { reserveNames } from './uploads-store.ts'
import type { Progress, StoredPart, Upload } from './uploads-store.ts'

/** FLOE's associated data: what kind of blob it is. */
export const RECORDING_KIND = 1

/** `fresh`: names that are reserved by it, and may be used once it is written. */
type Recorded = { readonly progress: Progress; readonly fresh: readonly string[] }

/** Object names kept ready per upload: so many parts can be written before the next acknowledgement. */
const SPARE_NAMES = 8

export type SessionParts = { database: Database; ledger: OffsetLedger; lifeMs: number; now: () => number }

/**
 * One upload while this process owns it: how far it is acknowledged, its key, its hash state, and the object names it may
 * use. After any failure it is dropped, and whoever comes next takes the upload up anew from the database.
 */
export class Session {
  upload: Upload
  readonly sealing: Sealing
  /** Bytes that are durable and recorded. */
  acknowledged: number
  expiresAt: number
  readonly #key: Uint8Array
  readonly #parts: SessionParts
  readonly #spare: string[]
  readonly #inUse = new Set<string>()
  #recordedParts: number
  #begunParts: number
  #last: Recorded | null = null

  /**
   * `upload` as it stands in the database now. Its `reserved` names are taken for ones that nobody else ever had: who takes an
   * upload up from another owner gives none.
   */
  constructor(p: { upload: Upload; sealing: Sealing; key: Uint8Array; parts: SessionParts }) {
    this.upload = p.upload
    this.sealing = p.sealing
    this.acknowledged = p.upload.acknowledged
    this.expiresAt = p.upload.expiresAt
    this.#key = p.key
    this.#parts = p.parts
    this.#spare = [...p.upload.reserved]
    this.#recordedParts = p.upload.parts
    this.#begunParts = p.upload.parts
  }

  /** Parts begun so far. */
  get begunParts(): number {
    return this.#begunParts
  }

  /** Number, object name and plaintext offset base of a new part. The name is durably reserved when it resolves. */
  async beginPart(): Promise<{ part: number; object: string }> {
    if (this.#spare.length === 0) await this.#reserve()
    const object = this.#spare.pop()
    if (object === undefined) throw new Error('no object name although some were reserved')
    this.#inUse.add(object)
    return { part: this.#begunParts++, object }
  }

  /** The key and the associated data that bind a part to its place. */
  cipherOf(part: number): { key: Uint8Array; aad: Uint8Array } {
    const place = { agency: uuidBytes(this.upload.agency), recording: uuidBytes(this.upload.stored) }
    return { key: this.#key, aad: blobAad({ ...place, kind: RECORDING_KIND, part }) }
  }

  /**
   * Records parts whose bytes are durable. Acknowledged when it resolves, but for those with which the upload is whole: they are
   * recorded together with what it becomes (`finishing.ts`). Throws OffsetLost, or what the database throws.
   */
  async record(parts: readonly StoredPart[]): Promise<void> {
    const recorded = this.#recordedWith(parts)
    if (this.acknowledged + bytesOf(parts) === this.upload.bytes) this.#last = recorded
    else await this.#write(recorded)
  }

  /** What makes the upload whole and is not recorded yet; null where nothing is. */
  get last(): Progress | null {
    return this.#last?.progress ?? null
  }

  /** Bytes that are durable, recorded or about to be. */
  get arrived(): number {
    return this.acknowledged + bytesOf(this.last?.parts ?? [])
  }

  /** Records what makes the upload whole by itself, where it could not be recorded with what the upload becomes. */
  async recordLast(): Promise<void> {
    if (this.#last !== null) await this.#write(this.#last)
  }

  #recordedWith(parts: readonly StoredPart[]): Recorded {
    for (const { object } of parts) this.#inUse.delete(object)
    const fresh = Array.from({ length: Math.max(0, SPARE_NAMES - this.#spare.length) }, newObjectName)
    const { id: upload, agency, stored, attempt } = this.upload
    const at = this.#parts.now()
    const expiresAt = at + this.#parts.lifeMs
    const reserved = [...this.#inUse, ...this.#spare, ...fresh]
    const stood = { from: this.acknowledged, firstPart: this.#recordedParts }
    return { fresh, progress: { upload, agency, stored, attempt, parts, at, expiresAt, reserved, ...stood } }
  }

  async #write({ progress, fresh }: Recorded): Promise<void> {
    await this.#parts.ledger.record(progress)
    this.#last = null
    this.#spare.push(...fresh)
    this.#recordedParts += progress.parts.length
    this.acknowledged += bytesOf(progress.parts)
    this.expiresAt = progress.expiresAt
  }

  /** Ends the hash state and overwrites the key. */
  drop(): void {
    this.sealing.forget()
    this.#key.fill(0)
  }

  async #reserve(): Promise<void> {
    const fresh = Array.from({ length: SPARE_NAMES }, newObjectName)
    const { id, agency, attempt } = this.upload
    const names = [...this.#inUse, ...fresh]
    const ours = await this.#parts.database.asAgency(agency, trx => reserveNames(trx, { id, attempt, names }))
    if (!ours) throw new OffsetLost(`the upload ${id} was taken up by another process`)
    this.#spare.push(...fresh)
  }
}

function bytesOf(parts: readonly StoredPart[]): number {
  return parts.reduce((sum, part) => sum + part.bytes, 0)
}
