import { ed25519PrivateKey, ed25519PublicKey, mlDsa44PrivateKey, mlDsa44PublicKey, randomBytes, sha256 } from '#crypto'
import { decodeBase64, encodeBase64 } from './base64.ts'
import { concatBytes, fromUtf8, readUint32, readUint64, uint64, utf8 } from './bytes.ts'
import { CheckpointRefused, parseCheckpoint } from './checkpoint.ts'
import { isKeyName } from './key-name.ts'
import type { NoteKey, NoteSigner, SignatureVerdict } from './note.ts'

export type KeyKind = NoteKey['kind']

export type KeyRefusal = 'not-a-key' | 'name' | 'unknown-type' | 'length' | 'key-id'

export class KeyRefused extends Error {
  override readonly name = 'KeyRefused'
  readonly code: KeyRefusal

  constructor(code: KeyRefusal, message: string) {
    super(message)
    this.code = code
  }
}

type Algorithm = 'ed25519' | 'ml-dsa-44'

// C2SP signed-note, Signature types. Type 0x06 is what a log signs its checkpoints with as well as a cosigner.
const TYPES: Readonly<Record<KeyKind, { type: number; algorithm: Algorithm }>> = {
  ed25519: { type: 0x01, algorithm: 'ed25519' },
  'cosignature-ed25519': { type: 0x04, algorithm: 'ed25519' },
  'cosignature-ml-dsa-44': { type: 0x06, algorithm: 'ml-dsa-44' },
}

const PUBLIC_KEY_BYTES: Readonly<Record<Algorithm, number>> = { ed25519: 32, 'ml-dsa-44': 1312 }
const SIGNATURE_BYTES: Readonly<Record<Algorithm, number>> = { ed25519: 64, 'ml-dsa-44': 2420 }
const SEED_BYTES = 32
const TIMESTAMP_BYTES = 8
const PRIVATE_PREFIX = 'PRIVATE+KEY+'

/**
 * Reads a verifier key: `name+key ID in 8 hex digits+base64(type ‖ public key)`. The key ID must be the one the name
 * and key give. Throws KeyRefused.
 */
export function parseVerifierKey(vkey: string): NoteKey {
  const { name, keyId, kind, material } = parseKeyText(vkey)
  const { algorithm } = TYPES[kind]
  if (material.length !== PUBLIC_KEY_BYTES[algorithm])
    throw new KeyRefused('length', `not the length of a public ${algorithm} key`)
  if (keyId !== keyIdOf(name, kind, material))
    throw new KeyRefused('key-id', 'the key ID does not belong to this name and key')
  return noteKey(name, kind, material)
}

/** The raw public key in a verifier key that `parseVerifierKey` has read. */
export function publicKeyOf(key: NoteKey): Uint8Array {
  return parseKeyText(key.vkey).material
}

/**
 * A fresh key under a name. `skey` is secret: `PRIVATE+KEY+name+key ID+base64(type ‖ 32-byte seed)`, the form of
 * golang.org/x/mod/sumdb/note. `ml-dsa-44` asks for the same as `cosignature-ml-dsa-44`: C2SP has one ML-DSA-44 type,
 * and a log's own line is of that type too. Throws KeyRefused for a name that is none.
 */
export async function generateKey(name: string, kind: KeyKind | 'ml-dsa-44'): Promise<{ skey: string; vkey: string }> {
  if (!isKeyName(name))
    throw new KeyRefused('name', 'a key name is not empty and has no spaces, plus or control characters')
  const known = kind === 'ml-dsa-44' ? 'cosignature-ml-dsa-44' : kind
  const seed = randomBytes(SEED_BYTES)
  const { publicKey } = await privateKey(TYPES[known].algorithm, seed)
  const keyId = keyIdOf(name, known, publicKey)
  return { skey: PRIVATE_PREFIX + keyText(name, keyId, known, seed), vkey: keyText(name, keyId, known, publicKey) }
}

/**
 * A signer from a secret key. `clock` gives UTC milliseconds; cosignatures carry its whole seconds.
 * Cosigners sign checkpoints only: their `sign` throws CheckpointRefused for any other text, and, for ML-DSA-44, for one
 * with extension lines. Throws KeyRefused.
 */
export async function signerFromKey(skey: string, clock: () => number = Date.now): Promise<NoteSigner> {
  if (!skey.startsWith(PRIVATE_PREFIX)) throw new KeyRefused('not-a-key', 'a secret key begins with PRIVATE+KEY+')
  const { name, keyId, kind, material: seed } = parseKeyText(skey.slice(PRIVATE_PREFIX.length))
  if (seed.length !== SEED_BYTES) throw new KeyRefused('length', 'a secret key has a seed of 32 bytes')
  const secret = await privateKey(TYPES[kind].algorithm, seed)
  if (keyId !== keyIdOf(name, kind, secret.publicKey))
    throw new KeyRefused('key-id', 'the key ID does not belong to this name and key')
  const vkey = keyText(name, keyId, kind, secret.publicKey)
  const sign = async (text: Uint8Array): Promise<Uint8Array> => {
    if (kind === 'ed25519') return secret.sign(text)
    const at = Math.floor(clock() / 1000)
    return concatBytes(uint64(at), await secret.sign(cosignedMessage(kind, name, at, text)))
  }
  return { name, keyId, vkey, sign }
}

function noteKey(name: string, kind: KeyKind, material: Uint8Array): NoteKey {
  const { algorithm } = TYPES[kind]
  const keyId = keyIdOf(name, kind, material)
  let key: ReturnType<typeof ed25519PublicKey> | null = null
  const holds = async (message: Uint8Array, signature: Uint8Array): Promise<boolean> => {
    if (signature.length !== SIGNATURE_BYTES[algorithm]) return false
    key ??= algorithm === 'ed25519' ? ed25519PublicKey(material) : mlDsa44PublicKey(material)
    return (await key).verify(message, signature)
  }
  const verify = async (text: Uint8Array, signature: Uint8Array): Promise<SignatureVerdict> => {
    if (kind === 'ed25519') return { holds: await holds(text, signature) }
    const at = timestampOf(signature)
    const message = at === null ? null : messageOf(kind, name, at, text)
    if (at === null || message === null) return { holds: false }
    if (!(await holds(message, signature.subarray(TIMESTAMP_BYTES)))) return { holds: false }
    // tlog-cosignature: an ML-DSA-44 cosigner writes time 0 when it says nothing about when.
    return at === 0 && algorithm === 'ml-dsa-44' ? { holds: true } : { holds: true, at }
  }
  return { name, keyId, kind, vkey: keyText(name, keyId, kind, material), verify }
}

type CosignatureKind = Exclude<KeyKind, 'ed25519'>

/** Null when there is none, or one that is not exact in a number (it lies some 285 million years ahead). */
function timestampOf(signature: Uint8Array): number | null {
  if (signature.length < TIMESTAMP_BYTES) return null
  const at = readUint64(signature)
  return at <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(at) : null
}

function messageOf(kind: CosignatureKind, name: string, at: number, text: Uint8Array): Uint8Array | null {
  try {
    return cosignedMessage(kind, name, at, text)
  } catch (refusal) {
    if (refusal instanceof CheckpointRefused) return null
    throw refusal
  }
}

/** The bytes under a cosignature (C2SP tlog-cosignature). Throws CheckpointRefused when the text is no checkpoint. */
function cosignedMessage(kind: CosignatureKind, name: string, at: number, text: Uint8Array): Uint8Array {
  const string = fromUtf8(text)
  if (string === null) throw new CheckpointRefused('not-lines', 'not valid UTF-8')
  const checkpoint = parseCheckpoint(string)
  if (kind === 'cosignature-ed25519') return concatBytes(utf8(`cosignature/v1\ntime ${at}\n`), text)
  // The ML-DSA-44 message leaves extension lines out; to accept them would let anyone add some to a signed checkpoint.
  if (checkpoint.extensions.length > 0)
    throw new CheckpointRefused('extension', 'ML-DSA-44 does not sign extension lines')
  return concatBytes(
    utf8('subtree/v1\n\0'),
    shortText(name),
    uint64(at),
    shortText(checkpoint.origin),
    uint64(0),
    uint64(checkpoint.size),
    checkpoint.root,
  )
}

/** A TLS `opaque<1..2^8-1>` (RFC 8446 section 3.4). */
function shortText(text: string): Uint8Array {
  const bytes = utf8(text)
  if (bytes.length > 255)
    throw new CheckpointRefused('origin', 'ML-DSA-44 signs names and origins of at most 255 bytes')
  return concatBytes(new Uint8Array([bytes.length]), bytes)
}

function privateKey(algorithm: Algorithm, seed: Uint8Array): ReturnType<typeof ed25519PrivateKey> {
  return algorithm === 'ed25519' ? ed25519PrivateKey(seed) : mlDsa44PrivateKey(seed)
}

function keyIdOf(name: string, kind: KeyKind, publicKey: Uint8Array): number {
  return readUint32(sha256(concatBytes(utf8(`${name}\n`), new Uint8Array([TYPES[kind].type]), publicKey)))
}

function keyText(name: string, keyId: number, kind: KeyKind, material: Uint8Array): string {
  const encoded = encodeBase64(concatBytes(new Uint8Array([TYPES[kind].type]), material))
  return `${name}+${keyId.toString(16).padStart(8, '0')}+${encoded}`
}

function parseKeyText(text: string): { name: string; keyId: number; kind: KeyKind; material: Uint8Array } {
  const [, name, hex, encoded] = /^([^+]*)\+([0-9a-f]{8})\+(.*)$/s.exec(text) ?? []
  if (name === undefined || hex === undefined || encoded === undefined)
    throw new KeyRefused('not-a-key', 'a key is: name+key ID+base64')
  if (!isKeyName(name))
    throw new KeyRefused('name', 'a key name is not empty and has no spaces, plus or control characters')
  const bytes = decodeBase64(encoded)
  if (bytes === null || bytes.length === 0) throw new KeyRefused('not-a-key', 'the key is not base64')
  const kind = kindOf(bytes[0])
  if (kind === null) throw new KeyRefused('unknown-type', 'neither Ed25519 (0x01), nor a cosignature key (0x04, 0x06)')
  return { name, keyId: Number.parseInt(hex, 16), kind, material: bytes.subarray(1) }
}

function kindOf(type: number | undefined): KeyKind | null {
  if (type === TYPES.ed25519.type) return 'ed25519'
  if (type === TYPES['cosignature-ed25519'].type) return 'cosignature-ed25519'
  return type === TYPES['cosignature-ml-dsa-44'].type ? 'cosignature-ml-dsa-44' : null
}
