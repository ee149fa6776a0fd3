import type { Database } from '../platform/database/door.ts'
import type { Objects } from '../platform/objects/objects.ts'
import type { Vault } from '../platform/vault/port.ts'
import { sealedLength } from '@vidne/evidence/floe'
import type { SealingPool } from './sealing-pool.ts'
import { Session } from './session.ts'
import type { SessionParts } from './session.ts'
import { partsOf, takeUp } from './uploads-store.ts'
import type { StoredPart, Upload } from './uploads-store.ts'
import { Turns } from './turns.ts'

/** Hash states kept for uploads that nobody sends to just now. */
const MOST_IDLE = 2_000
/** Uploads whose hash state is rebuilt at the same time. Each holds a part in memory. */
const REBUILDS = 3

export type SessionsParts = SessionParts & {
  database: Database
  objects: Objects
  vault: Vault
  pool: SealingPool
  /** Whether somebody works with this upload just now. */
  busy: (upload: string) => boolean
}

/** The uploads that this process owns, with their hash states. */
export class Sessions {
  readonly #parts: SessionsParts
  readonly #live = new Map<string, Session>()
  readonly #rebuilds = new Turns(REBUILDS)

  constructor(parts: SessionsParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#live.size
  }

  /** A session for an upload that was created just now, here. `key` is kept. */
  created(upload: Upload, key: Uint8Array): void {
    this.#keep(new Session({ upload, sealing: this.#parts.pool.begin(), key, parts: this.#parts }))
  }

  /** The session that lives here, if there is one. The database may have moved on without it; then recording fails. */
  live(upload: string): Session | null {
    const session = this.#live.get(upload) ?? null
    if (session === null) return null
    // The newest at the end: the map is the list of least use.
    this.#live.delete(upload)
    this.#live.set(upload, session)
    return session
  }

  /**
   * Takes an upload up from the database and rebuilds its hash state from what is stored. Call only as the upload's owner.
   * Null when it is not open any more. Throws SealingFailed (`damaged`) when what is stored does not open.
   */
  async takeUp(upload: { id: string; agency: string }): Promise<Session | null> {
    this.drop(upload.id)
    const taken = await this.#parts.database.asAgency(upload.agency, trx => takeUp(trx, upload.id))
    if (taken === null) return null
    const place = this.#rebuilds.ask()
    await place.ready
    try {
      return this.#keep(await this.#rebuild(taken))
    } finally {
      place.leave()
    }
  }

  drop(upload: string): void {
    this.#live.get(upload)?.drop()
    this.#live.delete(upload)
  }

  close(): void {
    for (const session of this.#live.values()) session.drop()
    this.#live.clear()
  }

  #keep(session: Session): Session {
    this.#live.set(session.upload.id, session)
    if (this.#live.size > MOST_IDLE) this.#dropIdlest()
    return session
  }

  #dropIdlest(): void {
    for (const upload of this.#live.keys()) if (!this.#parts.busy(upload)) return this.drop(upload)
  }

  async #rebuild(upload: Upload): Promise<Session> {
    const { database, objects, vault, pool } = this.#parts
    const parts = await database.asAgency(upload.agency, trx => partsOf(trx, upload.stored))
    await this.#clearUnrecorded(upload, parts)
    const key = await vault.key(upload.stored)
    // An earlier owner may still be clearing or writing under the old names: none of them is used again.
    const session = new Session({ upload: { ...upload, reserved: [] }, sealing: pool.begin(), key, parts: this.#parts })
    try {
      for (const part of parts) await absorb(objects, session, part)
      return session
    } catch (error) {
      session.drop()
      throw error
    }
  }

  /** Names were reserved before their objects were written. Since `takeUp`, nobody can record them any more. */
  async #clearUnrecorded(upload: Upload, parts: readonly StoredPart[]): Promise<void> {
    const recorded = new Set(parts.map(part => part.object))
    for (const name of upload.reserved) if (!recorded.has(name)) await this.#parts.objects.remove(name)
  }
}

async function absorb(objects: Objects, session: Session, part: StoredPart): Promise<void> {
  const sealed = await objects.read(part.object, 0, sealedLength(part.bytes))
  await session.sealing.absorb({ ...session.cipherOf(part.part), sealed })
}
