import { canonicalize } from './jcs.ts'
import type { Json } from './jcs.ts'
import { PIECE_BYTES } from './pieces.ts'
import { canonicalValue, FormatRefused, hex32, integer, matching, members, oneOf } from './shape.ts'

/** Where the seal was made: on the camera, at a gateway beside it, or where the bytes were received. */
export const SEAL_LEVELS = ['captured', 'gateway', 'received'] as const
export type SealLevel = (typeof SEAL_LEVELS)[number]

/**
 * What a recording is, and nothing about whom: its length, digests and kind of file. Its random salt makes the capture id
 * unguessable even to someone who has the footage. Name, device, person and path are fields of the `sealed` event.
 */
export type Manifest = {
  v: 1
  salt: string
  level: SealLevel
  bytes: number
  sha256: string
  pieces: { size: typeof PIECE_BYTES; count: number; root: string }
  media: { extension: string }
}

// Lower-case letters and digits only: the extension becomes part of a file name in a package.
const EXTENSION = /^[a-z0-9]{1,8}$/

/** A manifest from an untrusted value. Throws FormatRefused; the count of pieces must be what the length gives. */
export function parseManifest(value: Json): Manifest {
  const read = members(value, ['v', 'salt', 'level', 'bytes', 'sha256', 'pieces', 'media'], 'manifest')
  const bytes = integer(read.bytes, 'manifest.bytes')
  const media = members(read.media, ['extension'], 'manifest.media')
  return {
    v: oneOf(read.v, [1], 'manifest.v'),
    salt: hex32(read.salt, 'manifest.salt'),
    level: oneOf(read.level, SEAL_LEVELS, 'manifest.level'),
    bytes,
    sha256: hex32(read.sha256, 'manifest.sha256'),
    pieces: parsePieces(read.pieces, bytes),
    media: { extension: matching(media.extension, EXTENSION, 'manifest.media.extension') },
  }
}

/** A manifest from its canonical text. Throws FormatRefused. */
export function decodeManifest(text: string): Manifest {
  return parseManifest(canonicalValue(text, 'manifest'))
}

/** The canonical text of a manifest: what the capture id is taken over and what a package carries. Throws FormatRefused. */
export function encodeManifest(manifest: Manifest): string {
  return canonicalize(parseManifest(manifest))
}

function parsePieces(value: Json, bytes: number): Manifest['pieces'] {
  const read = members(value, ['size', 'count', 'root'], 'manifest.pieces')
  const count = integer(read.count, 'manifest.pieces.count')
  if (count !== Math.ceil(bytes / PIECE_BYTES)) throw new FormatRefused('wrong-value', 'manifest.pieces.count')
  return {
    size: oneOf(read.size, [PIECE_BYTES], 'manifest.pieces.size'),
    count,
    root: hex32(read.root, 'manifest.pieces.root'),
  }
}
