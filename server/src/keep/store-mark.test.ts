import { cp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Still } from '../platform/still.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { openStandstill } from '../standstill.ts'
import { cleanUpStop } from './standing.ts'
import { rememberObjects } from './store-mark.ts'
import { DAY, HOUR, KeepTrial, said } from './testing/trial-keep.ts'

onEachEngine('an object store', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial.close())
  beforeEach(() => trial.newAgency())

  const folder = () => join(trial.folder, 'objects')
  const copy = () => cp(folder(), `${folder()}.before`, { recursive: true })

  /** While the store of before lies in its place. */
  async function putBack(work: () => Promise<void>): Promise<void> {
    await rename(folder(), `${folder()}.today`)
    await rename(`${folder()}.before`, folder())
    try {
      await work()
    } finally {
      await rm(folder(), { recursive: true })
      await rename(`${folder()}.today`, folder())
    }
  }

  const counterpart = async (): Promise<number> => {
    const { rows } = await ground.database.asInstallation(trx =>
      sql<{ mark: bigint }>`select objects_mark as mark from keep_ground`.execute(trx),
    )
    return Number(rows[0]?.mark)
  }

  test('of before the newest recording stops a run that would delete, and says what to do', async () => {
    const due = await trial.record()
    await copy()
    trial.clock.at += 31 * DAY + 20 * HOUR
    const newest = await trial.record()
    trial.clock.at += 5 * HOUR
    await putBack(async () => {
      expect(await trial.bytesAreThere(newest)).toBe(false)
      const report = await trial.run()
      expect(report).toMatchObject({ state: 'stopped', deleted: [], unfinished: [] })
      expect(said(report.because)).toMatch(
        /The object store is older than .* it is as of 2026-.*Nothing was deleted.*Bring the newer/,
      )
      expect(said(report.because)).toContain('vidne objects accept')
      expect([await trial.keyIsThere(due), await trial.bytesAreThere(due)]).toEqual([true, true])
    })
    expect(await trial.run()).toMatchObject({ state: 'done', deleted: [{ recording: due }] })
  })

  test('of before is known for it however much work goes on upon it', async () => {
    await trial.record()
    await copy()
    await trial.record()
    await putBack(async () => {
      trial.clock.at += HOUR
      await trial.record()
      await trial.keep.settle(trial.agency)
      await trial.run()
      await trial.keep.settled()
      expect(await cleanUpStop(trial.ground)).toMatchObject({ code: 'objects-older' })
    })
    expect(await cleanUpStop(trial.ground)).toBeNull()
  })

  test('without any mark is one of before', async () => {
    await trial.record()
    await cp(folder(), `${folder()}.before`, { recursive: true, filter: path => !path.endsWith('mark.json') })
    await putBack(async () => {
      const stop = await cleanUpStop(trial.ground)
      expect(stop).toMatchObject({ code: 'objects-older', values: { own: { code: 'store-unmarked' } } })
    })
  })

  test('that lost one object is not one of before: the sweep tells of it', async () => {
    const recording = await trial.record()
    await trial.objects.remove(trial.objectOf(recording))
    expect(await cleanUpStop(trial.ground)).toBeNull()
    expect((await trial.keep.sweep(trial.agency)).examples).toEqual([
      { code: 'object-missing', name: trial.objectOf(recording) },
    ])
  })

  test('whose mark moved, and its counterpart not, is as it should be, and so is one beside an older database', async () => {
    await trial.record()
    const before = await counterpart()
    trial.clock.at += HOUR
    await trial.objects.moveMark(before + 12 * HOUR)
    expect(await cleanUpStop(trial.ground)).toBeNull()
    await rememberObjects(trial.ground)
    expect(await counterpart()).toBeGreaterThan(before + 12 * HOUR)
    expect(await trial.objects.mark()).toBe(await counterpart())
  })

  test('moves its mark on also when the clock was set back', async () => {
    trial.clock.at += 20 * DAY
    await trial.record()
    const before = await counterpart()
    trial.clock.at -= 10 * DAY
    await copy()
    await trial.record()
    expect(await counterpart()).toBeGreaterThan(before)
    await putBack(async () => expect(await cleanUpStop(trial.ground)).toMatchObject({ code: 'objects-older' }))
    trial.clock.at += 10 * DAY
  })

  test('of before can be gone on with by a word: what is lost is marked and told, and nothing of it counts as deleted', async () => {
    const whole = await trial.record()
    await copy()
    const [lost, other] = [await trial.record(), await trial.record()]
    await putBack(async () => {
      const loss = await trial.keep.findLoss()
      // Other tests have lost some of their own.
      const own = loss?.recordings.filter(one => one.agency === trial.agency).map(one => one.recording)
      expect(own?.toSorted()).toEqual([lost, other].toSorted())
      trial.strings.standing = { stopped: 'database-older' }
      expect(
        await trial.keep.acceptLoss(loss!, { operator: 'root', reason: 'the newer bucket is gone' }),
      ).toMatchObject({ code: 'log-stopped' })
      expect(await cleanUpStop(trial.ground)).toMatchObject({ code: 'objects-older' })
      trial.strings.standing = 'ok'
      expect(await trial.keep.acceptLoss(loss!, { operator: 'root', reason: 'the newer bucket is gone' })).toBeNull()
      // Again, as after a crash: no history is told of it twice.
      expect(await trial.keep.acceptLoss(loss!, { operator: 'root', reason: 'the newer bucket is gone' })).toBeNull()
      for (const [field, said] of [
        ['operator', 'root'],
        ['actor', 'operator'],
        ['reason', 'the newer bucket is gone'],
      ] as const)
        expect(await trial.field(lost, 'annotated', field)).toBe(said)
      expect(await cleanUpStop(trial.ground)).toBeNull()
      expect(await trial.keep.findLoss()).toBeNull()
      expect(await trial.run()).toMatchObject({ state: 'done', deleted: [] })
      for (const recording of [lost, other]) {
        expect((await trial.told(recording)).filter(type => type === 'annotated')).toHaveLength(1)
        expect(await trial.field(recording, 'annotated', 'parts-lost')).toBe(1)
        expect(await trial.state(recording)).toMatchObject({ state: 'kept' })
      }
      expect(await trial.told(whole)).not.toContain('annotated')
    })
    // The store that was given up must not come back unnoticed: it lacks what came since.
    expect(await cleanUpStop(trial.ground)).toMatchObject({ code: 'objects-older' })
    await rememberObjects(trial.ground, true)
  })

  test('that a run finds to be of before is taken nothing into, however long ago all was right', async () => {
    const protection: { reason: Still | null } = { reason: null }
    const standstill = openStandstill({ seal: { standing: () => 'ok' as const }, protection }, trial.keep)
    expect(await standstill.because()).toBeNull()
    await copy()
    await trial.record()
    await putBack(async () => {
      const stop = await cleanUpStop(trial.ground)
      standstill.stopped(stop!)
      expect(protection.reason).toEqual(stop)
      expect(said(await standstill.because())).toContain('Bring the newer store back')
    })
  })
})
