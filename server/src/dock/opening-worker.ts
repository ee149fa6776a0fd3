// Reads sealed segments and hands back what is wanted of their plaintext. Between two orders it holds neither key nor plaintext.

import { readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { FloeRefused, openSegmentWith, SEGMENT_BYTES } from '@vidne/evidence/floe'
import type { Answer, Opening, Order, SegmentInFile } from './opening-messages.ts'

const port = parentPort
if (port === null) throw new Error('the opening worker runs in a worker thread')
/** Which segment of the order is being opened. */
let reached = 0
const scratch = new Uint8Array(SEGMENT_BYTES)

port.on('message', (order: Order) => {
  try {
    const plain = open(order)
    answer({ ask: order.ask, plain }, plain)
  } catch (error) {
    answer(failure(order.ask, error))
  } finally {
    for (const { key } of order.segments) key.fill(0)
  }
})
answer({ ready: true })

function open({ bytes, target, segments }: Opening): Uint8Array<ArrayBuffer> {
  // Not of the pool of small buffers: it is handed over with its memory.
  const plain = target ?? Buffer.allocUnsafeSlow(bytes)
  try {
    for (const [which, { from, until, at, ...segment }] of segments.entries()) {
      reached = which
      openSegmentWith({ ...segment, sealed: sealedOf(segment) }, { from, to: until }, plain, at)
    }
  } catch (error) {
    plain.fill(0)
    throw error
  }
  return plain
}

/** Shorter where the file ends too early; then it does not open. */
function sealedOf({ fd, offset, length }: Pick<SegmentInFile, 'fd' | 'offset' | 'length'>): Uint8Array {
  let done = 0
  while (done < length) {
    const read = readSync(fd, scratch, done, length - done, offset + done)
    if (read === 0) break
    done += read
  }
  return scratch.subarray(0, done)
}

function answer(message: Answer, moved?: Uint8Array<ArrayBuffer>): void {
  port?.postMessage(message, moved === undefined ? [] : [moved.buffer])
}

function failure(ask: number, error: unknown): Answer {
  if (error instanceof FloeRefused)
    return { ask, refused: { which: reached, code: error.code, segment: error.segment } }
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
  return { ask, failed: { message: error instanceof Error ? error.message : String(error), code } }
}
