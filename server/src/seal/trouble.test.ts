import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseCheckpoint } from '@vidne/tlog/checkpoint'
import { generateKey, parseVerifierKey } from '@vidne/tlog/keys'
import { parseNote } from '@vidne/tlog/note'
import type { Database } from '../platform/database/door.ts'
import { DatabaseAway } from '../platform/database/errors.ts'
import { DiskFull, FsyncFailed } from '../platform/durable/disk.ts'
import { makeFolderDurable } from '../platform/durable/durable.ts'
import { engines, freshGround } from '../platform/testing/databases.ts'
import { SimulatedDisk } from '../platform/testing/simulated-disk.ts'
import { readSigned } from './checkpoints.ts'
import { openLockFolder } from './lock-store.ts'
import { openSeal, type Seal, type SealSettings } from './seal.ts'
import { lastSigned, openedStatement, originOf, recompute, testLog, type TestLog } from './testing/test-log.ts'
import { TestWitness } from './testing/test-witness.ts'
import { openTileFolder } from './tile-store.ts'

const settled = (work: Promise<unknown>): Promise<unknown> =>
  Promise.race([work, new Promise(done => setTimeout(done, 1500, 'still waiting'))])

describe('a log in trouble', () => {
  const ground = freshGround(engines.at(-1) ?? 'embedded')
  let log: TestLog
  let seal: Seal
  let disk: SimulatedDisk
  const onDisk = (): SealSettings => ({
    ...log.settings,
    tiles: openTileFolder('/data/log', disk),
    lock: openLockFolder('/data/lock', async note => (await readSigned(note, log.signers.log)) !== null, disk),
  })
  beforeEach(async () => {
    log = await testLog(ground)
    disk = new SimulatedDisk()
    await disk.makeFolder('/data', 0o700)
    await makeFolderDurable('/data/log', disk)
  })
  afterEach(async () => {
    await seal.close()
    await log.remove()
  })

  test.each(['/data/log', '/data/lock'])(
    'waits while %s is full, and goes on by itself when there is room',
    async folder => {
      seal = await openSeal(onDisk())
      await seal.openLog(openedStatement(originOf(log)))
      disk.fault = ({ kind, path }) => {
        if (kind === 'write' && path.startsWith(folder)) throw new DiskFull(path, null)
      }
      const [event] = await log.commit(1)
      const sealed = seal.whenSealed(event!.label)
      expect(await settled(sealed)).toBe('still waiting')
      expect(seal.standing()).toBe('ok')
      disk.fault = () => undefined
      expect(await sealed).not.toBeNull()
    },
  )

  test('signs nothing after an fsync has failed: what the disk holds is not known any more', async () => {
    seal = await openSeal(onDisk())
    await seal.openLog(openedStatement(originOf(log)))
    const before = seal.metrics().leaves
    disk.fault = ({ kind, path }) => {
      if (kind === 'sync') throw new FsyncFailed(path, null)
    }
    const [event] = await log.commit(1)
    expect(await seal.whenSealed(event!.label)).toBeNull()
    disk.fault = () => undefined
    expect(await seal.publish()).toBe(false)
    expect(seal.standing()).toMatchObject({ stopped: 'write-failed' })
    expect(seal.metrics().leaves).toBe(before)
  })

  test('signs nothing over tiles that came out otherwise than they were written', async () => {
    const settings = onDisk()
    const tiles = openTileFolder('/data/log', disk)
    seal = await openSeal({ ...settings, tiles })
    await seal.openLog(openedStatement(originOf(log)))
    const [before, signed] = [seal.metrics().leaves, await settings.lock?.read()]
    const write = tiles.write.bind(tiles)
    tiles.write = growth => {
      const spoiled = growth.tiles.map(tile => ({
        ...tile,
        bytes: tile.bytes.map((byte, at) => (at === 0 ? ~byte : byte)),
      }))
      return write({ ...growth, tiles: spoiled })
    }
    const [event] = await log.commit(1)
    expect(await seal.whenSealed(event!.label)).toBeNull()
    expect(seal.standing()).toMatchObject({ stopped: 'tiles-differ' })
    expect(seal.metrics().leaves).toBe(before)
    expect(await settings.lock?.read()).toEqual(signed)
  })

  test('waits while the database is away, and loses nothing when a commit was answered with silence', async () => {
    let away = false
    let silentCommits = 0
    const { database: real } = log
    const database: Database = {
      engine: real.engine,
      asAgency: (agency, work) => real.asAgency(agency, work),
      ready: () => real.ready(),
      close: () => real.close(),
      async asInstallation(work) {
        if (away) throw new DatabaseAway('gone')
        const answer = await real.asInstallation(work)
        if (silentCommits > 0 && silentCommits-- === 1) throw new DatabaseAway('gone', { committed: 'unknown' })
        return answer
      },
    }
    seal = await openSeal({ ...onDisk(), database })
    await seal.openLog(openedStatement(originOf(log)))
    away = true
    const events = await log.commit(50)
    const sealed = seal.whenSealed(events[49]!.label).catch(() => 'away')
    expect(['still waiting', 'away']).toContain(await settled(sealed))
    away = false
    for (let nth = 1; nth <= 4; nth++) {
      silentCommits = nth
      await log.commit(5)
      await new Promise(done => setTimeout(done, 500))
    }
    silentCommits = 0
    for (const { label } of events) expect(await seal.whenSealed(label)).not.toBeNull()
    expect(seal.standing()).toBe('ok')
  })
})

describe.skipIf(!engines.includes('postgres'))('two processes on one PostgreSQL and one log folder', () => {
  const ground = freshGround('postgres')
  let log: TestLog
  const seals: Seal[] = []
  beforeEach(async () => {
    log = await testLog(ground)
    seals.push(await log.open())
    await seals[0]!.openLog(openedStatement(originOf(log)))
    seals.push(await log.open())
  })
  afterEach(async () => {
    await Promise.all(seals.splice(0).map(seal => seal.close()))
    await log.remove()
  })

  test('sign one log together, and each knows what the other has sealed', async () => {
    const [first, second] = [seals[0]!, seals[1]!]
    const events = (await Promise.all(Array.from({ length: 16 }, () => log.commit(10)))).flat()
    for (const { label } of events) {
      const [a, b] = await Promise.all([first.whenSealed(label), second.whenSealed(label)])
      expect(a).not.toBeNull()
      expect(a).toBe(b)
    }
    await Promise.all([first.publish(), second.publish()])
    await second.publish()
    await first.publish()
    expect([first.standing(), second.standing()]).toEqual(['ok', 'ok'])
    expect(recompute(join(log.folder, 'log'), lastSigned(log))).toMatchObject({ rootHolds: true, faults: [] })
    const settling = events.slice(0, 20).map(({ label }, at) => seals[at % 2]!.settle({ label, wait: 'private' }))
    for (const one of await Promise.all(settling)) expect(one.kind).toBe('private')
    expect(recompute(join(log.folder, 'log'), lastSigned(log))).toMatchObject({ rootHolds: true, faults: [] })
  })

  test('do not take each other, of whom a witness knows more, for a log that was set back', async () => {
    const keys = await generateKey('peer.example.org/witness', 'cosignature-ed25519')
    const witness = new TestWitness(keys, parseVerifierKey(log.signers.log.vkey))
    const witnesses = [{ url: await witness.listen(), vkey: witness.vkey }]
    await Promise.all(seals.splice(0).map(seal => seal.close()))
    seals.push(await log.open({ witnesses }), await log.open({ witnesses }))
    for (let round = 0; round < 4; round++) {
      // The first one's checkpoint comes to the witness after the second one's, which is larger.
      witness.keepNextMs = 300
      const first = seals[0]!.publish()
      await new Promise(done => setTimeout(done, 100))
      await Promise.all([first, seals[1]!.publish()])
    }
    expect(seals.map(seal => seal.standing())).toEqual(['ok', 'ok'])
    const shown = readFileSync(join(log.folder, 'log', 'checkpoint'), 'utf8')
    const sizes = seals.map(seal => seal.metrics().publicLeaves)
    expect(parseCheckpoint(parseNote(shown).text).size).toBe(Math.max(...sizes))
    await Promise.all(seals.splice(0).map(seal => seal.close()))
    await witness.close()
  })

  test('go on when one of them is gone', async () => {
    await seals[0]!.close()
    const [event] = await log.commit(1)
    expect(await seals[1]!.whenSealed(event!.label)).not.toBeNull()
    await seals[1]!.publish()
    expect(recompute(join(log.folder, 'log'), lastSigned(log))).toMatchObject({ rootHolds: true, faults: [] })
  })
})
