import { Worker } from 'node:worker_threads'
import type { OpenFile } from '../platform/objects/objects.ts'
import type { Answer, Digests, Order, WorkerSettings } from './sealing-messages.ts'
import type { Slots } from './slots.ts'
import type { ChecksumAlgorithm } from './tus-headers.ts'

/** The worker could not hash, encrypt or write. `code` is the operating system's (ENOSPC), where there is one. */
export class SealingFailed extends Error {
  override readonly name = 'SealingFailed'
  readonly code: string | null
  /** What is stored does not open any more. */
  readonly damaged: boolean

  constructor(message: string, facts: { code: string | null; damaged: boolean; cause?: unknown }) {
    super(message, { cause: facts.cause })
    this.code = facts.code
    this.damaged = facts.damaged
  }
}

/**
 * One upload's hash states, which live where they began from the first byte to the last: the state of SHA-256 cannot be moved.
 * After any rejection they are gone and the sealing must be forgotten.
 */
export interface Sealing {
  /** Begins a sealed message under a fresh salt. `key` is copied. With `file` null the sealed bytes come back instead. */
  startPart(p: { key: Uint8Array; aad: Uint8Array; file: OpenFile | null }): void
  startChecksum(algorithm: ChecksumAlgorithm): void
  /** Hashes, encrypts and writes what is in the slot. The slot is free again when it settles. */
  seal(p: { slot: number; bytes: number; final: boolean }): Promise<Uint8Array | null>
  /** Takes a stored part into the hashes again. */
  absorb(p: { key: Uint8Array; aad: Uint8Array; sealed: Uint8Array }): Promise<void>
  endChecksum(): Promise<Uint8Array>
  /** The digests of everything; ends the sealing. */
  finish(): Promise<Digests>
  forget(): void
}

export class SealingPool {
  readonly #workers: PoolWorker[]
  /** Sealings that have no workers yet, and since when they are begun. */
  readonly #coming = new Map<number, number>()
  #next = 0
  #underWay = 0

  /** `broke` hears of a worker that ended by itself; its uploads were all rejected. */
  constructor(p: { workers: number; slots: Slots; broke: (error: Error) => void }) {
    this.#workers = Array.from({ length: p.workers }, () => new PoolWorker({ slots: p.slots.memory }, p.broke))
  }

  /** Fresh hash states at offset 0, on the workers that have least to do when the first byte comes. */
  begin(): Sealing {
    const id = this.#next++
    this.#coming.set(id, performance.now())
    const ended = (chosen: boolean): void => {
      this.#coming.delete(id)
      if (chosen) this.#underWay -= 1
    }
    return new PooledSealing({ id, choose: () => this.#choose(id), ended })
  }

  /**
   * An upload stays whole on one worker, which is told and waited for once, unless that one would get more than its share of all
   * that is under way or coming: then its halves go to two. So one upload uses two workers, and of eight on three the last two are
   * divided.
   */
  #choose(id: number): Homes {
    const [first, second] = this.#workers.toSorted((a, b) => a.load - b.load)
    if (first === undefined) throw new Error('a sealing pool has at least one worker')
    this.#coming.delete(id)
    this.#underWay += 1
    const share = ((this.#underWay + this.#comingSoon()) * WEIGHT) / this.#workers.length
    const alone = second === undefined || first.load + WEIGHT <= share * TOLERANCE
    return { pieces: first, whole: alone ? first : second }
  }

  /** Who began longer ago and has sent nothing may never come. */
  #comingSoon(): number {
    const until = performance.now() - COMING_MS
    for (const [id, since] of this.#coming) if (since < until) this.#coming.delete(id)
    return this.#coming.size
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map(worker => worker.close()))
  }
}

type Waiting = { resolve: (answer: Answer) => void; reject: (error: Error) => void }

class PoolWorker {
  readonly #settings: WorkerSettings
  readonly #broke: (error: Error) => void
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker
  #asked = 0
  #closing = false
  /** Weights of the halves of sealings that live here. */
  load = 0

  constructor(settings: WorkerSettings, broke: (error: Error) => void) {
    this.#settings = settings
    this.#broke = broke
    this.#worker = this.#start()
  }

  tell(order: Order): void {
    this.#worker.postMessage(order)
  }

  ask(order: (ask: number) => Order): Promise<Answer> {
    const ask = this.#asked++
    return new Promise((resolve, reject) => {
      this.#waiting.set(ask, { resolve, reject })
      this.tell(order(ask))
    })
  }

  #start(): Worker {
    const worker = new Worker(new URL('./sealing-worker.ts', import.meta.url), { workerData: this.#settings })
    worker.on('message', (answer: Answer) => this.#answered(answer))
    let cause: unknown = null
    worker.on('error', error => (cause = error))
    // Only now: until then it may still write to files that whoever is told of its end will close.
    worker.on('exit', () => this.#ended(worker, cause))
    return worker
  }

  /** A worker that ended takes its hash states along; they are rebuilt on the one that follows it. */
  #ended(worker: Worker, cause: unknown): void {
    if (this.#closing || worker !== this.#worker) return
    const error = new SealingFailed('a sealing worker ended', { code: null, damaged: false, cause })
    this.#worker = this.#start()
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
    this.#broke(error)
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.ask)
    this.#waiting.delete(answer.ask)
    if ('failed' in answer) waiting?.reject(new SealingFailed(answer.failed.message, answer.failed))
    else waiting?.resolve(answer)
  }

  async close(): Promise<void> {
    this.#closing = true
    await this.#worker.terminate()
    const error = new SealingFailed('the sealing workers were ended', { code: null, damaged: false })
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

type Homes = { readonly whole: PoolWorker; readonly pieces: PoolWorker }

/** What a half costs its worker, in proportion: pieces are hashed, encrypted and written, the whole is only hashed. */
const WEIGHTS = { whole: 2, pieces: 3 } as const
const WEIGHT = WEIGHTS.whole + WEIGHTS.pieces
/** A little more than its share is less than what dividing an upload costs. */
const TOLERANCE = 1.05
const COMING_MS = 10_000

class PooledSealing implements Sealing {
  readonly #choose: () => Homes
  readonly #onEnd: (chosen: boolean) => void
  readonly #id: number
  #homes: Homes | null = null
  #ended = false

  constructor(p: { id: number; choose: () => Homes; ended: (chosen: boolean) => void }) {
    this.#id = p.id
    this.#choose = p.choose
    this.#onEnd = p.ended
  }

  get #whole(): PoolWorker {
    return this.#settle().whole
  }

  get #pieces(): PoolWorker {
    return this.#settle().pieces
  }

  #settle(): Homes {
    if (this.#homes !== null) return this.#homes
    const homes = this.#choose()
    this.#homes = homes
    for (const half of ['whole', 'pieces'] as const) {
      homes[half].load += WEIGHTS[half]
      homes[half].tell({ order: 'begin', half, sealing: this.#id })
    }
    return homes
  }

  startPart(p: { key: Uint8Array; aad: Uint8Array; file: OpenFile | null }): void {
    this.#pieces.tell({ order: 'start-part', sealing: this.#id, ...p, key: Uint8Array.from(p.key) })
  }

  startChecksum(algorithm: ChecksumAlgorithm): void {
    this.#whole.tell({ order: 'start-checksum', sealing: this.#id, algorithm })
  }

  async seal(p: { slot: number; bytes: number; final: boolean }): Promise<Uint8Array | null> {
    const { slot, bytes } = p
    const sealing = this.#id
    const together = this.#whole === this.#pieces
    const asked = this.#pieces.ask(ask => ({ order: 'seal', sealing, ask, together, ...p }))
    const hashed = together ? asked : this.#whole.ask(ask => ({ order: 'hash', sealing, ask, slot, bytes }))
    const [sealed] = await both(asked, hashed)
    return 'sealed' in sealed ? sealed.sealed : unexpected()
  }

  async absorb(p: { key: Uint8Array; aad: Uint8Array; sealed: Uint8Array }): Promise<void> {
    const order = (ask: number): Order => ({ order: 'absorb', sealing: this.#id, ask, ...p })
    // A worker that has both halves takes the part into both at once.
    if (this.#whole === this.#pieces) await this.#whole.ask(order)
    else await both(this.#pieces.ask(order), this.#whole.ask(order))
  }

  async endChecksum(): Promise<Uint8Array> {
    const answer = await this.#whole.ask(ask => ({ order: 'end-checksum', sealing: this.#id, ask }))
    return 'checksum' in answer ? answer.checksum : unexpected()
  }

  async finish(): Promise<Digests> {
    const order = (ask: number): Order => ({ order: 'finish', sealing: this.#id, ask })
    // The whole first: a worker that has both halves gives it first.
    const [whole, pieces] = await both(this.#whole.ask(order), this.#pieces.ask(order))
    this.#end()
    if (!('whole' in whole) || !('pieces' in pieces)) return unexpected()
    if (whole.whole.bytes !== pieces.pieces.bytes) throw new Error('the two halves have not hashed the same')
    return { ...whole.whole, ...pieces.pieces }
  }

  forget(): void {
    if (this.#ended) return
    this.#homes?.whole.tell({ order: 'forget', sealing: this.#id })
    this.#homes?.pieces.tell({ order: 'forget', sealing: this.#id })
    this.#end()
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#onEnd(this.#homes !== null)
    if (this.#homes === null) return
    for (const half of ['whole', 'pieces'] as const) this.#homes[half].load -= WEIGHTS[half]
  }
}

/** Both answers. Settles only when both have: until then the slot may be read. */
async function both(a: Promise<Answer>, b: Promise<Answer>): Promise<[Answer, Answer]> {
  const [first, second] = await Promise.allSettled([a, b])
  if (first.status === 'rejected') throw first.reason
  if (second.status === 'rejected') throw second.reason
  return [first.value, second.value]
}

function unexpected(): never {
  throw new Error('a sealing worker gave an answer to another question')
}
