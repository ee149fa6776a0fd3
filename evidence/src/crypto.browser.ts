import { sha256 as sha256Noble } from '@noble/hashes/sha2.js'

/** SHA-256 (FIPS 180-4) of the parts as if they were one: always 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return sha256Noble(only)
  const streaming = sha256Noble.create()
  for (const part of parts) streaming.update(part)
  return streaming.digest()
}

// The Web Cryptography API hands out at most 65 536 bytes a call.
const BYTES_A_CALL = 65_536

/** `bytes` bytes from the browser's cryptographic random source. */
export function randomBytes(bytes: number): Uint8Array {
  const random = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += BYTES_A_CALL) crypto.getRandomValues(random.subarray(at, at + BYTES_A_CALL))
  return random
}
