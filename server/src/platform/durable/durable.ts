// Files that are whole after a power cut: either the old content or the new, never a mixture, never nothing.

import { randomBytes } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { errorCode, realDisk, type Disk } from './disk.ts'

const PRIVATE_FILE = 0o600
const PRIVATE_FOLDER = 0o700

/**
 * Replaces a whole file so that a power cut leaves the old or the new content: new name, fsync, rename, fsync of the
 * folder. Durable when it resolves. The folder must be there.
 * @throws FsyncFailed (fatal), DiskFull
 */
export async function writeFileDurable(
  path: string,
  content: Uint8Array | string,
  { mode = PRIVATE_FILE, disk = realDisk }: { mode?: number; disk?: Disk } = {},
): Promise<void> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const fresh = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.new`)
  try {
    await createFile(fresh, bytes, mode, disk)
    await disk.rename(fresh, path)
  } catch (error) {
    await disk.remove(fresh).catch(() => undefined)
    throw error
  }
  await disk.syncFolder(dirname(path))
}

/**
 * Writes a file that must not exist yet; durable when it resolves.
 * @throws an EEXIST error of the operating system where the name is taken, FsyncFailed (fatal), DiskFull
 */
export async function createFileDurable(
  path: string,
  content: Uint8Array | string,
  { mode = PRIVATE_FILE, disk = realDisk }: { mode?: number; disk?: Disk } = {},
): Promise<void> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  await createFile(path, bytes, mode, disk)
  await disk.syncFolder(dirname(path))
}

async function createFile(path: string, bytes: Uint8Array, mode: number, disk: Disk): Promise<void> {
  const file = await disk.open(path, 'create', mode)
  try {
    await file.write(bytes, 0)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The whole file, or null where there is none. */
export async function readFileIfThere(path: string, disk: Disk = realDisk): Promise<Uint8Array | null> {
  return disk.read(path)
}

/** Makes a folder and every missing one above it, each durable (0700). */
export async function makeFolderDurable(path: string, disk: Disk = realDisk): Promise<void> {
  const parent = dirname(path)
  // A process that was killed may have made it and not come to the fsync. Folders are made from the top, so one is enough.
  if ((await disk.list(path)) !== null) return syncIfAllowed(parent, disk)
  if (parent !== path) await makeFolderDurable(parent, disk)
  await disk.makeFolder(path, PRIVATE_FOLDER)
  await disk.syncFolder(parent)
}

async function syncIfAllowed(folder: string, disk: Disk): Promise<void> {
  try {
    await disk.syncFolder(folder)
  } catch (error) {
    const code = errorCode(error)
    if (code !== 'EACCES' && code !== 'EPERM') throw error
  }
}

/** Removes a name; the removal is durable when it resolves. */
export async function removeFileDurable(path: string, disk: Disk = realDisk): Promise<'removed' | 'absent'> {
  const outcome = await disk.remove(path)
  if (outcome === 'removed') await disk.syncFolder(dirname(path))
  return outcome
}

/**
 * Overwrites a file with random bytes and with zeros, each forced to the disk, then removes its name durably.
 * Flash memory and copy-on-write file systems may keep the old blocks all the same: what is erased here must also be
 * useless without a key that is destroyed, and the guide says so.
 */
export async function eraseFileDurable(path: string, disk: Disk = realDisk): Promise<'removed' | 'absent'> {
  const old = await disk.read(path)
  if (old === null) return 'absent'
  const file = await disk.open(path, 'existing', PRIVATE_FILE)
  try {
    for (const pass of [randomBytes(old.length), new Uint8Array(old.length)]) {
      await file.write(pass, 0)
      await file.sync()
    }
  } finally {
    await file.close()
  }
  return removeFileDurable(path, disk)
}
