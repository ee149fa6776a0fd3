import type { PolicyPack } from '@vidne/policies/pack'
import { tombstoneEnd } from './erasing.ts'

/** What was logged before this moment has its own time behind it: the newest for which the policy's time of the log has passed. */
export function loggedUntil(pack: PolicyPack, now: number): number {
  // By halves: what ends a month or a year later has no exact way back.
  let [over, running] = [0, now]
  while (running - over > 1) {
    const between = Math.floor((over + running) / 2)
    if (tombstoneEnd(pack, between) <= now) over = between
    else running = between
  }
  return over
}
