import { openEmbedded } from '../platform/database/embedded.ts'
import type { Connections, DatabaseLog } from '../platform/database/connections.ts'
import { openServer } from '../platform/database/server.ts'

const PATIENCE_MS = 60_000

export type AppliedMigration = { readonly version: number; readonly name: string; readonly sha256: string }

/** A database that is looked at before the door may open it, because the door would bring its tables up to this program. */
export type DatabasePlace =
  | { readonly kind: 'server'; readonly url: string; readonly log: DatabaseLog }
  | { readonly kind: 'embedded'; readonly folder: string; readonly log: DatabaseLog }

export type DatabaseState = {
  /** Null where no program of ours has ever used it. */
  readonly migrations: readonly AppliedMigration[] | null
  /** The version in PostgreSQL's own words. */
  readonly postgresql: string
  /** Whether there are tables that are not ours, in the schema ours would go to. */
  readonly strangeTables: boolean
}

/** Reads which migrations a database has had, in a transaction that cannot write. @throws DatabaseAway, DatabaseRefused */
export async function readDatabaseState(place: DatabasePlace): Promise<DatabaseState> {
  const settings = { log: place.log, statementTimeoutMs: PATIENCE_MS, idleInTransactionMs: PATIENCE_MS }
  const connections =
    place.kind === 'server'
      ? await openServer({ ...settings, url: place.url })
      : await openEmbedded({ ...settings, folder: place.folder })
  try {
    return await look(connections)
  } finally {
    await connections.close()
  }
}

async function look(connections: Connections): Promise<DatabaseState> {
  const lease = await connections.lease()
  try {
    await lease.run('begin read only', [])
    const asked = await lease.run(
      `select current_setting('server_version') as postgresql,
        to_regclass('public.platform_migration') is not null as ours,
        exists (select from pg_tables where schemaname = 'public') as tables`,
      [],
    )
    const { postgresql, ours, tables } = asked.rows[0] ?? {}
    const records =
      ours === true
        ? await lease.run('select version, name, sha256 from platform_migration order by version', [])
        : null
    await lease.run('rollback', [])
    const migrations = records?.rows.map(row => ({
      version: Number(row['version']),
      name: String(row['name']),
      sha256: String(row['sha256']),
    }))
    return {
      migrations: migrations ?? null,
      postgresql: String(postgresql),
      strangeTables: ours !== true && tables === true,
    }
  } finally {
    lease.release(false)
  }
}
