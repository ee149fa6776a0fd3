import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { stringify } from 'smol-toml'
import type { Founded } from '../ground.ts'
import { placesOf } from '../places.ts'
import type { Clock } from '../platform/clock.ts'
import { realDisk } from '../platform/durable/disk.ts'
import { createFileDurable, makeFolderDurable, readFileIfThere } from '../platform/durable/durable.ts'
import { parseMark } from '../platform/objects/marker.ts'
import { type Objects, openObjects } from '../platform/objects/objects.ts'
import { severalAtOnce } from '../platform/several-at-once.ts'
import { loadMasterKey } from '../platform/vault/master-key.ts'
import { restoreVault } from '../platform/vault/vault.ts'
import { MARK_IN_BACKUP } from './backup-objects.ts'
import { HashedTree, chunksOf, filesBelow } from './hashed-files.ts'
import { type OpenedBackup, altered, filesUnder, settingsIn } from './opened-backup.ts'
import { OperationRefused } from './refused.ts'
import type { Plan } from './restore-plan.ts'
import { VAULT_SENTENCES } from './vault-sentences.ts'

/** Puts the keys in place that are not there. */
export async function restoreKeys({ keys }: Plan): Promise<void> {
  for (const { from, to } of keys) {
    const bytes = await readFileIfThere(from)
    if (bytes === null) throw new OperationRefused(`${from} has gone`)
    await makeFolderDurable(dirname(to))
    await createFileDurable(to, bytes)
  }
}

/** The log's folder as it was, and those of retired logs beside it where they are not there. */
export async function restoreLog(backup: OpenedBackup, settings: Founded): Promise<void> {
  const { log } = placesOf(settings)
  const parent = dirname(log)
  const retired = new Set(filesUnder(backup, '').flatMap(path => /^log\.retired-\d+(?=\/)/.exec(path)?.[0] ?? []))
  await copyTree(backup, 'log', log)
  for (const name of retired) {
    const there = await realDisk.list(join(parent, name))
    if (there === null) await copyTree(backup, name, join(parent, name))
  }
}

async function copyTree(backup: OpenedBackup, part: string, to: string): Promise<void> {
  const tree = new HashedTree(to)
  for (const path of filesUnder(backup, `${part}/`)) {
    const { sha256 } = await tree.write(path, chunksOf(join(backup.folder, part, path)))
    if (sha256 !== backup.digests.get(`${part}/${path}`)) throw altered(`${part}/${path}`)
  }
  await tree.settle()
}

/** The lock folder that survived. It never comes from a backup: an older one would let the log sign twice (G6). */
export async function restoreLock(from: string, settings: Founded): Promise<void> {
  const { lock } = placesOf(settings)
  const files = (await filesBelow(from)).filter(path => path.endsWith('.checkpoint'))
  if (files.length === 0) throw new OperationRefused(`--lock ${from} holds no checkpoint.`)
  const tree = new HashedTree(lock)
  for (const path of files) await tree.write(path, chunksOf(join(from, path)))
  await tree.settle()
}

/** Both live copies of the vault, from its backup. It gives out no key before it was told what has been destroyed. */
export async function restoreVaultPart({ folder }: OpenedBackup, settings: Founded, clock: Clock): Promise<void> {
  const places = placesOf(settings)
  const { key } = await loadMasterKey({ file: places.masterKey })
  try {
    const verdict = await restoreVault({ backup: join(folder, 'vault'), copies: places.vault, master: key, clock })
    if (!verdict.restored) throw new OperationRefused(VAULT_SENTENCES[verdict.because])
  } finally {
    key.fill(0)
  }
}

const AT_ONCE = 4

/** Every object, compared with its digest while it is copied. */
export async function restoreObjects(
  backup: OpenedBackup,
  settings: Founded,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const objects = await openObjects(placesOf(settings).objects)
  try {
    if ((await objects.claim(settings.installation)) === 'other')
      throw new OperationRefused(
        'The place of the objects belongs to another installation. Give another with --objects.',
      )
    const total = backup.description.objects?.bytes ?? 0
    let done = 0
    const names = filesUnder(backup, 'objects/').filter(name => `objects/${name}` !== MARK_IN_BACKUP)
    await severalAtOnce(names, AT_ONCE, async name => {
      done += await restoreObject(backup, objects, name)
      onProgress(done, total)
    })
    // Last: objects of which some are not there yet are known for it.
    await restoreMark(backup, objects)
  } finally {
    await objects.close()
  }
}

/** How far the objects had come when they were backed up; a backup of before there were marks has none. */
async function restoreMark({ folder, digests }: OpenedBackup, objects: Objects): Promise<void> {
  const sha256 = digests.get(MARK_IN_BACKUP)
  if (sha256 === undefined) return
  const bytes = await readFileIfThere(join(folder, MARK_IN_BACKUP))
  const mark = bytes === null ? null : parseMark(bytes)
  if (bytes === null || mark === null || createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw altered(MARK_IN_BACKUP)
  await objects.moveMark(mark)
}

async function restoreObject({ folder, digests }: OpenedBackup, objects: Objects, name: string): Promise<number> {
  const path = `objects/${name}`
  const hash = createHash('sha256')
  const writer = await objects.open(name)
  let bytes = 0
  try {
    for await (const chunk of chunksOf(join(folder, path))) {
      hash.update(chunk)
      await writer.append(chunk)
      bytes += chunk.length
    }
    if (hash.digest('hex') !== digests.get(path)) throw altered(path)
  } catch (error) {
    await writer.abort()
    throw error instanceof Error && 'code' in error && error.code === 'ENOENT' ? altered(path) : error
  }
  await writer.close()
  return bytes
}

/** Settings and trust file. `vidne.toml` comes last of all: without it the folder is no installation. */
export async function writeSettings(backup: OpenedBackup, { settings, changes }: Plan): Promise<void> {
  const places = placesOf(settings)
  const from = (name: string): string => join(backup.folder, 'settings', name)
  await makeFolderDurable(settings.data)
  for (const [name, to] of [
    ['trust.policy', places.trust],
    ['rehearsal-clock.json', places.clock],
  ] as const) {
    const bytes = await readFileIfThere(from(name))
    if (bytes !== null && (await readFileIfThere(to)) === null) await createFileDurable(to, bytes)
  }
  await createFileDurable(places.settings, stringify({ ...(await settingsIn(backup)), ...changes }))
}
