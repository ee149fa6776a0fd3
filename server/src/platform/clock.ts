import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Where all time comes from: UTC epoch milliseconds. Core formats take `now()` as it is. */
export interface Clock {
  now(): number
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => Date.now() }

/** A clock that can be set, for rehearsal installations only. The offset survives a restart. */
export interface RehearsalClock extends Clock {
  /** Makes `now()` answer `at` from here on, ticking. Durable when resolved. */
  set(at: number): Promise<void>
}

/**
 * Opens the rehearsal clock whose offset against the machine's clock lies in `file` (JSON `{"offsetMs":integer}`).
 * A missing file means no offset. Throws when the file holds anything else: guessing a time could delete footage.
 */
export async function openRehearsalClock(file: string, machine: Clock = systemClock): Promise<RehearsalClock> {
  let offsetMs = await readOffset(file)
  return {
    now: () => machine.now() + offsetMs,
    async set(at) {
      if (!Number.isSafeInteger(at)) throw new RangeError(`not a time in epoch milliseconds: ${at}`)
      const next = at - machine.now()
      await writeOffset(file, next)
      offsetMs = next
    },
  }
}

async function readOffset(file: string): Promise<number> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return 0
    throw cause
  }
  const found = /^\{"offsetMs":(-?\d{1,15})\}\s*$/.exec(text)?.[1]
  if (found === undefined) throw new Error(`the rehearsal clock's file is damaged: ${file}`)
  return Number(found)
}

async function writeOffset(file: string, offsetMs: number): Promise<void> {
  const beside = `${file}.new`
  const handle = await open(beside, 'w', 0o600)
  try {
    await handle.writeFile(`{"offsetMs":${offsetMs}}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(beside, file)
  const folder = await open(dirname(file), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
