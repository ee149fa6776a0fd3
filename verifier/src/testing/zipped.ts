import { concat } from '@vidne/evidence/bytes'
import { zipEntry, writeZip } from '@vidne/evidence/zip-writer'
import { TEST_START } from '@vidne/evidence/testing/small-log'
import type { ZipSource } from '@vidne/evidence/zip-reader'
import { type PackageSource, zipPackage } from '../package-source.ts'

/** The ZIP of some files, in their order. */
export async function zipped(files: ReadonlyMap<string, Uint8Array>): Promise<Uint8Array> {
  const entries = [...files].map(([name, bytes]) => zipEntry(name, bytes))
  return concat(...(await Array.fromAsync(writeZip(entries, { at: TEST_START }))))
}

export function inMemory(bytes: Uint8Array): ZipSource {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) }
}

export async function packageOf(files: ReadonlyMap<string, Uint8Array>): Promise<PackageSource> {
  return zipPackage(inMemory(await zipped(files)))
}
