import { createHash, hash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import type { HashingOrder, HashingSaid } from './pieces.node.ts'

// A thread that reads footage on its own and hashes the whole, or each piece. One buffer is all the memory it takes.
const order: HashingOrder = workerData
const say = (said: HashingSaid, moved: ArrayBuffer[] = []) => parentPort?.postMessage(said, moved)

const { what, path, offset, bytes, pieceBytes } = order
const buffer = new Uint8Array(pieceBytes)
const whole = createHash('sha256')
const digests = new Uint8Array(what === 'whole' ? 32 : Math.ceil(bytes / pieceBytes) * 32)
const file = openSync(path, 'r')
try {
  for (let at = 0; at * pieceBytes < bytes; at++) {
    const piece = readPiece(at * pieceBytes)
    if (what === 'whole') whole.update(piece)
    else digests.set(hash('sha256', piece, 'buffer'), at * 32)
    if (at % 64 === 63) say({ done: (at + 1) * pieceBytes })
  }
} finally {
  closeSync(file)
}
if (what === 'whole') digests.set(whole.digest())
say({ digests }, [digests.buffer])

/** The piece that begins there; shorter where the footage or, unexpectedly, the file ends. */
function readPiece(from: number): Uint8Array {
  const length = Math.min(pieceBytes, bytes - from)
  let filled = 0
  while (filled < length) {
    const read = readSync(file, buffer, filled, length - filled, offset + from + filled)
    if (read === 0) break
    filled += read
  }
  return buffer.subarray(0, filled)
}
