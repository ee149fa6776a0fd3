import { Worker } from 'node:worker_threads'
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
 * One upload's hash state, which lives on one worker from its first byte to its last: the state of SHA-256 cannot be moved.
 * After any rejection the state is gone and the sealing must be forgotten.
 */
export interface Sealing {
  /** Plaintext bytes that the hashes have taken in, counting those under way. */
  readonly taken: number
  /** Begins a sealed message under a fresh salt. `key` is copied. With `fd` null the sealed bytes come back instead. */
  startPart(p: { key: Uint8Array; aad: Uint8Array; fd: number | null }): void
  startChecksum(algorithm: ChecksumAlgorithm): void
  /** Hashes, encrypts and writes what is in the slot. The slot is free again when it settles. */
  seal(p: { slot: number; bytes: number; final: boolean }): Promise<Uint8Array | null>
  /** Takes a stored part into the hashes again. `sealed` is handed over to the worker. */
  absorb(p: { key: Uint8Array; aad: Uint8Array; sealed: Uint8Array<ArrayBuffer> }): Promise<void>
  endChecksum(): Promise<Uint8Array>
  /** The digests of everything; ends the sealing. */
  finish(): Promise<Digests>
  forget(): void
}

export class SealingPool {
  readonly #workers: PoolWorker[]
  #next = 0

  /** `broke` hears of a worker that ended by itself; its uploads were all rejected. */
  constructor(p: { workers: number; slots: Slots; broke: (error: Error) => void }) {
    this.#workers = Array.from({ length: p.workers }, () => new PoolWorker({ slots: p.slots.memory }, p.broke))
  }

  /** A fresh hash state at offset 0, on the worker that has least to do. */
  begin(): Sealing {
    const [first, ...others] = this.#workers
    if (first === undefined) throw new Error('a sealing pool has at least one worker')
    const idlest = others.reduce((best, worker) => (worker.load < best.load ? worker : best), first)
    return new PooledSealing(idlest, this.#next++)
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
  /** Sealings that live here. */
  sealings = 0

  constructor(settings: WorkerSettings, broke: (error: Error) => void) {
    this.#settings = settings
    this.#broke = broke
    this.#worker = this.#start()
  }

  /** Work under way counts more than uploads that only live here. */
  get load(): number {
    return this.#waiting.size * 100 + this.sealings
  }

  tell(order: Order, moved: ArrayBuffer[] = []): void {
    this.#worker.postMessage(order, moved)
  }

  ask(order: (ask: number) => Order, moved: ArrayBuffer[] = []): Promise<Answer> {
    const ask = this.#asked++
    return new Promise((resolve, reject) => {
      this.#waiting.set(ask, { resolve, reject })
      this.tell(order(ask), moved)
    })
  }

  #start(): Worker {
    const worker = new Worker(new URL('./sealing-worker.ts', import.meta.url), { workerData: this.#settings })
    worker.on('message', (answer: Answer) => this.#answered(answer))
    worker.on('error', cause => this.#ended(worker, cause))
    worker.on('exit', () => this.#ended(worker, null))
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
  }
}

class PooledSealing implements Sealing {
  taken = 0
  readonly #worker: PoolWorker
  readonly #id: number
  #ended = false

  constructor(worker: PoolWorker, id: number) {
    this.#worker = worker
    this.#id = id
    worker.sealings += 1
    worker.tell({ order: 'begin', sealing: id })
  }

  startPart(p: { key: Uint8Array; aad: Uint8Array; fd: number | null }): void {
    this.#worker.tell({ order: 'start-part', sealing: this.#id, ...p })
  }

  startChecksum(algorithm: ChecksumAlgorithm): void {
    this.#worker.tell({ order: 'start-checksum', sealing: this.#id, algorithm })
  }

  async seal(p: { slot: number; bytes: number; final: boolean }): Promise<Uint8Array | null> {
    this.taken += p.bytes
    const answer = await this.#worker.ask(ask => ({ order: 'seal', sealing: this.#id, ask, ...p }))
    return 'sealed' in answer ? answer.sealed : unexpected()
  }

  async absorb(p: { key: Uint8Array; aad: Uint8Array; sealed: Uint8Array<ArrayBuffer> }): Promise<void> {
    const order = (ask: number): Order => ({ order: 'absorb', sealing: this.#id, ask, ...p })
    const answer = await this.#worker.ask(order, [p.sealed.buffer])
    this.taken += 'absorbed' in answer ? answer.absorbed : unexpected()
  }

  async endChecksum(): Promise<Uint8Array> {
    const answer = await this.#worker.ask(ask => ({ order: 'end-checksum', sealing: this.#id, ask }))
    return 'checksum' in answer ? answer.checksum : unexpected()
  }

  async finish(): Promise<Digests> {
    const answer = await this.#worker.ask(ask => ({ order: 'finish', sealing: this.#id, ask }))
    this.#end()
    return 'digests' in answer ? answer.digests : unexpected()
  }

  forget(): void {
    if (!this.#ended) this.#worker.tell({ order: 'forget', sealing: this.#id })
    this.#end()
  }

  #end(): void {
    if (!this.#ended) this.#worker.sealings -= 1
    this.#ended = true
  }
}

function unexpected(): never {
  throw new Error('a sealing worker gave an answer to another question')
}
