import { OpeningQueue } from './opening-queue.ts'
import { OpeningFailed, OpeningWorker } from './opening-worker-life.ts'
import type { Opening } from './opening-messages.ts'

export { OpeningFailed, SegmentRefused } from './opening-worker-life.ts'

/** A worker is not worth its memory for fewer reads at once. */
const DESERVING = 4
/** Orders a worker holds: one in work, and the next, so that it need not wait for this thread. */
const DEPTH = 2
/** Workers that end before they were ready. After so many no more are started: reads go on without them. */
const MOST_FALSE_STARTS = 3
const IDLE_MS = 30_000

/**
 * Threads that read and decrypt. The first is started when several read at once, another when all have their hands full, and all
 * are ended when nobody has read for a while: an installation that rests holds no memory for them. They keep no key.
 */
export class OpeningPool {
  readonly #most: number
  readonly #idleMs: number
  readonly #broke: (error: Error) => void
  readonly #workers = new Set<OpeningWorker>()
  readonly #queue = new OpeningQueue()
  #underWay = 0
  #falseStarts = 0
  #closed = false
  #used = false
  #idle: NodeJS.Timeout | null = null
  /** Threads told to end because nobody read. */
  #resting: Promise<unknown> = Promise.resolve()

  /** `broke` hears of a worker that ended by itself; what it was asked for was rejected. */
  constructor(p: { workers: number; broke: (error: Error) => void; idleMs?: number }) {
    this.#most = p.workers
    this.#broke = p.broke
    this.#idleMs = p.idleMs ?? IDLE_MS
  }

  /** Threads there are just now. */
  get workers(): number {
    return this.#workers.size
  }

  /**
   * Whether a read goes to a worker. One that is alone does not: it would only wait for another thread to wake. Nor does any while no
   * worker is ready.
   */
  takes(): boolean {
    if (this.#underWay >= DESERVING && this.#workers.size === 0) this.#startOne()
    return this.#underWay > 0 && [...this.#workers].some(worker => worker.ready)
  }

  /** Does a read on this thread, and knows of it. */
  async here<T>(read: () => Promise<T>): Promise<T> {
    this.#underWay += 1
    try {
      return await read()
    } finally {
      this.#underWay -= 1
    }
  }

  /**
   * Opens segments on a worker. Settles when no worker uses their files any more. Every segment's tag was checked. Throws
   * SegmentRefused, OpeningFailed.
   */
  async open(opening: Opening): Promise<Uint8Array> {
    if (this.#closed) throw ended()
    this.#underWay += 1
    try {
      return await new Promise<Uint8Array>((resolve, reject) => {
        this.#queue.add({ opening, resolve, reject })
        this.#deal()
      })
    } finally {
      this.#underWay -= 1
    }
  }

  #deal(): void {
    this.#used = true
    while (this.#queue.length > 0) {
      const freest = this.#freest()
      if (freest === null) break
      const next = this.#queue.take()
      if (next !== null) freest.give(next)
    }
    if (this.#queue.length > 0) this.#startOne()
  }

  #freest(): OpeningWorker | null {
    let freest: OpeningWorker | null = null
    for (const worker of this.#workers) {
      if (worker.ready && worker.held < (freest?.held ?? DEPTH)) freest = worker
    }
    return freest
  }

  /** One at a time: what it takes over may be enough. */
  #startOne(): void {
    if (this.#closed || this.#workers.size >= this.#most || this.#falseStarts >= MOST_FALSE_STARTS) return
    for (const worker of this.#workers) if (!worker.ready) return
    this.#workers.add(
      new OpeningWorker({
        free: () => this.#deal(),
        ended: (worker, error) => this.#ended(worker, error),
      }),
    )
    this.#idle ??= setInterval(() => this.#endIfIdle(), this.#idleMs).unref()
  }

  #ended(worker: OpeningWorker, error: OpeningFailed | null): void {
    this.#workers.delete(worker)
    if (error === null) return
    if (!worker.ready) this.#falseStarts += 1
    this.#broke(error)
    if (worker.ready || this.#queue.length > 0) this.#startOne()
    this.#deal()
    if (this.#workers.size === 0) this.#rejectQueue(error)
  }

  #endIfIdle(): void {
    if (this.#used || this.#underWay > 0) {
      this.#used = false
      return
    }
    this.#stopWatching()
    this.#resting = Promise.all([this.#resting, ...[...this.#workers].map(worker => worker.end())])
    this.#workers.clear()
  }

  #stopWatching(): void {
    if (this.#idle !== null) clearInterval(this.#idle)
    this.#idle = null
  }

  #rejectQueue(error: OpeningFailed): void {
    for (const { reject } of this.#queue.empty()) reject(error)
  }

  /** Rejects what has not been read yet, and ends the threads. */
  async close(): Promise<void> {
    this.#closed = true
    this.#stopWatching()
    this.#rejectQueue(ended())
    await Promise.all([this.#resting, ...[...this.#workers].map(worker => worker.end())])
  }
}

function ended(): OpeningFailed {
  return new OpeningFailed('the threads that read footage were ended', { code: null })
}
