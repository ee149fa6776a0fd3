import {
  CompiledQuery,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'
import type { Connections, Lease, LeaseNeed } from './connections.ts'
import { DatabaseAway, StatementRefused } from './errors.ts'

const COUNTED = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/** `script` holds begin, role and agency in one round trip. */
export type Beginning = { readonly script: string; readonly need: LeaseNeed | undefined }

/**
 * Kysely's dialect over our own connections, the same for both engines. `beginning` tells how the transaction that is
 * asked for begins.
 */
export function vidneDialect(connections: Connections, beginning: () => Beginning): Dialect {
  return {
    createDriver: () => new DoorDriver(connections, beginning),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: db => new PostgresIntrospector(db),
  }
}

class LeasedConnection implements DatabaseConnection {
  readonly #lease: Lease
  #failed: Error | null = null
  #broken = false

  constructor(lease: Lease) {
    this.#lease = lease
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      const answer = await this.#lease.run(query.sql, query.parameters)
      const rows = answer.rows as R[] // the parse border: a store names the row type of its own statement
      if (answer.affected === null || !COUNTED.has(answer.command)) return { rows }
      return { rows, numAffectedRows: BigInt(answer.affected) }
    } catch (error) {
      const failure = error instanceof Error ? error : new Error('a statement failed', { cause: error })
      // An engine's error is born where its answer arrives; what helps is which statement of ours it answers.
      Error.captureStackTrace(failure)
      this.#failed ??= failure
      throw failure
    }
  }

  async commit(): Promise<void> {
    // PostgreSQL answers COMMIT with ROLLBACK, and no error, when an earlier statement failed. Whoever caught that
    // error and went on would be told that his work stands.
    if (this.#failed !== null) throw this.#failed
    try {
      await this.#lease.commit()
    } catch (error) {
      this.#broken = true
      if (error instanceof StatementRefused) throw error
      throw new DatabaseAway('the database was lost during a commit', { cause: error, committed: 'unknown' })
    }
  }

  async rollback(): Promise<void> {
    if (this.#broken) return
    try {
      await this.#lease.run('rollback', [])
    } catch {
      // The connection is thrown away with its transaction; the error that led here is the one to tell.
      this.#broken = true
    }
  }

  release(): void {
    this.#lease.release(this.#broken)
  }

  // oxlint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('rows are not streamed: read them in pages')
  }
}

class DoorDriver implements Driver {
  readonly #connections: Connections
  readonly #beginning: () => Beginning

  constructor(connections: Connections, beginning: () => Beginning) {
    this.#connections = connections
    this.#beginning = beginning
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return new LeasedConnection(await this.#connections.lease(this.#beginning().need))
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(this.#beginning().script))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).commit()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).rollback()
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    ours(connection).release()
  }

  /** The door closes its connections itself: Kysely would not, had no statement run yet. */
  async destroy(): Promise<void> {}
}

function ours(connection: DatabaseConnection): LeasedConnection {
  if (connection instanceof LeasedConnection) return connection
  throw new TypeError('a connection of another driver')
}
