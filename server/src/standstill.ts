import type { Ground } from './ground.ts'
import type { CleanUpStop, Keep } from './keep/keep.ts'

const LOOK_AGAIN_MS = 10_000

type Standing = { readonly seal: Pick<Ground['seal'], 'standing'>; readonly protection: Ground['protection'] }

export type Standstill = {
  /** Why nothing is taken in or let go, in words with what to do; null while it is. */
  readonly because: () => Promise<string | null>
  /** Told of what has stopped a run. */
  readonly stopped: (stop: CleanUpStop) => void
}

/**
 * Why the installation takes nothing in and lets nothing go, in words with what to do; null while it does. What is written upon
 * an older database, or into a vault or store that is not the installation's, is lost when the right one comes back (G6, G7).
 * The log is asked every time. A folder can only be exchanged while nobody serves, so what was found right once stays right, until a
 * run, which looks each time, finds that the object store is an older one.
 */
export function openStandstill({ seal, protection }: Standing, keep: Pick<Keep, 'standing'>): Standstill {
  let sound = false
  let looked: { at: number; found: Promise<CleanUpStop | null> } | null = null
  const because = async (): Promise<string | null> => {
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
  const stopped = ({ code, text }: CleanUpStop): void => {
    if (code !== 'objects-older') return
    sound = false
    looked = null
    protection.reason = text
  }
  return { because, stopped }
}
