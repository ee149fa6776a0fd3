import { createHash, randomBytes } from 'node:crypto'

const SECRET = /^[\w-]{43}$/

/** 256 random bits in letters that fit a cookie and the fragment of an address. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** What is kept of a secret; null for what can be none of ours. */
export function digestOf(secret: string): Uint8Array | null {
  return SECRET.test(secret) ? createHash('sha256').update(secret, 'ascii').digest() : null
}
