import { BundleRefused } from '@vidne/tlog/tiles'
import { TileRefused } from '@vidne/tlog/tile-cache'
import { FsyncFailed } from '../platform/durable/disk.ts'
import { StatementRefused } from '../platform/database/errors.ts'
import type { StopReason } from './standing.ts'
import { TileMissing } from './tile-store.ts'

/** Found while at work: the log must not go on. */
export class LogStopped extends Error {
  readonly reason: StopReason
  constructor(reason: StopReason, options?: ErrorOptions) {
    super(`the log must stop: ${reason}`, options)
    this.name = 'LogStopped'
    this.reason = reason
  }
}

/** The reason to stop that an error is, or null for one after which trying again is right (no database, no room). */
export function reasonToStop(error: unknown): StopReason | null {
  if (error instanceof LogStopped) return error.reason
  if (error instanceof FsyncFailed) return 'write-failed'
  if (error instanceof TileMissing) return 'tiles-older'
  if (error instanceof TileRefused || error instanceof BundleRefused) return 'tiles-differ'
  // A number that is taken means that another process was faster; a label that is taken must never happen.
  const labelTaken = error instanceof StatementRefused && error.code === '23505' && error.constraint?.includes('label')
  return labelTaken === true ? 'label-twice' : null
}
