import { type Stats, constants } from 'node:fs'
import { access, mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { FoundingRefused, WishRefused } from './founding-refused.ts'
import type { FoundingWish } from './founding-wish.ts'
import { readDatabaseState } from './operations/database-state.ts'
import { objectsFolder } from './operations/quiet-ground.ts'
import { faultOf, sentenceOf } from './operations/refused.ts'
import { placesOf } from './places.ts'
import { makeFolderDurable } from './platform/durable/durable.ts'
import { DatabaseAway } from './platform/database/errors.ts'
import { errorCode } from './platform/durable/disk.ts'
import type { Logger } from './platform/http/logging.ts'
import { openObjects } from './platform/objects/objects.ts'

/** A disk's own folder, which a fresh disk has. */
const OF_THE_DISK = 'lost+found'

type Folder = { option: string; path: string }

/**
 * Makes the folders of an installation to be, each new or empty, and answers how to take all of it away again, with
 * whatever was put into them meanwhile. Of two foundings in one folder at the same time the second is refused.
 * @throws WishRefused naming the option whose place cannot be used, FoundingRefused; then nothing is left of it
 */
export async function makePlaces(wish: FoundingWish): Promise<() => Promise<void>> {
  const undo: (() => Promise<void>)[] = []
  const takeAway = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step()
  }
  try {
    undo.push(await makeEmpty({ option: '--data', path: wish.data }, 'keys'))
    for (const folder of elsewhere(wish)) undo.push(await makeEmpty(folder))
    return takeAway
  } catch (error) {
    await takeAway()
    throw error
  }
}

function elsewhere(wish: FoundingWish): Folder[] {
  const { data, vault, objects } = wish
  const copies = vault === undefined ? [] : placesOf({ data, vault, objects }).vault
  const stored = objects === undefined ? null : objectsFolder({ data, vault: undefined, objects })
  return [
    ...copies.map(path => ({ option: '--vault', path: resolve(path) })),
    ...(stored === null ? [] : [{ option: '--objects', path: resolve(stored) }]),
  ]
}

/** `mark`: a folder in it that only one of two can make; whoever fails leaves what the other has. */
async function makeEmpty({ option, path }: Folder, mark?: string): Promise<() => Promise<void>> {
  const missing = await missingAbove(path)
  const removeMade = async (): Promise<void> => {
    for (const folder of missing) await rmdir(folder).catch(() => undefined)
  }
  try {
    if (missing.length === 0) await demandEmpty({ option, path })
    await makeFolderDurable(path)
    await access(path, constants.W_OK | constants.X_OK)
    if (mark !== undefined) await mkdir(join(path, mark), { mode: 0o700 })
  } catch (error) {
    await removeMade()
    throw inWords({ option, path }, error)
  }
  return async () => {
    for (const name of await readdir(path).catch(() => []))
      if (name !== OF_THE_DISK) await rm(join(path, name), { recursive: true, force: true })
    await removeMade()
  }
}

function inWords({ option, path }: Folder, error: unknown): unknown {
  const code = errorCode(error)
  if (code === 'EEXIST') return new FoundingRefused('folder-in-use', { path })
  if (code === 'ENOENT') return new WishRefused('no-folder-there', { option, path })
  const fault = faultOf(error)
  return fault === null ? error : new WishRefused('folder-fault', { option, path }, { fault, cause: error })
}

/** The folder itself and those above it that are not there, the deepest first. */
async function missingAbove(path: string): Promise<string[]> {
  const missing: string[] = []
  for (let folder = path; (await there(folder)) === null && dirname(folder) !== folder; folder = dirname(folder))
    missing.push(folder)
  return missing
}

async function there(path: string): Promise<Stats | null> {
  return stat(path).catch(() => null)
}

async function demandEmpty({ option, path }: Folder): Promise<void> {
  const names = await readdir(path)
  if (names.some(name => name !== OF_THE_DISK)) throw new FoundingRefused('not-empty', { option, path })
}

/**
 * Looks whether database and object store answer, and are nobody's yet. Changes nothing in them.
 * @throws FoundingRefused
 */
export async function demandServers({ database, objects }: FoundingWish, log: Logger): Promise<void> {
  if (database !== undefined) await asked('--database', () => demandUnusedDatabase(database, log))
  if (objects?.startsWith('s3:') === true) await asked('--objects', () => demandUnusedStore(objects))
}

async function demandUnusedDatabase(url: string, log: Logger): Promise<void> {
  const { migrations, strangeTables } = await readDatabaseState({ kind: 'server', url, log })
  if (migrations !== null) throw new FoundingRefused('database-founded')
  if (strangeTables) throw new FoundingRefused('database-strange')
}

async function demandUnusedStore(url: string): Promise<void> {
  const objects = await openObjects(url)
  try {
    const lacks = (await objects.probe()).find(finding => finding.stops)
    if (lacks !== undefined) throw unusable('--objects', lacks.text)
    if ((await objects.marker()) !== null) throw new FoundingRefused('objects-of-another')
  } finally {
    await objects.close()
  }
}

async function asked(option: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof FoundingRefused) throw error
    if (error instanceof DatabaseAway) throw new FoundingRefused('database-away', {}, { then, cause: error })
    throw unusable(option, sentenceOf(error) ?? (error instanceof Error ? error.message : String(error)), error)
  }
}

const then = ['nothing-founded'] as const

/** What database or object store say, as they say it. */
function unusable(option: string, said: string, cause?: unknown): FoundingRefused {
  return new FoundingRefused('place-unusable', { option, what: said.replace(/\.$/, '') }, { then, cause })
}
