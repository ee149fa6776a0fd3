import { dirname, join } from 'node:path'
import { realDisk } from '../platform/durable/disk.ts'
import { readFileIfThere } from '../platform/durable/durable.ts'
import type { Places } from '../places.ts'
import { filesBelow } from './hashed-files.ts'
import type { Put } from './put.ts'

/** Where the settings, the trust file and the keys of an installation lie, by their names in a backup. */
export function settingsFiles(places: Places): { path: string; from: string }[] {
  return [
    { path: 'settings/vidne.toml', from: places.settings },
    { path: 'settings/trust.policy', from: places.trust },
    { path: 'settings/rehearsal-clock.json', from: places.clock },
  ]
}

export function logKeyFiles(places: Places): { path: string; from: string }[] {
  return [
    { path: 'keys/log.skey', from: places.logKey },
    { path: 'keys/log-ml-dsa-44.skey', from: places.secondKey },
  ]
}

export async function backupSettings({ places }: { places: Places }, put: Put, logKeys: boolean): Promise<void> {
  const files = [...settingsFiles(places), ...(logKeys ? logKeyFiles(places) : [])]
  for (const { path, from } of files) {
    const bytes = await readFileIfThere(from)
    if (bytes !== null) await put(path, [bytes])
  }
}

const RETIRED = /^log\.retired-\d+$/
/** A write that was cut off leaves such a name; nothing rests on it. */
const UNFINISHED = /(^|\/)\.[^/]+\.new$/

/** The folder of the log, and those of logs that were retired. */
export async function backupLog(places: Places, put: Put): Promise<void> {
  const parent = dirname(places.log)
  const retired = ((await realDisk.list(parent)) ?? []).filter(name => RETIRED.test(name))
  await backupLogFolder(places.log, 'log', put)
  for (const name of retired) await backupLogFolder(join(parent, name), name, put)
}

const MOST_LOOKS = 20

/**
 * The checkpoint first: the tiles that are read after it hold at least what it covers, also while the log grows. A
 * partial tile may be tidied away between the listing and the reading; then a wider one is there, and it is looked again.
 */
async function backupLogFolder(folder: string, name: string, put: Put): Promise<void> {
  const done = new Set<string>()
  const copy = async (path: string): Promise<boolean> => {
    const bytes = await readFileIfThere(join(folder, path))
    if (bytes === null) return false
    await put(`${name}/${path}`, [bytes])
    done.add(path)
    return true
  }
  await copy('checkpoint')
  for (let look = 0; look < MOST_LOOKS; look++) {
    let wentAway = false
    for (const path of await filesBelow(folder))
      if (!done.has(path) && !UNFINISHED.test(path) && !(await copy(path))) wentAway = true
    if (!wentAway) return
  }
  throw new Error(`the folder ${folder} changes faster than it can be read`)
}
