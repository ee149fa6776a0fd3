import { setImmediate } from 'node:timers/promises'
import { equalBytes } from '@vidne/evidence/bytes'
import { DatedMap } from '@vidne/evidence/dated-map'
import { parseLeaf } from '@vidne/evidence/leaf'
import type { MapProof } from '@vidne/evidence/map-proof'
import { Frontier, leafHash } from '@vidne/tlog/merkle'
import { LogStopped } from './stopped.ts'

const PAGE = 4096
// Inserting takes some 10 µs a label; no request should wait longer than a few milliseconds for its turn.
const SLICE = 512
const MANY = 8192

/** Where leaves are read from: in order, at most `most`, from index `from` on. */
export type LeafSource = (from: number, most: number) => Promise<Uint8Array[]>

/**
 * The map over the log's event-shaped leaves, in memory. It follows the log: leaves are offered as they get their number;
 * what was missed, and all of it after a start, is read back. Either is taken in slices, so that nothing waits for it.
 */
export class LogMap {
  readonly #source: LeafSource
  readonly #signed: { readonly size: number; readonly root: Uint8Array }
  readonly #frontier = Frontier.empty()
  readonly #map = new DatedMap()
  #covered = 0
  #offered: Uint8Array[] = []
  #unhashed = 0
  #working: Promise<void> = Promise.resolve()
  // Once the leaves were not those signed, no root of this map may be believed again.
  #broken: LogStopped | null = null

  /** `signed`: what the leaves must give on the way; they come from a database, and the signature from elsewhere. */
  constructor(source: LeafSource, signed: { size: number; root: Uint8Array }) {
    this.#source = source
    this.#signed = signed
  }

  /** Of how many leaves of the log it knows. */
  get covered(): number {
    return this.#covered
  }

  get labels(): number {
    return this.#map.labels
  }

  /** Takes leaves that have just been numbered, if it has been given all before them; else it will read them back. */
  offer(first: number, leaves: readonly Uint8Array[]): void {
    if (first !== this.#covered + this.#offered.length) return
    this.#offered.push(...leaves)
    // Only a start finds leaves that are not those signed, and whoever asks for a root hears of it.
    this.catchUp(first).catch(() => undefined)
  }

  /** Resolves when it knows the first `size` leaves. Throws LogStopped when they are not those signed. */
  catchUp(size: number): Promise<void> {
    const mine = this.#working.then(() => this.#catchUp(size))
    this.#working = mine.catch(() => undefined)
    return mine
  }

  /** The root over the first `size` leaves, all of which it must know. */
  rootAt(size: number): Uint8Array {
    this.#demand(size)
    return this.#map.rootAt(size)
  }

  /** Presence or absence of a label under `rootAt(size)`. */
  proveAt(label: Uint8Array, size: number): MapProof {
    this.#demand(size)
    return this.#map.proveAt(label, size)
  }

  #demand(size: number): void {
    if (size > this.#covered) throw new RangeError(`the map covers ${this.#covered} leaves, not ${size}`)
  }

  async #catchUp(size: number): Promise<void> {
    if (this.#broken !== null) throw this.#broken
    await this.#takeOffered()
    while (this.#covered < size) {
      const from = this.#covered
      const page = await this.#source(from, Math.min(PAGE, size - from))
      if (page.length === 0) throw new LogStopped('database-differs')
      // What was offered while this page was on its way is the same.
      this.#offered = this.#offered.length > page.length ? this.#offered : page
      await this.#takeOffered()
    }
    await this.#hash()
  }

  async #takeOffered(): Promise<void> {
    while (this.#offered.length > 0) {
      this.#take(this.#offered.splice(0, SLICE))
      this.#unhashed += SLICE
      await setImmediate()
    }
  }

  /** Spares the first root after a start, or after a flood, a pause of seconds. */
  async #hash(): Promise<void> {
    if (this.#unhashed < MANY) return
    this.#unhashed = 0
    for (const _ of this.#map.hashing()) await setImmediate()
  }

  #take(leaves: readonly Uint8Array[]): void {
    for (const leaf of leaves) {
      const read = parseLeaf(leaf)
      if (read.kind === 'event') this.#map.insert(read.label, read.commitment, this.#covered)
      this.#check(leaf)
      this.#covered += 1
    }
  }

  #check(leaf: Uint8Array): void {
    if (this.#covered >= this.#signed.size) return
    this.#frontier.append(leafHash(leaf))
    const isLast = this.#frontier.size === this.#signed.size
    if (!isLast || equalBytes(this.#frontier.root(), this.#signed.root)) return
    this.#broken = new LogStopped('database-differs')
    throw this.#broken
  }
}
