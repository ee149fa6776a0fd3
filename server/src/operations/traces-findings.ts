import { sql } from 'kysely'
import {
  CLEARED_TABLES,
  CLEARING_DONE,
  MAY_END_WAL,
  withDone,
  type ClearedTable,
} from '../platform/database/clearing-tables.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import { type Finding, good, weak } from './finding.ts'

/** A night that failed is tried again; after three somebody should look. */
const OVERDUE_HOURS = 72
const WHERE = 'See "On a PostgreSQL server" in docs/guide/retention.md.'

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
  if (rights?.['may'] !== true)
    findings.push(
      weak(
        'database-traces-rights',
        'The login may not end the write-ahead log after the nightly clearing: what was erased stays in it until the server has filled ' +
          'and removed it by itself. As superuser: grant pg_checkpoint to LOGIN; grant execute on function pg_switch_wal() to LOGIN. ' +
          WHERE,
      ),
    )
  return findings
}

/** Hours since the tables are as they are: a table that was never written anew counts from then. */
const STANDS = 'select extract(epoch from now() - max(applied_at))::float8 / 3600 as hours from platform_migration'

function tableFindings(tables: readonly ClearedTable[], stands: number): Finding[] {
  const strange = tables.filter(table => !table.ours).map(table => table.name)
  if (strange.length > 0)
    return [
      weak(
        'database-traces-owner',
        `The login does not own ${namesOf(strange)}: what is erased from them lies on in the server's pages. Let the database be ` +
          `owned by the login, or write them anew each night as their owner. ${WHERE}`,
      ),
    ]
  const given = tables.filter(table => table.gaveUp !== null && table.gaveUp < (table.rewritten ?? Infinity))
  const late = tables.filter(table => table.gaveUp === null && (table.rewritten ?? stands) > 7 * 24 + OVERDUE_HOURS)
  const tooLarge = `too large to be written anew while it is served: ${namesOf(given.map(table => table.name))}. What is erased from it lies on in the server's pages until you do it: vacuum (full, analyze). ${WHERE}`
  const overdue = `${namesOf(late.map(table => table.name))}: not written anew for over ten days. The log of Vidne's server says why: a transaction, a backup at night, a standby or a slot that holds it up, or a pooler in between. ${WHERE}`
  if (given.length > 0) return [weak('database-traces-large', `A table is ${tooLarge}`)]
  if (late.length > 0) return [weak('database-traces-late', overdue)]
  return [good('database-traces', 'What is erased is cleared from the pages of the database at night.')]
}

function namesOf(tables: readonly string[]): string {
  return tables.length > 3 ? `${tables.slice(0, 3).join(', ')} and ${tables.length - 3} more` : tables.join(', ')
}

/** Settings by which erased rows outlive the clearing, each with what to do. Only what the server says of itself. */
const SETTINGS: readonly { readonly code: string; readonly holds: string; readonly text: string }[] = [
  {
    code: 'database-traces-recycled',
    // Of the server: what is set for a role or a database does not reach the process that recycles.
    holds: `(select setting = 'on' or source in ('database', 'user', 'database user', 'client', 'session')
      from pg_settings where name = 'wal_recycle')`,
    text:
      'The server uses old segments of the write-ahead log again, with what was erased still in them. Set wal_recycle = off; it ' +
      'needs no restart.',
  },
  {
    code: 'database-traces-archive',
    holds: "current_setting('archive_mode') <> 'off'",
    text:
      'The write-ahead log is archived: rows of deleted recordings can be brought back for as long as archive and base backups are ' +
      'kept. Keep them no longer than the backups of the vault (7 days), and say that time where you say how long you keep.',
  },
  {
    code: 'database-traces-kept-log',
    holds: "current_setting('wal_keep_size') <> '0' or exists (select from pg_replication_slots)",
    text:
      'The write-ahead log is kept for standbys or slots (wal_keep_size, pg_replication_slots): it holds what was erased for so much ' +
      'longer. Drop slots that nobody reads; a standby is cleared as this server is, and needs the same settings.',
  },
  {
    code: 'database-traces-log',
    holds: `current_setting('log_parameter_max_length') <> '0' and (current_setting('log_statement') in ('mod', 'all')
      or current_setting('log_min_duration_statement') <> '-1' or current_setting('log_transaction_sample_rate') <> '0'
      or (current_setting('log_min_duration_sample') <> '-1' and current_setting('log_statement_sample_rate') <> '0'))
      or current_setting('log_parameter_max_length_on_error') <> '0'
      or coalesce(current_setting('auto_explain.log_min_duration', true), '-1') <> '-1'`,
    text:
      "The server's log writes down the values of statements: names of cameras, paths, digests and reasons, for as long as the log is " +
      'kept. Set log_parameter_max_length = 0 and log_parameter_max_length_on_error = 0, or log no statements; leave auto_explain off.',
  },
]

async function settingFindings(trx: Trx): Promise<Finding[]> {
  const columns = SETTINGS.map(({ code, holds }) => `(${holds}) as "${code}"`).join(', ')
  const [found] = await ask(trx, `select ${columns}`)
  return SETTINGS.filter(({ code }) => found?.[code] === true).map(({ code, text }) => weak(code, `${text} ${WHERE}`))
}

async function ask(trx: Trx, statement: string): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`${sql.raw(statement)}`.execute(trx)
  return rows
}
