import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PieceHasher, piecesRoot } from '@vidne/evidence/pieces'

// Writes pieces.json. Run it only for a new format version.

const LENGTHS = [0, 1, 1_048_575, 1_048_576, 1_048_577, 3_145_728, 5_000_000]

const cases = LENGTHS.map(bytes => {
  const content = Uint8Array.from({ length: bytes }, (_, i) => i % 251)
  const hasher = new PieceHasher()
  hasher.update(content)
  const { sha256, leaves } = hasher.finish()
  if (hex(sha256) !== digest(content)) throw new Error('the hasher is wrong')
  return { bytes, sha256: hex(sha256), leaves: leaves.map(hex), root: hex(piecesRoot(leaves)) }
})
writeFileSync(
  join(import.meta.dirname, 'pieces.json'),
  `${JSON.stringify({ content: 'byte i is i mod 251', pieceBytes: 1_048_576, cases }, null, 1)}\n`,
)

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
