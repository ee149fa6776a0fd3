import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventLeaf } from '@vidne/evidence/leaf'
import { formatCheckpoint } from '@vidne/tlog/checkpoint'
import { leafHash } from '@vidne/tlog/merkle'
import { signNote } from '@vidne/tlog/note'
import { tilePath, tilesForAppend } from '@vidne/tlog/tiles'
import { openDatabase, type Database } from '../platform/database/door.ts'
import { silentLogger } from '../platform/http/logging.ts'
import { stillWords } from '../platform/still.ts'
import { asSuperuser, engines, freshPlace, onEachEngine } from '../platform/testing/databases.ts'
import type { Seal } from './seal.ts'
import { rebuildTiles, RebuildRefused } from './rebuilding.ts'
import { stillOf } from './standing.ts'
import {
  backup,
  keysFor,
  lastSigned,
  openedStatement,
  originOf,
  recompute,
  testLog,
  type TestLog,
} from './testing/test-log.ts'
import { openTileFolder } from './tile-store.ts'

async function grow(log: TestLog, seal: Seal): Promise<void> {
  const events = await log.commit(40)
  for (const { label } of events) await seal.whenSealed(label)
  await seal.publish()
}

/** Nothing is signed and nothing written: not on demand, not by itself, not after events have come. */
async function expectStopped(log: TestLog, seal: Seal, reason: string): Promise<void> {
  expect(seal.standing()).toMatchObject({ stopped: reason })
  const before = readdirSync(join(log.folder, 'lock'))
  const [event] = await log.commit(1)
  expect(await seal.publish()).toBe(false)
  expect(await seal.settle({ label: event!.label, wait: 'private' })).toMatchObject({
    kind: 'none',
    because: 'stopped',
  })
  expect(await seal.whenSealed(event!.label)).toBeNull()
  expect(readdirSync(join(log.folder, 'lock'))).toEqual(before)
  const { waiting } = await log.database.asInstallation(async trx => ({ waiting: await log.history.waiting(trx) }))
  expect(waiting).toBeGreaterThan(0)
}

onEachEngine('after a restore', ground => {
  let log: TestLog
  let seal: Seal
  beforeEach(async () => {
    log = await testLog(ground)
    seal = await log.open()
    await seal.openLog(openedStatement(originOf(log)))
    await grow(log, seal)
  })
  afterEach(async () => {
    await seal.close()
    await log.remove()
  })
  /** Closes the log, changes what lies there, and opens it again. */
  const reopenAfter = async (change: () => void): Promise<void> => {
    await seal.close()
    change()
    seal = await log.open()
  }
  const lock = (): string => join(log.folder, 'lock')
  const tiles = (): string => join(log.folder, 'log')

  test("yesterday's tiles are noticed, and nothing is signed", async () => {
    const restore = backup(log, 'log')
    await grow(log, seal)
    await reopenAfter(restore)
    await expectStopped(log, seal, 'tiles-older')
  })

  test("yesterday's lock folder is noticed, and nothing is signed", async () => {
    const restore = backup(log, 'lock')
    await grow(log, seal)
    await reopenAfter(restore)
    await expectStopped(log, seal, 'lock-older')
  })

  test("yesterday's tiles and lock folder together are noticed: the database knows better", async () => {
    const [restoreTiles, restoreLock] = [backup(log, 'log'), backup(log, 'lock')]
    await grow(log, seal)
    await reopenAfter(() => {
      restoreTiles()
      restoreLock()
    })
    await expectStopped(log, seal, 'lock-older')
  })

  test("a lock folder that becomes yesterday's while the log runs is noticed before anything more is signed", async () => {
    const restore = backup(log, 'lock')
    await grow(log, seal)
    const { leaves } = seal.metrics()
    restore()
    const [event] = await log.commit(1)
    expect(await seal.whenSealed(event!.label)).toBeNull()
    await expectStopped(log, seal, 'lock-older')
    expect(seal.metrics().leaves).toBe(leaves)
  })

  test('a larger tree under our own key that is not the one in the tiles stops a running log: it has forked', async () => {
    const { leaves } = seal.metrics()
    const store = openTileFolder(tiles())
    const others = [1, 2, 3, 4, 5].map(nth => eventLeaf(new Uint8Array(32).fill(nth), new Uint8Array(32).fill(9)))
    await store.write({ tiles: await tilesForAppend(store, leaves, others.map(leafHash)), bundles: [] })
    const forked = { origin: originOf(log), size: leaves + 5, root: new Uint8Array(32).fill(9), extensions: [] }
    const note = await signNote(formatCheckpoint(forked), [log.signers.log])
    writeFileSync(join(lock(), `${String(forked.size).padStart(16, '0')}.checkpoint`), note)
    const [event] = await log.commit(1)
    expect(await seal.whenSealed(event!.label)).toBeNull()
    expect(seal.standing()).toMatchObject({ stopped: 'forked' })
    expect(lastSigned(log)).toBe(note)
  })

  test('a lost lock folder is not taken for a new log', async () => {
    await reopenAfter(() => rmSync(join(lock()), { recursive: true }))
    expect(seal.standing()).toMatchObject({ stopped: 'lock-missing' })
    await expect(seal.openLog(openedStatement(originOf(log)))).rejects.toThrow('lock folder')
  })

  test('lost tiles are named', async () => {
    await reopenAfter(() => rmSync(tiles(), { recursive: true }))
    await expectStopped(log, seal, 'tiles-missing')
  })

  test('a lock folder signed by another key is not believed', async () => {
    const { log: other } = await keysFor(originOf(log))
    await seal.close()
    seal = await log.open({ signers: { log: other, second: null } })
    await expectStopped(log, seal, 'lock-unreadable')
  })

  test('a key of another log is refused', async () => {
    const { log: other } = await keysFor('log.example.org/other')
    await seal.close()
    rmSync(lock(), { recursive: true })
    seal = await log.open({ signers: { log: other, second: null } })
    expect(seal.standing()).toMatchObject({ stopped: 'other-origin' })
  })

  test('a changed tile at the edge is noticed at the start', async () => {
    await reopenAfter(() => {
      const width = Math.max(...readdirSync(join(tiles(), 'tile/0/000.p')).map(Number))
      const path = join(tiles(), tilePath(0, 0, width))
      const bytes = readFileSync(path)
      bytes[5]! ^= 1
      writeFileSync(path, bytes)
    })
    await expectStopped(log, seal, 'tiles-differ')
  })

  test('a tile changed while the log runs is noticed before the next signature', async () => {
    const before = lastSigned(log)
    for (const width of readdirSync(join(tiles(), 'tile/0/000.p'))) {
      const path = join(tiles(), 'tile/0/000.p', width)
      const bytes = readFileSync(path)
      bytes[5]! ^= 1
      writeFileSync(path, bytes)
    }
    const [event] = await log.commit(1)
    expect(await seal.whenSealed(event!.label)).toBeNull()
    expect(seal.standing()).toMatchObject({ stopped: 'tiles-differ' })
    expect(lastSigned(log)).toBe(before)
  })

  test('leaves and tiles changed together while the log runs are noticed before the next signature', async () => {
    const before = lastSigned(log)
    const store = openTileFolder(tiles())
    const width = await store.extent(0)
    const entries = await store.entries(0, width)
    entries[3] = eventLeaf(new Uint8Array(32).fill(1), new Uint8Array(32).fill(2))
    const forged = await tilesForAppend(store, 0, entries.map(leafHash))
    await store.write({ bundles: [{ index: 0, entries }], tiles: forged })
    const [event] = await log.commit(1)
    expect(await seal.whenSealed(event!.label)).toBeNull()
    expect(seal.standing()).toMatchObject({ stopped: 'tiles-differ' })
    expect(lastSigned(log)).toBe(before)
  })

  test('tiles that are lost are written again from the database, and the log goes on', async () => {
    const restore = backup(log, 'log')
    await grow(log, seal)
    const published = Buffer.from((await seal.serve('checkpoint')).body).toString()
    await reopenAfter(restore)
    await seal.close()
    await rebuildTiles(log.settings)
    seal = await log.open()
    expect(seal.standing()).toBe('ok')
    expect(recompute(tiles(), published)).toMatchObject({ rootHolds: true, faults: [] })
    await grow(log, seal)
    expect(recompute(tiles(), lastSigned(log))).toMatchObject({ rootHolds: true, faults: [] })
  })

  test('a log that must stop still serves what it had published, and says what to do', async () => {
    const published = (await seal.serve('checkpoint')).body
    await reopenAfter(() => rmSync(lock(), { recursive: true }))
    expect((await seal.serve('checkpoint')).body).toEqual(published)
    const still = stillOf(seal.standing())
    expect(stillWords('en', still!)).toContain('vidne log continue')
  })
})

describe.each(engines)('a database on %s', engine => {
  test('of yesterday alone is noticed: nothing is signed, and no leaf gets a second number', async () => {
    const place = await freshPlace(engine)
    const held: { database: Database } = { database: await openDatabase({ ...place, log: silentLogger }) }
    const log = await testLog({
      get database() {
        return held.database
      },
    })
    let seal = await log.open()
    await seal.openLog(openedStatement(originOf(log)))
    await grow(log, seal)
    await seal.close()
    await held.database.close()
    const restore = await backupDatabase(place)
    held.database = await openDatabase({ ...place, log: silentLogger })
    seal = await log.open()
    await grow(log, seal)
    await seal.close()
    await held.database.close()
    held.database = await openDatabase({ ...(await restore()), log: silentLogger })
    seal = await log.open()
    await expectStopped(log, seal, 'database-older')
    await seal.close()
    await log.remove()
    await held.database.close()
    await place.remove()
  })

  test('that is empty is noticed when lock and tiles are not', async () => {
    const place = await freshPlace(engine)
    const database = await openDatabase({ ...place, log: silentLogger })
    const log = await testLog({ database })
    const seal = await log.open()
    await seal.openLog(openedStatement(originOf(log)))
    await seal.close()
    const another = await freshPlace(engine)
    const empty = await openDatabase({ ...another, log: silentLogger })
    const reopened = await log.open({ database: empty })
    expect(reopened.standing()).toMatchObject({ stopped: 'database-older' })
    await reopened.close()
    await empty.close()
    await another.remove()
    await log.remove()
    await database.close()
    await place.remove()
  })
})

describe.skipIf(!engines.includes('postgres'))('somebody with all rights in the database', () => {
  test.each([
    ['at the end', '(select max(index) from seal_leaf)'],
    ['long ago', '1'],
  ])('who changes a leaf %s is found out', async (_, index) => {
    const place = await freshPlace('postgres')
    const database = await openDatabase({ ...place, log: silentLogger })
    const log = await testLog({ database })
    let seal = await log.open()
    await seal.openLog(openedStatement(originOf(log)))
    for (let round = 0; round < 8; round++) await grow(log, seal)
    await seal.close()
    await asSuperuser(
      place.url!,
      `alter table seal_leaf disable trigger all;
       update seal_leaf set leaf = set_byte(leaf, 40, (get_byte(leaf, 40) + 1) % 256) where index = ${index}`,
    )
    seal = await log.open()
    await expect.poll(() => seal.standing()).toMatchObject({ stopped: 'database-differs' })
    await seal.close()
    const shown = readdirSync(log.folder)
    await expect(rebuildTiles(log.settings)).rejects.toThrow(RebuildRefused)
    expect(readdirSync(log.folder)).toEqual(shown)
    await log.remove()
    await database.close()
    await place.remove()
  })
})

type Place = { url: string | null; folder: string }

/** Copies a database that nobody has open; gives what opens the copy. */
async function backupDatabase(place: Place): Promise<() => Promise<Place>> {
  if (place.url === null) {
    const copy = join(mkdtempSync(join(tmpdir(), 'vidne-yesterday-')), 'database')
    cpSync(place.folder, copy, { recursive: true })
    return async () => {
      rmSync(place.folder, { recursive: true })
      renameSync(copy, place.folder)
      return place
    }
  }
  const [name] = /(?<=\/)t[0-9a-f]+(?=\?)/.exec(place.url) ?? ['']
  await asSuperuser(place.url.replace(name, 'postgres'), `create database ${name}_old template ${name}`)
  const { url } = place
  return async () => ({ ...place, url: url.replace(name, `${name}_old`) })
}
