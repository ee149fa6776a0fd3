import { refuse } from './refusals.ts'
import type { Refusal } from './refusals.ts'

export const TUS_VERSION = '1.0.0'
export const TUS_EXTENSIONS = 'creation,creation-with-upload,creation-defer-length,checksum,termination,expiration'
/** tus 1.0 asks for sha1 at least. */
export const CHECKSUM_ALGORITHMS = ['sha256', 'sha512', 'sha1'] as const
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number]

export type Checksum = { readonly algorithm: ChecksumAlgorithm; readonly digest: Uint8Array }

const DIGEST_BYTES: Record<ChecksumAlgorithm, number> = { sha256: 32, sha512: 64, sha1: 20 }

/** A header that holds a whole number of bytes, or null where it is absent. */
export function bytesHeader(headers: NodeJS.Dict<string | string[]>, name: string): number | null | Refusal {
  const text = headers[name]
  if (text === undefined) return null
  if (typeof text !== 'string' || !/^\d{1,16}$/.test(text) || !Number.isSafeInteger(Number(text))) {
    return refuse('header-unreadable', `The header ${name} must be a whole number of bytes.`)
  }
  return Number(text)
}

/** tus 1.0, Upload-Checksum: `algorithm base64`. */
export function checksumHeader(headers: NodeJS.Dict<string | string[]>): Checksum | null | Refusal {
  const text = headers['upload-checksum']
  if (text === undefined) return null
  const [name, encoded, ...rest] = typeof text === 'string' ? text.split(' ') : []
  const algorithm = CHECKSUM_ALGORITHMS.find(known => known === name)
  if (algorithm === undefined) {
    return refuse('algorithm-unknown', `Upload-Checksum can use ${CHECKSUM_ALGORITHMS.join(', ')}.`)
  }
  const digest = encoded === undefined ? null : base64Bytes(encoded)
  if (digest?.length !== DIGEST_BYTES[algorithm] || rest.length > 0) {
    return refuse('header-unreadable', 'Upload-Checksum must be an algorithm, a blank, and the digest in base64.')
  }
  return { algorithm, digest }
}

/** RFC 9530, Repr-Digest: the SHA-256 of the whole file as its sender read it. Null where it is absent. */
export function wholeDigestHeader(headers: NodeJS.Dict<string | string[]>): Uint8Array | null | Refusal {
  const text = headers['repr-digest']
  if (text === undefined) return null
  const encoded = typeof text === 'string' ? /^sha-256=:([A-Za-z0-9+/=]+):$/.exec(text)?.[1] : undefined
  const digest = encoded === undefined ? null : base64Bytes(encoded)
  if (digest?.length === 32) return digest
  return refuse('header-unreadable', 'Repr-Digest must be sha-256=:BASE64: with the digest of the whole file.')
}

/** Canonical base64 only; null for anything else. */
export function base64Bytes(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : null
}
