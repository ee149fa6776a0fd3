import { dirname, join } from 'node:path'
import { realDisk } from '../platform/durable/disk.ts'
import { readFileIfThere } from '../platform/durable/durable.ts'
import type { Places } from '../places.ts'
import { chunksOf, filesBelow } from './hashed-files.ts'
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

/**
 * The folder of the log, and those of logs that were retired. The checkpoint first: the tiles that are read after it hold
 * at least what it covers, also while the log grows.
 */
export async function backupLog(places: Places, put: Put): Promise<void> {
  const beside = (await realDisk.list(dirname(places.log))) ?? []
  const folders = [places.log, ...beside.filter(name => RETIRED.test(name)).map(name => join(dirname(places.log), name))]
  for (const [i, folder] of folders.entries()) {
    const name = i === 0 ? 'log' : folder.slice(dirname(folder).length + 1)
    const files = (await filesBelow(folder)).filter(path => !UNFINISHED.test(path))
    const first = files.filter(path => path === 'checkpoint')
    for (const path of [...first, ...files.filter(file => file !== 'checkpoint')])
      await putIfStillThere(put, `${name}/${path}`, join(folder, path))
  }
}

/** A partial tile may be tidied away while the log goes on; the wider one that replaces it comes with the listing after. */
async function putIfStillThere(put: Put, path: string, from: string): Promise<void> {
  if (!path.includes('.p/')) return put(path, chunksOf(from))
  const bytes = await readFileIfThere(from)
  if (bytes !== null) await put(path, [bytes])
}
