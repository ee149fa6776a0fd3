// One wrapped key as it lies on the disk: a slot of 128 bytes at a multiple of 128, so that it never crosses a sector.
// A slot is overwritten in place when its key goes; nothing of it lingers in a log or in an older version of a file.
//
// u32 CRC-32 of the rest ‖ u8 1 ‖ u8 kind ‖ u8 flags ‖ u8 0 ‖ u64 commit ‖ id 16 ‖ agency 16 ‖ u32 hour (ffffffff: no end)
// ‖ u32 0 ‖ wrapping key's id 16 ‖ wrapped key 40 ‖ 16 zeros. A free slot is all zeros.

import { crc32 } from 'node:zlib'
import { uuidBytes, uuidFromBytes } from '../identifiers.ts'
import type { KeyKind } from './port.ts'
import { WRAPPED_BYTES } from './wrap.ts'

export const SLOT_BYTES = 128
export const NO_END = 0xffff_ffff

const HELD = 1
const FLAG_REWRAPPED = 1
const AT_COMMIT = 8
const AT_ID = 16
const AT_AGENCY = 32
const AT_HOUR = 48
const AT_CLASS = 56
const AT_WRAPPED = 72
const FREE = Buffer.alloc(SLOT_BYTES)

export type Slot = {
  readonly id: string
  readonly kind: KeyKind
  readonly agency: string
  /** Hours since the epoch; null = no end known. */
  readonly hour: number | null
  /** The wrapping key it is wrapped under. */
  readonly wrapping: string
  /** Number of the commit that wrote it; the higher one of two holds. */
  readonly commit: number
  /** It had an earlier expiry, so an older backup may hold it. */
  readonly rewrapped: boolean
  readonly wrapped: Uint8Array
}

export function encodeSlot(slot: Slot): Buffer {
  const bytes = Buffer.alloc(SLOT_BYTES)
  bytes.writeUInt8(HELD, 4)
  bytes.writeUInt8(slot.kind === 'data' ? 0 : 1, 5)
  bytes.writeUInt8(slot.rewrapped ? FLAG_REWRAPPED : 0, 6)
  bytes.writeBigUInt64BE(BigInt(slot.commit), AT_COMMIT)
  bytes.set(uuidBytes(slot.id), AT_ID)
  bytes.set(uuidBytes(slot.agency), AT_AGENCY)
  bytes.writeUInt32BE(slot.hour ?? NO_END, AT_HOUR)
  bytes.set(uuidBytes(slot.wrapping), AT_CLASS)
  bytes.set(slot.wrapped, AT_WRAPPED)
  bytes.writeUInt32BE(crc32(bytes.subarray(4)), 0)
  return bytes
}

/** The slots of an image, one after the other; a cut one at the end is left out. */
export function* slotsIn(image: Buffer): Generator<Buffer> {
  for (let from = 0; from + SLOT_BYTES <= image.length; from += SLOT_BYTES)
    yield image.subarray(from, from + SLOT_BYTES)
}

/** What lies in a slot. */
export function slotState(bytes: Buffer): 'held' | 'free' | 'damaged' {
  if (bytes.readUInt8(4) === HELD && bytes.readUInt32BE(0) === crc32(bytes.subarray(4))) return 'held'
  return bytes.equals(FREE) ? 'free' : 'damaged'
}

/** Reads a slot that `slotState` calls held. */
export function decodeSlot(bytes: Buffer): Slot {
  const hour = bytes.readUInt32BE(AT_HOUR)
  return {
    id: uuidFromBytes(slotId(bytes)),
    kind: bytes.readUInt8(5) === 0 ? 'data' : 'history',
    agency: uuidFromBytes(bytes.subarray(AT_AGENCY, AT_AGENCY + 16)),
    hour: hour === NO_END ? null : hour,
    wrapping: uuidFromBytes(bytes.subarray(AT_CLASS, AT_CLASS + 16)),
    commit: slotCommit(bytes),
    rewrapped: (bytes.readUInt8(6) & FLAG_REWRAPPED) !== 0,
    wrapped: bytes.subarray(AT_WRAPPED, AT_WRAPPED + WRAPPED_BYTES),
  }
}

export function slotId(bytes: Buffer): Buffer {
  return bytes.subarray(AT_ID, AT_ID + 16)
}

export function slotWrapping(bytes: Buffer): Buffer {
  return bytes.subarray(AT_CLASS, AT_CLASS + 16)
}

export function slotCommit(bytes: Buffer): number {
  return Number(bytes.readBigUInt64BE(AT_COMMIT))
}

export function slotHour(bytes: Buffer): number {
  return bytes.readUInt32BE(AT_HOUR)
}

export function slotAgency(bytes: Buffer): Buffer {
  return bytes.subarray(AT_AGENCY, AT_AGENCY + 16)
}
