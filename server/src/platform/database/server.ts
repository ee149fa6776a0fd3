import pg from 'pg'
import { serverTypes } from './column-types.ts'
import {
  mustBeCommit,
  type Answer,
  type Connections,
  type DatabaseLog,
  type EngineSettings,
  type Lease,
  type LeaseNeed,
} from './connections.ts'
import { DatabaseAway, DatabaseRefused, DoorMisused, fromPostgres } from './errors.ts'

const OLDEST_VERSION = 150_000
const POOL_SIZE = 16
const WAIT_FOR_CONNECTION_MS = 30_000
/** How much later than the server we give up on an answer ourselves, when even its time-out does not come through. */
const GRACE_MS = 15_000

/** Connects to PostgreSQL. Throws DatabaseAway when it does not answer, DatabaseRefused when it is not fit. */
export async function openServer(settings: EngineSettings & { url: string }): Promise<Connections> {
  const server = new Server(settings)
  try {
    await refuseUnfit(server)
  } catch (error) {
    await server.close()
    throw error
  }
  return server
}

async function refuseUnfit(server: Server): Promise<void> {
  const lease = await server.lease()
  try {
    const { rows } = await lease.run(
      "select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding",
      [],
    )
    const { version, encoding } = rows[0] ?? {}
    if (typeof version !== 'number' || version < OLDEST_VERSION) {
      throw new DatabaseRefused(
        'too-old-postgresql',
        `PostgreSQL 15 or newer is needed; this server's version number is ${String(version)}. Upgrade it, then start again.`,
      )
    }
    if (encoding !== 'UTF8') {
      throw new DatabaseRefused(
        'not-a-database',
        `The database must be made with encoding UTF8, not ${String(encoding)}: create database … encoding 'UTF8' locale 'C.UTF-8' template template0.`,
      )
    }
  } finally {
    lease.release(false)
  }
}

class Server implements Connections {
  readonly #pool: pg.Pool
  readonly #statementTimeoutMs: number
  #closing = false

  constructor({ url, log, statementTimeoutMs }: EngineSettings & { url: string }) {
    this.#statementTimeoutMs = statementTimeoutMs
    this.#pool = new pg.Pool({
      connectionString: url,
      types: serverTypes(),
      max: POOL_SIZE,
      connectionTimeoutMillis: WAIT_FOR_CONNECTION_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      application_name: 'vidne',
    })
    reportLostConnections(this.#pool, log)
  }

  async lease(need?: LeaseNeed): Promise<Lease> {
    if (this.#closing) throw new DoorMisused('the database is closed')
    let client: pg.PoolClient
    try {
      client = await this.#pool.connect()
    } catch (error) {
      throw inOurWords(error)
    }
    return new ServerLease(client, need === 'unhurried' ? null : this.#statementTimeoutMs + GRACE_MS)
  }

  /** The server's disk is watched by whoever runs the server. */
  hasReserve(): boolean {
    return true
  }

  async close(): Promise<void> {
    if (this.#closing) return
    this.#closing = true
    await this.#pool.end()
  }
}

/** An idle connection that breaks is an event of the pool; without a listener it would end the process. */
function reportLostConnections(pool: pg.Pool, log: DatabaseLog): void {
  pool.on('error', error => {
    log.warn({ because: error.message }, 'a connection to the database was lost; the next statement opens another')
  })
}

class ServerLease implements Lease {
  #client: pg.PoolClient | null
  #lost = false
  readonly #patienceMs: number | null

  constructor(client: pg.PoolClient, patienceMs: number | null) {
    this.#client = client
    this.#patienceMs = patienceMs
    // Between two statements nobody listens otherwise, and an unheard error ends the process.
    client.on('error', this.#noteLoss)
  }

  readonly #noteLoss = (): void => {
    this.#lost = true
  }

  async run(text: string, parameters: readonly unknown[]): Promise<Answer> {
    if (this.#client === null) throw new DoorMisused('a statement after its transaction had ended')
    const patience = this.#patienceMs === null ? {} : { query_timeout: this.#patienceMs }
    const values = parameters.length === 0 ? {} : { values: [...parameters] }
    try {
      return lastAnswer(await this.#client.query({ text, ...values, ...patience }))
    } catch (error) {
      const told = inOurWords(error)
      if (told instanceof DatabaseAway) this.#lost = true
      throw told
    }
  }

  async commit(): Promise<void> {
    mustBeCommit(await this.run('commit', []))
  }

  release(broken: boolean): void {
    const client = this.#client
    if (client === null) return
    this.#client = null
    client.off('error', this.#noteLoss)
    client.release(broken || this.#lost)
  }
}

function lastAnswer(result: pg.QueryResult | pg.QueryResult[]): Answer {
  const last = Array.isArray(result) ? result.at(-1) : result
  if (last === undefined) return { rows: [], command: '', affected: null }
  return { rows: last.rows, command: last.command, affected: last.rowCount }
}

function inOurWords(error: unknown): Error {
  if (!(error instanceof Error)) return new DatabaseAway('the database was lost', { cause: error })
  if (!(error instanceof pg.DatabaseError)) {
    const why = 'code' in error && typeof error.code === 'string' ? error.code : error.message
    const check = 'see that it runs, and that the setting "database" has its address'
    return new DatabaseAway(`the database does not answer (${why}); ${check}`, { cause: error })
  }
  const { code = 'XX000', detail, constraint, table } = error
  return fromPostgres(error.message, { code, detail, constraint, table }, error)
}
