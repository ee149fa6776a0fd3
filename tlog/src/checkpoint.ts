import { decodeBase64, encodeBase64 } from './base64.ts'
import { sameBytes } from './bytes.ts'
import type { Hash } from './merkle.ts'
import { EMPTY_ROOT, isCount, isHash } from './merkle.ts'

/** A tree head (C2SP tlog-checkpoint). `size` counts entries; `extensions` are lines without their newline. */
export type Checkpoint = { origin: string; size: number; root: Hash; extensions: readonly string[] }

export type CheckpointRefusal = 'not-lines' | 'origin' | 'size' | 'root' | 'extension'

export class CheckpointRefused extends Error {
  override readonly name = 'CheckpointRefused'
  readonly code: CheckpointRefusal

  constructor(code: CheckpointRefusal, message: string) {
    super(message)
    this.code = code
  }
}

/** The note text of a checkpoint. Throws CheckpointRefused for what has no spelling. */
export function formatCheckpoint(c: Checkpoint): string {
  if (!isLine(c.origin)) throw new CheckpointRefused('origin', 'the origin is one line that is not empty')
  if (!isCount(c.size)) throw new CheckpointRefused('size', 'the size is a whole number from 0 to 2^53 - 1')
  if (!isRootOf(c.root, c.size))
    throw new CheckpointRefused('root', 'the root has 32 bytes and, of an empty tree, a fixed value')
  if (!c.extensions.every(isLine))
    throw new CheckpointRefused('extension', 'an extension is one line that is not empty')
  return [c.origin, String(c.size), encodeBase64(c.root), ...c.extensions].map(line => `${line}\n`).join('')
}

/**
 * Reads the text of a checkpoint's note, canonical only: `formatCheckpoint` gives the same text again.
 * Throws CheckpointRefused; sizes above 2^53 - 1 are refused (`size`).
 */
export function parseCheckpoint(text: string): Checkpoint {
  if (!text.endsWith('\n')) throw new CheckpointRefused('not-lines', 'the text does not end in a newline')
  const [origin, decimal, encoded, ...extensions] = text.slice(0, -1).split('\n')
  if (origin === undefined || decimal === undefined || encoded === undefined) {
    throw new CheckpointRefused('not-lines', 'a checkpoint has at least three lines')
  }
  const size = parseCount(decimal)
  if (size === null) throw new CheckpointRefused('size', 'the size is not a plain decimal number below 2^53')
  const root = decodeBase64(encoded)
  if (root === null) throw new CheckpointRefused('root', 'the root is not base64')
  const checkpoint = { origin, size, root, extensions }
  formatCheckpoint(checkpoint)
  return checkpoint
}

/** A decimal count without sign, spaces or leading zeroes; null for anything else and from 2^53 on. */
export function parseCount(decimal: string): number | null {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(decimal)) return null
  const count = Number(decimal)
  return isCount(count) ? count : null
}

function isRootOf(root: Hash, size: number): boolean {
  return isHash(root) && (size > 0 || sameBytes(root, EMPTY_ROOT))
}

function isLine(text: string): boolean {
  return /^[ -\u{10ffff}]+$/u.test(text) && text.isWellFormed()
}
