import { createPrivateKey, createPublicKey, hash, randomBytes as nodeRandomBytes, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { concatBytes } from './bytes.ts'
import type { RawPrivateKey, RawPublicKey } from './raw-keys.ts'

// DER in front of a raw key: RFC 8410 (Ed25519) and RFC 9881 (ML-DSA-44, the private key as its 32-byte seed).
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex')
const PKCS8_ML_DSA_44 = Buffer.from('3034020100300b060960864801650304031104228020', 'hex')
const SPKI_ML_DSA_44 = Buffer.from('30820532300b06096086480165030403110382052100', 'hex')

const signAsync = promisify<null, Uint8Array, KeyObject, Buffer>(sign)
const verifyAsync = promisify<null, Uint8Array, KeyObject, Uint8Array, boolean>(verify)

export function sha256(bytes: Uint8Array): Uint8Array {
  return plain(hash('sha256', bytes, 'buffer'))
}

export function randomBytes(count: number): Uint8Array {
  return plain(nodeRandomBytes(count))
}

/** Ed25519 (RFC 8032) from its 32-byte seed. */
export async function ed25519PrivateKey(seed: Uint8Array): Promise<RawPrivateKey> {
  return privateKey(PKCS8_ED25519, seed, SPKI_ED25519.length)
}

/** Ed25519 (RFC 8032) from the 32-byte public key. */
export async function ed25519PublicKey(raw: Uint8Array): Promise<RawPublicKey> {
  return publicKey(SPKI_ED25519, raw)
}

/** ML-DSA-44 (FIPS 204, pure, empty context) from its 32-byte seed. */
export async function mlDsa44PrivateKey(seed: Uint8Array): Promise<RawPrivateKey> {
  if (!hasMlDsa()) return (await import('./crypto.browser.ts')).mlDsa44PrivateKey(seed)
  return privateKey(PKCS8_ML_DSA_44, seed, SPKI_ML_DSA_44.length)
}

/** ML-DSA-44 (FIPS 204, pure, empty context) from the 1312-byte public key. */
export async function mlDsa44PublicKey(raw: Uint8Array): Promise<RawPublicKey> {
  if (!hasMlDsa()) return (await import('./crypto.browser.ts')).mlDsa44PublicKey(raw)
  return publicKey(SPKI_ML_DSA_44, raw)
}

let mlDsa: boolean | null = null

/** Whether this Node knows ML-DSA: from 24.7, where it was built with OpenSSL 3.5. Elsewhere the script for browsers computes it. */
function hasMlDsa(): boolean {
  if (mlDsa !== null) return mlDsa
  try {
    privateKey(PKCS8_ML_DSA_44, new Uint8Array(32), SPKI_ML_DSA_44.length)
    mlDsa = true
  } catch {
    mlDsa = false
  }
  return mlDsa
}

function privateKey(prefix: Uint8Array, seed: Uint8Array, spkiPrefixBytes: number): RawPrivateKey {
  const key = createPrivateKey({ key: buffer(concatBytes(prefix, seed)), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return {
    publicKey: new Uint8Array(spki.subarray(spkiPrefixBytes)),
    sign: async message => plain(await signAsync(null, message, key)),
  }
}

function publicKey(prefix: Uint8Array, raw: Uint8Array): RawPublicKey {
  const key = createPublicKey({ key: buffer(concatBytes(prefix, raw)), format: 'der', type: 'spki' })
  return { verify: (message, signature) => verifyAsync(null, message, key, signature) }
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function plain(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
