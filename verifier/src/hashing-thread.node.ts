import { hash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { readBlocks } from './disk-reading.node.ts'
import type { HashingOrder } from './pieces.node.ts'

// A thread that reads its share of the footage on its own and answers with the digests of the pieces, each in its place.
const { stretch, blocks, pieceBytes, digests }: HashingOrder = workerData

readBlocks(stretch, blocks, (block, from) => {
  for (let at = 0; at < block.length; at += pieceBytes)
    digests.set(hash('sha256', block.subarray(at, at + pieceBytes), 'buffer'), ((from + at) / pieceBytes) * 32)
})
parentPort?.postMessage('done')
