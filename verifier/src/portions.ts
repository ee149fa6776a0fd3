import { PIECE_BYTES } from '@vidne/evidence/pieces'
import type { PackageSource } from './package-source.ts'

/** Hands over a file of a package in portions, in order. */
export async function eachPortion(
  source: PackageSource,
  name: string,
  take: (portion: Uint8Array) => void,
  progress: (done: number, total: number) => void = () => undefined,
): Promise<void> {
  const bytes = source.files.get(name) ?? 0
  for (let offset = 0; offset < bytes; offset += PIECE_BYTES) {
    const portion = await source.read(name, offset, Math.min(PIECE_BYTES, bytes - offset))
    take(portion)
    progress(offset + portion.length, bytes)
  }
}
