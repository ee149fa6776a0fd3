import { AsyncLocalStorage } from 'node:async_hooks'
import { join } from 'node:path'
import { Kysely, type Transaction } from 'kysely'
import { isUuid } from '../identifiers.ts'
import { Clearing } from './clearing.ts'
import type { Connections, DatabaseLog } from './connections.ts'
import { vidneDialect, type Beginning } from './dialect.ts'
import { openEmbedded } from './embedded.ts'
import { DoorMisused } from './errors.ts'
import { migrate } from './migrations.ts'
import { openServer } from './server.ts'

/** A transaction at the door. A stage's store narrows it to its own tables: `trx.$extendTables<KeepTables>()`. */
export type Trx = Transaction<object>

/**
 * The one way to the database. There is no bare query: every statement runs in a transaction under a role that
 * row-level security binds. Neither call may be made inside the other's work; DoorMisused is thrown at once, because on
 * the embedded engine's one connection it would wait for itself. A rejected `work` rolls everything back.
 * Throws DatabaseAway (retryable), StatementTimedOut, or StatementRefused with PostgreSQL's SQLSTATE.
 */
export interface Database {
  /** Sees and changes the rows of this agency only. `agency` is its UUID. */
  asAgency<T>(agency: string, work: (trx: Trx) => Promise<T>): Promise<T>
  /** Sees the rows of every agency; for the installation's own jobs. */
  asInstallation<T>(work: (trx: Trx) => Promise<T>): Promise<T>
  readonly engine: Engine
  /** True when the database answers now and has room to take more in. Never throws. */
  ready(): Promise<boolean>
  /** Waits for transactions under way, then closes. Later calls throw. */
  close(): Promise<void>
}

export type Engine = 'embedded' | 'postgres'
export type Role = 'vidne_app' | 'vidne_installation'

export type DatabaseSettings = {
  /** `postgres://…`, or null for the embedded engine. */
  readonly url: string | null
  /** Where the embedded engine keeps its files; it alone writes there. */
  readonly folder: string
  readonly log: DatabaseLog
  /** Where the migrations lie; the program's own when absent. */
  readonly migrations?: string
  /** After how many milliseconds a statement is stopped; 60 000 when absent. */
  readonly statementTimeoutMs?: number
  /** Whether erased rows are cleared from a server's files at night; not when absent. The embedded engine always does. */
  readonly clears?: boolean
}

const MIGRATIONS = join(import.meta.dirname, '../../../migrations')
const STATEMENT_TIMEOUT_MS = 60_000
const IDLE_IN_TRANSACTION_MS = 60_000

/**
 * Opens the database, proves that the embedded engine really writes to disk, and brings the tables up to this program.
 * Throws DatabaseRefused in words when the database must not be opened as it is.
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const statementTimeoutMs = settings.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS
  const { url, folder, log } = settings
  const engine = { log, statementTimeoutMs, idleInTransactionMs: IDLE_IN_TRANSACTION_MS }
  const connections = await (url === null ? openEmbedded({ ...engine, folder }) : openServer({ ...engine, url }))
  try {
    await migrate(connections, settings.migrations ?? MIGRATIONS, log)
  } catch (error) {
    await connections.close()
    throw error
  }
  const clearing = url !== null && settings.clears === true ? new Clearing({ url, log }) : null
  clearing?.start()
  return new Door(connections, url === null ? 'embedded' : 'postgres', statementTimeoutMs, clearing)
}

/** What is known of the transaction that the running code is in. */
type Inside = {
  open: boolean
  readonly role: Role
  readonly beginning: Beginning
  readonly whenCommitted: Set<() => void>
}

const inside = new AsyncLocalStorage<Inside>()

/**
 * Calls `wake` once after the surrounding transaction has committed, however often it was asked for; not at all when it
 * rolls back. Throws DoorMisused outside a transaction.
 */
export function afterCommit(wake: () => void): void {
  transaction().whenCommitted.add(wake)
}

/** The role under which the surrounding transaction runs. Throws DoorMisused outside one. */
export function currentRole(): Role {
  return transaction().role
}

function transaction(): Inside {
  const now = inside.getStore()
  if (now?.open !== true) throw new DoorMisused('only inside a transaction')
  return now
}

class Door implements Database {
  readonly engine: Engine
  readonly #connections: Connections
  readonly #kysely: Kysely<object>
  readonly #begin: string
  readonly #clearing: Clearing | null

  constructor(connections: Connections, engine: Engine, statementTimeoutMs: number, clearing: Clearing | null) {
    this.engine = engine
    this.#clearing = clearing
    this.#connections = connections
    // Set in each transaction, not for the session: so it also holds behind a pooler that shares sessions. The embedded
    // engine lives in UTC and does not heed the time-outs; its thread and its leases see to them.
    const settings = `set local timezone = 'UTC'; set local statement_timeout = ${Math.trunc(statementTimeoutMs)};
      set local idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`
    this.#begin = engine === 'embedded' ? 'begin' : `begin; ${settings}`
    this.#kysely = new Kysely<object>({ dialect: vidneDialect(connections, () => transaction().beginning) })
  }

  async asAgency<T>(agency: string, work: (trx: Trx) => Promise<T>): Promise<T> {
    if (!isUuid(agency)) throw new RangeError('an agency is named by its UUID')
    return this.#within('vidne_app', `set local role vidne_app; set local app.agency = '${agency}'`, work)
  }

  async asInstallation<T>(work: (trx: Trx) => Promise<T>): Promise<T> {
    return this.#within('vidne_installation', 'set local role vidne_installation', work)
  }

  async ready(): Promise<boolean> {
    if (inside.getStore()?.open === true) return true
    try {
      await this.asInstallation(async () => {})
      return this.#connections.hasReserve()
    } catch {
      return false // why, the next statement tells whoever needs it
    }
  }

  async close(): Promise<void> {
    this.#clearing?.stop()
    await this.#connections.close()
  }

  async #within<T>(role: Role, rights: string, work: (trx: Trx) => Promise<T>): Promise<T> {
    if (inside.getStore()?.open === true) {
      throw new DoorMisused('a transaction inside a transaction: use the trx that the work was given')
    }
    // The installation's jobs number leaves, write tiles and destroy keys: they must not act on what a power cut can undo.
    const need = role === 'vidne_installation' ? 'settled' : undefined
    const beginning = { script: `${this.#begin}; ${rights}`, need } as const
    const now: Inside = { open: true, role, beginning, whenCommitted: new Set() }
    const result = await inside.run(now, async () => {
      try {
        return await this.#kysely.transaction().execute(work)
      } finally {
        now.open = false
      }
    })
    for (const wake of now.whenCommitted) wake()
    return result
  }
}
