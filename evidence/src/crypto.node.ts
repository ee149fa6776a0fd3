import { createHash, hash, randomFillSync } from 'node:crypto'
import { concat } from './bytes.ts'

// Up to here joining the parts and hashing once is quicker than a streaming hash object (measured on Node 26).
const ONE_SHOT_BYTES = 4096

/** SHA-256 (FIPS 180-4) of the parts as if they were one: always 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return plain(hash('sha256', only, 'buffer'))
  let length = 0
  for (const part of parts) length += part.length
  if (length <= ONE_SHOT_BYTES) return plain(hash('sha256', concat(...parts), 'buffer'))
  const streaming = createHash('sha256')
  for (const part of parts) streaming.update(part)
  return plain(streaming.digest())
}

/** `bytes` bytes from the system's cryptographic random source. */
export function randomBytes(bytes: number): Uint8Array {
  return randomFillSync(new Uint8Array(bytes))
}

// A Buffer behaves differently from a Uint8Array (slice, toString, JSON): none leaves this file.
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
