import { equalBytes } from '@vidne/evidence/bytes'
import type { Checkpoint } from '@vidne/tlog/checkpoint'
import { checkConsistency } from '@vidne/tlog/merkle'
import { TileRefused } from '@vidne/tlog/tile-cache'
import { type TileReader, consistencyProof, rootAt } from '@vidne/tlog/tiles'
import { type Trust, openCheckpoint } from './trust.ts'
import { type Findings, findings } from './verdict.ts'

/**
 * A checkpoint someone has kept, and the log's tiles to see whether it and the package's belong to one log. The reader
 * throws TileRefused for a tile that is not there.
 */
export type Pinned = { note: string; tiles: TileReader }

/** Checks that the package's log is the one of the kept checkpoint: that the shorter is the beginning of the longer. */
export async function checkPinned(
  { note, tiles }: Pinned,
  ours: Checkpoint,
  trust: Trust | null,
  found: Findings,
): Promise<void> {
  const where = 'checkpoint'
  // It is compared, not relied on: it needs its log's signature, but no quorum.
  const kept = await openCheckpoint(note, { trust, ownKey: null }, where, findings())
  if (kept === null) return found.add('checkpoint-unreadable', where)
  const stranger = trust !== null && !kept.byTrustedLog
  if (stranger || kept.checkpoint.origin !== ours.origin)
    return found.add('checkpoint-untrusted', `${where}, ${kept.checkpoint.origin}`)
  const [older, newer] = kept.checkpoint.size <= ours.size ? [kept.checkpoint, ours] : [ours, kept.checkpoint]
  const verdict = await compare(older, newer, tiles)
  if (verdict !== 'same-log') found.add(verdict, `${where}, ${older.size} → ${newer.size}`)
}

async function compare(
  older: Checkpoint,
  newer: Checkpoint,
  tiles: TileReader,
): Promise<'same-log' | 'log-forked' | 'log-incomplete'> {
  if (older.size === newer.size) return equalBytes(older.root, newer.root) ? 'same-log' : 'log-forked'
  if (older.size === 0) return 'same-log'
  try {
    const proof = await consistencyProof(tiles, older.size, newer.size)
    const { size: oldSize, root: oldRoot } = older
    const claim = { oldSize, oldRoot, newSize: newer.size, newRoot: newer.root, proof }
    if (checkConsistency(claim).holds) return 'same-log'
    // Tiles that lead to neither are another log's, or damaged, and convict nobody.
    const one = equalBytes(await rootAt(tiles, older.size), older.root)
    const other = equalBytes(await rootAt(tiles, newer.size), newer.root)
    return one || other ? 'log-forked' : 'log-incomplete'
  } catch (missing) {
    if (missing instanceof TileRefused) return 'log-incomplete'
    throw missing
  }
}
