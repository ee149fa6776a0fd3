// One sealing worker: does its half of the work for the uploads that live with it, in the order in which it is told.

import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { writeSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { FloeRefused, FloeSealer, openMessage, SEGMENT_BYTES, SEGMENT_OVERHEAD_BYTES } from '@vidne/evidence/floe'
import { PieceDigester, WholeDigester } from './digesting.ts'
import type { Answer, Order, WorkerSettings } from './sealing-messages.ts'
import { SLOT_BYTES } from './slots.ts'

type OpenPart = { sealer: FloeSealer; fd: number | null; position: number; header: Uint8Array | null }
type Whole = { whole: WholeDigester; checksum: Hash | null }
type Pieces = { pieces: PieceDigester; part: OpenPart | null }
type Told<Name extends Order['order']> = Extract<Order, { order: Name }>

const settings: WorkerSettings = workerData
const port = parentPort
if (port === null) throw new Error('the sealing worker runs in a worker thread')
const wholes = new Map<number, Whole>()
const pieces = new Map<number, Pieces>()
const scratch = Buffer.allocUnsafeSlow(SEGMENT_BYTES)

port.on('message', (order: Order) => {
  try {
    obey(order)
  } catch (error) {
    forget(order.sealing)
    if ('ask' in order) port.postMessage(failure(order.ask, error))
  }
})

function obey(order: Order): void {
  switch (order.order) {
    case 'begin':
      return begin(order)
    case 'start-checksum':
      wholeOf(order.sealing).checksum = createHash(order.algorithm)
      return
    case 'start-part':
      return startPart(order)
    case 'hash':
      return hash(order)
    case 'seal':
      return seal(piecesOf(order.sealing), order)
    case 'absorb':
      return absorb(order)
    case 'end-checksum':
      return endChecksum(order)
    case 'finish':
      return finish(order)
    case 'forget':
      return forget(order.sealing)
  }
}

function begin({ sealing, half }: Told<'begin'>): void {
  if (half === 'whole') wholes.set(sealing, { whole: new WholeDigester(), checksum: null })
  else pieces.set(sealing, { pieces: new PieceDigester(), part: null })
}

function wholeOf(sealing: number): Whole {
  return there(wholes.get(sealing))
}

function piecesOf(sealing: number): Pieces {
  return there(pieces.get(sealing))
}

/** The state failed before, or lived on a worker that ended. */
function there<T>(state: T | undefined): T {
  if (state === undefined) throw new Error('the hash state is gone')
  return state
}

function forget(sealing: number): void {
  wholes.delete(sealing)
  pieces.delete(sealing)
}

function startPart(order: Told<'start-part'>): void {
  const sealer = new FloeSealer({ key: order.key, aad: order.aad })
  order.key.fill(0)
  piecesOf(order.sealing).part = { sealer, fd: order.fd, position: 0, header: sealer.header }
}

function plainIn(order: { slot: number; bytes: number }): Uint8Array {
  return new Uint8Array(settings.slots, order.slot * SLOT_BYTES, order.bytes)
}

function hash(order: Told<'hash'>): void {
  const plain = plainIn(order)
  hashWhole(order.sealing, plain)
  answer({ ask: order.ask, hashed: plain.length })
}

function hashWhole(sealing: number, plain: Uint8Array): void {
  const { whole, checksum } = wholeOf(sealing)
  whole.take(plain)
  checksum?.update(plain)
}

/** A checksum is of one body: the next one may come without. */
function endChecksum({ ask, sealing }: Told<'end-checksum'>): void {
  const state = wholeOf(sealing)
  const checksum = new Uint8Array(state.checksum?.digest() ?? [])
  state.checksum = null
  answer({ ask, checksum })
}

function seal(state: Pieces, order: Told<'seal'>): void {
  const { part } = state
  if (part === null) throw new Error('a segment without an open part')
  const plain = plainIn(order)
  if (order.together) hashWhole(order.sealing, plain)
  state.pieces.take(plain)
  const { header } = part
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
  if (order.final) state.part = null
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
function absorb(order: Told<'absorb'>): void {
  const plain = openMessage({ key: order.key, aad: order.aad, sealed: order.sealed })
  order.key.fill(0)
  wholes.get(order.sealing)?.whole.take(plain)
  pieces.get(order.sealing)?.pieces.take(plain)
  answer({ ask: order.ask, hashed: plain.length })
}

/** One half a call: a worker that has both was asked twice. */
function finish(order: Told<'finish'>): void {
  const { ask, sealing } = order
  const whole = wholes.get(sealing)
  if (whole === undefined) {
    answer({ ask, pieces: piecesOf(sealing).pieces.finish() })
    pieces.delete(sealing)
  } else {
    answer({ ask, whole: whole.whole.finish() })
    wholes.delete(sealing)
  }
}

function answer(message: Answer, moved?: Uint8Array<ArrayBuffer>): void {
  port?.postMessage(message, moved === undefined ? [] : [moved.buffer])
}

function failure(ask: number, error: unknown): Answer {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
  const message = error instanceof Error ? error.message : String(error)
  return { ask, failed: { message, code, damaged: error instanceof FloeRefused } }
}
