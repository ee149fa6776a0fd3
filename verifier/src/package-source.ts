import { ZipRefused } from '@vidne/evidence/zip-refused'
import { type ZipSource, openZip } from '@vidne/evidence/zip-reader'
import { Unreadable } from './verdict.ts'

/** The files of a package wherever they lie; read at random, never unpacked to disk. */
export interface PackageSource {
  /** Names and lengths of all files. */
  readonly files: ReadonlyMap<string, number>
  /** Bytes from `offset` on; fewer only where the file ends. */
  read(name: string, offset: number, length: number): Promise<Uint8Array>
  /** Where a file's bytes lie on a disk, for threads that read on their own; null where they do not. */
  onDisk(name: string): { path: string; offset: number } | null
}

/** A package in a ZIP; `path` when it is a file on a disk. @throws Unreadable for everything that a package's ZIP never is. */
export async function zipPackage(source: ZipSource, path: string | null = null): Promise<PackageSource> {
  const entries = await entriesOf(source, path ?? 'package')
  return {
    files: new Map([...entries].map(([name, { bytes }]) => [name, bytes])),
    async read(name, offset, length) {
      const entry = entries.get(name)
      if (entry === undefined) return new Uint8Array()
      return source.read(entry.at + offset, Math.max(0, Math.min(length, entry.bytes - offset)))
    },
    onDisk(name) {
      const entry = entries.get(name)
      return path === null || entry === undefined ? null : { path, offset: entry.at }
    },
  }
}

async function entriesOf(source: ZipSource, where: string) {
  try {
    return await openZip(source)
  } catch (refusal) {
    if (!(refusal instanceof ZipRefused)) throw refusal
    if (refusal.code === 'not-a-zip') throw new Unreadable('not-a-package', where, { cause: refusal })
    throw new Unreadable('zip-refused', `${refusal.where}: ${refusal.code}`, { cause: refusal })
  }
}
