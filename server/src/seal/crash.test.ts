import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseCheckpoint } from '@vidne/tlog/checkpoint'
import { checkConsistency } from '@vidne/tlog/merkle'
import { parseNote } from '@vidne/tlog/note'
import { consistencyProof } from '@vidne/tlog/tiles'
import type { Database } from '../platform/database/door.ts'
import { engines, freshGround, onEachEngine } from '../platform/testing/databases.ts'
import { seeded, SimulatedDisk } from '../platform/testing/simulated-disk.ts'
import { makeFolderDurable } from '../platform/durable/durable.ts'
import { readSigned } from './checkpoints.ts'
import { openLockFolder } from './lock-store.ts'
import { openSeal, type Seal, type SealSettings } from './seal.ts'
import { STEPS, type Step } from './sequencer.ts'
import { lastSigned, openedStatement, originOf, recompute, testLog, type TestLog } from './testing/test-log.ts'
import { openTileFolder, readEntries } from './tile-store.ts'

const EVERY_STEP: readonly Step[] = [...STEPS, 'public-signed', 'public-recorded', 'public-served']

/** Settings under which everything stands still for ever once a step is reached: nothing runs on after a kill. */
function killedAt(settings: SealSettings, step: Step): SealSettings & { arm: () => void } {
  let [armed, dead] = [false, false]
  const unlessDead = <T>(work: () => Promise<T>): Promise<T> => (dead ? Promise.reject(new Error('killed')) : work())
  const database: Database = {
    ...settings.database,
    engine: settings.database.engine,
    asAgency: (agency, work) => unlessDead(() => settings.database.asAgency(agency, work)),
    asInstallation: work => unlessDead(() => settings.database.asInstallation(work)),
  }
  const passed = (now: Step): void => {
    dead ||= armed && now === step
    if (dead) throw new Error('killed')
  }
  return { ...settings, database, passed, arm: () => (armed = true) }
}

onEachEngine('a log that is killed', ground => {
  let log: TestLog
  beforeEach(async () => {
    log = await testLog(ground)
  })
  afterEach(() => log.remove())

  const finish = async (seal: Seal, labels: readonly Uint8Array[], left: readonly string[]): Promise<void> => {
    expect(seal.standing()).toBe('ok')
    for (const label of labels) expect(await seal.whenSealed(label)).not.toBeNull()
    expect(await seal.publish()).toBe(true)
    const note = Buffer.from((await seal.serve('checkpoint')).body).toString()
    const { leaves, rootHolds, faults } = recompute(join(log.folder, 'log'), note)
    expect({ rootHolds, faults }).toEqual({ rootHolds: true, faults: [] })
    const written = leaves.filter(leaf => labels.some(label => Buffer.compare(label, leaf.subarray(1, 33)) === 0))
    expect(written).toHaveLength(labels.length)
    const now = parseCheckpoint(parseNote(note).text)
    for (const earlier of left.map(one => parseCheckpoint(parseNote(one).text)).filter(one => one.size > 0)) {
      const proof = await consistencyProof(openTileFolder(join(log.folder, 'log')), earlier.size, now.size)
      const claim = { oldSize: earlier.size, newSize: now.size, oldRoot: earlier.root, newRoot: now.root, proof }
      expect(checkConsistency(claim)).toEqual({ holds: true })
    }
  }

  test.each(EVERY_STEP)('after %s loses no event, forks nothing, and goes on', async step => {
    const mortal = killedAt(log.settings, step)
    const first = await openSeal(mortal)
    await first.openLog(openedStatement(originOf(log)))
    const before = await log.commit(20)
    await first.publish()
    const left = [lastSigned(log)]
    mortal.arm()
    const during = await log.commit(300)
    await first.publish().catch(() => undefined)
    left.push(lastSigned(log))
    await first.close()
    const second = await log.open()
    await finish(
      second,
      [...before, ...during].map(one => one.label),
      left,
    )
    await second.close()
  })

  test('has given no signature away before the lock store has moved to it', async () => {
    const seen: { step: Step; given: number; locked: number }[] = []
    let given = (): number => 0
    const seal = await log.open({
      passed: step => {
        const locked = parseCheckpoint(parseNote(lastSigned(log)).text).size
        seen.push({ step, given: given(), locked })
      },
    })
    given = () => seal.metrics().leaves
    await seal.openLog(openedStatement(originOf(log)))
    await log.commit(5)
    await seal.publish()
    await seal.close()
    expect(seen.length).toBeGreaterThan(10)
    for (const moment of seen) expect(moment.given).toBeLessThanOrEqual(moment.locked)
    expect(seen.some(({ step, given: had, locked }) => step === 'signed' && had === locked && locked > 0)).toBe(true)
  })

  test.each(EVERY_STEP)('after %s of its very first signature can still be opened', async step => {
    const mortal = killedAt(log.settings, step)
    mortal.arm()
    const first = await openSeal(mortal)
    await expect(first.openLog(openedStatement(originOf(log)))).rejects.toThrow('killed')
    await first.close()
    const second = await log.open()
    const events = await log.commit(3)
    await finish(
      second,
      events.map(one => one.label),
      [lastSigned(log)],
    )
    await second.close()
  })
})

// One database is enough here: what is cut off is the disk that holds tiles and lock.
describe('a log whose machine loses power', () => {
  const ground = freshGround(engines.at(-1) ?? 'embedded')
  let log: TestLog
  afterEach(() => log.remove())

  const onDisk = (disk: SimulatedDisk): SealSettings => ({
    ...log.settings,
    tiles: openTileFolder('/data/log', disk),
    lock: openLockFolder('/data/lock', async note => (await readSigned(note, log.signers.log)) !== null, disk),
  })

  /** Opens a log on a fresh disk, and loses power `cut` steps into a public checkpoint; gives the disk that is found. */
  const loseAfter = async (
    cut: number,
  ): Promise<{ found: SimulatedDisk; signed: number; labels: Uint8Array[]; steps: number }> => {
    const disk = new SimulatedDisk()
    await disk.makeFolder('/data', 0o700)
    await makeFolderDurable('/data/log', disk)
    const first = await openSeal(onDisk(disk))
    await first.openLog(openedStatement(originOf(log)))
    const events = await log.commit(260)
    const before = disk.steps
    disk.cutPowerAfter(cut)
    await first.publish().catch(() => undefined)
    const signed = first.metrics().leaves
    await first.close()
    const found = disk.afterPowerCut(seeded(cut))
    return { found, signed, labels: events.map(one => one.label), steps: disk.steps - before }
  }

  test('at any step on its disk finds every signature that has left, and can go on', async () => {
    log = await testLog(ground)
    const { steps } = await loseAfter(Number.POSITIVE_INFINITY)
    expect(steps).toBeGreaterThan(20)
    for (let cut = 0; cut <= steps; cut += 2) {
      await log.remove()
      log = await testLog(ground)
      const { found, signed, labels } = await loseAfter(cut)
      const second = await openSeal(onDisk(found))
      expect({ cut, standing: second.standing() }).toEqual({ cut, standing: 'ok' })
      expect(second.metrics().leaves).toBeGreaterThanOrEqual(signed)
      for (const label of labels) expect(await second.whenSealed(label)).not.toBeNull()
      const { leaves } = second.metrics()
      expect(await readEntries(openTileFolder('/data/log', found), 0, leaves)).toHaveLength(leaves)
      await second.close()
    }
  })
})
