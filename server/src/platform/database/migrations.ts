import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Connections, DatabaseLog, Lease } from './connections.ts'
import { DatabaseRefused } from './errors.ts'

/** One forward step, from a file `NNNN_name.sql`; it may hold several statements. */
export type Migration = {
  readonly version: number
  readonly name: string
  readonly sha256: string
  readonly sql: string
}

type Applied = { readonly version: number; readonly name: string; readonly sha256: string }

const FILE = /^(\d{4})_([a-z0-9_]+)\.sql$/
/** Any fixed number; it only keeps two processes of this program from migrating one database at once. */
const LOCK = 8_420_001

/**
 * Brings the database up to the files in `folder`, each in a transaction of its own together with its record.
 * Throws DatabaseRefused, in words, for a database newer than the program, or migrated by files that differ from these.
 */
export async function migrate(connections: Connections, folder: string, log: DatabaseLog): Promise<void> {
  const files = await readMigrations(folder)
  const lease = await connections.lease('unhurried')
  let broken = true
  try {
    for (const migration of pending(files, await applied(lease))) {
      if (await apply(lease, migration)) log.info({ migration: migration.name }, 'database migrated')
    }
    broken = false
  } finally {
    lease.release(broken)
  }
}

/** The migrations of a folder in their order. Throws when two share a number or one is misnamed. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.sql')).toSorted()
  const migrations = await Promise.all(names.map(async name => readMigration(folder, name)))
  for (const [i, migration] of migrations.entries()) {
    if (migrations[i - 1]?.version === migration.version) {
      throw new Error(`two migrations bear the number ${migration.version}`)
    }
  }
  return migrations
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const version = FILE.exec(name)?.[1]
  if (version === undefined) throw new Error(`a migration is called NNNN_name.sql, not ${name}`)
  // A checkout on another system may have turned the line ends; the statements are the same.
  const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n')
  return { version: Number(version), name, sha256: createHash('sha256').update(sql).digest('hex'), sql }
}

/** Which of the program's migrations the database still lacks. Throws DatabaseRefused when the two cannot fit. */
export function pending(files: readonly Migration[], done: readonly Applied[]): Migration[] {
  const byVersion = new Map(files.map(file => [file.version, file]))
  const newest = Math.max(0, ...files.map(file => file.version))
  for (const step of done) {
    const file = byVersion.get(step.version)
    if (step.version > newest) {
      throw new DatabaseRefused(
        'newer-than-program',
        `This database was already used by a newer version of the program (it has ${step.name}, this program ends at ` +
          `number ${newest}). Start that newer version, or restore the backup made before the upgrade. Nothing was changed.`,
      )
    }
    if (file?.sha256 !== step.sha256) {
      throw new DatabaseRefused(
        'migration-altered',
        `The database was migrated by another text of ${step.name} than this program has. Install the program anew ` +
          `from its release. Nothing was changed.`,
      )
    }
  }
  const last = Math.max(0, ...done.map(step => step.version))
  const lacking = files.filter(file => !done.some(step => step.version === file.version))
  const late = lacking.find(file => file.version < last)
  if (late !== undefined) {
    throw new DatabaseRefused(
      'migration-missing',
      `The database has number ${last} but not ${late.name}, which comes before it. It was not made by a release of ` +
        `this program. Restore a backup. Nothing was changed.`,
    )
  }
  return lacking
}

async function applied(lease: Lease): Promise<Applied[]> {
  const { rows } = await lease.run("select to_regclass('platform_migration') is not null as found", [])
  if (rows[0]?.['found'] !== true) return []
  const records = await lease.run('select version, name, sha256 from platform_migration order by version', [])
  return records.rows.map(row => ({
    version: Number(row['version']),
    name: String(row['name']),
    sha256: String(row['sha256']),
  }))
}

/** True when this call applied it, false when another process had done so in the meantime. */
async function apply(lease: Lease, migration: Migration): Promise<boolean> {
  await lease.run("begin; set local timezone = 'UTC'", [])
  try {
    await lease.run('select pg_advisory_xact_lock($1)', [LOCK])
    await lease.run(RECORDS, [])
    const { rows } = await lease.run('select sha256 from platform_migration where version = $1', [migration.version])
    if (rows[0] === undefined) {
      await lease.run(migration.sql, [])
      await lease.run('insert into platform_migration (version, name, sha256) values ($1, $2, $3)', [
        migration.version,
        migration.name,
        migration.sha256,
      ])
    }
    await lease.commit()
    return rows[0] === undefined
  } catch (cause) {
    await lease.run('rollback', []).catch(() => {}) // the connection is dropped by the caller; `cause` is what matters
    throw new Error(`migration ${migration.name} failed; the database is as it was before it`, { cause })
  }
}

const RECORDS = `create table if not exists platform_migration (
  version int primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now())`
