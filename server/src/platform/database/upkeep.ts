import type { Connections, DatabaseLog, Lease } from './connections.ts'

const LOOK_EVERY_MS = 30_000
const CHECKPOINT_EVERY_MS = 5 * 60_000
const CHECKPOINT_WAL_BYTES = 64n * 1024n * 1024n
/** Less than this is what a checkpoint itself leaves behind: an installation at rest writes nothing. */
const WORTH_WAL_BYTES = 64n * 1024n
/** A table of fewer pages than this is read whole in a moment, whatever the planner thinks of it. */
const UNKNOWN_PAGES = 32
const VACUUM_HOUR = 3
const VACUUM_OVERDUE_HOURS = 36
/** Tables up to this size are written anew each night, which takes a few seconds at most; larger ones are only tidied. */
const REWRITE_UP_TO_BYTES = 256 * 1024 * 1024
const VACUUMED_NOW = `insert into platform_upkeep values ('vacuum', clock_timestamp())
  on conflict (what) do update set at = excluded.at`

/**
 * What PostgreSQL's background processes do elsewhere: the embedded engine has none. Without it the write-ahead log
 * grows for ever and deleted rows are never given back.
 */
export class Upkeep {
  readonly #connections: Connections
  readonly #log: DatabaseLog
  readonly #alsoKeep: () => Promise<void>
  #timer: NodeJS.Timeout | null = null
  #busy = false
  #checkpointAt = Date.now()

  /** `alsoKeep` is done along with the rest. */
  constructor(connections: Connections, log: DatabaseLog, alsoKeep: () => Promise<void> = async () => {}) {
    this.#connections = connections
    this.#alsoKeep = alsoKeep
    this.#log = log
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  /** Does what is due now. Failures are logged; the next look tries again. */
  async look(hour: number = new Date().getHours()): Promise<void> {
    if (this.#busy) return
    this.#busy = true
    try {
      await this.#alsoKeep()
      await this.#checkpointIfDue()
      await this.#analyzeGrown()
      if (await this.#vacuumDue(hour)) await this.#vacuum()
    } catch (error) {
      this.#log.warn({ because: error instanceof Error ? error.message : String(error) }, 'database upkeep was put off')
    } finally {
      this.#busy = false
    }
  }

  async #checkpointIfDue(): Promise<void> {
    await this.#with(async lease => {
      const { rows } = await lease.run(
        'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::bigint as written from pg_control_checkpoint()',
        [],
      )
      const written = rows[0]?.['written']
      const waited = Date.now() - this.#checkpointAt >= CHECKPOINT_EVERY_MS
      const due = waited ? WORTH_WAL_BYTES : CHECKPOINT_WAL_BYTES
      if (typeof written !== 'bigint' || written <= due) return
      await lease.run('checkpoint', [])
      this.#checkpointAt = Date.now()
    })
  }

  /**
   * A table that has grown to twice what the planner knows of it is looked at again at once: with nothing to go by, or with what was
   * true of a few rows, it reads a list of tens of thousands from end to end for each page.
   */
  async #analyzeGrown(): Promise<void> {
    const grown = await this.#with(async lease => {
      const { rows } = await lease.run(
        `select format('%I.%I', n.nspname, c.relname) as name
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')
           and pg_relation_size(c.oid) / 8192 > 2 * c.relpages + ${UNKNOWN_PAGES} order by 1`,
        [],
      )
      return rows.map(row => String(row['name']))
    })
    for (const name of grown) await this.#with(async lease => lease.run(`analyze ${name}`, []))
  }

  async #vacuumDue(hour: number): Promise<boolean> {
    return this.#with(async lease => {
      const { rows } = await lease.run(
        `select extract(epoch from clock_timestamp() - max(at))::float8 / 3600 as hours
         from platform_upkeep where what = 'vacuum'`,
        [],
      )
      const hours = rows[0]?.['hours']
      if (typeof hours !== 'number') {
        await lease.run(VACUUMED_NOW, []) // a new database: the first night is soon enough
        return false
      }
      return hours > VACUUM_OVERDUE_HOURS || (hours > 20 && hour === VACUUM_HOUR)
    })
  }

  /**
   * Table by table, so that nobody waits for more than one of them. What was erased or changed lies on in its page, and in
   * the write-ahead log, until they are written anew; so they are, or digests and names of deleted footage would outlive it.
   */
  async #vacuum(): Promise<void> {
    const tables = await this.#with(async lease => {
      const { rows } = await lease.run(
        `select format('%I.%I', schemaname, tablename) as name,
           pg_total_relation_size(format('%I.%I', schemaname, tablename)::regclass) <= ${REWRITE_UP_TO_BYTES} as small
         from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
        [],
      )
      return rows.map(row => `vacuum (${row['small'] === true ? 'full, ' : ''}analyze) ${String(row['name'])}`)
    })
    // The planner keeps samples of columns, which may be names of what is gone.
    for (const tidy of [...tables, 'vacuum full pg_statistic']) await this.#with(async lease => lease.run(tidy, []))
    await this.#with(async lease => {
      await lease.run('select pg_switch_wal()', [])
      await lease.run('checkpoint', [])
      this.#checkpointAt = Date.now()
      await lease.run(VACUUMED_NOW, [])
    })
    this.#log.info({ tables: tables.length }, 'database vacuumed')
  }

  async #with<T>(work: (lease: Lease) => Promise<T>): Promise<T> {
    const lease = await this.#connections.lease('unhurried')
    try {
      return await work(lease)
    } finally {
      lease.release(false)
    }
  }
}
