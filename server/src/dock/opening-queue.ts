import type { Asked } from './opening-worker-life.ts'

/**
 * How much later an order is due for each segment it needs. Of ranges of 256 KiB at random three in four lie in one segment: with them
 * first, half of all answers come in half the time, and the others later by so much (bench/RESULTS.md).
 */
const SEGMENT_DUE_MS = 8

/**
 * Orders that wait for a thread. Who wants one segment goes before who wants several, by so much and no more: each order is due some
 * time after it came, so none waits for ever.
 */
export class OpeningQueue {
  readonly #waiting: { readonly asked: Asked; readonly due: number }[] = []
  readonly #now: () => number

  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  get length(): number {
    return this.#waiting.length
  }

  add(asked: Asked): void {
    const due = this.#now() + asked.opening.segments.length * SEGMENT_DUE_MS
    const before = this.#waiting.findLastIndex(other => other.due <= due)
    this.#waiting.splice(before + 1, 0, { asked, due })
  }

  /** The one that is due first; null where none waits. */
  take(): Asked | null {
    return this.#waiting.shift()?.asked ?? null
  }

  /** All of them. Nothing waits afterwards. */
  empty(): Asked[] {
    return this.#waiting.splice(0).map(({ asked }) => asked)
  }
}
