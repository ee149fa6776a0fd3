import { randomBytes } from 'node:crypto'
import { asSuperuser } from './databases.ts'
import { postgresPrograms, startPostgres, type PostgresServer } from './postgres-server.ts'

/** What docs/guide/retention.md asks of a PostgreSQL server; its log lies with its files, so that it is looked through as well. */
const AS_THE_GUIDE_ASKS = {
  wal_recycle: 'off',
  log_statement: 'all',
  log_min_duration_statement: '0',
  log_parameter_max_length: '0',
  logging_collector: 'on',
  log_directory: 'log',
}

/** A server of a test's own with a database as an operator makes it for an installation. */
export type OwnedDatabase = {
  readonly server: PostgresServer
  /** As the login that owns the database, which is no superuser. */
  readonly url: string
  /** As superuser. */
  readonly past: string
}

/** Starts one, with other settings where they are wished. */
export async function startCleared(wished: Readonly<Record<string, string>> = {}): Promise<OwnedDatabase> {
  const programs = postgresPrograms()
  if (programs === null) throw new Error('PostgreSQL is not here')
  const server = await startPostgres(programs, { ...AS_THE_GUIDE_ASKS, ...wished })
  const name = `t${randomBytes(6).toString('hex')}`
  const past = server.url('postgres')
  for (const step of [
    // What a test asks as superuser is not what the installation sends.
    "alter role postgres set log_min_duration_statement = -1; alter role postgres set log_statement = 'none'",
    'create role vidne login createrole in role pg_checkpoint',
    `create database ${name} owner vidne encoding 'UTF8' locale 'C.UTF-8' template template0`,
  ])
    await asSuperuser(past, step)
  await asSuperuser(server.url(name), 'grant execute on function pg_switch_wal() to vidne')
  return { server, url: server.url(name).replace('//postgres@', '//vidne@'), past: server.url(name) }
}
