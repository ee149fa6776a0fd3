import { existsSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DatabaseRefused } from './errors.ts'

/** The major version of the PostgreSQL inside the PGlite that this program brings. */
const POSTGRESQL_MAJOR = '18'

/**
 * Refuses a cluster that this program's engine cannot open, before it tries: the engine would only say that it
 * "failed to initialize properly". Throws DatabaseRefused.
 */
export async function refuseForeignCluster(cluster: string): Promise<void> {
  let version: string
  try {
    version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim()
  } catch (cause) {
    throw new DatabaseRefused(
      'not-a-database',
      `${cluster} exists but is not a complete database (it has no PG_VERSION). Restore it from a backup; ` +
        'nothing was changed.',
      cause,
    )
  }
  if (version === POSTGRESQL_MAJOR) return
  throw new DatabaseRefused(
    'made-by-another-postgresql',
    `${cluster} was made by PostgreSQL ${version}; this program brings PostgreSQL ${POSTGRESQL_MAJOR} and cannot open ` +
      'it. Make a backup with the program version that wrote it (vidne backup), and restore that backup with this one ' +
      '(vidne restore). Nothing was changed.',
  )
}

/**
 * Makes the cluster by `make` in a staging folder, brings every file of it to the disk, and only then gives it its
 * name. The engine's own first start syncs nothing: after a power cut such a folder would not open again.
 */
export async function makeCluster(cluster: string, make: (folder: string) => Promise<void>): Promise<void> {
  const staging = `${cluster}.new`
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { recursive: true, mode: 0o700 })
  await make(staging)
  await syncTree(staging)
  await rename(staging, cluster)
  await syncOne(dirname(cluster))
}

/** Makes a folder and those above it, each entry on the disk. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let path = resolve(folder); path.length >= resolve(first).length; path = dirname(path)) {
    await syncOne(dirname(path))
  }
}

/** True when there is a cluster, complete or not. */
export function clusterExists(cluster: string): boolean {
  return existsSync(cluster)
}

async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() || entry.isDirectory()) await syncOne(join(entry.parentPath, entry.name))
  }
  await syncOne(folder)
}

async function syncOne(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
