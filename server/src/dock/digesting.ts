import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { PIECE_BYTES, pieceLeaf } from '@vidne/evidence/pieces'
import type { PieceDigests, WholeDigests } from './sealing-messages.ts'

/** SHA-256 and CRC-32 of a whole recording while it passes. */
export class WholeDigester {
  readonly #sha256 = createHash('sha256')
  #crc32 = 0
  #bytes = 0

  take(plain: Uint8Array): void {
    this.#sha256.update(plain)
    this.#crc32 = crc32(plain, this.#crc32)
    this.#bytes += plain.length
  }

  finish(): WholeDigests {
    return { bytes: this.#bytes, sha256: new Uint8Array(this.#sha256.digest()), crc32: this.#crc32 }
  }
}

/** SHA-256 of every piece of a recording while it passes. Pieces lie at whole MiB of the recording, wherever its parts begin. */
export class PieceDigester {
  readonly #leaves: Uint8Array[] = []
  #piece: Hash | null = null
  #pieceBytes = 0
  #bytes = 0

  take(plain: Uint8Array): void {
    for (let at = 0; at < plain.length;) {
      const part = plain.subarray(at, at + PIECE_BYTES - this.#pieceBytes)
      this.#piece ??= createHash('sha256')
      this.#piece.update(part)
      this.#pieceBytes += part.length
      this.#bytes += part.length
      at += part.length
      if (this.#pieceBytes === PIECE_BYTES) this.#closePiece()
    }
  }

  finish(): PieceDigests {
    this.#closePiece()
    return { bytes: this.#bytes, pieces: new Uint8Array(Buffer.concat(this.#leaves)) }
  }

  #closePiece(): void {
    if (this.#piece === null) return
    this.#leaves.push(pieceLeaf(this.#bytes - this.#pieceBytes, this.#pieceBytes, this.#piece.digest()))
    this.#piece = null
    this.#pieceBytes = 0
  }
}
