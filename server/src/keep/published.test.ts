import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PolicyPack } from '@vidne/policies/pack'
import { packById } from '@vidne/policies/packs'
import type { Trx } from '../platform/database/door.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { policiesOf } from './policies.ts'
import { keepTables } from './tables.ts'
import { DAY, HOUR, KeepTrial } from './testing/trial-keep.ts'

// Versions as they come about: one person asks through the door of the rules, another confirms. Nothing here writes them itself.

const met = packById('uk-met')!
const s = 'our assessment'
const maximum = (v: string) => ({ ...met.retention['uncategorised']!, v, dir: 'max', f: 'default' }) as const
const minimum = (v: string) => ({ ...maximum(v), dir: 'min' }) as const

/** 31 days for what has no category, half a year for force used, ten days at least for what is kept. */
const change: Partial<PolicyPack> = {
  retention: {
    ...met.retention,
    uncategorised: maximum('P31D'),
    use_of_force: maximum('P6M'),
    kept_long: minimum('P10D'),
  },
}
const carefully = { ...change, brake: { v: { items: 2, share: 10 }, f: 'default', s: '' } } as const
const lasting = (v: string) => ({ retention: { uncategorised: { v, dir: 'max', s } } })
const UNIT = 'Traffic monitoring'

onEachEngine('a version that two persons published', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial?.close())
  beforeEach(() => trial.newAgency('uk-met', change))

  const endOf = async (recording: string) => (await trial.state(recording)).deleteAfter
  const categorise = (recording: string, rule: string) =>
    trial.keep.categorise(trial.clerk, { recording, rule, basis: 'PACE' })

  /** A run by the clock stops and lists them, loses nothing, and lets them go when two persons have confirmed. */
  async function expectBraked(recordings: readonly string[]): Promise<void> {
    const there = () =>
      Promise.all(recordings.flatMap(one => [trial.keyIsThere(one), trial.bytesAreThere(one)])).then(
        all => new Set(all),
      )
    const braked = await trial.run(null)
    expect(braked).toMatchObject({ state: 'waiting', deleted: [], because: { code: 'run-braked' } })
    const waiting = await trial.inAgency(trx => trial.people.approvals.waiting(trx, trial.agency))
    const question = waiting.find(({ id }) => id === braked.approval)
    expect(question?.listed).toEqual(recordings.toSorted())
    expect(await there()).toEqual(new Set([true]))
    expect(await trial.approve(braked.approval!, trial.clerk)).toMatchObject({ state: 'waiting', left: 1 })
    expect((await trial.run(null)).deleted).toEqual([])
    expect(await there()).toEqual(new Set([true]))
    expect(await trial.approve(braked.approval!)).toMatchObject({ state: 'done' })
    const { deleted } = await trial.run(null)
    expect(deleted.map(({ recording }) => recording).toSorted()).toEqual(recordings.toSorted())
    expect(await there()).toEqual(new Set([false]))
  }

  test('with a shorter maximum brings forward what is kept; what is then due at once waits for two persons, and is whole until then', async () => {
    await trial.newAgency('uk-met', carefully)
    const recordings = [await trial.record(), await trial.record(), await trial.record()]
    const at = trial.clock.at
    trial.clock.at += 10 * DAY
    await trial.publishByTwo({ override: lasting('P5D') })
    for (const recording of recordings) expect(await endOf(recording)).toBe(at + 5 * DAY)
    await expectBraked(recordings)
  })

  test('with a longer maximum gives nothing more to what was captured before', async () => {
    const [before, drawer] = [await trial.record(), await trial.record({ recordedAgo: DAY })]
    const at = trial.clock.at
    await trial.publishByTwo({ override: lasting('P60D') })
    const after = await trial.record()
    const late = await trial.record({ recordedAgo: HOUR })
    const ends = await Promise.all([before, drawer, after, late].map(endOf))
    const now = trial.clock.at
    expect(ends).toEqual([at + 31 * DAY, at + 30 * DAY, now + 60 * DAY, now - HOUR + 31 * DAY])
  })

  test('is reckoned in the calendar of the zone it names: 31 August and six months, and a fortnight of 337 hours', async () => {
    const fortnight = { uncategorised: { v: 'P14D', dir: 'max', s }, kept_long: { v: 'P14D', dir: 'min', s } }
    await trial.publishByTwo({ override: { zone: { v: 'Europe/Berlin', s }, retention: fortnight } })
    // In Berlin it is the 31st already, in London still the 30th.
    trial.clock.at = Date.parse('2026-08-30T22:30:00Z')
    const august = await trial.record()
    await categorise(august, 'use_of_force')
    expect(await endOf(august)).toBe(Date.parse('2027-02-28T00:30:00+01:00'))
    trial.clock.at = Date.parse('2026-10-20T10:00:00Z')
    const october = await trial.record()
    // A maximum is over by the hour, a minimum by the calendar: the clocks were put back on the 25th.
    expect(await endOf(october)).toBe(trial.clock.at + 336 * HOUR)
    const kept = await categorise(october, 'kept_long')
    expect(kept).toMatchObject({ life: { deleteAfter: null, reviewAt: trial.clock.at + 337 * HOUR } })
  })

  describe('of a unit', () => {
    const publish = (override: unknown) => trial.publishByTwo({ unit: UNIT, override })
    beforeEach(async () => {
      await trial.newAgency('uk-met', carefully)
      await trial.assign('cam-7', UNIT)
    })

    test('with a shorter maximum brings forward what its cameras recorded, and nothing else; and it is braked', async () => {
      const others = [await trial.record(), await trial.record({ camera: 'cam-8' })]
      const own = [1, 2, 3].map(() => trial.record({ camera: 'cam-7' }))
      const recordings = await Promise.all(own)
      const at = trial.clock.at
      trial.clock.at += 10 * DAY
      await publish(lasting('P5D'))
      for (const recording of recordings) expect(await endOf(recording)).toBe(at + 5 * DAY)
      for (const recording of others) {
        expect(await endOf(recording)).toBe(at + 31 * DAY)
        expect(await trial.told(recording)).toEqual(['sealed', 'retention-changed'])
      }
      await expectBraked(recordings)
      for (const recording of others) expect(await trial.bytesAreThere(recording)).toBe(true)
    })

    test('with a brake of its own holds back what its cameras recorded, in the forecast too; the rest goes', async () => {
      await trial.newAgency('uk-met', { brake: { v: { items: 10, share: 50 }, f: 'default', s: '' } })
      await trial.assign('cam-7', UNIT)
      await publish({ brake: { v: { items: 1, share: 40 }, s } })
      trial.clock.at += DAY
      const others = [await trial.record(), await trial.record({ camera: 'cam-8' })]
      const own = [await trial.record({ camera: 'cam-7' }), await trial.record({ camera: 'cam-7' })].toSorted()
      trial.clock.at += 2 * DAY
      for (const camera of ['cam-7', 'cam-7', 'cam-8']) await trial.record({ camera })
      trial.clock.at += 30 * DAY
      const { blocked } = await trial.keep.forecast(trial.agency, trial.clock.at)
      const told = blocked.map(({ recording, because }) => [recording, because])
      expect(told).toEqual(own.map(recording => [recording, 'brake']))
      const run = await trial.run(null)
      expect(run).toMatchObject({
        state: 'waiting',
        // Of the unit's four, and by its bounds.
        because: { code: 'run-braked', values: { removing: 2, kept: 4, items: 1, share: 40 } },
      })
      expect(run.deleted.map(({ recording }) => recording).toSorted()).toEqual(others.toSorted())
      await expectBraked(own)
    })

    test('with a brake that its share lets pass stops nothing', async () => {
      await trial.newAgency('uk-met', { brake: { v: { items: 10, share: 50 }, f: 'default', s: '' } })
      await trial.assign('cam-7', UNIT)
      await publish({ brake: { v: { items: 1, share: 40 }, s } })
      trial.clock.at += DAY
      const old = [await trial.record({ camera: 'cam-7' }), await trial.record({ camera: 'cam-7' })]
      trial.clock.at += 2 * DAY
      for (const camera of ['cam-7', 'cam-7', 'cam-7']) await trial.record({ camera })
      trial.clock.at += 30 * DAY
      const run = await trial.run(null)
      expect(run).toMatchObject({ state: 'done', because: null })
      expect(run.deleted.map(({ recording }) => recording).toSorted()).toEqual(old.toSorted())
    })

    test('holds for what its cameras record from the seal on, when media is read and at a category', async () => {
      await publish(lasting('P5D'))
      trial.clock.at += DAY
      const [own, other] = [await trial.record({ camera: 'cam-7' }), await trial.record()]
      const at = trial.clock.at
      expect([await endOf(own), await endOf(other)]).toEqual([at + 5 * DAY, at + 31 * DAY])
      await trial.mediaRead(own, { recordedAt: at - 2 * HOUR, durationMs: HOUR })
      expect(await endOf(own)).toBe(at - HOUR + 5 * DAY)
      await publish({ retention: { use_of_force: { v: 'P2M', dir: 'max', s } } })
      for (const recording of [own, other]) await categorise(recording, 'use_of_force')
      expect(await endOf(own)).toBeLessThan(at + 70 * DAY)
      expect(await endOf(other)).toBeGreaterThan(at + 180 * DAY)
      const asked = { recording: own, rule: 'use_of_force', instead: null, reason: 'by mistake' }
      const downgrade = await trial.keep.askDowngrade(trial.clerk, asked)
      await trial.approve(downgrade.state === 'waiting' ? downgrade.approval : '')
      expect(await endOf(own)).toBe(at - HOUR + 5 * DAY)
    })

    test('holds for what was captured while the camera was its own, wherever the camera went before and after', async () => {
      const before = await trial.record()
      const at = trial.clock.at
      trial.clock.at += DAY
      await trial.assign('cam-1', UNIT)
      trial.clock.at += DAY
      const own = await trial.record()
      trial.clock.at += DAY
      await trial.assign('cam-1', null)
      trial.clock.at += 1000
      const moved = trial.clock.at
      const [docked, after] = [await trial.record({ recordedAgo: DAY }), await trial.record()]
      const drawer = await trial.record({ recordedAgo: 3 * DAY })
      await publish(lasting('P5D'))
      const ends = await Promise.all([before, own, docked, after, drawer].map(endOf))
      const whole = [at + 31 * DAY, moved + 31 * DAY, moved - 3 * DAY + 31 * DAY]
      expect(ends).toEqual([whole[0], at + 7 * DAY, moved + 4 * DAY, whole[1], whole[2]])
      trial.clock.at += 1000
      await trial.assign('cam-1', UNIT)
      await trial.publishByTwo({ override: lasting('P20D') })
      expect(await Promise.all([before, own, after].map(endOf))).toEqual([
        at + 20 * DAY,
        at + 7 * DAY,
        moved + 20 * DAY,
      ])
    })

    test('with a longer minimum binds two persons as long', async () => {
      await publish({ retention: { kept_long: { v: 'P90D', dir: 'min', s } } })
      const [own, other] = [await trial.record({ camera: 'cam-7' }), await trial.record()]
      for (const recording of [own, other]) await categorise(recording, 'kept_long')
      trial.clock.at += 40 * DAY
      const ask = (recording: string) => trial.keep.askEarlyDeletion(trial.clerk, { recording, reason: 'space' })
      expect(await ask(own)).toMatchObject({ because: 'minimum-runs' })
      expect(await ask(other)).toMatchObject({ state: 'waiting' })
    })

    test('that lets people decide asks them about its own cameras’ recordings alone', async () => {
      await publish({ decision: { v: { fromDay: 2, atDay: 5, by: ['evidence-clerk', 'supervisor'] }, s } })
      const [own, other] = [await trial.record({ camera: 'cam-7' }), await trial.record()]
      const at = trial.clock.at
      expect([await endOf(own), await endOf(other)]).toEqual([at + 5 * DAY, at + 31 * DAY])
      trial.clock.at += 3 * DAY
      const ask = (recording: string) =>
        trial.keep.askDecision(trial.supervisor, { recording, outcome: 'delete', reason: 'nothing on it' })
      expect(await ask(other)).toMatchObject({ because: 'nothing-to-decide' })
      expect(await ask(own)).toMatchObject({ state: 'waiting' })
      const { blocked } = await trial.keep.forecast(trial.agency, at + 40 * DAY)
      expect(blocked.filter(one => one.because === 'decision-awaited').map(one => one.recording)).toEqual([own])
    })

    test('is reckoned also where the agency’s own versions were up to a later day, as before units were asked at all', async () => {
      const own = await trial.record({ camera: 'cam-7' })
      const [at, { agency }] = [trial.clock.at, trial]
      const row = { agency, scope: agency, since: new Date(at + DAY) }
      await trial.inAgency(trx => keepTables(trx).insertInto('keep_reckoned').values(row).execute())
      await publish(lasting('P5D'))
      expect(await endOf(own)).toBe(at + 5 * DAY)
      await trial.run()
      expect(await trial.told(own)).toEqual(['sealed', 'retention-changed', 'retention-changed'])
    })

    test('that comes into force later moves nothing before its day, and a run moves it then', async () => {
      const own = await trial.record({ camera: 'cam-7' })
      const at = trial.clock.at
      await trial.publishByTwo({ unit: UNIT, override: lasting('P5D'), since: at + 2 * DAY })
      await trial.run()
      expect(await endOf(own)).toBe(at + 31 * DAY)
      trial.clock.at = at + 2 * DAY
      await trial.run()
      expect(await endOf(own)).toBe(at + 5 * DAY)
    })
  })

  test('costs an agency whose cameras are in no unit one question for all, and others two', async () => {
    const recordings = await Promise.all([1, 2, 3].map(() => trial.record()))
    const asked: string[] = []
    const { units } = trial.people
    const counted: typeof trial.ground.units = {
      ofPerson: async (trx: Trx, person) => units.ofPerson(trx, person),
      haveCameras: async (trx: Trx, agency) => (asked.push('have'), units.haveCameras(trx, agency)),
      ofCameras: async (trx: Trx, wish) => (asked.push('of'), units.ofCameras(trx, wish)),
    }
    const ask = () =>
      trial.inAgency(trx => policiesOf(trx, { ...trial.ground, units: counted }, trial.agency, recordings))
    await ask()
    expect(asked).toEqual(['have'])
    await trial.assign('cam-1', UNIT)
    await ask()
    expect(asked).toEqual(['have', 'have', 'of'])
  })
})
