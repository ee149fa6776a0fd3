import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import { ml_dsa44 } from '@noble/post-quantum/ml-dsa.js'
import { decodeBase64 } from './base64.ts'
import { concatBytes } from './bytes.ts'
import type { RawPrivateKey, RawPublicKey } from './raw-keys.ts'

// RFC 8410: DER in front of an Ed25519 seed. WebCrypto takes private keys in this form only.
const PKCS8_ED25519 = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]

export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes)
}

export function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count))
}

/** Ed25519 (RFC 8032) from its 32-byte seed. */
export async function ed25519PrivateKey(seed: Uint8Array): Promise<RawPrivateKey> {
  const der = buffered(concatBytes(new Uint8Array(PKCS8_ED25519), seed))
  const key = await crypto.subtle.importKey('pkcs8', der, 'Ed25519', true, ['sign'])
  const { x } = await crypto.subtle.exportKey('jwk', key)
  return {
    publicKey: fromBase64Url(x ?? ''),
    sign: async message => new Uint8Array(await crypto.subtle.sign('Ed25519', key, buffered(message))),
  }
}

/** Ed25519 (RFC 8032) from the 32-byte public key. */
export async function ed25519PublicKey(raw: Uint8Array): Promise<RawPublicKey> {
  const key = await crypto.subtle.importKey('raw', buffered(raw), 'Ed25519', false, ['verify'])
  return {
    verify: (message, signature) => crypto.subtle.verify('Ed25519', key, buffered(signature), buffered(message)),
  }
}

/** ML-DSA-44 (FIPS 204, pure, empty context) from its 32-byte seed. */
export async function mlDsa44PrivateKey(seed: Uint8Array): Promise<RawPrivateKey> {
  const { publicKey, secretKey } = ml_dsa44.keygen(seed)
  return { publicKey, sign: async message => ml_dsa44.sign(message, secretKey) }
}

/** ML-DSA-44 (FIPS 204, pure, empty context) from the 1312-byte public key. */
export async function mlDsa44PublicKey(raw: Uint8Array): Promise<RawPublicKey> {
  return { verify: async (message, signature) => ml_dsa44.verify(signature, message, raw) }
}

function fromBase64Url(text: string): Uint8Array {
  const padded = text.replaceAll('-', '+').replaceAll('_', '/') + '='.repeat((4 - (text.length % 4)) % 4)
  const bytes = decodeBase64(padded)
  if (bytes === null) throw new Error('WebCrypto gave an unreadable public key')
  return bytes
}

/** A copy whose memory is not shared, as WebCrypto's types demand; the caller may change its own meanwhile. */
function buffered(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}
