// One sealing worker: hashes, encrypts and writes the segments of the uploads that live with it, in the order they come.

import { createHash } from 'node:crypto'
import { writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { crc32 } from 'node:zlib'
import { FloeRefused, FloeSealer, openMessage, SEGMENT_BYTES, SEGMENT_OVERHEAD_BYTES } from '@vidne/evidence/floe'
import { PieceHasher } from '@vidne/evidence/pieces'
import type { Hash } from 'node:crypto'
import type { Answer, Digests, Order, WorkerSettings } from './sealing-messages.ts'
import { SLOT_BYTES } from './slots.ts'

type OpenPart = { sealer: FloeSealer; fd: number | null; position: number; header: Uint8Array | null }
type Sealing = { hasher: PieceHasher; crc: number; part: OpenPart | null; checksum: Hash | null }

const settings: WorkerSettings = workerData
const port = parentPort
if (port === null) throw new Error('the sealing worker runs in a worker thread')
const sealings = new Map<number, Sealing>()
const scratch = Buffer.allocUnsafeSlow(SEGMENT_BYTES)

port.on('message', (order: Order) => {
  if (order.order === 'begin') {
    sealings.set(order.sealing, { hasher: new PieceHasher(), crc: 0, part: null, checksum: null })
    return
  }
  const sealing = sealings.get(order.sealing)
  if (sealing === undefined) {
    // It failed before, or lived on a worker that ended.
    if ('ask' in order) port.postMessage(failure(order.ask, new Error('the hash state is gone')))
    return
  }
  try {
    obey(order, sealing)
  } catch (error) {
    sealings.delete(order.sealing)
    if ('ask' in order) port.postMessage(failure(order.ask, error))
  }
})

function obey(order: Exclude<Order, { order: 'begin' }>, sealing: Sealing): void {
  switch (order.order) {
    case 'start-part': {
      const sealer = new FloeSealer({ key: order.key, aad: order.aad })
      order.key.fill(0)
      sealing.part = { sealer, fd: order.fd, position: 0, header: sealer.header }
      return
    }
    case 'start-checksum':
      sealing.checksum = createHash(order.algorithm)
      return
    case 'seal':
      return seal(sealing, order)
    case 'absorb':
      return absorb(sealing, order)
    case 'end-checksum':
      return answer({ ask: order.ask, checksum: new Uint8Array(sealing.checksum?.digest() ?? []) })
    case 'finish':
      sealings.delete(order.sealing)
      return answer({ ask: order.ask, digests: digestsOf(sealing) })
    case 'forget':
      sealings.delete(order.sealing)
  }
}

function seal(sealing: Sealing, order: Extract<Order, { order: 'seal' }>): void {
  const { part } = sealing
  if (part === null) throw new Error('a segment without an open part')
  const plain = new Uint8Array(settings.slots, order.slot * SLOT_BYTES, order.bytes)
  hash(sealing, plain)
  sealing.checksum?.update(plain)
  const header = part.header
  part.header = null
  if (part.fd === null) {
    const headed = header?.length ?? 0
    const sealed = new Uint8Array(headed + order.bytes + SEGMENT_OVERHEAD_BYTES)
    if (header !== null) sealed.set(header)
    put(part, plain, order.final, sealed, headed)
    answer({ ask: order.ask, sealed }, sealed)
  } else {
    if (header !== null) write(part, part.fd, header, header.length)
    write(part, part.fd, scratch, put(part, plain, order.final, scratch, 0))
    answer({ ask: order.ask, sealed: null })
  }
  if (order.final) sealing.part = null
}

function put(part: OpenPart, plain: Uint8Array, final: boolean, target: Uint8Array, at: number): number {
  return final ? part.sealer.sealFinalInto(plain, target, at) : part.sealer.sealInternalInto(plain, target, at)
}

function write(part: OpenPart, fd: number, bytes: Uint8Array, length: number): void {
  for (let written = 0; written < length;) {
    const count = writeSync(fd, bytes, written, length - written, part.position)
    written += count
    part.position += count
  }
}

/** Takes a stored part into the hashes again, after a restart. */
function absorb(sealing: Sealing, order: Extract<Order, { order: 'absorb' }>): void {
  const plain = openMessage({ key: order.key, aad: order.aad, sealed: order.sealed })
  order.key.fill(0)
  hash(sealing, plain)
  answer({ ask: order.ask, absorbed: plain.length })
}

function hash(sealing: Sealing, plain: Uint8Array): void {
  sealing.hasher.update(plain)
  sealing.crc = crc32(plain, sealing.crc)
}

function digestsOf(sealing: Sealing): Digests {
  const { bytes } = sealing.hasher
  const { sha256, leaves } = sealing.hasher.finish()
  return { bytes, sha256, pieces: new Uint8Array(Buffer.concat(leaves)), crc32: sealing.crc }
}

function answer(message: Answer, moved?: Uint8Array<ArrayBuffer>): void {
  port?.postMessage(message, moved === undefined ? [] : [moved.buffer])
}

function failure(ask: number, error: unknown): Answer {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
  const message = error instanceof Error ? error.message : String(error)
  return { ask, failed: { message, code, damaged: error instanceof FloeRefused } }
}
