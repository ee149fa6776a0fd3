import { equalBytes } from '@vidne/evidence/bytes'
import type { LogStop, Still } from '../platform/still.ts'

/** Why the log signs and writes nothing. */
export type StopReason = LogStop

/** Whether the log may sign; if not, why. */
export type LogStanding = 'ok' | { readonly stopped: StopReason }

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

function stop(stopped: StopReason): Exclude<LogStanding, 'ok'> {
  return { stopped }
}

/** What the installation says of a log in this standing; null while it may sign. */
export function stillOf(standing: LogStanding): Still | null {
  return standing === 'ok' ? null : { code: standing.stopped }
}
