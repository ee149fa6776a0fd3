import type { Ground } from './ground.ts'
import type { Keep } from './keep/keep.ts'
import type { Still } from './platform/still.ts'
import { stillOf } from './seal/seal.ts'

const LOOK_AGAIN_MS = 10_000

type Standing = { readonly seal: Pick<Ground['seal'], 'standing'>; readonly protection: Ground['protection'] }

export type Standstill = {
  /** Why nothing is taken in or let go; null while it is. */
  readonly because: () => Promise<Still | null>
  /** Told of what has stopped a run. */
  readonly stopped: (stop: Still) => void
}

/**
 * Why the installation takes nothing in and lets nothing go; null while it does. What is written upon
 * an older database, or into a vault or store that is not the installation's, is lost when the right one comes back (G6, G7).
 * The log is asked every time. A folder can only be exchanged while nobody serves, so what was found right once stays right, until a
 * run, which looks each time, finds that the object store is an older one.
 */
export function openStandstill({ seal, protection }: Standing, keep: Pick<Keep, 'standing'>): Standstill {
  let sound = false
  let looked: { at: number; found: Promise<Still | null> } | null = null
  const because = async (): Promise<Still | null> => {
    const log = stillOf(seal.standing())
    if (log !== null) return log
    if (sound) return null
    const now = performance.now()
    if (looked === null || now - looked.at > LOOK_AGAIN_MS) looked = { at: now, found: keep.standing() }
    protection.reason = await looked.found
    sound = protection.reason === null
    return protection.reason
  }
  const stopped = (stop: Still): void => {
    if (stop.code !== 'objects-older') return
    sound = false
    looked = null
    protection.reason = stop
  }
  return { because, stopped }
}
