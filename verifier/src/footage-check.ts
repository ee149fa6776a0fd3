import { equalBytes, toHex } from '@vidne/evidence/bytes'
import type { Manifest } from '@vidne/evidence/manifest'
import { PACKAGE_FILE, mediaName } from '@vidne/evidence/package-names'
import { PIECE_LEAF_BYTES, type Piece, parsePieceLeaf, piecesRoot, splitLeaves } from '@vidne/evidence/pieces'
import { measureFootage } from '#pieces'
import type { PackageSource } from './package-source.ts'
import type { Findings } from './verdict.ts'

/** Bytes of a leaf list that a manifest can ask for: one leaf a MiB. */
const leafBytes = (manifest: Manifest) => manifest.pieces.count * PIECE_LEAF_BYTES

/**
 * Compares the footage with what was sealed: its length, the digest of the whole, and each piece, so that a changed byte is
 * told by the range it lies in. Memory does not grow with the footage.
 */
export async function checkFootage(
  source: PackageSource,
  manifest: Manifest,
  found: Findings,
  progress: (bytes: number) => void = () => {},
): Promise<void> {
  const name = mediaName(manifest.media.extension)
  const bytes = source.files.get(name)
  if (bytes === undefined) return found.add('file-missing', name)
  if (bytes !== manifest.bytes) found.add('footage-length', `${name}: ${bytes} of ${manifest.bytes} bytes`)
  const sealed = await sealedPieces(source, manifest)
  if (sealed === null) found.add('pieces-altered', PACKAGE_FILE.pieces)
  const measured = await measureFootage(source, name, bytes, progress)
  for (const piece of sealed ?? []) {
    const there = measured.pieces[piece.offset / manifest.pieces.size]
    if (there === undefined || !equalBytes(there, piece.sha256)) found.add('footage-altered', placeOf(name, piece))
  }
  const whole = toHex(measured.sha256)
  const told = found.reasons.some(reason => reason.code === 'footage-altered' || reason.code === 'footage-length')
  if (whole !== manifest.sha256 && !told) found.add('footage-altered', name)
}

function placeOf(name: string, { offset, length }: Piece): string {
  return `${name}: bytes ${offset}–${offset + length - 1}`
}

/** The leaves under the sealed root; null when the list in the package is not the sealed one. */
async function sealedPieces(source: PackageSource, manifest: Manifest): Promise<Piece[] | null> {
  const listed = source.files.get(PACKAGE_FILE.pieces)
  if (listed !== leafBytes(manifest)) return null
  const leaves = splitLeaves(await source.read(PACKAGE_FILE.pieces, 0, listed))
  if (toHex(piecesRoot(leaves)) !== manifest.pieces.root) return null
  const pieces = leaves.map(parsePieceLeaf)
  return pieces.every(piece => piece !== null) ? pieces : null
}
