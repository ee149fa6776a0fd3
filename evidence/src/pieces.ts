import { sha256Stream } from '#sha256-stream'
import { leafHash, treeRoot } from '@vidne/tlog/merkle'
import type { Hash } from '@vidne/tlog/merkle'

/** Plaintext bytes of every piece but the last. */
export const PIECE_BYTES = 1_048_576
/** u64 offset ‖ u32 length ‖ SHA-256. */
export const PIECE_LEAF_BYTES = 44

/**
 * The leaf data of one piece: u64 offset ‖ u32 length ‖ SHA-256(piece), big-endian. Throws RangeError unless offset and length
 * are whole numbers in range and the digest has 32 bytes.
 */
export function pieceLeaf(offset: number, length: number, sha256: Uint8Array): Uint8Array {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new RangeError('the offset of a piece is a whole number')
  if (!Number.isInteger(length) || length < 0 || length > 0xffff_ffff) {
    throw new RangeError('the length of a piece has 32 bits')
  }
  if (sha256.length !== 32) throw new RangeError('the digest of a piece has 32 bytes')
  const leaf = new Uint8Array(PIECE_LEAF_BYTES)
  const view = new DataView(leaf.buffer)
  view.setBigUint64(0, BigInt(offset))
  view.setUint32(8, length)
  leaf.set(sha256, 12)
  return leaf
}

export type Piece = { offset: number; length: number; sha256: Uint8Array }

/** The parts of a leaf that `pieceLeaf` made, or null where the bytes are none. */
export function parsePieceLeaf(leaf: Uint8Array): Piece | null {
  if (leaf.length !== PIECE_LEAF_BYTES) return null
  const view = new DataView(leaf.buffer, leaf.byteOffset, leaf.byteLength)
  const offset = Number(view.getBigUint64(0))
  if (!Number.isSafeInteger(offset)) return null
  return { offset, length: view.getUint32(8), sha256: leaf.slice(12) }
}

/** The root over the pieces in order: RFC 6962 tree whose entries are the 44-byte leaves. No piece gives the empty root. */
export function piecesRoot(leaves: readonly Uint8Array[]): Hash {
  return treeRoot(leaves.map(leafHash))
}

/** Bytes of all leaves of a recording on end, as they are stored, back to leaves. Throws RangeError where they do not divide. */
export function splitLeaves(joined: Uint8Array): Uint8Array[] {
  if (joined.length % PIECE_LEAF_BYTES !== 0) throw new RangeError('the leaves of pieces have 44 bytes each')
  const leaves: Uint8Array[] = []
  for (let at = 0; at < joined.length; at += PIECE_LEAF_BYTES) leaves.push(joined.subarray(at, at + PIECE_LEAF_BYTES))
  return leaves
}

/**
 * Hashes a recording while it passes: the whole and every piece. Updates may have any size. An empty recording has no piece.
 * After `finish` it takes nothing more.
 */
export class PieceHasher {
  readonly #whole = sha256Stream()
  readonly #leaves: Uint8Array[] = []
  #piece = sha256Stream()
  #pieceBytes = 0
  #bytes = 0

  /** Bytes hashed so far. */
  get bytes(): number {
    return this.#bytes
  }

  update(chunk: Uint8Array): void {
    this.#whole.update(chunk)
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + PIECE_BYTES - this.#pieceBytes)
      this.#piece.update(part)
      this.#pieceBytes += part.length
      this.#bytes += part.length
      at += part.length
      if (this.#pieceBytes === PIECE_BYTES) this.#closePiece()
    }
  }

  finish(): { sha256: Uint8Array; leaves: Uint8Array[] } {
    if (this.#pieceBytes > 0) this.#closePiece()
    return { sha256: this.#whole.digest(), leaves: this.#leaves }
  }

  #closePiece(): void {
    this.#leaves.push(pieceLeaf(this.#bytes - this.#pieceBytes, this.#pieceBytes, this.#piece.digest()))
    this.#piece = sha256Stream()
    this.#pieceBytes = 0
  }
}
