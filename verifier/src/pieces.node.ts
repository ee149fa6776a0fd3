import { createHash, hash } from 'node:crypto'
import { PIECE_BYTES } from '@vidne/evidence/pieces'
import type { PackageSource } from './package-source.ts'

/** Digests of footage: of the whole and of each piece in order, 32 bytes each. */
export type Measured = { sha256: Uint8Array; pieces: Uint8Array[] }

/** Pieces read ahead; bounds the memory. */
const ahead = 8

/** Reads footage once and measures it. */
export async function measureFootage(
  source: PackageSource,
  name: string,
  bytes: number,
  progress: (bytes: number) => void = () => {},
): Promise<Measured> {
  const whole = createHash('sha256')
  const pieces: Uint8Array[] = []
  for (let offset = 0; offset < bytes; offset += PIECE_BYTES * ahead) {
    const chunk = await source.read(name, offset, Math.min(PIECE_BYTES * ahead, bytes - offset))
    whole.update(chunk)
    for (let at = 0; at < chunk.length; at += PIECE_BYTES)
      pieces.push(hash('sha256', chunk.subarray(at, at + PIECE_BYTES), 'buffer'))
    progress(offset + chunk.length)
  }
  return { sha256: whole.digest(), pieces }
}

/** SHA-256 of a file, read in portions. */
export async function digestOf(source: PackageSource, name: string): Promise<Uint8Array> {
  const sha = createHash('sha256')
  const bytes = source.files.get(name) ?? 0
  for (let offset = 0; offset < bytes; offset += PIECE_BYTES)
    sha.update(await source.read(name, offset, Math.min(PIECE_BYTES, bytes - offset)))
  return sha.digest()
}

/** SHA-256 of bytes in memory. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}
