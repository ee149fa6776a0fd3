import type { Ground } from './ground.ts'
import type { CleanUpStop, Keep } from './keep/keep.ts'

const LOOK_AGAIN_MS = 10_000

/**
 * Why the installation takes nothing in and lets nothing go, in words with what to do; null while it does. What is written upon
 * an older database, or into a vault or store that is not the installation's, is lost when the right one comes back (G6, G7).
 * The log is asked every time. The rest can only be exchanged while nobody serves, so once it was found right it stays right.
 */
export function openStandstill({ seal, protection }: Ground, keep: Keep): () => Promise<string | null> {
  let sound = false
  let looked: { at: number; found: Promise<CleanUpStop | null> } | null = null
  return async () => {
    const log = seal.standing()
    if (log !== 'ok') return log.text
    if (sound) return null
    const now = performance.now()
    if (looked === null || now - looked.at > LOOK_AGAIN_MS) looked = { at: now, found: keep.standing() }
    const stop = await looked.found
    protection.reason = stop?.text ?? null
    sound = stop === null
    return protection.reason
  }
}
