import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const LARGEST_48_BIT = 2 ** 48 - 1

/** A new identifier that sorts by time of making: UUID version 7, RFC 9562 section 5.7. Lower-case with hyphens. */
export function uuidv7(clock: Clock): string {
  const at = Math.min(Math.max(Math.trunc(clock.now()), 0), LARGEST_48_BIT)
  const bytes = randomBytes(16)
  bytes.writeUIntBE(at, 0, 6)
  bytes.writeUInt8(0x70 | (bytes.readUInt8(6) & 0x0f), 6)
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8)
  return uuidFromBytes(bytes)
}

/** True for a lower-case UUID with hyphens, of any version. */
export function isUuid(text: string): boolean {
  return UUID.test(text)
}

/** The 16 bytes of a UUID. Throws a RangeError on anything that `isUuid` refuses. */
export function uuidBytes(uuid: string): Uint8Array {
  if (!isUuid(uuid)) throw new RangeError(`not a UUID: ${uuid}`)
  return new Uint8Array(Buffer.from(uuid.replaceAll('-', ''), 'hex'))
}

/** Writes 16 bytes as a UUID; the bits are taken as they are. Throws a RangeError on another length. */
export function uuidFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new RangeError(`a UUID has 16 bytes, not ${bytes.length}`)
  const hex = Buffer.from(bytes).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/**
 * The vault's id of the key that opens a subject's history: the first 16 bytes of
 * SHA-256("vidne/history-key/v1\0" ‖ subject), written as a UUID. Never the id of the subject's data key, which dies earlier.
 */
export function historyKeyId(subject: string): string {
  const digest = createHash('sha256').update('vidne/history-key/v1\0').update(uuidBytes(subject)).digest()
  return uuidFromBytes(digest.subarray(0, 16))
}
