import type { Database } from '../platform/database/door.ts'
import { recordProgress } from './uploads-store.ts'
import type { Progress } from './uploads-store.ts'

/** The upload does not stand where this process believed: another one has taken it up. Nothing was written. */
export class OffsetLost extends Error {
  override readonly name = 'OffsetLost'
}

const MOST_AT_ONCE = 200

type Waiting = { progress: Progress; done: () => void; failed: (error: unknown) => void }

/**
 * Writes acknowledgements in groups: what comes while one transaction is under way goes into the next, so 500 uploads do not
 * cost 500 commits. Nobody waits longer than for the transaction before his own.
 */
export class OffsetLedger {
  readonly #database: Database
  #waiting: Waiting[] = []
  #writing = false

  constructor(database: Database) {
    this.#database = database
  }

  /** Durable when it resolves. An upload may have one progress under way. Throws OffsetLost, or what the database throws. */
  record(progress: Progress): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ progress, done, failed })
      if (!this.#writing) void this.#writeAll()
    })
  }

  async #writeAll(): Promise<void> {
    this.#writing = true
    // One turn of the loop, so that those who become ready together are written together.
    await new Promise(turn => setImmediate(turn))
    while (this.#waiting.length > 0) await this.#write(this.#waiting.splice(0, MOST_AT_ONCE))
    this.#writing = false
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    try {
      const moved = await this.#database.asInstallation(trx =>
        recordProgress(
          trx,
          group.map(one => one.progress),
        ),
      )
      for (const { progress, done, failed } of group) {
        if (moved.has(progress.upload)) done()
        else failed(new OffsetLost(`the upload ${progress.upload} does not stand at ${progress.from} any more`))
      }
    } catch (error) {
      for (const { failed } of group) failed(error)
    }
  }
}
