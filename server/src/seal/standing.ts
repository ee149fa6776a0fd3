import { equalBytes } from '@vidne/evidence/bytes'

/** Why the log signs and writes nothing. */
export type StopReason =
  | 'not-opened'
  | 'lock-missing'
  | 'lock-unreadable'
  | 'lock-older'
  | 'tiles-missing'
  | 'tiles-older'
  | 'tiles-differ'
  | 'database-older'
  | 'database-differs'
  | 'other-origin'
  | 'label-twice'
  | 'behind-witness'
  | 'witness-differs'
  | 'forked'
  | 'write-failed'

/** Whether the log may sign; if not, why, and in a sentence what to do. */
export type LogStanding = 'ok' | { readonly stopped: StopReason; readonly text: string }

/** What is found at start in the three places that must agree. Sizes count leaves. */
export type Found = {
  readonly origin: string
  /** The lock store: the checkpoint signed last. */
  readonly lock: { readonly size: number; readonly root: Uint8Array } | 'unreadable' | null
  /** The tiles: how many leaves lie there, and their root at the lock's size (null when it cannot be computed). */
  readonly tiles: { readonly extent: number; readonly rootAtLock: Uint8Array | null }
  /** The database: its log (null before the first), the leaves it has numbered, the size it knows to be signed. */
  readonly database: { readonly origin: string; readonly leaves: number; readonly signed: number } | null
  /** Whether the leaves that tiles and database both hold at the edge are the same. */
  readonly edgeAgrees: boolean
  /** The size of the public checkpoint that is served, 0 before the first. */
  readonly published: number
}

/**
 * Whether a log may go on from what is found (G6). In a sound installation lock ≤ tiles ≤ database holds at every moment,
 * also after a crash, because the database is written first and the lock last; each order that is broken names the place
 * that was set back.
 */
export function judge(found: Found): LogStanding {
  return judgeLock(found) ?? judgeDatabase(found) ?? judgeTiles(found) ?? 'ok'
}

type Judgement = Exclude<LogStanding, 'ok'> | null

function judgeLock({ lock, tiles, database, published, origin }: Found): Judgement {
  if (lock === 'unreadable') return stop('lock-unreadable')
  if (database !== null && database.origin !== origin) return stop('other-origin')
  const nothingElse = database === null && tiles.extent === 0 && published === 0
  if (lock === null) return stop(nothingElse ? 'not-opened' : 'lock-missing')
  if (database !== null && database.signed > lock.size) return stop('lock-older')
  return published > lock.size ? stop('lock-older') : null
}

function judgeDatabase({ lock, tiles, database, edgeAgrees }: Found): Judgement {
  const size = lock === null || lock === 'unreadable' ? 0 : lock.size
  if (database === null) return stop(size === 0 && tiles.extent === 0 ? 'not-opened' : 'database-older')
  if (database.leaves < Math.max(size, tiles.extent)) return stop('database-older')
  return edgeAgrees ? null : stop('database-differs')
}

function judgeTiles({ lock, tiles }: Found): Judgement {
  if (lock === null || lock === 'unreadable' || lock.size === 0) return null
  if (tiles.extent === 0) return stop('tiles-missing')
  if (tiles.extent < lock.size || tiles.rootAtLock === null) return stop('tiles-older')
  return equalBytes(tiles.rootAtLock, lock.root) ? null : stop('tiles-differ')
}

/** The standing for a reason, with its sentence. */
export function stop(reason: StopReason): Exclude<LogStanding, 'ok'> {
  return { stopped: reason, text: `${SENTENCES[reason]} Nothing is signed or written until then.` }
}

const RESTORE_TILES =
  'Restore the log folder from a backup made after it, or run "vidne log rebuild", which writes the tiles again from the database and checks them against the last signature.'
const RESTORE_DATABASE =
  'Restore the database up to the moment of the failure (a newer backup, or its write-ahead log). If those leaves are lost for good, run "vidne log continue", which retires this log and opens a new one that names its last checkpoint.'
const RESTORE_LOCK =
  'Put back the newest copy of the lock folder, from the machine that signed last. If it is lost for good, run "vidne log continue", which retires this log and opens a new one.'

const SENTENCES: Record<StopReason, string> = {
  'not-opened': 'The log has not been opened yet. Run "vidne init", or finish the set-up in the browser.',
  'lock-missing': `The lock folder, which remembers the last signature, is missing or empty, but the log has leaves. ${RESTORE_LOCK}`,
  'lock-unreadable': `No file in the lock folder is a checkpoint signed by this log's key. Check that keys/ and lock/ belong together. ${RESTORE_LOCK}`,
  'lock-older': `The lock folder is older than a checkpoint this log has already signed. ${RESTORE_LOCK}`,
  'tiles-missing': `The log folder holds no leaves, but checkpoints over them have been signed. ${RESTORE_TILES}`,
  'tiles-older': `The log folder holds fewer leaves than have been signed: it is older, or files are missing. ${RESTORE_TILES}`,
  'tiles-differ': `The tiles in the log folder are not those that were signed: a file was changed. Keep a copy as evidence. ${RESTORE_TILES}`,
  'database-older': `The database holds fewer leaves than the log: it is older than the log. ${RESTORE_DATABASE}`,
  'database-differs': `The database and the log hold different leaves under the same numbers: one of them was changed. Keep a copy of both as evidence. ${RESTORE_DATABASE}`,
  'other-origin':
    'The signing key belongs to another log than the one in the database. Put the right key into keys/, or set "origin" as it was.',
  'label-twice':
    'A second event came under a label that is in the log already. A public log would show that for ever as misconduct. Compare history_pending with seal_leaf, find who wrote the row, and remove it from history_pending.',
  'behind-witness': `A witness has seen more of this log than is here: database, tiles and lock are all older. ${RESTORE_DATABASE}`,
  'witness-differs':
    'A witness has cosigned another history of this log: the log has forked, or the witness is at fault. Ask its operator for the checkpoint it holds and compare it with "vidne log prove".',
  forked:
    'Another process has signed a different tree under this log\'s key. Find out which processes serve this installation, stop all but one, and compare their checkpoints with "vidne log prove".',
  'write-failed': 'The disk did not confirm a write. Check the disk, then start again.',
}
