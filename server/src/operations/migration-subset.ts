import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Migration, pending, readMigrations } from '../platform/database/migrations.ts'

/** Where the program's own migrations lie. */
export const MIGRATIONS = join(import.meta.dirname, '../../migrations')

type Applied = { readonly version: number; readonly name: string; readonly sha256: string }

/** The names of the migrations that a database lacks. Throws DatabaseRefused where its own cannot be those of this program. */
export async function lacking(applied: readonly Applied[]): Promise<string[]> {
  return pending(await readMigrations(MIGRATIONS), applied).map(step => step.name)
}

/**
 * Does the work with a folder of exactly the migrations that a database has had: opened with it, the database stays as
 * it is. Throws DatabaseRefused where they cannot be those of this program.
 */
export async function withMigrationsOf<T>(
  applied: readonly Applied[],
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const files = await readMigrations(MIGRATIONS)
  pending(files, applied)
  const had = new Set(applied.map(step => step.version))
  return withLinks(
    files.filter(file => had.has(file.version)),
    work,
  )
}

async function withLinks<T>(files: readonly Migration[], work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'vidne-migrations-'))
  try {
    for (const { name } of files) await symlink(join(MIGRATIONS, name), join(folder, name))
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
