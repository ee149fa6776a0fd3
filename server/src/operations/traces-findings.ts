import { sql } from 'kysely'
import {
  CLEARED_TABLES,
  CLEARING_DONE,
  MAY_END_WAL,
  withDone,
  type ClearedTable,
} from '../platform/database/clearing-tables.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import { type Finding, type Said, good, weak } from './finding.ts'

/** A night that failed is tried again; after three somebody should look. */
const OVERDUE_HOURS = 72

type Row = Readonly<Record<string, unknown>>

/** What of erased rows a PostgreSQL server keeps in its files, as it is set now. Nothing to say of the embedded database. */
export async function traceFindings({ database }: { database: Database }): Promise<Finding[]> {
  if (database.engine === 'embedded') return []
  return database.asInstallation(async trx => [...(await clearingFindings(trx)), ...(await settingFindings(trx))])
}

async function clearingFindings(trx: Trx): Promise<Finding[]> {
  const [there] = await ask(trx, "select to_regclass('public.platform_upkeep') is not null as there")
  const done = there?.['there'] === true ? await ask(trx, CLEARING_DONE) : []
  const tables = withDone(await ask(trx, CLEARED_TABLES), done)
  const [rights] = await ask(trx, MAY_END_WAL)
  const [stands] = await ask(trx, STANDS)
  const findings = [...tableFindings(tables, Number(stands?.['hours'] ?? 0))]
  if (rights?.['may'] !== true) findings.push(weak('database-traces-rights', 'database-traces-rights'))
  return findings
}

/** Hours since the tables are as they are: a table that was never written anew counts from then. */
const STANDS = 'select extract(epoch from now() - max(applied_at))::float8 / 3600 as hours from platform_migration'

function tableFindings(all: readonly ClearedTable[], stands: number): Finding[] {
  const strange = all.filter(table => !table.ours).map(table => table.name)
  if (strange.length > 0) return [weak('database-traces-owner', 'database-traces-owner', { tables: namesOf(strange) })]
  const given = all.filter(table => table.gaveUp !== null && table.gaveUp < (table.rewritten ?? Infinity))
  const late = all.filter(table => table.gaveUp === null && (table.rewritten ?? stands) > 7 * 24 + OVERDUE_HOURS)
  const tables = (which: readonly ClearedTable[]) => ({ tables: namesOf(which.map(({ name }) => name)) })
  if (given.length > 0) return [weak('database-traces-large', 'database-traces-large', tables(given))]
  if (late.length > 0) return [weak('database-traces-late', 'database-traces-late', tables(late))]
  return [good('database-traces', 'database-traces')]
}

function namesOf(tables: readonly string[]): string | Said {
  if (tables.length <= 3) return tables.join(', ')
  return { say: 'tables-more', values: { tables: tables.slice(0, 3).join(', '), count: tables.length - 3 } }
}

/** Settings by which erased rows outlive the clearing, each with what to do. Only what the server says of itself. */
const SETTINGS = [
  {
    code: 'database-traces-recycled',
    // Of the server: what is set for a role or a database does not reach the process that recycles.
    holds: `(select setting = 'on' or source in ('database', 'user', 'database user', 'client', 'session')
      from pg_settings where name = 'wal_recycle')`,
  },
  {
    code: 'database-traces-archive',
    holds: "current_setting('archive_mode') <> 'off'",
  },
  {
    code: 'database-traces-kept-log',
    holds: "current_setting('wal_keep_size') <> '0' or exists (select from pg_replication_slots)",
  },
  {
    code: 'database-traces-log',
    holds: `current_setting('log_parameter_max_length') <> '0' and (current_setting('log_statement') in ('mod', 'all')
      or current_setting('log_min_duration_statement') <> '-1' or current_setting('log_transaction_sample_rate') <> '0'
      or (current_setting('log_min_duration_sample') <> '-1' and current_setting('log_statement_sample_rate') <> '0'))
      or current_setting('log_parameter_max_length_on_error') <> '0'
      or coalesce(current_setting('auto_explain.log_min_duration', true), '-1') <> '-1'`,
  },
] as const

async function settingFindings(trx: Trx): Promise<Finding[]> {
  const columns = SETTINGS.map(({ code, holds }) => `(${holds}) as "${code}"`).join(', ')
  const [found] = await ask(trx, `select ${columns}`)
  return SETTINGS.filter(({ code }) => found?.[code] === true).map(({ code }) => weak(code, code))
}

async function ask(trx: Trx, statement: string): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`${sql.raw(statement)}`.execute(trx)
  return rows
}
