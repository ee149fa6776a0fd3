import { setTimeout as pause } from 'node:timers/promises'
import {
  clearedTables,
  heldBack,
  MAKE_UPKEEP,
  mayEndWal,
  newestTransaction,
  ownsDatabase,
  toBeEnded,
  type ClearedTable,
} from './clearing-tables.ts'
import type { DatabaseLog, Lease } from './connections.ts'
import { StatementRefused, StatementTimedOut } from './errors.ts'
import { openServer } from './server.ts'

const LOOK_EVERY_MS = 5 * 60_000
/** From two until before six: backups that keep a snapshot open at one of these hours do not keep it open at all of them. */
const NIGHT = { from: 2, until: 6 } as const
/** Tables up to this size are written anew each night, larger ones each week; docs/design/database.md has how long that takes. */
const NIGHTLY_UP_TO_BYTES = 1024n ** 3n
const NIGHTLY_HOURS = 20
const OVERDUE_HOURS = 36
const WEEKLY_HOURS = 6 * 24 + 20
/** Below the 60 s that a statement of ours waits: nobody who waits for the table is refused. */
const LONGEST_LOCK_MS = 50_000
/** Whoever asks for a table after us waits behind us, so we do not wait long for it. */
const WAIT_FOR_LOCK_MS = 2_000
/** Our own transactions end within a minute; who reads for longer is a backup, and the clearing comes after it. */
const WAIT_FOR_READERS_MS = 90_000
/** Any fixed number; it keeps two processes on one database from clearing at once. */
const LOCK = 8_420_002

type Waits = { readonly readersMs: number; readonly lockMs: number; readonly tableMs: number }

export type ClearingSettings = {
  /** `postgres://…` */
  readonly url: string
  readonly log: DatabaseLog
  /** How long it waits for what is in its way, and others for a table; the night's own when absent. */
  readonly waits?: Waits
}

/**
 * What a PostgreSQL server does not do of itself: erased rows lie on in pages, indexes, samples of columns and write-ahead log until
 * these are written anew. It needs a login that owns the tables; where it may also switch the log and make a checkpoint, nothing is
 * left of them afterwards on a server that does not recycle its log.
 */
export class Clearing {
  readonly #url: string
  readonly #log: DatabaseLog
  readonly #waits: Waits
  #timer: NodeJS.Timeout | null = null
  #busy = false
  #told = false
  #stopping = false

  constructor({ url, log, waits }: ClearingSettings) {
    this.#url = url
    this.#log = log
    this.#waits = waits ?? { readersMs: WAIT_FOR_READERS_MS, lockMs: WAIT_FOR_LOCK_MS, tableMs: LONGEST_LOCK_MS }
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref()
  }

  /** No further table is begun; the one under way is finished, or given up after its time. */
  stop(): void {
    this.#stopping = true
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Clears what is due now. Never throws: what could not be done is logged, and due again at the next look. */
  async look(hour: number = new Date().getHours()): Promise<void> {
    if (this.#busy || this.#stopping) return
    this.#busy = true
    try {
      await this.#withLock(async lease => this.#clear(lease, hour))
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error)
      this.#log.warn({ because }, 'the clearing of erased rows from the database was put off')
    } finally {
      this.#busy = false
    }
  }

  /**
   * In a session of its own: time-outs and lock are the session's, since a vacuum runs in no transaction, and end with it. A pooler that
   * shares sessions would hand them to others; it does not take on what the session begins with, and that is looked at first.
   */
  async #withLock(work: (lease: Lease) => Promise<void>): Promise<void> {
    const { lockMs, tableMs } = this.#waits
    const options = `-c statement_timeout=${tableMs} -c lock_timeout=${lockMs}`
    const url = `${this.#url}${this.#url.includes('?') ? '&' : '?'}options=${encodeURIComponent(options)}`
    const limits = { statementTimeoutMs: tableMs, idleInTransactionMs: 0 }
    const connections = await openServer({ url, log: this.#log, ...limits })
    const lease = await connections.lease('unhurried')
    try {
      const { rows } = await lease.run("select setting as ms from pg_settings where name = 'lock_timeout'", [])
      if (rows[0]?.['ms'] !== String(lockMs)) throw new Error('a pooler stands between; it needs a session of its own')
      const locked = await lease.run(`select pg_try_advisory_lock(${LOCK}) as ours`, [])
      if (locked.rows[0]?.['ours'] === true) await work(lease)
    } finally {
      lease.release(true)
      await connections.close()
    }
  }

  async #clear(lease: Lease, hour: number): Promise<void> {
    const tables = await clearedTables(lease)
    if (!tables.some(table => table.ours)) {
      if (!this.#told) this.#log.warn({}, 'this login owns no table: it cannot clear erased rows from the database')
      this.#told = true
      return
    }
    const due = tables.filter(table => table.ours && isDue(table, hour))
    if (due.length > 0) {
      await lease.run(MAKE_UPKEEP, [])
      await this.#waitForReaders(lease)
      for (const { name } of due) if (!this.#stopping) await this.#writeAnew(lease, name)
    }
    if (!this.#stopping && (await toBeEnded(lease))) await this.#end(lease)
  }

  /** What tables do not hold themselves; noted when it is done, so that one who was cut off before is followed by one who does it. */
  async #end(lease: Lease): Promise<void> {
    // The planner's samples of columns may be names of what is gone.
    if (await ownsDatabase(lease)) await lease.run('vacuum full pg_statistic', [])
    await lease.run('set statement_timeout = 0', []) // a checkpoint locks nothing, and may take long
    const may = await mayEndWal(lease)
    if (may) {
      await lease.run('select pg_switch_wal()', [])
      await lease.run('checkpoint', [])
    }
    await this.#note(lease, 'ended')
    this.#log.info({ log: may ? 'ended' : 'left to the server' }, 'erased rows were cleared from the database')
  }

  /** A row is still copied while anybody may see it: a transaction, a backup, a standby or a slot from before its deletion. */
  async #waitForReaders(lease: Lease): Promise<void> {
    const newest = await newestTransaction(lease)
    for (let waited = 0; await heldBack(lease, newest); waited += 1000) {
      if (waited >= this.#waits.readersMs || this.#stopping)
        throw new Error('a transaction, a backup or a standby still reads the database as it was before')
      await pause(1000)
    }
  }

  async #writeAnew(lease: Lease, name: string): Promise<void> {
    try {
      await lease.run(`vacuum (full, analyze) ${name}`, [])
      await this.#note(lease, `rewritten ${name}`)
    } catch (error) {
      if (error instanceof StatementTimedOut) await this.#note(lease, `gave-up ${name}`)
      else if (!(error instanceof StatementRefused)) throw error
      this.#log.warn({ table: name, because: error.message }, 'a table was not written anew')
    }
  }

  async #note(lease: Lease, what: string): Promise<void> {
    await lease.run(
      `insert into platform_upkeep values ($1, clock_timestamp()) on conflict (what) do update set at = excluded.at`,
      [what],
    )
  }
}

/** Whether a table is to be written anew at this hour of the machine's day. */
export function isDue(
  { bytes, rewritten, gaveUp }: Pick<ClearedTable, 'bytes' | 'rewritten' | 'gaveUp'>,
  hour: number,
): boolean {
  const night = hour >= NIGHT.from && hour < NIGHT.until
  if (gaveUp !== null && gaveUp < WEEKLY_HOURS) return false
  if (rewritten === null) return night
  if (bytes > NIGHTLY_UP_TO_BYTES) return night && rewritten > WEEKLY_HOURS
  return rewritten > (night ? NIGHTLY_HOURS : OVERDUE_HOURS)
}
