// One sealing worker: does its half of the work for the uploads that live with it, in the order in which it is told.

import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import {
  FloeRefused,
  FloeSealer,
  HEADER_BYTES,
  openMessage,
  SEGMENT_BYTES,
  SEGMENT_OVERHEAD_BYTES,
} from '@vidne/evidence/floe'
import { PieceDigester, WholeDigester } from './digesting.ts'
import { PartFile, Scratches } from './part-file.ts'
import type { Answer, Order, WorkerSettings } from './sealing-messages.ts'
import { SLOT_BYTES } from './slots.ts'

type OpenPart = { sealer: FloeSealer; file: PartFile | null; header: Uint8Array | null }
type Whole = { whole: WholeDigester; checksum: Hash | null }
type Pieces = { pieces: PieceDigester; part: OpenPart | null }
type Told<Name extends Order['order']> = Extract<Order, { order: Name }>

const settings: WorkerSettings = workerData
const port = parentPort
if (port === null) throw new Error('the sealing worker runs in a worker thread')
const wholes = new Map<number, Whole>()
const pieces = new Map<number, Pieces>()
/** One being filled, others being written. */
const scratches = new Scratches({ count: 4, bytes: SEGMENT_BYTES + HEADER_BYTES })

let line = Promise.resolve()

// One after the other, also where one has to wait.
port.on('message', (order: Order) => {
  line = line.then(() => obey(order)).catch((error: unknown) => fail(order, error))
})

function fail(order: Order, error: unknown): void {
  forget(order.sealing)
  if ('ask' in order) port?.postMessage(failure(order.ask, error))
}

function obey(order: Order): void | Promise<void> {
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
  const file = order.file === null ? null : new PartFile(order.file)
  piecesOf(order.sealing).part = { sealer, file, header: sealer.header }
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

/** Resolves when the next order can be obeyed; what was sealed may still be on its way to the disk then. */
async function seal(state: Pieces, order: Told<'seal'>): Promise<void> {
  const { part } = state
  if (part === null) throw new Error('a segment without an open part')
  const plain = plainIn(order)
  if (order.together) hashWhole(order.sealing, plain)
  state.pieces.take(plain)
  if (order.final) state.part = null
  const { sealer, file } = part
  const header = part.header ?? new Uint8Array(0)
  part.header = null
  if (file === null) {
    const sealed = new Uint8Array(header.length + order.bytes + SEGMENT_OVERHEAD_BYTES)
    sealBehind(header, sealer, { plain, final: order.final, target: sealed, at: 0 })
    return answer({ ask: order.ask, sealed }, sealed)
  }
  const scratch = await scratches.take()
  const length = sealBehind(header, sealer, { plain, final: order.final, target: scratch, at: file.begin(scratch) })
  file
    .write(scratch, length, order.final)
    .then(() => answer({ ask: order.ask, sealed: null }))
    .catch((error: unknown) => fail(order, error))
    .finally(() => scratches.give(scratch))
}

type Segment = { plain: Uint8Array; final: boolean; target: Uint8Array; at: number }

/** Puts the header and the sealed segment into `target`, from `at` on. Returns where they end. */
function sealBehind(header: Uint8Array, sealer: FloeSealer, { plain, final, target, at }: Segment): number {
  target.set(header, at)
  const from = at + header.length
  return from + (final ? sealer.sealFinalInto(plain, target, from) : sealer.sealInternalInto(plain, target, from))
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
