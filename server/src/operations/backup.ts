import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { ManifestLine } from '@vidne/evidence/bag'
import { formatManifest } from '@vidne/evidence/bag'
import { sql } from 'kysely'
import { hasUpkeep, noteUpkeep } from './upkeep.ts'
import program from '../../package.json' with { type: 'json' }
import type { Database, Trx } from '../platform/database/door.ts'
import { createFileDurable, makeFolderDurable } from '../platform/durable/durable.ts'
import { realDisk } from '../platform/durable/disk.ts'
import { eraseCopy } from '../platform/vault/copy.ts'
import { backupLog, backupSettings } from './backup-files.ts'
import { backupObjects } from './backup-objects.ts'
import { vaultBackupExpiry } from './backup-expiry.ts'
import { DESCRIPTION, MANIFEST, SIGNATURE, formatDescription, signDescription } from './description.ts'
import type { Description } from './description.ts'
import { eraseExpiredVaults } from './expired-vaults.ts'
import { HashedTree, digestOf, filesBelow, isEmpty } from './hashed-files.ts'
import type { Put } from './put.ts'
import { type QuietGround, objectsFolder } from './quiet-ground.ts'
import { README, readmeOf } from './backup-readme.ts'
import { OperationRefused, inWords } from './refused.ts'
import { linesOf, tablesOf } from './tables.ts'

/** What a backup reads from; the ground of a running installation has all of it too. */
export type BackupGround = Pick<
  QuietGround,
  'settings' | 'places' | 'clock' | 'signers' | 'vault' | 'database' | 'objects' | 'rules' | 'people'
>

export type BackupWish = {
  /** A new or empty folder outside the installation. */
  readonly out: string
  /** `default`: a folder's objects are copied, a server's are left to it. */
  readonly objects: 'default' | 'copy' | 'leave'
  /** `default`: the embedded database is exported, a server's is left to it. */
  readonly database: 'default' | 'export'
  /** Put the log's signing keys into the backup. Never the master key, never the lock folder. */
  readonly logKeys: boolean
  /** How many bytes of objects are copied, of how many. */
  readonly onProgress: (done: number, total: number) => void
  /** Whoever wanted the backup has left; it is not gone on with. */
  readonly stop?: AbortSignal
}

export type BackupReport = {
  readonly out: string
  /** Epoch milliseconds, as in `backup.json`. */
  readonly at: number
  readonly description: Description
  /** Older backups beside this one whose vault part had expired and was erased. */
  readonly erased: readonly string[]
}

/**
 * Makes a backup of an installation in a new folder. The order is such that each part knows all that the ones before it
 * rest on: the log before the database that must hold every leaf, the database before the vault that must hold its keys.
 * `backup.json` comes last: a backup that was cut off is known by its absence.
 * @throws OperationRefused in words
 */
export async function makeBackup(ground: BackupGround, wish: BackupWish): Promise<BackupReport> {
  const out = resolve(wish.out)
  await demandOutside(out, ground)
  const erased = await eraseExpiredVaults(join(out, '..'), ground)
  await inWords(ground.settings.data, () => makeFolderDurable(out))
  try {
    const description = await inWords(ground.settings.data, () => fill(ground, wish, out))
    await noted(ground, out)
    return { out, at: description.at, description, erased }
  } catch (error) {
    // Half a backup has no use, but its keys would outlive a deletion unnoticed.
    await eraseCopy(join(out, 'vault'), realDisk).catch(() => undefined)
    throw error
  }
}

/** Said on the desk, so that whoever answers for the installation sees when the last one was made. An older database has no place for it. */
async function noted({ database, clock }: BackupGround, out: string): Promise<void> {
  const note = { what: 'backup-made', by: 'vidne backup', detail: out } as const
  await database.asInstallation(async trx => {
    if (await hasUpkeep(trx)) await noteUpkeep(trx, clock, note)
  })
}

async function fill(ground: BackupGround, wish: BackupWish, out: string): Promise<Description> {
  const { settings, clock, database, objects, signers } = ground
  const tree = new HashedTree(out)
  const lines: ManifestLine[] = []
  const put: Put = async (path, chunks) => {
    if (wish.stop?.aborted === true) throw new OperationRefused('The backup was stopped. Remove its folder.')
    lines.push({ path, sha256: (await tree.write(path, chunks)).sha256 })
  }
  const at = clock.now()
  await backupSettings(ground, put, wish.logKeys)
  await backupLog(ground.places, put)
  const exported = database.engine === 'embedded' || wish.database === 'export'
  const held = exported ? await backupTables(database, put) : null
  const vault = await backupVault(ground, out, lines)
  const copied = objects.kind === 'folder' ? wish.objects !== 'leave' : wish.objects === 'copy'
  const stored = copied ? await backupObjects(objects, put, wish.onProgress) : null
  const about = { settings, at, database: held, vault, objects: stored, logKeys: wish.logKeys }
  await put(README, [Buffer.from(readmeOf(about))])
  await tree.settle()
  const manifest = formatManifest(lines.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
  await createFileDurable(join(out, MANIFEST), manifest)
  const description: Description = {
    v: 1,
    program: program.version,
    installation: settings.installation,
    agencyName: settings.agencyName ?? '',
    origin: settings.origin,
    mode: settings.mode,
    at,
    database: held,
    vault,
    objects: stored,
    logKeys: wish.logKeys,
    manifest: (await digestOf(join(out, MANIFEST)))?.sha256 ?? '',
  }
  const text = formatDescription(description)
  await createFileDurable(join(out, SIGNATURE), await signDescription(text, signers.log))
  await createFileDurable(join(out, DESCRIPTION), text)
  return description
}

/** Every table as it stood at one moment: a file of JSON lines each, in their order of dependency. */
async function backupTables(database: Database, put: Put): Promise<NonNullable<Description['database']>> {
  return database.asInstallation(async trx => {
    await sql`set transaction isolation level repeatable read`.execute(trx)
    const tables: NonNullable<Description['database']>['tables'] = []
    for (const table of await tablesOf(trx)) {
      let rows = 0
      const counted = async function* (): AsyncGenerator<Uint8Array> {
        for await (const page of linesOf(trx, table)) {
          rows += page.length
          yield Buffer.from(`${page.join('\n')}\n`)
        }
      }
      await put(`database/${table.name}.jsonl`, counted())
      tables.push({ name: table.name, rows, columns: [...table.columns] })
    }
    return { migrations: await migrationsOf(trx), tables }
  })
}

async function migrationsOf(trx: Trx): Promise<NonNullable<Description['database']>['migrations']> {
  const { rows } = await sql<{ version: number; name: string; sha256: string }>`
    select version, name, sha256 from platform_migration order by version`.execute(trx)
  return rows.map(({ version, name, sha256 }) => ({ version, name, sha256 }))
}

async function backupVault(ground: BackupGround, out: string, lines: ManifestLine[]): Promise<Description['vault']> {
  const expires = await vaultBackupExpiry(ground)
  const verdict = await ground.vault.backup(join(out, 'vault'), { expires })
  if (!verdict.written) throw new Error(`the vault refused its backup: ${verdict.because}`)
  for (const file of await filesBelow(join(out, 'vault'))) {
    const path = `vault/${file}`
    lines.push({ path, sha256: (await digestOf(join(out, path)))?.sha256 ?? '' })
  }
  return { expires, keys: verdict.keys, omitted: verdict.omitted }
}

async function demandOutside(out: string, { settings, places }: BackupGround): Promise<void> {
  const folders = [settings.data, objectsFolder(settings), ...places.vault].filter(place => place !== null)
  for (const place of folders) {
    if (isWithin(out, place) || isWithin(place, out))
      throw new OperationRefused(
        `--out ${out} and ${place} lie within each other. Take a folder outside the installation, on another disk.`,
      )
  }
  if (!(await isEmpty(out)))
    throw new OperationRefused(`--out ${out} is not empty: each backup goes into a new folder of its own.`)
}

function isWithin(inner: string, outer: string): boolean {
  const path = relative(resolve(outer), inner)
  return path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path)
}
