// The keys that keys are wrapped under: one per agency, hour of expiry and kind.

import { randomBytes } from 'node:crypto'
import type { Clock } from '../clock.ts'
import { uuidBytes, uuidv7 } from '../identifiers.ts'
import type { LiveCopy } from './copy.ts'
import { KeyCache } from './key-cache.ts'
import { VaultDamaged } from './port.ts'
import { KEY_BYTES, unwrapKey, wrapKey } from './wrap.ts'
import { decodeWrapping, encodeWrapping, type WrappingName } from './wrapping-file.ts'

// Keys without end would keep one wrapping key alive for ever, and with it whatever bytes of destroyed keys a flash disk
// has not let go. So a new one is begun every 30 days, and one that holds nothing any more is destroyed.
const NO_END_ROLLS_MS = 30 * 24 * 3_600_000
const CACHED = 1024

type Expiry = Pick<WrappingName, 'agency' | 'hour' | 'kind'>

export class WrappingKeys {
  readonly #byId: Map<string, WrappingName>
  readonly #newest = new Map<string, WrappingName>()
  readonly #master: Buffer
  readonly #cache = new KeyCache(CACHED)

  constructor(names: ReadonlyMap<string, WrappingName>, master: Buffer) {
    this.#byId = new Map(names)
    this.#master = master
    for (const name of names.values()) {
      const before = this.#newest.get(expiry(name))
      if (before === undefined || name.id > before.id) this.#newest.set(expiry(name), name)
    }
  }

  get(id: string): WrappingName | null {
    return this.#byId.get(id) ?? null
  }

  all(): WrappingName[] {
    return [...this.#byId.values()]
  }

  /** The newest wrapping key for an expiry; made in every copy where there is none (or only an old one without end). */
  async forExpiry(p: Expiry, copies: readonly LiveCopy[], clock: Clock): Promise<WrappingName> {
    const newest = this.#newest.get(expiry(p))
    const tooOld = newest?.hour === null && clock.now() - madeAt(newest.id) > NO_END_ROLLS_MS
    return newest !== undefined && !tooOld ? newest : this.#make(p, copies, clock)
  }

  async #make(p: Expiry, copies: readonly LiveCopy[], clock: Clock): Promise<WrappingName> {
    const name = { id: uuidv7(clock), agency: p.agency, hour: p.hour, kind: p.kind }
    const key = randomBytes(KEY_BYTES)
    const bytes = encodeWrapping(name, wrapKey(this.#master, key))
    for (const copy of copies) await copy.addWrapping(name, bytes)
    this.#byId.set(name.id, name)
    this.#newest.set(expiry(name), name)
    this.#cache.put(name.id, key)
    return name
  }

  /** A copy of the wrapping key in clear. @throws VaultDamaged */
  async open(id: string, copies: readonly LiveCopy[]): Promise<Buffer> {
    const cached = this.#cache.get(id)
    if (cached !== null) return Buffer.from(cached)
    const name = this.#byId.get(id)
    if (name === undefined) throw new VaultDamaged(`the wrapping key ${id} is in no copy of the vault`)
    for (const copy of copies) {
      const file = await copy.readWrapping(name)
      const wrapped = file === null ? null : decodeWrapping(name, file)
      const key = wrapped === null ? null : unwrapKey(this.#master, wrapped)
      if (key === null) continue
      if (this.#byId.has(id)) this.#cache.put(id, Buffer.from(key))
      return key
    }
    throw new VaultDamaged(`the wrapping key ${id} cannot be read in any copy of the vault`)
  }

  /** Gives a copy in which a wrapping key cannot be opened the file of the other one. */
  async heal(copies: readonly LiveCopy[]): Promise<void> {
    for (const name of this.#byId.values()) {
      const files = await Promise.all(copies.map(copy => copy.readWrapping(name)))
      const sound = files.find(file => this.#opens(name, file)) ?? null
      if (sound === null) continue
      for (const [index, copy] of copies.entries()) {
        if (!this.#opens(name, files[index] ?? null)) await copy.replaceWrapping(name, sound)
      }
    }
  }

  #opens(name: WrappingName, file: Uint8Array | null): boolean {
    const wrapped = file === null ? null : decodeWrapping(name, file)
    const key = wrapped === null ? null : unwrapKey(this.#master, wrapped)
    key?.fill(0)
    return key !== null
  }

  /** Destroys a wrapping key in every copy. */
  async erase(id: string, copies: readonly LiveCopy[]): Promise<void> {
    const name = this.#byId.get(id)
    if (name === undefined) return
    this.#byId.delete(id)
    if (this.#newest.get(expiry(name)) === name) this.#newest.delete(expiry(name))
    this.#cache.forget(id)
    for (const copy of copies) await copy.eraseWrapping(name)
  }

  close(): void {
    this.#cache.clear()
  }
}

function expiry(p: Expiry): string {
  return `${p.agency} ${p.hour ?? 'no-end'} ${p.kind}`
}

// RFC 9562 section 5.7: the first 48 bits are the time of making.
function madeAt(id: string): number {
  return Buffer.from(uuidBytes(id)).readUIntBE(0, 6)
}
