import { setTimeout as sleep } from 'node:timers/promises'
import { equalBytes } from '@vidne/evidence/bytes'
import { formatCheckpoint } from '@vidne/tlog/checkpoint'
import { leafHash } from '@vidne/tlog/merkle'
import { signNote } from '@vidne/tlog/note'
import type { NoteSigner } from '@vidne/tlog/note'
import { frontierAt, rootAt, tilesForAppend } from '@vidne/tlog/tiles'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { Logger } from '../platform/http/logging.ts'
import { stillWords } from '../platform/still.ts'
import { readSigned, type Signed } from './checkpoints.ts'
import type { Lead } from './leader.ts'
import type { LockStore } from './lock-store.ts'
import type { LogMap } from './log-map.ts'
import { amongFillers } from './padding.ts'
import type { LogStanding, StopReason } from './standing.ts'
import { LogStopped, reasonToStop } from './stopped.ts'
import { countLeaves, insertLeaves, leavesFrom, recordSigned, type NewLeaf } from './store.ts'
import { bundlesForAppend, type TileStore } from './tile-store.ts'

/** Moments between which a crash must lose nothing; in this order. */
export const STEPS = ['numbered', 'tiles-written', 'signed', 'lock-moved', 'recorded', 'tidied'] as const
export type Step = (typeof STEPS)[number] | 'public-signed' | 'public-recorded' | 'public-served'

/** Leaves that wait for their number; history owns them. */
export type Pending = { take(trx: Trx, most: number): Promise<readonly NewLeaf[]>; waiting(trx: Trx): Promise<number> }

export type SequencerParts = {
  readonly database: Database
  readonly pending: Pending
  readonly tiles: TileStore
  readonly lock: LockStore
  readonly map: LogMap
  readonly signer: NoteSigner
  readonly clock: Clock
  readonly log: Logger
  readonly lead: Lead
  /** Told of every step; for tests that end the process there. */
  readonly passed: (step: Step) => void | Promise<void>
  /** Told of what has just been signed: the leaves from index `first` on. */
  readonly onSigned: (first: number, leaves: readonly Uint8Array[]) => void
  readonly onStopped: () => void
}

/** Two processes were at it, and the other was faster; ours has signed nothing. */
class Overtaken extends Error {
  override readonly name = 'Overtaken'
}

const INSIST_ATTEMPTS = 200
const INSIST_EVERY_MS = 50
const BATCH = 8192
const BATCHES_A_TURN = 4
const TILE_ENTRIES = 256

/** The work of one turn. Only what `seal` returns has been signed. */
export interface Turn {
  /** How many leaves have their number. */
  readonly count: number
  /** Numbers what is waiting, with this many fillers strewn among it. */
  number(fillers?: number): Promise<void>
  /** Numbers so many fillers and nothing that is waiting. */
  fill(fillers: number): Promise<void>
  /** Numbers a leaf of our own right behind. */
  say(leaf: Uint8Array): Promise<void>
  /** Writes the tiles, moves the lock and signs. */
  seal(): Promise<Signed>
}

/**
 * Gives committed leaves their place and signs. Each turn: numbers in the database → bundles and tiles → lock store →
 * signature out. A crash between any two leaves lock ≤ tiles ≤ database, from which the next start goes on; nothing that
 * was signed can be lost or signed differently.
 */
export class Sequencer {
  readonly #parts: SequencerParts
  readonly #logNumber: number
  #signed: Signed
  #standing: LogStanding = 'ok'
  #last: Promise<unknown>
  #publicSize = 0
  // Sizes whose partial tiles may go with the next turn.
  readonly #former: number[]

  /** `mayBegin`: resolves when the witnesses have been asked; no turn begins before. */
  constructor(parts: SequencerParts, start: { log: number; signed: Signed; mayBegin: Promise<void> }) {
    this.#parts = parts
    this.#logNumber = start.log
    this.#signed = start.signed
    this.#last = start.mayBegin
    this.#former = edgesBefore(start.signed.size)
  }

  get signed(): Signed {
    return this.#signed
  }

  get standing(): LogStanding {
    return this.#standing
  }

  get log(): number {
    return this.#logNumber
  }

  /** Ends all signing until the next start. */
  stop(reason: StopReason): void {
    if (this.#standing !== 'ok') return
    this.#standing = { stopped: reason }
    this.#parts.log.error({ reason }, stillWords('en', { code: reason }))
    this.#parts.onStopped()
  }

  /**
   * One turn at a time, in this process and among all. `not-now` when the log has stopped or another process is at it.
   * A failed turn is told by a throw; the next one takes up what it left.
   */
  async turn<T>(work: (turn: Turn) => Promise<T>): Promise<T | 'not-now'> {
    const mine = this.#last.then(() => this.#take(work))
    this.#last = mine.catch(() => undefined)
    return mine
  }

  /** As `turn`, but waits for another process to finish its own. `not-now` when the log has stopped or this takes too long. */
  async insist<T>(work: (turn: Turn) => Promise<T>): Promise<T | 'not-now'> {
    for (let attempt = 0; attempt < INSIST_ATTEMPTS && this.#standing === 'ok'; attempt++) {
      if (attempt > 0) await sleep(INSIST_EVERY_MS)
      const outcome = await this.turn(work).catch((error: unknown) => {
        if (error instanceof Overtaken) return 'not-now' as const
        throw error
      })
      if (outcome !== 'not-now') return outcome
    }
    return 'not-now'
  }

  /** The size of the largest tree signed here, also by another process that this one has not heard of yet. */
  async largestSigned(): Promise<number> {
    const locked = await this.#parts.lock.read()
    return Math.max(this.#signed.size, locked === null || locked === 'unreadable' ? 0 : locked.size)
  }

  /** Takes up what another process has signed. */
  async catchUp(): Promise<void> {
    await this.turn(async () => this.#adopt())
  }

  async #take<T>(work: (turn: Turn) => Promise<T>): Promise<T | 'not-now'> {
    if (this.#standing !== 'ok') return 'not-now'
    try {
      const outcome = await this.#parts.lead(() => work(this.#newTurn()))
      return outcome === 'elsewhere' ? 'not-now' : outcome
    } catch (error) {
      const reason = reasonToStop(error)
      if (reason !== null) this.stop(reason)
      throw error
    }
  }

  #newTurn(): Turn {
    const leaves: Uint8Array[] = []
    const count = (): number => this.#signed.size + leaves.length
    return {
      get count() {
        return count()
      },
      number: async (fillers = 0) => {
        leaves.push(...(await this.#number(count(), fillers)))
        await this.#parts.passed('numbered')
      },
      fill: async fillers => {
        leaves.push(...(await this.#fill(count(), fillers)))
      },
      say: async leaf => {
        await this.#parts.database.asInstallation(trx => this.#write(trx, count(), [{ leaf, label: null }]))
        leaves.push(leaf)
      },
      seal: async () => this.#seal(leaves.splice(0)),
    }
  }

  /** Every leaf behind the `known` first ones: those a former turn or process has left, then those waiting now. */
  async #number(known: number, fillers: number): Promise<Uint8Array[]> {
    const leaves: Uint8Array[] = []
    for (let round = 0; round < BATCHES_A_TURN; round++) {
      const { first, taken } = await this.#numberBatch(round === 0 ? fillers : 0, BATCH)
      leaves.push(...(await this.#leavesBetween(known + leaves.length, first)), ...taken)
      this.#parts.map.offer(first, taken)
      if (taken.length < BATCH) break
    }
    return leaves
  }

  async #fill(known: number, fillers: number): Promise<Uint8Array[]> {
    const { first, taken } = await this.#numberBatch(fillers, 0)
    const before = await this.#leavesBetween(known, first)
    this.#parts.map.offer(first, taken)
    return [...before, ...taken]
  }

  async #numberBatch(fillers: number, most: number): Promise<{ first: number; taken: Uint8Array[] }> {
    return this.#parts.database.asInstallation(async trx => {
      const first = await countLeaves(trx, this.#logNumber)
      const waiting = most === 0 ? [] : await this.#parts.pending.take(trx, most)
      const leaves = amongFillers(waiting, fillers)
      await this.#write(trx, first, leaves)
      return { first, taken: leaves.map(one => one.leaf) }
    })
  }

  async #write(trx: Trx, first: number, leaves: readonly NewLeaf[]): Promise<void> {
    if (leaves.length === 0) return
    await insertLeaves(trx, { log: this.#logNumber, first, leaves, at: this.#parts.clock.now() })
  }

  async #leavesBetween(from: number, to: number): Promise<Uint8Array[]> {
    const leaves: Uint8Array[] = []
    while (from + leaves.length < to) {
      const page = {
        log: this.#logNumber,
        from: from + leaves.length,
        most: Math.min(BATCH, to - from - leaves.length),
      }
      const read = await this.#parts.database.asInstallation(trx => leavesFrom(trx, page))
      if (read.length === 0) throw new LogStopped('database-differs')
      leaves.push(...read)
    }
    return leaves
  }

  async #seal(leaves: readonly Uint8Array[]): Promise<Signed> {
    if (leaves.length === 0) return this.#signed
    const { parts, signed } = { parts: this.#parts, signed: this.#signed }
    const root = await this.#grow(leaves)
    await parts.passed('tiles-written')
    const size = signed.size + leaves.length
    const note = await signNote(formatCheckpoint({ origin: parts.signer.name, size, root, extensions: [] }), [
      parts.signer,
    ])
    await parts.passed('signed')
    // Until this has moved, the signature above is known to nobody and may be forgotten.
    if ((await parts.lock.move(signed.size, { size, note })) === 'lost') {
      await this.#adopt()
      throw new Overtaken('another process has signed meanwhile')
    }
    this.#signed = { size, root, note }
    await parts.passed('lock-moved')
    parts.onSigned(signed.size, leaves)
    await this.record()
    await parts.tiles.tidy({ former: [signed.size, ...this.#former.splice(0)], keep: [size, this.#publicSize] })
    await parts.passed('tidied')
    return this.#signed
  }

  /** Names the size that is public: its partial tiles stay as files, so that the folder itself can be served. */
  keepPublic(size: number): void {
    if (size === this.#publicSize) return
    this.#former.push(this.#publicSize)
    this.#publicSize = size
  }

  /** Tells the database what is signed: a second memory, which shows when the lock store is set back. */
  async record(): Promise<void> {
    const { size, note } = this.#signed
    const recorded = { log: this.#logNumber, size, note, at: this.#parts.clock.now() }
    await this.#parts.database.asInstallation(trx => recordSigned(trx, recorded))
    await this.#parts.passed('recorded')
  }

  /** Appends to the tiles and gives the new root, as the files give it, after it was checked against the leaves themselves. */
  async #grow(leaves: readonly Uint8Array[]): Promise<Uint8Array> {
    const { tiles } = this.#parts
    const { size, root } = this.#signed
    const frontier = await frontierAt(tiles, size)
    // What we extend must be what we signed: a file may have been changed under us.
    if (!equalBytes(frontier.root(), root)) throw new LogStopped('tiles-differ')
    const hashes = leaves.map(leafHash)
    const bundles = await bundlesForAppend(tiles, size, leaves)
    await tiles.write({ tiles: await tilesForAppend(tiles, size, hashes), bundles })
    for (const hash of hashes) frontier.append(hash)
    const written = await rootAt(tiles, size + leaves.length)
    if (!equalBytes(frontier.root(), written)) throw new LogStopped('tiles-differ')
    return written
  }

  async #adopt(): Promise<void> {
    const { lock, tiles, signer } = this.#parts
    const locked = await lock.read()
    if (locked === null) throw new LogStopped('lock-missing')
    const signed = locked === 'unreadable' ? null : await readSigned(locked.note, signer)
    if (signed === null) throw new LogStopped('lock-unreadable')
    if (signed.size < this.#signed.size) throw new LogStopped('lock-older')
    if (!equalBytes(await rootAt(tiles, signed.size), signed.root)) throw new LogStopped('forked')
    this.#signed = signed
  }
}

/** Where a crash may have left partial tiles: at the edge of any tree as far back as one turn reaches. */
function edgesBefore(size: number): number[] {
  const reach = BATCH * BATCHES_A_TURN
  const edges: number[] = []
  for (let edge = Math.max(0, size - reach); edge <= size + reach; edge += TILE_ENTRIES) edges.push(edge)
  return edges
}
