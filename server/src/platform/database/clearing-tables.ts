import type { Lease } from './connections.ts'

/** When the clearing did what; on the embedded engine this table is made at its start. */
export const MAKE_UPKEEP = `create table if not exists platform_upkeep (what text primary key, at timestamptz not null);
  grant select on platform_upkeep to vidne_installation`

/**
 * Tables in which nothing readable of a recording can stand: openings are encrypted under keys that go with the tombstone, leaves
 * are public, and parts are random names. They are the largest, and stay as they are. Any other table is cleared, also one of tomorrow.
 */
const SAYS_NOTHING = `(c.relname like 'history\\_%' or c.relname like 'seal\\_%' or c.relname in ('dock_part', 'platform_upkeep'))`

/** What the clearing knows of a table; hours since, null where it never was. */
export type ClearedTable = {
  readonly name: string
  readonly bytes: bigint
  /** Whether this login may write it anew. */
  readonly ours: boolean
  readonly rewritten: number | null
  /** Written anew it would have been locked for too long. */
  readonly gaveUp: number | null
}

/** The tables that the clearing answers for. `login`: who connects, also where a role was taken on since. */
export const CLEARED_TABLES = `select format('%I.%I', n.nspname, c.relname) as name, pg_total_relation_size(c.oid) as bytes,
    pg_has_role(session_user, c.relowner, 'usage') or (select pg_has_role(session_user, datdba, 'usage')
      from pg_database where datname = current_database()) as ours
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname in ('public', 'jobs') and not ${SAYS_NOTHING} order by 1`

/** Hours since each thing the clearing did. */
export const CLEARING_DONE = `select what, extract(epoch from clock_timestamp() - at)::float8 / 3600 as hours from platform_upkeep`

/** Every table that the clearing answers for, with when it was last written anew. */
export async function clearedTables(lease: Lease): Promise<ClearedTable[]> {
  const { rows } = await lease.run(CLEARED_TABLES, [])
  const known = rows.some(row => row['ours'] === true) && (await upkeepThere(lease))
  return withDone(rows, known ? (await lease.run(CLEARING_DONE, [])).rows : [])
}

/** Whether tables were written anew since what they do not hold themselves was last cleared. */
export async function toBeEnded(lease: Lease): Promise<boolean> {
  if (!(await upkeepThere(lease))) return false
  const { rows } = await lease.run(
    `select exists (select from platform_upkeep where what like 'rewritten %'
      and at > coalesce((select at from platform_upkeep where what = 'ended'), '-infinity')) as open`,
    [],
  )
  return rows[0]?.['open'] === true
}

async function upkeepThere(lease: Lease): Promise<boolean> {
  const { rows } = await lease.run("select to_regclass('public.platform_upkeep') is not null as there", [])
  return rows[0]?.['there'] === true
}

type Row = Readonly<Record<string, unknown>>

/** Joins what `CLEARED_TABLES` and `CLEARING_DONE` answer. */
export function withDone(tables: readonly Row[], done: readonly Row[]): ClearedTable[] {
  const hours = new Map(done.map(row => [String(row['what']), Number(row['hours'])]))
  return tables.map(row => ({
    name: String(row['name']),
    bytes: BigInt(String(row['bytes'])),
    ours: row['ours'] === true,
    rewritten: hours.get(`rewritten ${String(row['name'])}`) ?? null,
    gaveUp: hours.get(`gave-up ${String(row['name'])}`) ?? null,
  }))
}

/** Every transaction before this one has ended, or is held back by `heldBack`. */
export async function newestTransaction(lease: Lease): Promise<string> {
  const { rows } = await lease.run('select pg_snapshot_xmax(pg_current_snapshot())::text as newest', [])
  return String(rows[0]?.['newest'])
}

/** Whether anybody may still see rows that died before `newest`. PostgreSQL's own vacuum workers do not count. */
export async function heldBack(lease: Lease, newest: string): Promise<boolean> {
  const { rows } = await lease.run(
    `with held as (
       select backend_xmin as by from pg_stat_activity
         where pid <> pg_backend_pid() and usesysid is not null and (datname = current_database() or datname is null)
       union all select backend_xid from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()
       union all select transaction from pg_prepared_xacts where database = current_database()
       union all select xmin from pg_replication_slots
       union all select catalog_xmin from pg_replication_slots where database = current_database()
     )
     select exists (select from held where by is not null and age(by) > age($1::text::xid8::xid)) as held`,
    [newest],
  )
  return rows[0]?.['held'] === true
}

/** Whether this login may write the planner's statistics anew. */
export async function ownsDatabase(lease: Lease): Promise<boolean> {
  const { rows } = await lease.run(
    "select pg_has_role(session_user, datdba, 'usage') as owns from pg_database where datname = current_database()",
    [],
  )
  return rows[0]?.['owns'] === true
}

export const MAY_END_WAL = `select has_function_privilege(session_user, 'pg_switch_wal()', 'execute')
  and pg_has_role(session_user, 'pg_checkpoint', 'usage') as may`

/** Whether this login may begin a new segment of the write-ahead log and have the old ones removed. */
export async function mayEndWal(lease: Lease): Promise<boolean> {
  const { rows } = await lease.run(MAY_END_WAL, [])
  return rows[0]?.['may'] === true
}
