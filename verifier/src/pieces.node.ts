import { createHash, hash } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { PIECE_BYTES } from '@vidne/evidence/pieces'
import type { PackageSource } from './package-source.ts'
import { Unreadable } from './verdict.ts'

/** Digests of footage: of the whole, and of each piece in order, 32 bytes each on end. */
export type Measured = { sha256: Uint8Array; pieces: Uint8Array }

type Progress = (done: number, total: number) => void

/** Below this a thread takes longer to start than the hashing. */
const THREADS_FROM_BYTES = 32 * 1024 * 1024

/**
 * Measures footage. From a disk two threads read it side by side, one for the whole, one for the pieces, so that both take
 * the time of one; they stay close to each other, and the second finds in memory what the first has read.
 */
export async function measureFootage(
  source: PackageSource,
  name: string,
  bytes: number,
  progress: Progress,
): Promise<Measured> {
  const place = bytes < THREADS_FROM_BYTES ? null : source.onDisk(name)
  if (place === null) return measureHere(source, name, bytes, progress)
  const file = { ...place, bytes, pieceBytes: PIECE_BYTES }
  const [sha256, pieces] = await Promise.all([
    inThread({ ...file, what: 'whole' }, done => progress(done, bytes)),
    inThread({ ...file, what: 'pieces' }, () => {}),
  ])
  return { sha256, pieces }
}

async function measureHere(
  source: PackageSource,
  name: string,
  bytes: number,
  progress: Progress,
): Promise<Measured> {
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
  what: 'whole' | 'pieces'
  path: string
  offset: number
  bytes: number
  pieceBytes: number
}
export type HashingSaid = { done: number } | { digests: Uint8Array<ArrayBuffer> }

// Beside this file, with its own ending: `.ts` in the checkout, `.js` where it was emitted.
const threadUrl = new URL(import.meta.url.replace(/pieces\.node(\.\w+)$/, 'hashing-thread.node$1'))

function inThread(order: HashingOrder, told: (done: number) => void): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(threadUrl, { workerData: order })
    thread.on('message', (said: HashingSaid) => ('digests' in said ? resolve(said.digests) : told(said.done)))
    thread.on('error', cause => reject(new Unreadable('cannot-read', order.path, cause)))
    // After an answer this changes nothing.
    thread.on('exit', () => reject(new Unreadable('cannot-read', order.path)))
  })
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
