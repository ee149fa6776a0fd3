// One wrapping key: a file of 128 bytes, named for what it wraps, so that an operator sees in the folder which hours live.
//
// wrapping/<agency>/<hour>-<kind>.<id>      hour: 2026-11-21T23Z or no-end
// u32 CRC-32 of the rest ‖ "VWK1" ‖ id 16 ‖ agency 16 ‖ u32 hour ‖ u32 kind ‖ wrapped key 40 ‖ 40 zeros

import { crc32 } from 'node:zlib'
import { uuidBytes } from '../identifiers.ts'
import { HOUR_MS, type KeyKind } from './port.ts'
import { NO_END } from './slot.ts'
import { WRAPPED_BYTES } from './wrap.ts'

const FILE_BYTES = 128
const FORM = /^(no-end|\d{4}-\d{2}-\d{2}T\d{2}Z)-(data|history)\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

/** What a wrapping key is for. */
export type WrappingName = {
  readonly id: string
  readonly agency: string
  /** Hours since the epoch; null = no end known. */
  readonly hour: number | null
  readonly kind: KeyKind
}

function hourText(hour: number | null): string {
  return hour === null ? 'no-end' : `${new Date(hour * HOUR_MS).toISOString().slice(0, 13)}Z`
}

export function wrappingFileName(name: WrappingName): string {
  return `${hourText(name.hour)}-${name.kind}.${name.id}`
}

/** Null where a file name is not that of a wrapping key. */
export function parseWrappingFileName(agency: string, file: string): WrappingName | null {
  const [, hour, kind, id] = FORM.exec(file) ?? []
  if (hour === undefined || id === undefined || (kind !== 'data' && kind !== 'history')) return null
  if (hour === 'no-end') return { id, agency, hour: null, kind }
  const at = Date.parse(`${hour.slice(0, 13)}:00:00.000Z`)
  return Number.isNaN(at) ? null : { id, agency, hour: at / HOUR_MS, kind }
}

export function encodeWrapping(name: WrappingName, wrapped: Uint8Array): Buffer {
  const bytes = Buffer.alloc(FILE_BYTES)
  bytes.write('VWK1', 4, 'latin1')
  bytes.set(uuidBytes(name.id), 8)
  bytes.set(uuidBytes(name.agency), 24)
  bytes.writeUInt32BE(name.hour ?? NO_END, 40)
  bytes.writeUInt32BE(name.kind === 'data' ? 0 : 1, 44)
  bytes.set(wrapped, 48)
  bytes.writeUInt32BE(crc32(bytes.subarray(4)), 0)
  return bytes
}

/** The wrapped key, or null where the file is damaged or says something else than its name. */
export function decodeWrapping(name: WrappingName, file: Uint8Array): Buffer | null {
  const bytes = Buffer.from(file)
  if (bytes.length !== FILE_BYTES) return null
  const wrapped = bytes.subarray(48, 48 + WRAPPED_BYTES)
  return encodeWrapping(name, wrapped).equals(bytes) ? wrapped : null
}
