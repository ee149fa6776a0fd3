import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PACKAGE_FILE } from '@vidne/evidence/package-names'
import type { ZipSource } from '@vidne/evidence/zip-reader'
import { type PackageSource, zipPackage } from './package-source.ts'
import { RECEIPT_START } from './verify-receipt.ts'
import { asUnreadable, fill } from './disk-reading.node.ts'
import { Unreadable } from './verdict.ts'

/** What lies at a path: the text of a receipt, or a package whose files stay open until it is closed. */
export type Opened = { receipt: string } | { package: PackageSource; close: () => Promise<void> }

const MOST_FILES = 200_000
const MOST_RECEIPT_BYTES = 16 * 1024 * 1024

/** @throws Unreadable when there is nothing at the path that can be read as a package or a receipt. */
export async function openAtPath(path: string): Promise<Opened> {
  const there = await onDisk(path, () => stat(path))
  if (there.isDirectory()) return { package: await folderPackage(path), close: async () => {} }
  if (!there.isFile()) throw new Unreadable('cannot-read', path)
  const handle = await onDisk(path, () => open(path, 'r'))
  try {
    const start = await readAt(handle, 0, RECEIPT_START.length)
    if (Buffer.from(start).toString('latin1') !== RECEIPT_START)
      return { package: await zipPackage(zipFile(handle, path, there.size), path), close: () => handle.close() }
    if (there.size > MOST_RECEIPT_BYTES) throw new Unreadable('not-a-package', path)
    const text = Buffer.from(await readAt(handle, 0, there.size)).toString('utf8')
    await handle.close()
    return { receipt: text }
  } catch (refusal) {
    await handle.close()
    throw refusal
  }
}

/** The text of a file that the user named. @throws Unreadable */
export async function textAtPath(path: string): Promise<string> {
  const handle = await onDisk(path, () => open(path, 'r'))
  try {
    return await onDisk(path, () => handle.readFile('utf8'))
  } finally {
    await handle.close()
  }
}

/** Length and a reader of a file by itself. @throws Unreadable */
export async function openFile(path: string): Promise<PackageSource & { close: () => Promise<void> }> {
  const there = await onDisk(path, () => stat(path))
  if (there.isDirectory()) throw new Unreadable('cannot-read', path, { fault: 'folder' })
  const handle = await onDisk(path, () => open(path, 'r'))
  const { size } = await handle.stat()
  return {
    files: new Map([[path, size]]),
    read: (_, offset, length) =>
      onDisk(path, () => readAt(handle, offset, Math.max(0, Math.min(length, size - offset)))),
    onDisk: () => ({ path, offset: 0 }),
    close: () => handle.close(),
  }
}

function zipFile(handle: FileHandle, path: string, size: number): ZipSource {
  const read = (offset: number, length: number) => readAt(handle, offset, Math.max(0, Math.min(length, size - offset)))
  return { size, read: (offset, length) => onDisk(path, () => read(offset, length)) }
}

function readAt(handle: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  return fill(handle, new Uint8Array(length), offset)
}

/** An unpacked package. @throws Unreadable for links and devices: what they lead to is not in the folder. */
async function folderPackage(folder: string): Promise<PackageSource> {
  // A folder that is no package may hold a whole disk; it is not walked.
  const names = await onDisk(folder, () => readdir(folder))
  if (!names.includes(PACKAGE_FILE.bagDeclaration)) throw new Unreadable('not-a-package', folder)
  const files = new Map<string, number>()
  await walk(folder, '', files)
  return {
    files,
    async read(name, offset, length) {
      const handle = await onDisk(name, () => open(join(folder, name), 'r'))
      try {
        const most = Math.max(0, (files.get(name) ?? 0) - offset)
        return await onDisk(name, () => readAt(handle, offset, Math.min(length, most)))
      } finally {
        await handle.close()
      }
    },
    onDisk: name => ({ path: join(folder, name), offset: 0 }),
  }
}

async function walk(folder: string, below: string, files: Map<string, number>): Promise<void> {
  for (const entry of await onDisk(below, () => readdir(join(folder, below), { withFileTypes: true }))) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) await walk(folder, name, files)
    else if (entry.isFile()) files.set(name, (await onDisk(name, () => stat(join(folder, name)))).size)
    else throw new Unreadable('cannot-read', name)
    if (files.size > MOST_FILES) throw new Unreadable('cannot-read', name)
  }
}

async function onDisk<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (failed) {
    throw asUnreadable(failed, path)
  }
}
