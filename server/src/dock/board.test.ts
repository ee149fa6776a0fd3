import { beforeEach, describe, expect, test } from 'vitest'
import { DiskFull } from '../platform/durable/disk.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { standing } from './board.ts'
import type { UnfinishedUpload } from './board-store.ts'
import { ask, begin, footage, patch, sha256 } from './testing/client.ts'
import { AGENCY, actorOf, openTrialDock } from './testing/trial-dock.ts'
import type { TrialDock } from './testing/trial-dock.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NOW = Date.parse('2026-06-01T06:00:00Z')

describe('what is said of a camera', () => {
  const open: UnfinishedUpload = {
    id: 'u1',
    camera: 'C-1',
    path: 'a.mp4',
    state: 'open',
    bytes: 100,
    acknowledged: 40,
    movedAt: NOW - 10 * MINUTE,
    trouble: null,
  }
  const count = { done: 3, bytes: 300, movedAt: NOW - 11 * MINUTE }
  const said = (uploads: readonly UnfinishedUpload[], held = false, last = count) =>
    standing('C-1', last, uploads, { now: NOW, isHeld: () => held })

  test('it docks while somebody sends, however long nothing was acknowledged', () => {
    expect(said([open], true)).toMatchObject({ state: 'docking', bytes: { arrived: 340, all: 400 }, failures: [] })
  })

  test('between two files it is not done yet, a little later it is', () => {
    expect(said([], false, { ...count, movedAt: NOW - 5_000 })).toMatchObject({ state: 'docking' })
    expect(said([])).toMatchObject({ state: 'done', movedAt: NOW - 11 * MINUTE, files: { done: 3, open: 0 } })
  })

  test('a file that stopped in the middle says so, and what stopped it where that is known', () => {
    expect(said([open])).toMatchObject({ state: 'failed', failures: [{ file: 'a.mp4', because: 'stopped' }] })
    expect(said([{ ...open, trouble: 'storage-full' }])).toMatchObject({ failures: [{ because: 'storage-full' }] })
    expect(said([{ ...open, movedAt: NOW - 1000 }])).toMatchObject({ state: 'docking', failures: [] })
  })

  test('where one file failed and another comes in, both are said', () => {
    const all = said([
      { ...open, state: 'mismatched' },
      { ...open, id: 'u2', movedAt: NOW },
    ])
    expect(all).toMatchObject({ state: 'docking', failures: [{ because: 'mismatched' }], files: { done: 3, open: 2 } })
  })
})

onEachEngine('the board of the charging room', ground => {
  let trial: TrialDock
  let now: number
  let full: boolean
  beforeEach(async () => {
    ;[now, full] = [NOW, false]
    await ground.database.asInstallation(async trx => {
      await trx.deleteFrom('dock_upload' as never).execute()
    })
    trial = await openTrialDock({
      folder: ground.folder,
      database: ground.database,
      clock: { now: () => now },
      // What is asked first of every request that brings bytes.
      standsStill: async () => {
        if (full) throw new DiskFull('objects', null)
        return null
      },
    })
    return () => trial.close()
  })

  const board = () => ground.database.asAgency(AGENCY, trx => trial.dock.board(trx, AGENCY))
  const states = async () => (await board()).map(({ camera, state, failures }) => [camera, state, failures[0]?.because])

  async function docked(camera: string, path: string, pairs: Record<string, string> = {}): Promise<void> {
    const bytes = footage(3000, `${camera} ${path} ${now}`)
    await patch(await begin(trial.url, bytes.length, { path, camera, ...pairs }), 0, bytes)
  }

  test('says of each camera whether it docks, is done and since when, or failed; failures stand first', async () => {
    await docked('C-done', '1.mp4')
    await docked('C-done', '2.mp4')
    const cut = await begin(trial.url, 3000, { path: '1.mp4', camera: 'C-cut' })
    await patch(cut, 0, Buffer.alloc(1000))
    now += HOUR
    const half = await begin(trial.url, 3000, { path: '1.mp4', camera: 'C-docking' })
    await patch(half, 0, Buffer.alloc(1500))
    expect(await board()).toMatchObject([
      { camera: 'C-cut', state: 'failed', failures: [{ file: '1.mp4', because: 'stopped' }], movedAt: NOW },
      { camera: 'C-docking', state: 'docking', bytes: { arrived: 1500, all: 3000 } },
      { camera: 'C-done', state: 'done', movedAt: NOW, files: { done: 2, open: 0 } },
    ])
    await patch(cut, 1000, Buffer.alloc(2000))
    await patch(half, 1500, Buffer.alloc(1500, 1))
    now += HOUR
    expect(await states()).toEqual([
      ['C-cut', 'done', undefined],
      ['C-docking', 'done', undefined],
      ['C-done', 'done', undefined],
    ])
    now += 16 * HOUR
    expect(await board()).toEqual([])
  })

  test('a file that changed stands there until it has come in', async () => {
    const upload = await begin(trial.url, 5, {
      path: '1.mp4',
      camera: 'C-1',
      sha256: sha256(Buffer.from('x')).toString('hex'),
    })
    expect((await patch(upload, 0, Buffer.from('hello'))).status).toBe(460)
    expect(await states()).toEqual([['C-1', 'failed', 'mismatched']])
    now += MINUTE
    await docked('C-1', '1.mp4')
    now += MINUTE
    expect(await states()).toEqual([['C-1', 'done', undefined]])
  })

  test('what stopped an upload is remembered until something of it arrives', async () => {
    const upload = await begin(trial.url, 3000, { path: '1.mp4', camera: 'C-1' })
    full = true
    expect((await patch(upload, 0, Buffer.alloc(1000))).status).toBe(507)
    expect(await states()).toEqual([['C-1', 'failed', 'storage-full']])
    full = false
    expect((await patch(upload, 0, Buffer.alloc(1000))).status).toBe(204)
    expect(await states()).toEqual([['C-1', 'docking', undefined]])
  })

  test('what was removed, what other people handed in and what another agency docks is not on it', async () => {
    await ask('DELETE', await begin(trial.url, 10, { path: '1.mp4', camera: 'C-1' }))
    await docked('C-2', '1.mp4', { provenance: 'handed-in', giver: 'Ann' })
    await docked('C-3', '1.mp4', { provenance: 'own-camera' })
    const foreign = await begin(trial.url, 10, { path: '1.mp4', camera: 'C-4' }, 'other-agency')
    expect(foreign).toContain('/upload/')
    expect((await board()).map(({ camera }) => camera)).toEqual(['C-3'])
    const other = actorOf({ headers: { authorization: 'Bearer other-agency' } } as never)?.agency ?? ''
    const theirs = await ground.database.asAgency(other, trx => trial.dock.board(trx, AGENCY))
    expect(theirs).toEqual([])
  })
})
