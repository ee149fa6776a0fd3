import { equalBytes, toHex } from '@vidne/evidence/bytes'
import type { Manifest } from '@vidne/evidence/manifest'
import { PACKAGE_FILE } from '@vidne/evidence/package-names'
import {
  PIECE_BYTES,
  PIECE_LEAF_BYTES,
  type Piece,
  parsePieceLeaf,
  piecesRoot,
  splitLeaves,
} from '@vidne/evidence/pieces'
import { type Measured, measureFootage } from '#pieces'
import type { Examined } from './tag-files.ts'

/** Told as the footage passes: bytes so far, and in all. */
export type Progress = (done: number, total: number) => void

/**
 * Compares the footage with what was sealed: its length, the digest of the whole, and each piece, so that a changed byte is
 * told by the range it lies in. Memory does not grow with the footage. `listed`: what `manifest-sha256.txt` says its digest is.
 */
export async function checkFootage(
  examined: Examined,
  name: string,
  { manifest, listed, progress }: { manifest: Manifest; listed: string | null; progress: Progress },
): Promise<void> {
  const { source, found } = examined
  const bytes = source.files.get(name) ?? 0
  if (bytes !== manifest.bytes) found.add('footage-length', `${name}, ${bytes} of ${manifest.bytes} bytes`)
  const sealed = await sealedPieces(examined, manifest)
  if (sealed === null) found.add('pieces-altered', PACKAGE_FILE.pieces)
  const measured = await measureFootage(source, name, bytes, progress)
  const ranges = alteredRanges(sealed ?? [], measured, bytes)
  for (const { from, to } of ranges) found.add('footage-altered', `${name}, bytes ${from}–${to}`)
  const whole = toHex(measured.sha256)
  if (whole !== manifest.sha256 && ranges.length === 0 && bytes === manifest.bytes) found.add('footage-altered', name)
  if (listed !== null && whole !== listed && whole === manifest.sha256) found.add('file-altered', name)
}

/** Neighbouring pieces that differ, told as one range of bytes, both ends inclusive; a piece that is cut off ends where it did. */
function alteredRanges(sealed: readonly Piece[], { pieces }: Measured, bytes: number): { from: number; to: number }[] {
  const ranges: { from: number; to: number }[] = []
  for (const [at, { offset, length, sha256 }] of sealed.entries()) {
    const there = pieces.subarray(at * 32, at * 32 + 32)
    if (offset >= bytes || equalBytes(there, sha256)) continue
    const last = ranges.at(-1)
    const to = offset + length - 1
    if (last !== undefined && last.to + 1 === offset) last.to = to
    else ranges.push({ from: offset, to })
  }
  return ranges
}

/** The pieces under the sealed root; null when the list in the package is not the sealed one. */
async function sealedPieces({ source, files }: Examined, manifest: Manifest): Promise<Piece[] | null> {
  const { count, root, size } = manifest.pieces
  if (source.files.get(PACKAGE_FILE.pieces) !== count * PIECE_LEAF_BYTES) return null
  const listed = await files(PACKAGE_FILE.pieces)
  if (listed === null) return null
  const leaves = splitLeaves(listed)
  if (toHex(piecesRoot(leaves)) !== root) return null
  const pieces: Piece[] = []
  for (const [at, leaf] of leaves.entries()) {
    const piece = parsePieceLeaf(leaf)
    // A sealer could commit to pieces that overlap or leave gaps; whoever compares by place would pass them over.
    if (piece?.offset !== at * size || piece.length !== Math.min(PIECE_BYTES, manifest.bytes - at * size)) return null
    pieces.push(piece)
  }
  return pieces
}
