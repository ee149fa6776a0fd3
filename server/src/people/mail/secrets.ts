import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes, randomInt } from 'node:crypto'

const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Encrypts what a mail is to say and nobody else may read, for the row of that id alone (AES-256-GCM). */
export function sealFor(key: Uint8Array, row: string, words: string): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(row, 'ascii'))
  const sealed = Buffer.concat([cipher.update(words, 'utf8'), cipher.final()])
  return new Uint8Array(Buffer.concat([nonce, cipher.getAuthTag(), sealed]))
}

/** What was encrypted for that row; null where it was made for another row or under another key. */
export function openFor(key: Uint8Array, row: string, sealed: Uint8Array): string | null {
  const [nonce, tag, rest] = [
    sealed.subarray(0, NONCE_BYTES),
    sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES),
    sealed.subarray(NONCE_BYTES + TAG_BYTES),
  ]
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(Buffer.from(row, 'ascii'))
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(rest), decipher.final()]).toString('utf8')
  } catch {
    // A master key that was replaced: what waited under the old one is lost, and asked for again.
    return null
  }
}

/** Six digits, each as likely as any other. */
export function newCode(): string {
  return String(randomInt(0, 1_000_000)).padStart(6, '0')
}

/** What is kept of a code. Six digits are soon tried through, so the digest is keyed. */
export function codeDigest(key: Uint8Array, address: string, code: string): Uint8Array {
  return createHmac('sha256', key).update(`${address} ${code}`).digest()
}

/** What an event says of an address, in hexadecimal: whoever has address and salt can compare, and the salt goes with the address. */
export function addressDigest(salt: Uint8Array, address: string): string {
  return createHash('sha256').update(salt).update(address, 'utf8').digest('hex')
}
