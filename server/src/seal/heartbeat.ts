import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../platform/http/logging.ts'

/**
 * Beats when woken and at least every `everyMs`, never twice at once, with a rest between so that what is committed
 * meanwhile travels together. A beat that fails is told to the log and tried again.
 */
export class Heartbeat {
  readonly #beat: () => Promise<void>
  readonly #pace: { readonly everyMs: number; readonly restMs: number }
  readonly #log: Logger
  readonly #over = new AbortController()
  #woken = Promise.withResolvers<void>()
  #running: Promise<void> | null = null

  constructor(beat: () => Promise<void>, pace: { everyMs: number; restMs: number }, log: Logger) {
    this.#beat = beat
    this.#pace = pace
    this.#log = log
  }

  start(): void {
    this.#running ??= this.#run()
  }

  wake(): void {
    this.#woken.resolve()
  }

  /** Resolves when the last beat is over. */
  async close(): Promise<void> {
    this.#over.abort()
    this.wake()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#over.signal.aborted) {
      this.#woken = Promise.withResolvers()
      const failed = await this.#beatOnce()
      await this.#rest(failed ? this.#pace.everyMs : this.#pace.restMs)
      await Promise.race([this.#woken.promise, this.#rest(this.#pace.everyMs)])
    }
  }

  async #beatOnce(): Promise<boolean> {
    try {
      await this.#beat()
      return false
    } catch (error) {
      this.#log.error({ err: error }, 'the log could not go on now; it tries again')
      return true
    }
  }

  /** Cut short by the end. */
  async #rest(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#over.signal, ref: false }).catch(() => undefined)
  }
}
