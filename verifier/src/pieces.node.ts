import { createHash, hash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { PIECE_BYTES } from '@vidne/evidence/pieces'
import { type Stretch, asUnreadable, blocksAhead } from './disk-reading.node.ts'
import type { PackageSource } from './package-source.ts'
import { eachPortion } from './portions.ts'

/** Digests of footage: of the whole, and of each piece in order, 32 bytes each on end. */
export type Measured = { sha256: Uint8Array; pieces: Uint8Array }

type Progress = (done: number, total: number) => void

/** Below this, threads take longer to start than the hashing. */
const THREADS_FROM_BYTES = 64 * 1024 * 1024
/** The digest of the whole goes through the bytes in order and takes the longest; these keep ahead of it. */
const THREADS = 2
const BLOCK_BYTES = 4 * PIECE_BYTES

/**
 * Measures footage. From a disk the pieces are hashed by threads while this one hashes the whole; all read the same stretch at
 * about the same time, so it comes from the disk once. Memory stays flat.
 */
export async function measureFootage(
  source: PackageSource,
  name: string,
  bytes: number,
  progress: Progress,
): Promise<Measured> {
  const place = bytes < THREADS_FROM_BYTES ? null : source.onDisk(name)
  if (place === null) return measureHere(source, name, bytes, progress)
  const stretch = { ...place, bytes }
  const digests = new Uint8Array(new SharedArrayBuffer(Math.ceil(bytes / PIECE_BYTES) * 32))
  const threads = Array.from({ length: THREADS }, (_, first) => hashPieces(stretch, first, digests))
  try {
    const [sha256] = await Promise.all([hashWhole(stretch, progress), ...threads])
    return { sha256, pieces: digests }
  } catch (failed) {
    throw asUnreadable(failed, name)
  }
}

async function hashWhole(stretch: Stretch, progress: Progress): Promise<Uint8Array> {
  const whole = createHash('sha256')
  let done = 0
  for await (const block of blocksAhead(stretch, BLOCK_BYTES)) {
    whole.update(block)
    done += block.length
    progress(done, stretch.bytes)
  }
  return whole.digest()
}

async function measureHere(source: PackageSource, name: string, bytes: number, progress: Progress): Promise<Measured> {
  const whole = createHash('sha256')
  const pieces = new Uint8Array(Math.ceil(bytes / PIECE_BYTES) * 32)
  for (let at = 0; at * PIECE_BYTES < bytes; at++) {
    const piece = await source.read(name, at * PIECE_BYTES, Math.min(PIECE_BYTES, bytes - at * PIECE_BYTES))
    whole.update(piece)
    pieces.set(sha256(piece), at * 32)
    progress(at * PIECE_BYTES + piece.length, bytes)
  }
  return { sha256: whole.digest(), pieces }
}

export type HashingOrder = {
  stretch: Stretch
  blocks: { blockBytes: number; first: number; step: number }
  pieceBytes: number
  /** Shared by the threads; each writes the places of its own pieces. */
  digests: Uint8Array
}

// Beside this file, with its own ending: `.ts` in the checkout, `.js` where it was emitted.
const threadUrl = new URL(import.meta.url.replace(/pieces\.node(\.\w+)$/, 'hashing-thread.node$1'))

function hashPieces(stretch: Stretch, first: number, digests: Uint8Array): Promise<void> {
  const blocks = { blockBytes: BLOCK_BYTES, first, step: THREADS }
  const workerData: HashingOrder = { stretch, blocks, pieceBytes: PIECE_BYTES, digests }
  return new Promise((resolve, reject) => {
    const thread = new Worker(threadUrl, { workerData })
    thread.on('message', () => resolve())
    thread.on('error', reject)
    // After an answer this changes nothing.
    thread.on('exit', code => reject(new Error(`a hashing thread ended with ${code} before it was done`)))
  })
}

/** SHA-256 of a file, read in portions. */
export async function digestOf(source: PackageSource, name: string, progress?: Progress): Promise<Uint8Array> {
  const digest = createHash('sha256')
  await eachPortion(source, name, portion => digest.update(portion), progress)
  return digest.digest()
}

/** SHA-256 of bytes in memory. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}
