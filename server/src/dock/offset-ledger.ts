import type { Database } from '../platform/database/door.ts'
import { Gathering } from '../platform/gathering.ts'
import { recordProgress } from './uploads-store.ts'
import type { Progress } from './uploads-store.ts'

/** The upload does not stand where this process believed: another one has taken it up. Nothing was written. */
export class OffsetLost extends Error {
  override readonly name = 'OffsetLost'
}

const MOST_AT_ONCE = 200

/** Writes acknowledgements in groups, so 500 uploads do not cost 500 commits. */
export class OffsetLedger {
  readonly #rounds: Gathering<Progress, boolean>

  constructor(database: Database) {
    this.#rounds = new Gathering({
      most: MOST_AT_ONCE,
      round: async group => {
        const moved = await database.asInstallation(trx => recordProgress(trx, group))
        return group.map(progress => moved.has(progress.upload))
      },
    })
  }

  /** Durable when it resolves. An upload may have one progress under way. Throws OffsetLost, or what the database throws. */
  async record(progress: Progress): Promise<void> {
    if (await this.#rounds.ask(progress)) return
    throw new OffsetLost(`the upload ${progress.upload} does not stand at ${progress.from} any more`)
  }
}
