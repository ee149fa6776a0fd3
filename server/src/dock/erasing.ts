import { historyKeyId } from '../platform/identifiers.ts'
import { KeyDestroyed, KeyUnknown } from '../platform/vault/port.ts'
import { severalAtOnce } from '../platform/several-at-once.ts'
import { stillWords } from '../platform/still.ts'
import type { Ground } from './ground.ts'
import { eraseRecordings, findRecording } from './recordings-store.ts'
import {
  agenciesWithEnds,
  discards,
  expireUpload,
  forgetEnded,
  forgetStorage,
  insertDiscard,
  objectsOf,
  partsOf,
  reservedOf,
  runOut,
} from './uploads-store.ts'

type Erasing = Pick<Ground, 'database' | 'vault' | 'objects' | 'clock' | 'log' | 'sessions' | 'owners' | 'limits'>
type Expiring = Erasing & Pick<Ground, 'clockInDoubt'>

export type FootageEraser = {
  readonly name: string
  erase(agency: string, recording: string): Promise<'gone'>
  eraseMany(agency: string, recordings: readonly string[]): Promise<'gone'>
}

/** How long an ended upload is still answered with 410. */
const REMEMBER_MS = 30 * 86_400_000
const RUN_OUT_AT_ONCE = 200
/** Each removal waits for the disk; together they share its writes. */
const REMOVED_AT_ONCE = 16

/** The recording's data key is still there: bytes are removed only after their key (G10). */
export class KeyStillThere extends Error {
  override readonly name = 'KeyStillThere'
}

/**
 * Removes what the dock holds of recordings whose data keys were destroyed: objects first, then the rows that name them, so
 * that an interruption leaves nothing unnamed. May be repeated. Throws KeyStillThere, before anything is removed.
 */
async function eraseFootage(ground: Erasing, agency: string, recordings: readonly string[]): Promise<'gone'> {
  for (const recording of recordings) await demandKeyDestroyed(ground, recording)
  const objects = await ground.database.asAgency(agency, trx => objectsOf(trx, recordings))
  await severalAtOnce(objects, REMOVED_AT_ONCE, async object => void (await ground.objects.remove(object)))
  const at = ground.clock.now()
  await ground.database.asInstallation(trx => eraseRecordings(trx, { agency, recordings, at }))
  return 'gone'
}

/** What the dock answers for when a recording is erased. */
export function eraserOf(ground: Erasing): FootageEraser {
  return {
    name: 'dock',
    erase: (agency, recording) => eraseFootage(ground, agency, [recording]),
    eraseMany: (agency, recordings) => eraseFootage(ground, agency, recordings),
  }
}

async function demandKeyDestroyed(ground: Erasing, recording: string): Promise<void> {
  try {
    await ground.vault.key(recording)
  } catch (error) {
    if (error instanceof KeyDestroyed) return
    throw error
  }
  throw new KeyStillThere(`the data key of ${recording} was not destroyed; its bytes stay`)
}

/**
 * Ends uploads that nobody went on with in time. Their storage is then discarded. Says how many. Where an agency's clock is in
 * doubt nothing of it ends, since the clock is the only reason there is (G8).
 */
export async function expireUploads(ground: Expiring): Promise<number> {
  const now = ground.clock.now()
  let expired = 0
  for (const agency of await ground.database.asInstallation(trx => agenciesWithEnds(trx, now))) {
    const doubt = await ground.clockInDoubt(agency)
    if (doubt === null) expired += await expireIn(ground, agency, now)
    else
      ground.log.warn(
        { agency, because: stillWords('en', doubt) },
        'unfinished uploads stay while the clock is in doubt',
      )
  }
  return expired
}

async function expireIn(ground: Erasing, agency: string, now: number): Promise<number> {
  const most = RUN_OUT_AT_ONCE
  const candidates = await ground.database.asInstallation(trx => runOut(trx, { agency, now, most }))
  let expired = 0
  for (const upload of candidates) {
    if (ground.owners.isHeld(upload.id)) continue
    // A whole upload waits for its recording, however long that takes; it is evidence that was acknowledged to the end.
    if (upload.state === 'open' && upload.acknowledged === upload.bytes) continue
    const { stored } = upload
    const done = await ground.database.asInstallation(async trx => {
      if (!(await expireUpload(trx, upload.id, now))) return false
      await insertDiscard(trx, { stored, agency, because: 'expired', since: now })
      return true
    })
    if (!done) continue
    ground.sessions.drop(upload.id)
    expired += 1
  }
  await ground.database.asInstallation(trx => forgetEnded(trx, agency, now - REMEMBER_MS))
  return expired
}

/** Erases storage that was discarded: keys first, then objects, then the rows that name them. Says how many. */
export async function clearDiscards(ground: Erasing): Promise<number> {
  const waiting = await ground.database.asInstallation(discards)
  for (const { stored, agency } of waiting) {
    const names = await ground.database.asInstallation(async trx => {
      if ((await findRecording(trx, stored)) !== null)
        throw new Error(`${stored} is a recording and must not be discarded`)
      return [...(await partsOf(trx, stored)).map(part => part.object), ...(await reservedOf(trx, stored))]
    })
    await destroyKey(ground, stored)
    await destroyKey(ground, historyKeyId(stored))
    for (const name of names) await ground.objects.remove(name)
    await ground.database.asInstallation(trx => forgetStorage(trx, stored))
    ground.log.info({ agency, stored }, 'storage of an upload that is no recording was erased')
  }
  return waiting.length
}

async function destroyKey(ground: Erasing, id: string): Promise<void> {
  try {
    await ground.vault.destroyKey(id)
  } catch (error) {
    if (!(error instanceof KeyUnknown)) throw error
  }
}
