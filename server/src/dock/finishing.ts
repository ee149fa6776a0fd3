import type { Completed } from './completion.ts'
import type { Ground } from './ground.ts'
import { isRefusal, standsStill } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import type { Session } from './session.ts'
import { refusalFor } from './troubles.ts'

/**
 * Makes a recording of an upload whose last byte is durable, and acknowledges that byte with it. Call only as its owner. Throws
 * what database or disk throw; the last byte is acknowledged then too, if the database can be reached.
 */
export async function finishUpload(ground: Ground, session: Session): Promise<Completed | Refusal> {
  const upload = { ...session.upload, acknowledged: session.arrived }
  try {
    const digests = await session.sealing.finish()
    const completed = await ground.completions.complete({ upload, digests, last: session.last })
    if (isRefusal(completed)) {
      ground.log.warn({ upload: upload.id, refused: completed.refused }, 'an upload was received and not sealed')
      return completed
    }
    ground.sealed()
    if (completed.again) ground.discarded()
    return completed
  } catch (error) {
    await session.recordLast().catch(() => undefined)
    throw error
  } finally {
    ground.sessions.drop(upload.id)
  }
}

/**
 * Finishes an upload that has all its bytes and is no recording yet. Null when somebody is at it, or it is none any more.
 */
export async function finishWhole(
  ground: Ground,
  upload: { id: string; agency: string },
): Promise<Completed | Refusal | null> {
  const claim = await ground.owners.claim(upload.id)
  if (claim === null) return null
  try {
    const still = await ground.standsStill()
    if (still !== null) return standsStill(still)
    const session = await ground.sessions.takeUp(upload)
    if (session === null || session.acknowledged !== session.upload.bytes) return null
    return await finishUpload(ground, session)
  } catch (error) {
    const refusal = refusalFor(error)
    if (refusal === null) throw error
    ground.log.warn({ upload: upload.id, refused: refusal.refused }, 'an upload could not be finished yet')
    return refusal
  } finally {
    claim.release()
  }
}
