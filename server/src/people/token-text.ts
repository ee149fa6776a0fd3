import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const TOKEN = /^vdn_([0-9a-f]{12})_([0-9a-f]{64})$/
const BEARER = /^Bearer ([!-~]{1,256})$/i

/** A token as its holder has it, and what of it may be kept: the prefix to find it by and the digest of its secret. */
export type NewToken = { readonly text: string; readonly prefix: string; readonly secretHash: Uint8Array }

export type PresentedToken = { readonly prefix: string; readonly secretHash: Uint8Array }

/** A new token `vdn_<prefix>_<secret>` with 256 random bits of secret. */
export function newToken(): NewToken {
  const prefix = randomBytes(6).toString('hex')
  const secret = randomBytes(32).toString('hex')
  return { text: `vdn_${prefix}_${secret}`, prefix, secretHash: digest(secret) }
}

/** The token of an Authorization header, or null when there is none of our form. */
export function presentedToken(header: string | null | undefined): PresentedToken | null {
  const [, text = ''] = BEARER.exec(header ?? '') ?? []
  const [, prefix, secret] = TOKEN.exec(text) ?? []
  return prefix === undefined || secret === undefined ? null : { prefix, secretHash: digest(secret) }
}

/** Compares in constant time. `kept` is null where no token has that prefix: the comparison is made all the same. */
export function secretMatches(presented: Uint8Array, kept: Uint8Array | null): boolean {
  const equal = timingSafeEqual(presented, kept ?? new Uint8Array(presented.length))
  return equal && kept !== null
}

function digest(secret: string): Uint8Array {
  return createHash('sha256').update(secret, 'utf8').digest()
}
