import { AsyncLocalStorage } from 'node:async_hooks'
import { CompiledQuery, sql } from 'kysely'
import { PgBoss, type Db } from 'pg-boss'
import type { DatabaseLog } from '../database/connections.ts'
import { afterCommit, currentRole, type Database, type Trx } from '../database/door.ts'

/** What a job does with the data it was sent with. It may run twice (a crash between work and record): be idempotent. */
export type Work<T extends object> = (data: T) => Promise<void>

/**
 * Work that is done by the clock, or later. Everything is registered before `start`; jobs live in the database, so
 * that one is never lost with its process and never done by two at once.
 */
export interface Jobs {
  /**
   * Does `work` at the times of a cron expression (five fields, in the zone of the installation). A time missed while
   * nothing ran is made up for once; a run that outlasts the next time swallows it.
   */
  every(name: string, cron: string, work: () => Promise<void>): void
  /** Does `work` for each job sent under this name. A failed one is tried again, five times, with growing pauses. */
  on<T extends object>(name: string, work: Work<T>): void
  /** Queues a job in the transaction of its cause: rolled back with it. `data` must be plain JSON. After `start`. */
  send(trx: Trx, name: string, data: object): Promise<void>
  /** What runs by the clock, with how its last run ended; times in epoch milliseconds. */
  standing(): Promise<JobStanding[]>
  /** Starts working. Throws DatabaseAway when the database does not answer. */
  start(): Promise<void>
  /** Takes no more jobs and waits, up to half a minute, for those under way. Before the database is closed. */
  stop(): Promise<void>
}

export type JobStanding = {
  readonly name: string
  readonly cron: string
  readonly last: { readonly state: 'done' | 'failed' | 'running'; readonly at: number } | null
}

export type JobSettings = {
  readonly database: Database
  readonly log: DatabaseLog
  /** IANA name of the zone in which cron expressions are read. */
  readonly zone: string
}

/** A run that shows no life for this long counts as crashed and is tried again. */
const HEARTBEAT_SECONDS = 60
const LONGEST_RUN_SECONDS = 23 * 3600
const STOP_PATIENCE_MS = 30_000

/** Jobs by pg-boss, in the schema `jobs` of the same database. */
export function openJobs(settings: JobSettings): Jobs {
  return new BossJobs(settings)
}

type Registered = { readonly cron: string | null; readonly work: (data: object) => Promise<void> }

class BossJobs implements Jobs {
  readonly #boss: PgBoss
  readonly #settings: JobSettings
  readonly #registered = new Map<string, Registered>()
  readonly #workers = new Map<string, string>()

  constructor(settings: JobSettings) {
    const { database, log } = settings
    this.#settings = settings
    this.#boss = new PgBoss({
      schema: 'jobs',
      createSchema: false, // 0001_platform.sql makes it, owned by the role that works in it
      backend: database.engine === 'embedded' ? 'pglite' : 'postgres',
      db: throughDoor(database),
      reindex: false, // cannot run inside a transaction, and here everything does
      monitorVacuum: false, // needs sight of other sessions, which the role does not have
    })
    this.#boss.on('error', error => log.error({ because: error.message }, 'the job queue met an error'))
    this.#boss.on('warning', warning => log.warn({ because: warning.message }, 'the job queue warns'))
  }

  every(name: string, cron: string, work: () => Promise<void>): void {
    this.#register(name, { cron, work: async () => work() })
  }

  on<T extends object>(name: string, work: Work<T>): void {
    // What comes out is what `send` put in under this name; the two are written side by side.
    this.#register(name, { cron: null, work: async data => work(data as T) })
  }

  async send(trx: Trx, name: string, data: object): Promise<void> {
    if (this.#registered.get(name)?.cron !== null) throw new Error(`nobody works on jobs called ${name}`)
    const role = currentRole()
    await sql`set local role vidne_installation`.execute(trx)
    await sending.run(trx, async () => this.#boss.send(name, data, { db: within(trx) }))
    await sql.raw(`set local role ${role}`).execute(trx)
    const worker = this.#workers.get(name)
    if (worker !== undefined) afterCommit(() => this.#boss.notifyWorker(worker))
  }

  async standing(): Promise<JobStanding[]> {
    const rows = await this.#settings.database.asInstallation(lastRuns)
    return [...this.#registered].flatMap(([name, { cron }]) =>
      cron === null ? [] : [{ name, cron, last: rows.get(name) ?? null }],
    )
  }

  async start(): Promise<void> {
    await this.#boss.start()
    await this.#forgetUnregistered()
    for (const [name, job] of this.#registered) await this.#begin(name, job)
  }

  async stop(): Promise<void> {
    await this.#boss.stop({ graceful: true, close: false, timeout: STOP_PATIENCE_MS })
  }

  #register(name: string, job: Registered): void {
    if (this.#registered.has(name)) throw new Error(`there already is a job called ${name}`)
    this.#registered.set(name, job)
  }

  /** A schedule outlives the program that made it: one that this program no longer knows would send into the void. */
  async #forgetUnregistered(): Promise<void> {
    for (const { name } of await this.#boss.getSchedules()) {
      if ((this.#registered.get(name)?.cron ?? null) === null) await this.#boss.unschedule(name)
    }
  }

  async #begin(name: string, { cron, work }: Registered): Promise<void> {
    const retries = cron === null ? { retryLimit: 5, retryDelay: 5, retryBackoff: true } : { retryLimit: 0 }
    await this.#boss.createQueue(name, {
      policy: cron === null ? 'standard' : 'exclusive',
      expireInSeconds: LONGEST_RUN_SECONDS,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      ...retries,
    })
    if (cron !== null) await this.#boss.schedule(name, cron, null, { tz: this.#settings.zone, missed: 'once' })
    const pace = { burstWhenBatchFull: true, pollingIntervalSeconds: cron === null ? 2 : 10 }
    const worker = await this.#boss.work<object>(name, pace, async jobs => {
      for (const job of jobs) await this.#run(name, work, job.data)
    })
    this.#workers.set(name, worker)
  }

  async #run(name: string, work: (data: object) => Promise<void>, data: object): Promise<void> {
    try {
      await work(data)
    } catch (error) {
      this.#settings.log.error(
        { job: name, because: error instanceof Error ? error.message : String(error) },
        'a job failed',
      )
      throw error // pg-boss keeps the record and tries again; nothing above it hears of it
    }
  }
}

/** How the newest run of each job that has begun ended; the queue keeps them for some days. */
async function lastRuns(trx: Trx): Promise<Map<string, NonNullable<JobStanding['last']>>> {
  const { rows } = await sql<{ name: string; state: string; at: Date }>`
    select distinct on (name) name, state, coalesce(completed_on, started_on) as at from jobs.job
    where started_on is not null order by name, started_on desc`.execute(trx)
  const states = { completed: 'done', active: 'running' } as const
  return new Map(
    rows.map(({ name, state, at }) => {
      const told = state === 'completed' || state === 'active' ? states[state] : 'failed'
      return [name, { state: told, at: at.getTime() }]
    }),
  )
}

/** The transaction that a job is being sent in: pg-boss may have to look its queue up first, and not at another door. */
const sending = new AsyncLocalStorage<Trx>()

/** pg-boss's own statements, each in a transaction under the installation's role. */
function throughDoor(database: Database): Db {
  return {
    async executeSql(text, values) {
      const trx = sending.getStore()
      if (trx !== undefined) return within(trx).executeSql(text, values)
      return database.asInstallation(async own => within(own).executeSql(text, values))
    },
  }
}

function within(trx: Trx): Db {
  return {
    async executeSql(text, values) {
      const { rows } = await trx.executeQuery(CompiledQuery.raw(forTransaction(text), values ?? []))
      return { rows: [...rows] }
    },
  }
}

/**
 * Some of pg-boss's scripts bring their own BEGIN and COMMIT, and its upgrades build indexes CONCURRENTLY. Inside a
 * transaction of ours the first would end it early, without its role, and the second is refused.
 */
export function forTransaction(script: string): string {
  return script
    .replace(/^\s*begin\s*;/i, '')
    .replace(/\bcommit\s*;\s*$/i, '')
    .replace(/\bindex\s+concurrently\b/gi, 'index')
}
