import { equalBytes } from '@vidne/evidence/bytes'
import type { Checkpoint } from '@vidne/tlog/checkpoint'
import { checkConsistency } from '@vidne/tlog/merkle'
import { TileRefused } from '@vidne/tlog/tile-cache'
import { type TileReader, consistencyProof, rootAt } from '@vidne/tlog/tiles'
import { type Trust, type Vouched, openCheckpoint } from './trust.ts'
import { type Findings, type ReasonCode, findings } from './verdict.ts'

/**
 * A checkpoint someone has kept, and the log's tiles to see whether it and the package's belong to one log. The reader
 * throws TileRefused for a tile that is not there.
 */
export type Pinned = { note: string; tiles: TileReader }

/**
 * Checks that the package's log is the one of the kept checkpoint: that the shorter is the beginning of the longer. Gives the
 * kept one where it is a trusted log's and shown to go on from the package's: whoever has signed it has signed over all that
 * lies under the package's. Else null.
 */
export async function checkPinned(
  { note, tiles }: Pinned,
  ours: Checkpoint,
  trust: Trust | null,
  found: Findings,
): Promise<Vouched | null> {
  const where = 'checkpoint'
  // It is compared; by itself it needs its log's signature, but no quorum.
  const kept = await openCheckpoint(note, { trust, ownKey: null }, where, findings())
  if (kept === null) return refused(found, 'checkpoint-unreadable', where)
  const stranger = trust !== null && !kept.byTrustedLog
  if (stranger || kept.checkpoint.origin !== ours.origin)
    return refused(found, 'checkpoint-untrusted', `${where}, ${kept.checkpoint.origin}`)
  const goesOn = kept.checkpoint.size >= ours.size
  const [older, newer] = goesOn ? [ours, kept.checkpoint] : [kept.checkpoint, ours]
  const verdict = await compare(older, newer, tiles)
  if (verdict !== 'same-log') return refused(found, verdict, `${where}, ${older.size} → ${newer.size}`)
  return goesOn && kept.byTrustedLog ? kept : null
}

function refused(found: Findings, code: ReasonCode, where: string): null {
  found.add(code, where)
  return null
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
