import { PACKAGE_FILE } from '@vidne/evidence/package-names'
import type { PackageSource } from './package-source.ts'
import type { Findings } from './verdict.ts'

const MIB = 1024 * 1024
/** Files that are read whole. A longer one is none of ours but an attempt to fill the memory. */
const LONGEST = 16 * MIB
/** Map proofs and piece digests grow with the history and the footage. */
const LONGEST_LIST = 256 * MIB
const lists: ReadonlySet<string> = new Set([PACKAGE_FILE.map, PACKAGE_FILE.pieces])
/** All that is read whole of one package, together. */
const MOST_IN_ALL = 1024 * MIB

/** Gives whole small files by name; null for one that is missing, or too long and told so. */
export type TagFiles = (name: string) => Promise<Uint8Array | null>

/** A package under examination: its files, those that are read whole, and what was found. */
export type Examined = { source: PackageSource; files: TagFiles; found: Findings }

export function examine(source: PackageSource, found: Findings): Examined {
  let inAll = 0
  const files: TagFiles = async name => {
    const bytes = source.files.get(name)
    if (bytes === undefined) return null
    inAll += bytes
    if (bytes <= (lists.has(name) ? LONGEST_LIST : LONGEST) && inAll <= MOST_IN_ALL) return source.read(name, 0, bytes)
    found.add('file-too-large', name)
    return null
  }
  return { source, files, found }
}
