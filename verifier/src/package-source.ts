import type { PackageFiles } from '@vidne/evidence/package-files'
import { ZipRefused } from '@vidne/evidence/zip-refused'
import { type ZipSource, openZip } from '@vidne/evidence/zip-reader'
import { Unreadable } from './verdict.ts'

/** The files of a package wherever they lie; read at random, never unpacked to disk. */
export interface PackageSource {
  /** Names and lengths of all files. */
  readonly files: ReadonlyMap<string, number>
  /** Bytes from `offset` on; fewer only where the file ends. */
  read(name: string, offset: number, length: number): Promise<Uint8Array>
}

/** Tag files are read whole; a longer one is no package of ours but an attempt to fill the memory. */
const LONGEST_TAG_FILE = 256 * 1024 * 1024

/** A package in a ZIP. @throws Unreadable naming the entry, for everything that a package's ZIP never is. */
export async function zipPackage(source: ZipSource): Promise<PackageSource> {
  try {
    const entries = await openZip(source)
    const files = new Map([...entries].map(([name, { bytes }]) => [name, bytes]))
    return {
      files,
      async read(name, offset, length) {
        const entry = entries.get(name)
        if (entry === undefined) return new Uint8Array()
        return source.read(entry.at + offset, Math.max(0, Math.min(length, entry.bytes - offset)))
      },
    }
  } catch (refusal) {
    if (refusal instanceof ZipRefused) throw new Unreadable(refusal.where, refusal.code, refusal)
    throw refusal
  }
}

/** Whole small files of a package, by name. @throws Unreadable for one too long to be a tag file. */
export function wholeFiles(source: PackageSource): PackageFiles {
  return async name => {
    const bytes = source.files.get(name)
    if (bytes === undefined) return null
    if (bytes > LONGEST_TAG_FILE) throw new Unreadable(name, 'too-large')
    return source.read(name, 0, bytes)
  }
}
