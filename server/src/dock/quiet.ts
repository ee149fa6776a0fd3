import { setTimeout as pause } from 'node:timers/promises'

/** How long the reading of media steps aside at most, so that a dock that is never quiet is read all the same. */
const LONGEST_WAIT_MS = 120_000
const LOOK_MS = 200

/**
 * Waits while footage is arriving. Reading media starts processes and can wait; footage that still lies on a camera cannot.
 */
export async function untilQuiet(arriving: () => boolean): Promise<void> {
  const until = performance.now() + LONGEST_WAIT_MS
  while (arriving() && performance.now() < until) await pause(LOOK_MS)
}
