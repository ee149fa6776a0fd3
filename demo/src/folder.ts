import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { readSettings, settingsFile } from '@vidne/server/platform/settings/settings'

/** The demo is not begun, or not shown, in this folder; the sentence says why and what to do. */
export class FolderRefused extends Error {
  override name = 'FolderRefused'
}

/** Where an installation of root's lies, and what is beneath it: no demo is made there, whatever is in it. */
const OF_INSTALLATIONS = '/var/lib/vidne'

/** Written before anything else: what stands beside it is a demo of ours, and may be thrown away. */
const MARK = 'vidne-demo.json'

const DONE = { what: 'a demo of Vidne', state: 'ready' } as const
const BEGUN = { what: 'a demo of Vidne', state: 'begun' } as const

/** A demo's own folder: what it holds, and where its data is. */
export type Folder = { readonly state: 'ready' | 'empty'; readonly data: string; readonly done: () => void }

/**
 * Takes a folder for the demo. One that was begun and never finished, and with `afresh` one that was, is emptied: only where our mark
 * stands and what lies there is a rehearsal.
 * @throws FolderRefused where anything else lies there.
 */
export function demoFolder(folder: string, afresh: boolean): Folder {
  const place = realpathOf(resolve(folder))
  if (place === OF_INSTALLATIONS || place.startsWith(`${OF_INSTALLATIONS}/`))
    throw new FolderRefused(`${place} is where an installation keeps its evidence; no demo is made there`)
  const data = join(place, 'data')
  const state = stateOf(place)
  if (state !== 'empty') demandRehearsal(data)
  const done = () => writeFileSync(join(place, MARK), `${JSON.stringify(DONE)}\n`)
  if (state === 'ready' && !afresh) return { state: 'ready', data, done }
  if (state !== 'empty') rmSync(data, { recursive: true, force: true })
  mkdirSync(place, { recursive: true, mode: 0o700 })
  writeFileSync(join(place, MARK), `${JSON.stringify(BEGUN)}\n`)
  return { state: 'empty', data, done }
}

/** The folder as it is called without links; of one that is not there, as far as there is one. */
function realpathOf(place: string): string {
  if (existsSync(place)) return realpathSync(place)
  const above = dirname(place)
  return above === place ? place : join(realpathOf(above), place.slice(above.length).replace(/^\/+/, ''))
}

function stateOf(place: string): 'ready' | 'begun' | 'empty' {
  if (!existsSync(place)) return 'empty'
  const mark = join(place, MARK)
  if (existsSync(mark)) return readFileSync(mark, 'utf8').includes('"ready"') ? 'ready' : 'begun'
  if (readdirSync(place).length === 0) return 'empty'
  throw new FolderRefused(
    `${place} holds something that is no demo; nothing was changed. Choose another folder: npm run demo -- --data FOLDER`,
  )
}

/** An installation that keeps evidence is never served as a demo, and never emptied, even where our mark stands beside it. */
function demandRehearsal(data: string): void {
  if (!existsSync(join(data, settingsFile))) return
  if (readSettings(data, {}, {}).mode !== 'rehearsal')
    throw new FolderRefused(`${data} is no rehearsal, so it is no demo; nothing was changed`)
}
