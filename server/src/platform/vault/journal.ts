// The record of what was destroyed. It holds no key and no id, only hashes of ids, and is never shortened: a copy that
// comes back from yesterday is told by it what must not come back.
//
// Payload, big-endian: u8 kind ‖ u64 commit ‖ u64 at, then
//   1 destroyed: u8 why ‖ agency 16 ‖ u32 hour ‖ tombstones, 16 bytes each
//   2 backup:    u64 expires
//   3 finished:  the destruction of that commit number has been carried out in this copy

import { hash } from 'node:crypto'
import { uuidBytes, uuidFromBytes } from '../identifiers.ts'
import { NO_END } from './slot.ts'

const TOMBSTONE_BYTES = 16
const NIL = '00000000-0000-0000-0000-000000000000'
const DOMAIN = Buffer.from('vidne/destroyed-key/v1\0')
const WHY = ['hour', 'single', 'replayed'] as const

export type Why = (typeof WHY)[number]

export type JournalRecord =
  | {
      readonly kind: 'destroyed'
      readonly commit: number
      readonly at: number
      readonly why: Why
      readonly agency: string | null
      readonly hour: number | null
      readonly tombstones: readonly string[]
    }
  | { readonly kind: 'backup'; readonly commit: number; readonly at: number; readonly expires: number }
  | { readonly kind: 'finished'; readonly commit: number; readonly at: number }

/** What stays of a destroyed key: the first 16 bytes of SHA-256("vidne/destroyed-key/v1\0" ‖ id), hex. */
export function tombstoneOf(id: string): string {
  return tombstoneOfBytes(uuidBytes(id))
}

export function tombstoneOfBytes(id: Uint8Array): string {
  return hash('sha256', Buffer.concat([DOMAIN, id]), 'hex').slice(0, 2 * TOMBSTONE_BYTES)
}

export function encodeRecord(record: JournalRecord): Buffer {
  const head = Buffer.alloc(17)
  head.writeUInt8({ destroyed: 1, backup: 2, finished: 3 }[record.kind], 0)
  head.writeBigUInt64BE(BigInt(record.commit), 1)
  head.writeBigUInt64BE(BigInt(record.at), 9)
  if (record.kind === 'finished') return head
  if (record.kind === 'backup') {
    const expires = Buffer.alloc(8)
    expires.writeBigUInt64BE(BigInt(record.expires))
    return Buffer.concat([head, expires])
  }
  const what = Buffer.alloc(21)
  what.writeUInt8(WHY.indexOf(record.why), 0)
  what.set(uuidBytes(record.agency ?? NIL), 1)
  what.writeUInt32BE(record.hour ?? NO_END, 17)
  return Buffer.concat([head, what, Buffer.from(record.tombstones.join(''), 'hex')])
}

/** Reads a record; null where it is none (its checksum held, so a newer version wrote it, or nobody did). */
export function decodeRecord(bytes: Uint8Array): JournalRecord | null {
  const record = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (record.length < 17) return null
  const commit = Number(record.readBigUInt64BE(1))
  const at = Number(record.readBigUInt64BE(9))
  const kind = record.readUInt8(0)
  if (kind === 3 && record.length === 17) return { kind: 'finished', commit, at }
  if (kind === 2 && record.length === 25)
    return { kind: 'backup', commit, at, expires: Number(record.readBigUInt64BE(17)) }
  if (kind !== 1 || record.length < 38 || (record.length - 38) % TOMBSTONE_BYTES !== 0) return null
  return destroyedRecord(record, commit, at)
}

function destroyedRecord(record: Buffer, commit: number, at: number): JournalRecord | null {
  const why = WHY[record.readUInt8(17)]
  if (why === undefined) return null
  const agency = uuidFromBytes(record.subarray(18, 34))
  const hour = record.readUInt32BE(34)
  const tombstones: string[] = []
  for (let at16 = 38; at16 < record.length; at16 += TOMBSTONE_BYTES) {
    tombstones.push(record.toString('hex', at16, at16 + TOMBSTONE_BYTES))
  }
  return {
    kind: 'destroyed',
    commit,
    at,
    why,
    agency: agency === NIL ? null : agency,
    hour: hour === NO_END ? null : hour,
    tombstones,
  }
}

/** Everything destroyed so far and every backup written, of one copy or of both. */
export class Journal {
  readonly #tombstones = new Map<string, number>()
  readonly #backups: { commit: number; expires: number }[] = []
  #latest = 0

  add(record: JournalRecord): void {
    this.#latest = Math.max(this.#latest, record.commit)
    if (record.kind === 'backup') this.#backups.push({ commit: record.commit, expires: record.expires })
    if (record.kind !== 'destroyed') return
    for (const tombstone of record.tombstones) this.#tombstones.set(packed(tombstone), record.at)
  }

  /** Number of the latest commit it tells of. */
  get latest(): number {
    return this.#latest
  }

  /** When a key was destroyed (epoch ms), or null. */
  destroyedAt(tombstone: string): number | null {
    return this.#tombstones.get(packed(tombstone)) ?? null
  }

  tombstones(): string[] {
    return [...this.#tombstones.keys()].map(key => Buffer.from(key, 'latin1').toString('hex'))
  }

  get backups(): readonly { readonly commit: number; readonly expires: number }[] {
    return this.#backups
  }
}

function packed(tombstone: string): string {
  return Buffer.from(tombstone, 'hex').toString('latin1')
}
