import { sha256 as sha256OfBytes } from '@vidne/evidence/crypto.browser'
import { PIECE_BYTES } from '@vidne/evidence/pieces'
import { sha256Stream } from '@vidne/evidence/sha256-stream.browser'
import type { PackageSource } from './package-source.ts'
import { eachPortion } from './portions.ts'

/** Digests of footage: of the whole, and of each piece in order, 32 bytes each on end. */
export type Measured = { sha256: Uint8Array; pieces: Uint8Array }

/**
 * Reads footage once and measures it. The browser hashes the pieces beside the script; the digest of the whole, which it
 * cannot make in portions, the script hashes itself. Memory stays flat.
 */
export async function measureFootage(
  source: PackageSource,
  name: string,
  bytes: number,
  progress: (done: number, total: number) => void,
): Promise<Measured> {
  const whole = sha256Stream()
  const pieces = new Uint8Array(Math.ceil(bytes / PIECE_BYTES) * 32)
  for (let at = 0; at * PIECE_BYTES < bytes; at++) {
    const piece = await source.read(name, at * PIECE_BYTES, Math.min(PIECE_BYTES, bytes - at * PIECE_BYTES))
    const digest = crypto.subtle.digest('SHA-256', new Uint8Array(piece))
    whole.update(piece)
    pieces.set(new Uint8Array(await digest), at * 32)
    progress(at * PIECE_BYTES + piece.length, bytes)
  }
  return { sha256: whole.digest(), pieces }
}

/** SHA-256 of a file, read in portions. */
export async function digestOf(
  source: PackageSource,
  name: string,
  progress?: (done: number, total: number) => void,
): Promise<Uint8Array> {
  const digest = sha256Stream()
  await eachPortion(source, name, portion => digest.update(portion), progress)
  return digest.digest()
}

/** SHA-256 of bytes in memory. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return sha256OfBytes(bytes)
}
