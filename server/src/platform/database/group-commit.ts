import { DatabaseAway } from './errors.ts'
import type { DatabaseThread } from './thread.ts'

type Waiting = { readonly thread: DatabaseThread; resolve(): void; reject(error: Error): void }

/**
 * Transactions that PostgreSQL has committed but not yet flushed. One flush of the write-ahead log serves all that came
 * before it, so a hundred writers pay for one; none of them is told that his work stands before that flush.
 */
export class GroupCommit {
  #waiting: Waiting[] = []

  get pending(): boolean {
    return this.#waiting.length > 0
  }

  /** Resolves when what `thread` has committed up to now is on the disk. Rejects with DatabaseAway ('unknown'). */
  async join(thread: DatabaseThread): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ thread, resolve, reject })
    await promise
  }

  /** Flushes, and tells all who wait. They alone hear of a failure. */
  async flush(thread: DatabaseThread): Promise<void> {
    const waiting = this.#waiting
    this.#waiting = []
    if (waiting.length === 0) return
    try {
      await thread.flush()
    } catch (cause) {
      for (const one of waiting) one.reject(lost(cause))
      return
    }
    for (const one of waiting) {
      // What an earlier thread had not flushed died with it, unless its last page happened to be written out.
      if (one.thread === thread) one.resolve()
      else one.reject(lost(null))
    }
  }

  /** Tells all who wait that nobody can flush for them. */
  fail(cause: unknown): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const one of waiting) one.reject(lost(cause))
  }
}

function lost(cause: unknown): DatabaseAway {
  return new DatabaseAway('the database was lost before a commit reached the disk', { cause, committed: 'unknown' })
}
