import type { SituationRow } from '@vidne/contract/record'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packById } from '@vidne/policies/packs'
import { engines } from '../platform/testing/databases.ts'
import { DAY, HOUR, iso, RecordTrial, REASON, type TrialAgency } from './testing/trial-record.ts'

describe.each(engines)('what the policy bounds in time (%s)', engine => {
  let trial: RecordTrial
  beforeAll(async () => {
    trial = await RecordTrial.open(engine)
  })
  afterAll(() => trial?.close())

  const trigger = () => ({ triggers: [{ code: 'arrest', source: 'wearer', at: iso(trial.now()) }] })
  const explain = (agency: TrialAgency, who: string, { id }: SituationRow) =>
    agency.ask(who, 'POST', `/situations/${id}/reason`, { reason: REASON })

  describe('a reason that is wanted within the shift', () => {
    const short = { by: 'wearer', reason: 'no time' } as const

    test('and does not come is put before a supervisor, who finds it there when it comes after all', async () => {
      const agency = await trial.agency('dk-politi')
      const [wearer, supervisor] = [await agency.person('wearer', 'PB 3'), await agency.person('supervisor')]
      const said = await agency.report(wearer, { wearer: 'PB 3', ...trigger(), override: short })
      expect(said).toMatchObject({ reasonNeeded: true, reasonBy: iso(Date.parse(said.at) + 12 * HOUR) })
      await trial.later(agency, 11 * HOUR)
      expect(await agency.reviews(supervisor, 'late-reason')).toEqual([])
      await trial.later(agency, 2 * HOUR)
      await trial.later(agency, HOUR)
      const late = await agency.reviews(supervisor, 'late-reason')
      expect(late).toMatchObject([{ situation: said.id, reason: 'no time' }])
      expect(await explain(agency, wearer, said)).toMatchObject({ status: 200 })
      expect(await agency.reviews(supervisor, 'late-reason')).toMatchObject([{ id: late[0]!.id, reason: REASON }])
      const close = (who: string) => agency.ask(who, 'POST', `/reviews/${late[0]!.id}/close`, { reason: 'looked at' })
      expect(await close(supervisor)).toMatchObject({ status: 200 })
    })

    test('and comes late is taken, and put before a supervisor', async () => {
      const agency = await trial.agency('dk-politi')
      const [wearer, supervisor] = [await agency.person('wearer'), await agency.person('supervisor')]
      const at = iso(trial.now())
      const said = await agency.report(wearer, { wearer: 'PB 3', at, ...trigger(), override: short })
      await trial.ground.rehearsal?.set(trial.now() + 13 * HOUR)
      expect(await explain(agency, wearer, said)).toMatchObject({ status: 200 })
      expect(await agency.reviews(supervisor, 'late-reason')).toMatchObject([{ situation: said.id, reason: REASON }])
    })

    test('given in time, or by what a camera stored, asks nobody; a report that is late with it does', async () => {
      const agency = await trial.agency('dk-politi')
      const [wearer, supervisor] = [await agency.person('wearer'), await agency.person('supervisor')]
      const at = iso(trial.now())
      const override = { by: 'wearer', reason: REASON }
      const said = await agency.report(wearer, { wearer: 'PB 3', at, ...trigger(), override: short })
      expect(await explain(agency, wearer, said)).toMatchObject({ status: 200 })
      await trial.later(agency, DAY)
      await agency.report(agency.dock, { wearer: 'PB 4', at, running: true, ...trigger(), override })
      expect(await agency.reviews(supervisor, 'late-reason')).toEqual([])
      const late = await agency.report(wearer, { wearer: 'PB 5', at, ...trigger(), override })
      expect(await agency.reviews(supervisor, 'late-reason')).toMatchObject([{ situation: late.id, wearer: 'PB 5' }])
    })

    test('is in time until the operation ends that it was taken part in', async () => {
      const agency = await trial.agency('dk-politi')
      const [commander, wearer] = [await agency.person('commander'), await agency.person('wearer')]
      const { until } = await agency.order(commander)
      const said = await agency.report(wearer, { wearer: 'PB 117', ...trigger(), override: short })
      expect(said.reasonBy).toBe(until)
    })

    test('is in time for ever where the policy sets none', async () => {
      const agency = await trial.agency('uk-met')
      const [wearer, supervisor] = [await agency.person('wearer'), await agency.person('supervisor')]
      const said = await agency.report(wearer, { wearer: 'PC 1', ...trigger(), override: short })
      expect(said).toMatchObject({ reasonNeeded: true, reasonBy: null, overrideEnds: null })
      await trial.later(agency, 5 * DAY)
      expect(await agency.reviews(supervisor, 'late-reason')).toEqual([])
    })
  })

  describe('an override that lasts a day', () => {
    const met = packById('uk-met')!
    const aDay = { override: { ...met.override, reason: { ...met.override.reason, lasts: 'P1D' } } }
    const override = { by: 'wearer', reason: REASON } as const

    test('counts for nothing when it is over', async () => {
      const agency = await trial.agency('uk-met', aDay)
      const wearer = await agency.person('wearer')
      await trial.later(agency, 3 * DAY)
      const said = (ago: number) =>
        agency.report(wearer, {
          wearer: 'PC 1',
          ...trigger(),
          override: { ...override, since: iso(trial.now() - ago) },
        })
      const inTime = await said(23 * HOUR)
      expect(inTime).toMatchObject({ verdict: 'may', overrideEnds: iso(Date.parse(inTime.at) + HOUR) })
      const over = await said(24 * HOUR)
      expect(over).toMatchObject({ verdict: 'must', overrideEnds: null })
      expect(over.marks).toContain('override-refused')
    })

    test('is over for footage that goes on beyond it', async () => {
      const agency = await trial.agency('uk-met', aDay)
      const [wearer, supervisor] = [await agency.person('wearer', 'PC 1'), await agency.person('supervisor')]
      await trial.later(agency, 3 * DAY)
      const start = trial.now() - 2 * DAY
      const recordings = [
        await agency.docks({ wearer: 'PC 1', camera: 'CAM-1', at: start }),
        await agency.docks({ wearer: 'PC 1', camera: 'CAM-2', at: start }),
      ]
      const notice = { how: 'spoken', at: iso(start) }
      for (const recording of recordings)
        await agency.report(wearer, { recording, at: iso(start), ...trigger(), override, notice })
      await agency.mediaRead(recordings[0]!, DAY - 60_000)
      await agency.mediaRead(recordings[1]!, DAY + HOUR)
      expect(await agency.reviews(supervisor, 'late-stop')).toMatchObject([{ recording: recordings[1] }])
    })
  })
})
