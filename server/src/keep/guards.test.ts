import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../platform/database/door.ts'
import { silentLogger } from '../platform/http/logging.ts'
import { openObjects } from '../platform/objects/objects.ts'
import { freshPlace, onEachEngine } from '../platform/testing/databases.ts'
import { openVault } from '../platform/vault/vault.ts'
import { cleanUpStop } from './standing.ts'
import { DAY, HOUR, KeepTrial, said } from './testing/trial-keep.ts'

onEachEngine('a run', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial.close())
  beforeEach(() => trial.newAgency())

  describe('stops and says why', () => {
    const nothingHappens = async (words: string): Promise<void> => {
      const recording = await trial.record()
      trial.clock.at += 32 * DAY
      await expectStopped(words)
      expect([await trial.keyIsThere(recording), await trial.bytesAreThere(recording)]).toEqual([true, true])
      expect(await trial.told(recording)).toEqual(['sealed', 'retention-changed'])
    }
    const expectStopped = async (words: string): Promise<void> => {
      const report = await trial.run()
      expect(report).toMatchObject({ state: 'stopped', deleted: [], unfinished: [] })
      expect(said(report.because)).toContain(words)
      expect(await trial.keep.standing()).toEqual(report.because)
    }

    test('when the log may not be written, because the database is older than it', async () => {
      trial.strings.standing = { stopped: 'database-older' }
      await nothingHappens('Nothing is signed or written until then. Nothing was deleted.')
    })

    test('when the vault is another one, or empty', async () => {
      trial.strings.vault.recognises = async () => 'missing'
      await nothingHappens('The vault does not bear the mark')
      trial.strings.vault.recognises = async () => 'other'
      await nothingHappens('The vault belongs to another installation')
    })

    test('when the vault is older than the database last saw it', async () => {
      trial.clock.at += HOUR
      await trial.run()
      const seen = await trial.vault.position()
      // By one commit: it may be the one that made a key.
      trial.strings.vault.position = async () => ({ ...seen, commit: seen.commit - 1 })
      await nothingHappens('The vault is older')
      trial.strings.vault = {}
      expect(await trial.keep.standing()).toBeNull()
    })

    test('when the vault is of before the newest recording, though no run has come since', async () => {
      const before = await trial.vault.position()
      await trial.record()
      trial.strings.vault.position = async () => before
      await nothingHappens('The vault is older')
    })

    test('when the objects are another store, or an empty one', async () => {
      const real = trial.objects.recognises.bind(trial.objects)
      try {
        trial.objects.recognises = async () => 'missing'
        await nothingHappens('The object store does not bear the mark')
        trial.objects.recognises = async () => 'other'
        await nothingHappens('The object store belongs to another installation')
      } finally {
        trial.objects.recognises = real
      }
    })

    test('when the database is empty or another one', async () => {
      const recording = await trial.record()
      trial.clock.at += 32 * DAY
      const set = (installation: string) =>
        ground.database.asInstallation(trx => sql`update keep_ground set installation = ${installation}`.execute(trx))
      await set('another-installation')
      await expectStopped('The database belongs to another installation')
      await set(trial.installation)
      expect(await trial.keyIsThere(recording)).toBe(true)
    })
  })

  test('does not begin on a folder, a vault or a database that is really there and really empty', async () => {
    const objects = await openObjects(join(ground.folder, 'empty-objects'))
    const copies = [join(ground.folder, 'empty-a'), join(ground.folder, 'empty-b')] as const
    const vault = await openVault({ copies, master: Buffer.alloc(32, 1), clock: trial.clock })
    const place = await freshPlace('embedded')
    const database = await openDatabase({ ...place, log: silentLogger })
    try {
      expect(await cleanUpStop(trial.ground)).toBeNull()
      expect(await cleanUpStop({ ...trial.ground, objects })).toMatchObject({ code: 'objects-missing' })
      expect(await cleanUpStop({ ...trial.ground, vault })).toMatchObject({ code: 'vault-missing' })
      expect(await cleanUpStop({ ...trial.ground, database })).toMatchObject({ code: 'database-unknown' })
      await rename(join(trial.folder, 'objects'), join(trial.folder, 'unmounted'))
      expect(await cleanUpStop(trial.ground)).toMatchObject({ code: 'objects-missing' })
      await rename(join(trial.folder, 'unmounted'), join(trial.folder, 'objects'))
      expect(await cleanUpStop(trial.ground)).toBeNull()
    } finally {
      await Promise.all([objects.close(), vault.close(), database.close()])
      await place.remove()
    }
  })

  describe('with a clock that leads the last run', () => {
    test('waits for two persons, and goes on once they have confirmed it', async () => {
      const recording = await trial.record()
      await trial.run()
      trial.strings.deliberate = false
      trial.clock.at += 32 * DAY
      const stopped = await trial.run()
      expect(stopped).toMatchObject({ state: 'waiting', deleted: [] })
      expect(said(stopped.because)).toContain('768 hours')
      expect(await trial.keyIsThere(recording)).toBe(true)
      trial.clock.at += HOUR
      expect(await trial.run(null)).toMatchObject({ state: 'waiting', approval: stopped.approval })
      expect(await trial.approve(stopped.approval!)).toMatchObject({ state: 'done' })
      expect((await trial.run()).deleted).toEqual([{ recording, rule: 'uncategorised' }])
    })

    test('is not fooled by runs that it stopped itself', async () => {
      const recording = await trial.record()
      trial.strings.deliberate = false
      trial.clock.at += 32 * DAY
      for (let hour = 0; hour < 30; hour += 1) {
        trial.clock.at += HOUR
        expect((await trial.run(null)).state).toBe('waiting')
      }
      expect(await trial.keyIsThere(recording)).toBe(true)
    })

    test('nor by runs that stopped for another reason meanwhile', async () => {
      const recording = await trial.record()
      trial.strings.deliberate = false
      trial.clock.at += 32 * DAY
      trial.strings.standing = { stopped: 'lock-missing' }
      expect((await trial.run()).state).toBe('stopped')
      trial.strings.standing = 'ok'
      expect((await trial.run()).state).toBe('waiting')
      expect(await trial.keyIsThere(recording)).toBe(true)
    })

    test('goes on after up to 26 hours, and where nothing is kept', async () => {
      trial.strings.deliberate = false
      trial.clock.at += 90 * DAY
      expect((await trial.run()).state).toBe('done')
      await trial.record()
      trial.clock.at += 26 * HOUR
      expect((await trial.run()).state).toBe('done')
    })
  })

  describe('with a clock that the witnesses contradict', () => {
    const MINUTE = 60_000
    const apart = (...minutes: number[]) => minutes.map((lead, at) => ({ by: `w${at}.example`, leadMs: lead * MINUTE }))
    /** Something falls due although the clock has not leapt since the last run. */
    const dueAfterSmallSteps = async (): Promise<string> => {
      const recording = await trial.record()
      for (let hours = 0; hours < 31 * 24; hours += 24) {
        trial.clock.at += DAY
        if (hours < 30 * 24) await trial.run()
      }
      trial.strings.deliberate = false
      return recording
    }

    test('stops, and goes on by itself when they agree again', async () => {
      const recording = await dueAfterSmallSteps()
      for (const [minutes, words] of [
        [[61], '61 minutes ahead of that of the witness w0.example'],
        [[-6], '6 minutes behind that of the witness w0.example'],
        [[3 * 365 * 24 * 60], '1095 days ahead of'],
        [[0, 300], '5 hours ahead of that of the witness w1.example'],
      ] as const) {
        trial.strings.leads = apart(...minutes)
        const stopped = await trial.run()
        expect(stopped).toMatchObject({ state: 'waiting', deleted: [], approval: expect.any(String) })
        expect(said(stopped.because)).toContain(words)
        expect(said(stopped.because)).not.toContain('after the last run')
        expect(await trial.keyIsThere(recording)).toBe(true)
        expect(await trial.told(recording)).not.toContain('deletion-due')
      }
      trial.strings.leads = apart(4, -1)
      expect(await trial.run()).toMatchObject({ state: 'done', deleted: [{ recording }] })
    })

    test('goes on when more of them agree with it than not, and when none is heard', async () => {
      const recording = await dueAfterSmallSteps()
      trial.strings.leads = apart(0, 1, -3000)
      expect((await trial.run()).deleted).toEqual([{ recording, rule: 'uncategorised' }])
      const other = await dueAfterSmallSteps()
      trial.strings.leads = []
      expect((await trial.run()).deleted).toEqual([{ recording: other, rule: 'uncategorised' }])
    })

    test('goes on for 26 hours when two persons say that it is right', async () => {
      const recording = await dueAfterSmallSteps()
      trial.strings.leads = apart(61)
      const stopped = await trial.run()
      expect(await trial.approve(stopped.approval!, trial.clerk)).toMatchObject({ because: 'same-person' })
      expect((await trial.run()).deleted).toEqual([])
      expect(await trial.approve(stopped.approval!)).toMatchObject({ state: 'done' })
      expect((await trial.run()).deleted).toEqual([{ recording, rule: 'uncategorised' }])
      const another = await trial.record()
      trial.clock.at += 26 * HOUR
      expect((await trial.run()).state).toBe('done')
      trial.clock.at += HOUR
      expect((await trial.run()).state).toBe('waiting')
      expect(await trial.keyIsThere(another)).toBe(true)
    })

    test('is not fooled by runs that it stopped itself, nor stopped where nothing is kept', async () => {
      trial.strings.leads = apart(61)
      trial.strings.deliberate = false
      expect((await trial.run()).state).toBe('done')
      await trial.record()
      for (let hour = 0; hour < 30; hour += 1) {
        trial.clock.at += HOUR
        expect((await trial.run(null)).state).toBe('waiting')
      }
      trial.strings.leads = []
      expect(said((await trial.run(null)).because)).toContain('30 hours after the last run')
    })

    test('goes on in a rehearsal, whose clock was set on purpose', async () => {
      const recording = await dueAfterSmallSteps()
      trial.strings.deliberate = true
      trial.strings.leads = apart(61)
      expect((await trial.run()).deleted).toEqual([{ recording, rule: 'uncategorised' }])
    })
  })

  test('measures by no run of a time that is yet to come: the clock has been set back since', async () => {
    await trial.record()
    trial.clock.at += 20 * DAY
    expect((await trial.run()).state).toBe('done')
    trial.clock.at -= 20 * DAY
    trial.strings.deliberate = false
    trial.clock.at += 27 * HOUR
    expect(said((await trial.run()).because)).toContain('27 hours after the last run')
  })

  describe('over the brake', () => {
    const brake = { v: { items: 2, share: 20 }, f: 'default', s: '' } as const
    const braked = async (): Promise<string[]> => {
      await trial.newAgency('uk-met', { brake })
      const recordings = [await trial.record(), await trial.record(), await trial.record(), await trial.record()]
      trial.clock.at += 32 * DAY
      return recordings
    }

    test('stops, lists and waits for another person, then carries out what was listed', async () => {
      const recordings = await braked()
      const waiting = await trial.run()
      expect(waiting).toMatchObject({ state: 'waiting', deleted: [] })
      expect(said(waiting.because)).toContain('4 of 4 recordings')
      for (const recording of recordings) {
        expect(await trial.state(recording)).toMatchObject({ state: 'due' })
        expect(await trial.keyIsThere(recording)).toBe(true)
        expect(await trial.told(recording)).not.toContain('deletion-due')
      }
      expect(await trial.run()).toMatchObject({ state: 'waiting', approval: waiting.approval })
      expect(await trial.approve(waiting.approval!, trial.clerk)).toMatchObject({ because: 'same-person' })
      const [held, ...others] = recordings
      expect(await trial.hold(held!)).toMatchObject({ state: 'held' })
      expect(await trial.state(held!)).toMatchObject({ state: 'kept' })
      expect(await trial.approve(waiting.approval!)).toMatchObject({ state: 'done' })
      const report = await trial.run()
      expect(report.state).toBe('done')
      expect(report.deleted.map(item => item.recording)).toEqual(others.toSorted())
      expect(await trial.keyIsThere(held!)).toBe(true)
    })

    test('takes two persons when the run came by the clock', async () => {
      await braked()
      const { approval } = await trial.run(null)
      expect(await trial.approve(approval!)).toMatchObject({ state: 'waiting', left: 1 })
      expect((await trial.run(null)).deleted).toEqual([])
      expect(await trial.approve(approval!, trial.clerk)).toMatchObject({ state: 'done' })
      expect((await trial.run(null)).deleted).toHaveLength(4)
    })

    test('lets through what two persons saw, not what fell due since', async () => {
      const listed = await braked()
      const first = await trial.run()
      await trial.approve(first.approval!)
      const since = [await trial.record(), await trial.record(), await trial.record()]
      trial.clock.at += 32 * DAY
      const second = await trial.run()
      expect(second.state).toBe('waiting')
      expect(second.approval).not.toBe(first.approval)
      expect(second.deleted.map(item => item.recording)).toEqual(listed.toSorted())
      for (const recording of since) expect(await trial.keyIsThere(recording)).toBe(true)
    })

    test('asks anew when nobody answered in time, and deletes nothing meanwhile', async () => {
      const recordings = await braked()
      const first = await trial.run()
      trial.clock.at += 80 * HOUR
      expect(await trial.approve(first.approval!)).toMatchObject({ because: 'lapsed' })
      const second = await trial.run()
      expect(second).toMatchObject({ state: 'waiting', deleted: [] })
      expect(second.approval).not.toBe(first.approval)
      expect(await trial.keyIsThere(recordings[0]!)).toBe(true)
    })

    test('does not hold back a few of many', async () => {
      await trial.newAgency('uk-met', { brake })
      for (let i = 0; i < 3; i += 1) await trial.record({ recordedAgo: 20 * DAY })
      for (let i = 0; i < 13; i += 1) await trial.record()
      trial.clock.at += 12 * DAY
      expect((await trial.run()).deleted).toHaveLength(3)
    })
  })
})
