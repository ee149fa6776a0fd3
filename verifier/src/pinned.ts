import { equalBytes } from '@vidne/evidence/bytes'
import type { Checkpoint } from '@vidne/tlog/checkpoint'
import { checkConsistency } from '@vidne/tlog/merkle'
import { type TileReader, consistencyProof } from '@vidne/tlog/tiles'
import { type Trust, openCheckpoint } from './trust.ts'
import type { Findings } from './verdict.ts'

/** A checkpoint someone has kept, and the log's tiles to see whether it and the package's belong to one log. */
export type Pinned = { note: string; tiles: TileReader }

/** What a reader of tiles throws for one that is not there, or not of its length. */
export class TileMissing extends Error {
  override readonly name = 'TileMissing'
}

/** Checks that the package's log is the one of the kept checkpoint: that the shorter is the beginning of the longer. */
export async function checkPinned(
  { note, tiles }: Pinned,
  ours: Checkpoint,
  trust: Trust | null,
  found: Findings,
): Promise<void> {
  const where = 'checkpoint'
  const kept = await openCheckpoint(note, { trust, ownKey: null }, where, { ...found, add: ownReasons(trust, found) })
  if (kept === null) return
  const [older, newer] = kept.checkpoint.size <= ours.size ? [kept.checkpoint, ours] : [ours, kept.checkpoint]
  if (older.origin !== newer.origin) return found.add('other-log', `${where}, ${kept.checkpoint.origin}`)
  const verdict = await compare(older, newer, tiles)
  if (verdict !== 'same-log') found.add(verdict, `${where}, ${older.size} → ${newer.size}`)
}

/** A kept checkpoint is compared, not relied on: it needs the log's signature but no quorum, and without trust none. */
function ownReasons(trust: Trust | null, found: Findings): Findings['add'] {
  return (code, where) => {
    if (code === 'quorum-not-met' || (code === 'signature-wrong' && trust === null)) return
    found.add(code, where)
  }
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
    return checkConsistency(claim).holds ? 'same-log' : 'log-forked'
  } catch (missing) {
    if (missing instanceof TileMissing || (missing instanceof Error && missing.name === 'TileRefused'))
      return 'log-incomplete'
    throw missing
  }
}
