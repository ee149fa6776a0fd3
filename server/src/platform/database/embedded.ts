import { join } from 'node:path'
import type { FolderLock } from '../durable/folder-lock.ts'
import { Ballast } from './ballast.ts'
import {
  mustBeCommit,
  type Answer,
  type Connections,
  type DatabaseLog,
  type EngineSettings,
  type Lease,
  type LeaseNeed,
} from './connections.ts'
import { DatabaseAway, DatabaseRefused, DoorMisused } from './errors.ts'
import { clusterExists, makeCluster, makeFolder, refuseForeignCluster } from './first-start.ts'
import { GroupCommit } from './group-commit.ts'
import { lockDatabase } from './only-opener.ts'
import { DatabaseThread } from './thread.ts'
import { Upkeep } from './upkeep.ts'

/**
 * Opens PGlite in `folder`, made durable, locked, and kept in order by its own timers.
 * Throws DatabaseRefused in words when the folder is in use, foreign, or does not reach the disk.
 */
export async function openEmbedded(settings: EngineSettings & { folder: string }): Promise<Connections> {
  const { folder, log } = settings
  await makeFolder(folder)
  const lock = await lockDatabase(folder, () => stopAtOnce(log))
  try {
    const cluster = join(folder, 'cluster')
    if (clusterExists(cluster)) await refuseForeignCluster(cluster)
    else await makeCluster(cluster, async staging => (await DatabaseThread.open(staging, log)).close())
    const embedded = new Embedded(settings, cluster, lock, await Ballast.reserve(folder, log))
    await embedded.open()
    return embedded
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Another process has taken the folder: one more write of ours would corrupt what it writes. */
function stopAtOnce(log: DatabaseLog): void {
  log.error({}, 'another server has taken over the database folder; this one stops at once')
  process.kill(process.pid, 'SIGKILL')
}

/** After a failed attempt to open again nobody tries for this long: each costs half a second of a processor. */
const REOPEN_PAUSE_MS = 1_000

/** One connection, one holder at a time, in the order of asking. */
class Embedded implements Connections {
  readonly #settings: EngineSettings
  readonly #cluster: string
  readonly #lock: FolderLock
  readonly #ballast: Ballast
  readonly #upkeep: Upkeep
  #thread: DatabaseThread | null = null
  readonly #group = new GroupCommit()
  #turn: Promise<void> = Promise.resolve()
  #queued = 0
  #downUntil = 0
  #closing = false

  constructor(settings: EngineSettings, cluster: string, lock: FolderLock, ballast: Ballast) {
    this.#settings = settings
    this.#cluster = cluster
    this.#lock = lock
    this.#ballast = ballast
    this.#upkeep = new Upkeep(this, settings.log, async () => ballast.refill())
  }

  async open(): Promise<void> {
    await this.#live()
    this.#upkeep.start()
  }

  async lease(need?: LeaseNeed): Promise<Lease> {
    const giveBack = await this.#takeTurn()
    try {
      if (this.#closing) throw new DoorMisused('the database is closed')
      const thread = await this.#live()
      if (need === 'settled') await this.#group.flush(thread)
      const limits = need === 'unhurried' ? null : this.#settings
      return new EmbeddedLease(thread, limits, giveBack, this)
    } catch (error) {
      giveBack()
      throw error
    }
  }

  /** Whether anybody is in the queue for the connection. */
  get othersWait(): boolean {
    return this.#queued > 0
  }

  get unflushed(): boolean {
    return this.#group.pending
  }

  /**
   * Waits for the flush that takes along what `thread` has committed. It takes its place in the queue behind those who
   * wait already: they come along.
   */
  async untilFlushed(thread: DatabaseThread): Promise<void> {
    if (!this.#group.pending) void this.#flushInTurn()
    await this.#group.join(thread)
  }

  hasReserve(): boolean {
    return this.#ballast.whole
  }

  async close(): Promise<void> {
    if (this.#closing) return
    this.#upkeep.stop()
    this.#closing = true
    await this.#takeTurn()
    await this.#thread?.close()
    await this.#lock.release()
  }

  async #takeTurn(): Promise<() => void> {
    const before = this.#turn
    const mine = Promise.withResolvers<void>()
    this.#turn = mine.promise
    this.#queued++
    await before
    this.#queued--
    return mine.resolve
  }

  async #flushInTurn(): Promise<void> {
    const giveBack = await this.#takeTurn()
    try {
      await this.#group.flush(await this.#live())
    } catch (error) {
      this.#group.fail(error)
    } finally {
      giveBack()
    }
  }

  /** The living thread, opened again when the last one was ended by a time-out, a full disk or damage. */
  async #live(): Promise<DatabaseThread> {
    if (this.#thread?.alive === true) return this.#thread
    if (performance.now() < this.#downUntil) throw new DatabaseAway('the embedded database is down')
    try {
      this.#thread = await this.#openWithRoom()
    } catch (error) {
      this.#downUntil = performance.now() + REOPEN_PAUSE_MS
      // Refused on the first start means that the program is wrong; later it can only be the disk.
      if (error instanceof DatabaseRefused && this.#thread === null) throw error
      throw error instanceof DatabaseAway ? error : new DatabaseAway('the embedded database is down', { cause: error })
    }
    return this.#thread
  }

  async #openWithRoom(): Promise<DatabaseThread> {
    try {
      return await DatabaseThread.open(this.#cluster, this.#settings.log)
    } catch (error) {
      if (!(await this.#ballast.giveUp())) throw error
      return DatabaseThread.open(this.#cluster, this.#settings.log)
    }
  }
}

type Limits = Pick<EngineSettings, 'statementTimeoutMs' | 'idleInTransactionMs'>

class EmbeddedLease implements Lease {
  readonly #thread: DatabaseThread
  readonly #limits: Limits | null
  readonly #giveBack: () => void
  readonly #embedded: Embedded
  #idle: NodeJS.Timeout | null = null
  #state: 'held' | 'revoked' | 'released' = 'held'

  constructor(thread: DatabaseThread, limits: Limits | null, giveBack: () => void, embedded: Embedded) {
    this.#embedded = embedded
    this.#thread = thread
    this.#limits = limits
    this.#giveBack = giveBack
    this.#watchIdleness()
  }

  async run(text: string, parameters: readonly unknown[]): Promise<Answer> {
    return this.#busy(async () => this.#thread.run(text, parameters, this.#timeoutMs()))
  }

  async commit(): Promise<void> {
    if (!this.#embedded.othersWait) {
      mustBeCommit(await this.run('commit', []))
      return
    }
    const wrote = await this.#busy(async () => this.#thread.commitUnflushed(this.#timeoutMs()))
    // One that only read may have seen what is not on the disk yet: it waits for it like the others.
    const flushed = wrote || this.#embedded.unflushed ? this.#embedded.untilFlushed(this.#thread) : null
    this.release(false)
    await flushed
  }

  release(broken: boolean): void {
    this.#stopWatching()
    const before = this.#state
    this.#state = 'released'
    if (before !== 'held') return
    if (broken) void this.#rollBack()
    else this.#giveBack()
  }

  async #busy<T>(work: () => Promise<T>): Promise<T> {
    if (this.#state === 'released') throw new DoorMisused('a statement after its transaction had ended')
    if (this.#state === 'revoked') throw new DatabaseAway('the transaction was idle for too long and was rolled back')
    this.#stopWatching()
    try {
      return await work()
    } finally {
      this.#watchIdleness()
    }
  }

  #watchIdleness(): void {
    if (this.#limits === null || this.#state !== 'held') return
    this.#stopWatching()
    this.#idle = setTimeout(() => {
      this.#state = 'revoked'
      void this.#rollBack()
    }, this.#limits.idleInTransactionMs)
  }

  #timeoutMs(): number | null {
    return this.#limits === null ? null : this.#limits.statementTimeoutMs
  }

  #stopWatching(): void {
    if (this.#idle !== null) clearTimeout(this.#idle)
    this.#idle = null
  }

  /** Leaves the connection clean for the next holder. On a dead thread there is nothing left to roll back. */
  async #rollBack(): Promise<void> {
    await this.#thread.run('rollback', [], this.#timeoutMs()).catch(() => {})
    this.#giveBack()
  }
}
