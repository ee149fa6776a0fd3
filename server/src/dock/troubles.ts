import { DatabaseAway, StatementTimedOut } from '../platform/database/errors.ts'
import { DiskFull } from '../platform/durable/disk.ts'
import { LogStandsStill } from '../platform/history/history.ts'
import { ObjectExists, ObjectMissing, ObjectsAway } from '../platform/objects/objects.ts'
import { KeyDestroyed, VaultDamaged, VaultDegraded, VaultLocked } from '../platform/vault/port.ts'
import { UploadEnded } from './completion.ts'
import { OffsetLost } from './offset-ledger.ts'
import { OpeningFailed } from './opening-pool.ts'
import { TooManyParts } from './part-sink.ts'
import { refuse, standsStill } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import { SealingFailed } from './sealing-pool.ts'

const RETRY = { 'retry-after': '5' }
const KEPT = 'What was acknowledged is kept; ask for the offset and go on from there.'

/** The answer to a trouble of disk, store, vault or database, or null where our own code has broken. */
export function refusalFor(error: unknown): Refusal | null {
  if (error instanceof OffsetLost) {
    return refuse('offset-conflict', `Another process of this installation has taken the upload up. ${KEPT}`)
  }
  if (error instanceof TooManyParts) {
    return refuse(
      'too-many-parts',
      'The upload came in too many small pieces. Begin it anew with pieces of 1 MiB or more.',
    )
  }
  if (error instanceof DatabaseAway || error instanceof StatementTimedOut) {
    const full = error instanceof DatabaseAway && error.full
    const what = full ? 'The disk of the database is full; tell the operator' : 'The database does not answer just now'
    return refuse('database-away', `${what}. ${KEPT}`, RETRY)
  }
  if (error instanceof LogStandsStill) return standsStill(error.still)
  if (error instanceof KeyDestroyed || error instanceof UploadEnded) {
    return refuse('gone', 'The upload was removed. Begin it anew.')
  }
  return storageRefusal(error)
}

/** Troubles of store and vault that pass. A sealing that failed for another reason than a full disk is among them. */
const PASSING = [ObjectsAway, ObjectExists, SealingFailed, OpeningFailed, VaultDegraded, VaultLocked, VaultDamaged]

function storageRefusal(error: unknown): Refusal | null {
  if (isFull(error)) {
    return refuse('storage-full', `There is no room left for recordings here. ${KEPT} Tell the operator.`, RETRY)
  }
  if (error instanceof ObjectMissing || (error instanceof SealingFailed && error.damaged)) {
    const message = 'What is stored of this upload is damaged. Keep the file, begin it anew, and tell the operator.'
    return refuse('storage-damaged', message)
  }
  const passing = PASSING.some(kind => error instanceof kind)
  return passing ? refuse('storage-away', `The store for recordings does not work just now. ${KEPT}`, RETRY) : null
}

function isFull(error: unknown): boolean {
  return (
    error instanceof DiskFull ||
    (error instanceof SealingFailed && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
  )
}
