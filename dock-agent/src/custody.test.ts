import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { freshGround } from '../../server/src/platform/testing/databases.ts'
import { dockCamera, docked, type TrialCamera } from './testing/trial-camera.ts'
import { openTrialRack, type TrialRack } from './testing/trial-rack.ts'

const ground = freshGround('embedded')
const folder = mkdtempSync(join(tmpdir(), 'vidne-custody-'))
const { open, rename, unlink } = fs
/** What the agent asked of the disk, in order. */
let done: string[] = []
/** Which flush fails, as on a disk that lost what it was given. */
let failing: ((path: string) => boolean) | null = null
let rack: TrialRack
let camera: TrialCamera
let turn = 0

beforeAll(async () => {
  rack = await openTrialRack({ folder: join(folder, 'rack'), database: ground.database })
})
afterAll(async () => {
  await rack?.trial.close()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(() => {
  turn += 1
  const own = join(folder, `${turn}`)
  camera = { rack, camera: join(own, 'camera'), state: join(own, 'state'), turn }
  mkdirSync(camera.camera, { recursive: true })
  writeFileSync(join(camera.camera, 'clip.mp4'), `film ${turn}`)
  done = []
  failing = null
  watchDisk()
})
afterEach(() => {
  Object.assign(fs, { open, rename, unlink })
  syncBuiltinESMExports()
})

/** The agent's own calls of the disk, each noted once it has ended. */
function watchDisk(): void {
  const note = async <T>(what: string, work: Promise<T>): Promise<T> => {
    const result = await work
    done.push(what)
    return result
  }
  const watched = async (path: string | Buffer, ...how: never[]) => {
    const handle = await open(path, ...how)
    const flush = handle.sync.bind(handle)
    handle.sync = async () => {
      if (failing?.(String(path)) === true) throw Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO' })
      await note(`flush ${kindOf(String(path))}`, flush())
    }
    return handle
  }
  Object.assign(fs, {
    open: watched,
    rename: (from: string, to: string) => note(`rename to ${kindOf(to)}`, rename(from, to)),
    unlink: (path: string | Buffer) => note(`unlink ${kindOf(String(path))}`, unlink(path)),
  })
  syncBuiltinESMExports()
}

const isReceipt = (path: string): boolean => /\.receipt(\.[0-9a-f-]+\.new)?$/.test(path)
const isReceiptFolder = (path: string): boolean => dirname(path) === join(camera.state, 'receipts')
const isJournal = (path: string): boolean => path.startsWith(join(camera.state, 'journal'))

function kindOf(path: string): string {
  if (isReceipt(path)) return 'receipt'
  if (isReceiptFolder(path)) return 'receipts folder'
  return isJournal(path) ? 'journal' : basename(path)
}

test('a receipt is on the disk, its bytes and its name, before the camera is wiped', async () => {
  const line = docked((await dockCamera(camera, { wipe: true }))[0])
  expect(line).toMatchObject({ verified: true, wiped: true })
  const wiped = done.indexOf('unlink clip.mp4')
  expect(done.slice(0, wiped).slice(-4)).toEqual([
    'flush receipt',
    'rename to receipt',
    'flush receipts folder',
    'flush journal',
  ])
  expect(readFileSync(line.receipt, 'utf8')).not.toBe('')
})

test.each([
  ['the bytes of the receipt', () => isReceipt],
  ['the name of the receipt', () => isReceiptFolder],
  ['the line of the journal', () => isJournal],
])('a disk that does not keep %s leaves the file on the camera', async (_, which) => {
  failing = which()
  const [line] = await dockCamera(camera, { wipe: true })
  expect(line).toMatchObject({ refused: expect.any(String) })
  expect(done).not.toContain('unlink clip.mp4')
  expect(existsSync(join(camera.camera, 'clip.mp4'))).toBe(true)
  failing = null
  expect((await dockCamera(camera, { wipe: true }))[0]).toMatchObject({ wiped: true })
})
