import { writeSync } from 'node:fs'

/**
 * Whether a suite has to be left out, for `describe.skipIf(leftOut('the power cuts', cannotCutPower()))`: `why` in words, null
 * where nothing is missing. Says so in one line. Every suite that some machine cannot run asks here.
 * @throws under `CI=true`: a build in which a suite was left out must not look like one that passed.
 */
export function leftOut(suite: string, why: string | null): boolean {
  if (why === null) return false
  if (process.env['CI'] === 'true') throw new Error(`CI=true, and this cannot be tried here: ${suite}; ${why}`)
  writeSync(2, `left out: ${suite}; ${why}\n`)
  return true
}

/** Why what needs Linux itself cannot be tried here, in words; null on Linux. */
export const notLinux: string | null = process.platform === 'linux' ? null : 'only Linux has /proc'
