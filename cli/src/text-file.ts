import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { faultWords } from '@vidne/dock-agent/faults'
import { type Given, UsageRefused } from './command.ts'

/** The text of a file that an option or a word names; `what` names that in the refusal. @throws UsageRefused */
export function readText(file: string, what: string): string {
  return orRefused(`${what} ${file} cannot be read`, () => readFileSync(file, 'utf8'))
}

/** The same for an option that need not be there. @throws UsageRefused */
export function textGiven(given: Given, option: string): string | null {
  const file = given.maybe(option)
  return file === undefined ? null : readText(file, `--${option}`)
}

/**
 * Refuses a file that could not be written, before long work is done for it. Makes nothing.
 * @throws UsageRefused
 */
export function demandWritable(file: string, what: string): void {
  orRefused(`${what} ${file} cannot be written`, () => {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
      throw new UsageRefused(`${what} ${file} is a folder; name a file in it`)
    if (!statSync(dirname(file)).isDirectory()) throw new UsageRefused(`${what} ${file} lies in no folder`)
    accessSync(dirname(file), constants.W_OK)
  })
}

/** As `demandWritable`, for a file that must not be there yet. @throws UsageRefused */
export function demandNew(file: string, what: string): void {
  demandWritable(file, what)
  if (existsSync(file)) throw new UsageRefused(`${what} ${file} is there already, and is never written over`)
}

/** Writes a secret into a new file that only its owner can read; the file. Null, told, where it has to be shown after all. */
export function writeSecret(file: string, secret: string): string | null {
  try {
    writeFileSync(file, `${secret}\n`, { flag: 'wx', mode: 0o600 })
    return file
  } catch (cause) {
    console.error(`vidne: ${file} could not be written: ${faultWords(cause) ?? String(cause)}. It is shown instead.`)
    return null
  }
}

/** What a disk refuses is a refusal of the command, in words. @throws UsageRefused */
export function orRefused<T>(what: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    const why = faultWords(cause)
    if (why === null) throw cause
    throw new UsageRefused(`${what}: ${why}`, { cause })
  }
}
