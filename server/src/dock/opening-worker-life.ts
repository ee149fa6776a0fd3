import { Worker } from 'node:worker_threads'
import { FloeRefused } from '@vidne/evidence/floe'
import type { Answer, Opening } from './opening-messages.ts'

/** A worker could not read, or ended. `code` is the operating system's (EIO), where there is one. Says nothing about what is stored. */
export class OpeningFailed extends Error {
  override readonly name = 'OpeningFailed'
  readonly code: string | null

  constructor(message: string, facts: { code: string | null; cause?: unknown }) {
    super(message, { cause: facts.cause })
    this.code = facts.code
  }
}

/** A segment does not open: what is stored is not what was sealed. `which` of those that were asked for. */
export class SegmentRefused extends Error {
  override readonly name = 'SegmentRefused'
  readonly which: number
  override readonly cause: FloeRefused

  constructor(which: number, cause: FloeRefused) {
    super(cause.message, { cause })
    this.which = which
    this.cause = cause
  }
}

/** Who waits for what. */
export type Asked = {
  readonly opening: Opening
  readonly resolve: (plain: Uint8Array) => void
  readonly reject: (error: Error) => void
}

/** One thread from its start to its end. It is not started again: another one follows it. */
export class OpeningWorker {
  readonly #worker: Worker
  readonly #free: () => void
  readonly #waiting = new Map<number, Asked>()
  #asked = 0
  #ending = false
  /** It can be given orders. Stays true after its end. */
  ready = false

  /** `free`: it can take another order. `ended`: once, with the cause unless it was told to end. */
  constructor(p: { free: () => void; ended: (worker: OpeningWorker, error: OpeningFailed | null) => void }) {
    this.#free = p.free
    this.#worker = new Worker(new URL('./opening-worker.ts', import.meta.url))
    this.#worker.on('message', (answer: Answer) => this.#answered(answer))
    let cause: unknown = null
    this.#worker.on('error', error => (cause = error))
    // Only now: until then it may still read from files that whoever is told of its end gives back.
    this.#worker.on('exit', () => {
      const error = new OpeningFailed('a thread that reads footage ended', { code: null, cause })
      for (const { reject } of this.#waiting.values()) reject(error)
      this.#waiting.clear()
      p.ended(this, this.#ending ? null : error)
    })
  }

  /** Orders it has not answered. */
  get held(): number {
    return this.#waiting.size
  }

  give(asked: Asked): void {
    const ask = this.#asked++
    this.#waiting.set(ask, asked)
    const { target } = asked.opening
    this.#worker.postMessage({ ...asked.opening, ask }, target === null ? [] : [target.buffer])
  }

  /** Resolves when it has ended; what it was asked for is rejected then. */
  async end(): Promise<void> {
    this.#ending = true
    await this.#worker.terminate()
  }

  #answered(answer: Answer): void {
    if ('ready' in answer) {
      this.ready = true
    } else {
      const asked = this.#waiting.get(answer.ask)
      this.#waiting.delete(answer.ask)
      if ('plain' in answer) asked?.resolve(answer.plain)
      else asked?.reject(errorOf(answer))
    }
    this.#free()
  }
}

function errorOf(answer: Exclude<Answer, { ready: true } | { plain: unknown }>): Error {
  if ('failed' in answer) return new OpeningFailed(answer.failed.message, answer.failed)
  const { which, code, segment } = answer.refused
  return new SegmentRefused(which, new FloeRefused(code, segment))
}
