// Key wrapping: AES-256 key wrap (RFC 3394), and what is derived from the master key.

import { createCipheriv, createDecipheriv, hkdfSync, timingSafeEqual } from 'node:crypto'

export const KEY_BYTES = 32
export const WRAPPED_BYTES = 40

// RFC 3394 section 2.2.3.1, default initial value.
const INITIAL_VALUE = Buffer.alloc(8, 0xa6)

/** Wraps a 32-byte key under a 32-byte key: 40 bytes. */
export function wrapKey(under: Uint8Array, key: Uint8Array): Buffer {
  if (key.length !== KEY_BYTES) throw new RangeError(`a key has ${KEY_BYTES} bytes, not ${key.length}`)
  const cipher = createCipheriv('id-aes256-wrap', under, INITIAL_VALUE)
  return Buffer.concat([cipher.update(key), cipher.final()])
}

/** The key, or null where it was not wrapped under this one or was altered. */
export function unwrapKey(under: Uint8Array, wrapped: Uint8Array): Buffer | null {
  const decipher = createDecipheriv('id-aes256-wrap', under, INITIAL_VALUE)
  try {
    return Buffer.concat([decipher.update(wrapped), decipher.final()])
  } catch {
    return null
  }
}

export type MasterKeys = { readonly wrapping: Buffer; readonly check: Buffer }

/** What one vault derives from the master key (HKDF-SHA-256, salt = vault id): a key to wrap under and a value to check by. */
export function deriveMaster(master: Uint8Array, vault: string): MasterKeys {
  if (master.length !== KEY_BYTES) throw new RangeError(`the master key has ${KEY_BYTES} bytes, not ${master.length}`)
  const derive = (info: string): Buffer => Buffer.from(hkdfSync('sha256', master, vault, info, KEY_BYTES))
  return { wrapping: derive('vidne/vault/wrap/v1'), check: derive('vidne/vault/check/v1') }
}

/** Compares in constant time. */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other)
}
