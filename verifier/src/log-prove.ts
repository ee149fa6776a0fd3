import { equalBytes, toBase64 } from '@vidne/evidence/bytes'
import { CheckpointRefused, parseCheckpoint } from '@vidne/tlog/checkpoint'
import type { Checkpoint } from '@vidne/tlog/checkpoint'
import { checkConsistency } from '@vidne/tlog/merkle'
import { NoteRefused, openNote } from '@vidne/tlog/note'
import type { NoteKey } from '@vidne/tlog/note'
import { TileRefused } from '@vidne/tlog/tile-cache'
import { consistencyProof, rootAt } from '@vidne/tlog/tiles'
import type { LogSource } from './log-check.ts'
import { tilesOf } from './log-tiles.ts'

/** Why two checkpoints cannot be shown to belong together. */
export type ProveFault =
  'unreadable' | 'signature-wrong' | 'signer-unknown' | 'other-log' | 'forked' | 'tiles-missing' | 'tiles-differ'

export type Proven =
  | {
      readonly consistent: true
      readonly oldSize: number
      readonly newSize: number
      /** RFC 6962 consistency proof, base64, for whoever wants to check it without the tiles. */
      readonly proof: readonly string[]
    }
  | { readonly consistent: false; readonly because: ProveFault; readonly where: string }

/**
 * Whether the log of one checkpoint is the beginning of the other's, whichever is the longer. Both are signed notes; each
 * must be signed by one of the keys. `forked` is said only when the tiles show that one of the two is theirs and the other
 * is not: then the two signatures convict the log, and both checkpoints are to be kept.
 */
export async function proveConsistency(
  notes: readonly [string, string],
  { source, keys }: { source: LogSource; keys: readonly NoteKey[] },
): Promise<Proven> {
  const opened: Checkpoint[] = []
  for (const [at, note] of notes.entries()) {
    const checkpoint = await openOne(note, keys)
    if (typeof checkpoint === 'string') return { consistent: false, because: checkpoint, where: `checkpoint ${at + 1}` }
    opened.push(checkpoint)
  }
  const [older, newer] = opened.toSorted((a, b) => a.size - b.size)
  if (older === undefined || newer === undefined) throw new Error('two checkpoints are compared')
  const where = `${older.size} → ${newer.size}`
  if (older.origin !== newer.origin) return { consistent: false, because: 'other-log', where }
  const proof = await proofBetween(older, newer, source)
  return typeof proof === 'string'
    ? { consistent: false, because: proof, where }
    : { consistent: true, oldSize: older.size, newSize: newer.size, proof }
}

async function openOne(note: string, keys: readonly NoteKey[]): Promise<Checkpoint | ProveFault> {
  try {
    const { note: opened, signedBy } = await openNote(note, keys)
    const checkpoint = parseCheckpoint(opened.text)
    return signedBy.some(one => one.key.name === checkpoint.origin) ? checkpoint : 'signer-unknown'
  } catch (refusal) {
    if (!(refusal instanceof NoteRefused || refusal instanceof CheckpointRefused)) throw refusal
    if (refusal.code === 'bad-signature') return 'signature-wrong'
    return refusal.code === 'no-known-signature' ? 'signer-unknown' : 'unreadable'
  }
}

async function proofBetween(older: Checkpoint, newer: Checkpoint, source: LogSource): Promise<string[] | ProveFault> {
  if (older.size === newer.size) return equalBytes(older.root, newer.root) ? [] : 'forked'
  if (older.size === 0) return []
  const reader = tilesOf(source)
  try {
    const proof = await consistencyProof(reader, older.size, newer.size)
    const claim = { oldSize: older.size, newSize: newer.size, oldRoot: older.root, newRoot: newer.root, proof }
    if (checkConsistency(claim).holds) return proof.map(toBase64)
    const isOlders = equalBytes(await rootAt(reader, older.size), older.root)
    const isNewers = equalBytes(await rootAt(reader, newer.size), newer.root)
    return isOlders || isNewers ? 'forked' : 'tiles-differ'
  } catch (refusal) {
    if (refusal instanceof TileRefused) return 'tiles-missing'
    throw refusal
  }
}
