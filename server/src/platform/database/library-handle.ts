import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type { Database, Trx } from './door.ts'

/**
 * The database as a library wants it that brings its own statements: every one of them still goes through the door, alone in a
 * transaction of the installation, or in the one that the library begins. Not to be used inside a transaction of ours.
 */
export function libraryHandle(database: Pick<Database, 'asInstallation'>): Kysely<object> {
  return new Kysely<object>({
    dialect: {
      createDriver: () => new DoorDriver(database),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: db => new PostgresIntrospector(db),
    },
  })
}

class DoorDriver implements Driver {
  readonly #database: Pick<Database, 'asInstallation'>

  constructor(database: Pick<Database, 'asInstallation'>) {
    this.#database = database
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return new ThroughTheDoor(this.#database)
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).begin()
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).end('commit')
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await ours(connection).end('rollback')
  }

  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
}

function ours(connection: DatabaseConnection): ThroughTheDoor {
  if (connection instanceof ThroughTheDoor) return connection
  throw new TypeError('a connection of another driver')
}

/** A transaction that the library began: held open at the door until it says how it ends. */
type Held = { readonly trx: Trx; readonly finish: (how: 'commit' | 'rollback') => void; readonly ended: Promise<void> }

/** What ends a transaction of the library's without a fault of ours. */
class TakenBack extends Error {
  override readonly name = 'TakenBack'
}

class ThroughTheDoor implements DatabaseConnection {
  readonly #database: Pick<Database, 'asInstallation'>
  #held: Held | null = null

  constructor(database: Pick<Database, 'asInstallation'>) {
    this.#database = database
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const run = async (trx: Trx) => trx.executeQuery(query) as Promise<QueryResult<R>>
    return this.#held === null ? this.#database.asInstallation(run) : run(this.#held.trx)
  }

  async begin(): Promise<void> {
    const began = Promise.withResolvers<Trx>()
    const end = Promise.withResolvers<'commit' | 'rollback'>()
    const ended = this.#database.asInstallation(async trx => {
      began.resolve(trx)
      if ((await end.promise) === 'rollback') throw new TakenBack('the library took it back')
    })
    ended.catch((error: unknown) => began.reject(error))
    this.#held = { trx: await began.promise, finish: end.resolve, ended }
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    const held = this.#held
    this.#held = null
    held?.finish(how)
    try {
      await held?.ended
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error
    }
  }

  // oxlint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('nothing is streamed through the door')
  }
}
