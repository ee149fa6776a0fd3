import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { onEachEngine } from '../platform/testing/databases.ts'
import { DAY, KeepTrial } from './testing/trial-keep.ts'

onEachEngine('a forecast', ground => {
  let trial: KeepTrial
  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
  })
  afterAll(() => trial?.close())
  beforeEach(() => trial.newAgency())
  const by = (days: number) => trial.keep.forecast(trial.agency, trial.clock.at + days * DAY)
  const blocked = async (days: number) =>
    (await by(days)).blocked.map(({ recording, because, until }) => ({ recording, because, until }))

  test('says what holds keep, until when they are to be reviewed, and what a review keeps', async () => {
    const [free, held, kept] = [await trial.record(), await trial.record(), await trial.record()]
    const at = trial.clock.at
    await trial.hold(held)
    await trial.keep.categorise(trial.clerk, { recording: kept, rule: 'complaint', basis: 'C-12' })
    expect(await by(30)).toEqual({ by: at + 30 * DAY, rules: [], items: [], blocked: [] })
    const month = await by(31)
    expect(month.items.map(({ recording }) => recording)).toEqual([free])
    expect(month.blocked).toEqual([
      { recording: held, rule: 'uncategorised', deleteAfter: at + 31 * DAY, because: 'held', until: at + 30 * DAY },
    ])
    expect(await blocked(366)).toEqual([
      { recording: held, because: 'held', until: at + 30 * DAY },
      { recording: kept, because: 'under-review', until: at + 365 * DAY },
    ])
  })

  test('says from which day on people may decide', async () => {
    await trial.newAgency('de-nrw-oa')
    const recording = await trial.record()
    const goes = trial.clock.at + 14 * DAY
    expect(await blocked(13)).toEqual([])
    expect(await blocked(14)).toEqual([{ recording, because: 'decision-awaited', until: goes }])
    expect((await by(14)).items).toHaveLength(1)
  })

  test('says what the brake would keep today, and not what falls due over a month', async () => {
    await trial.newAgency('uk-met', { brake: { v: { items: 1, share: 10 }, f: 'default', s: '' } })
    const recordings = [await trial.record(), await trial.record()].toSorted()
    expect(await blocked(31)).toEqual([])
    trial.clock.at += 31 * DAY
    const waiting = recordings.map(recording => ({ recording, because: 'brake', until: null }))
    expect(await blocked(0)).toEqual(waiting)
    const run = await trial.run()
    expect(await blocked(0)).toEqual(waiting)
    await trial.approve(run.approval ?? '')
    expect(await blocked(0)).toEqual([])
  })

  test('says that a clock in doubt keeps all, and changes nothing', async () => {
    const recording = await trial.record()
    await trial.run(null)
    trial.strings.deliberate = false
    trial.clock.at += 32 * DAY
    expect(await blocked(0)).toEqual([])
    const told = await trial.told(recording)
    await trial.run(null)
    expect(await blocked(0)).toEqual([{ recording, because: 'clock', until: null }])
    expect(await trial.told(recording)).toEqual(told)
    expect((await trial.state(recording)).state).toBe('kept')
  })
})
