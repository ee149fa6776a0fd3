import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packById } from '@vidne/policies/packs'
import { engines } from '../platform/testing/databases.ts'
import { HOUR, iso, RecordTrial, REASON, type TrialAgency } from './testing/trial-record.ts'

describe.each(engines)('what is reported (%s)', engine => {
  let trial: RecordTrial
  beforeAll(async () => {
    trial = await RecordTrial.open(engine)
  })
  afterAll(() => trial?.close())

  describe('a trigger', () => {
    test('S1-20 set by the dispatcher is stored with the recording that is docked later, with source and time', async () => {
      const agency = await trial.agency('dk-politi')
      const dispatcher = await agency.person('commander')
      const at = trial.now() - HOUR
      const set = iso(at - 60_000)
      const triggers = [{ code: 'confrontation_risk', source: 'dispatcher', at: set }]
      // The policy was taken up just now, so the capture lies after it.
      await trial.later(agency, 3 * HOUR)
      const told = { wearer: 'PB 117', at: iso(at + 3 * HOUR), triggers }
      const before = await agency.report(dispatcher, told)
      expect(before).toMatchObject({ recording: null, verdict: 'must', clause: { value: 'confrontation_risk' } })
      const recording = await agency.docks({ wearer: 'pb 117', at: at + 3 * HOUR - 5000 })
      expect(await agency.situations(recording)).toMatchObject([
        { id: before.id, recording, triggers, verdict: 'must' },
      ])
      const decided = (await agency.told(recording)).find(event => event.type === 'situation-decided')
      expect(decided).toMatchObject({
        trigger: ['confrontation_risk'],
        'trigger-source': ['dispatcher'],
        'trigger-at': [Date.parse(set)],
        verdict: 'must',
        clause: 'mustRecord: confrontation_risk',
        pol: before.policy,
      })
    })

    test('S1-20 set by the wearer is stored with the recording it names', async () => {
      const agency = await trial.agency('dk-politi')
      const wearer = await agency.person('wearer', 'PB 3')
      const recording = await agency.docks({ wearer: 'PB 3', at: trial.now() })
      const triggers = [{ code: 'confrontation_risk', source: 'wearer', at: iso(trial.now()) }]
      await agency.report(wearer, {
        recording,
        triggers,
        running: true,
        notice: { how: 'spoken', at: iso(trial.now()) },
      })
      expect(await agency.situations(recording)).toMatchObject([{ triggers, notice: { how: 'spoken' } }])
      const decided = (await agency.told(recording)).find(event => event.type === 'situation-decided')
      expect(decided).toMatchObject({ 'trigger-source': ['wearer'], notice: 'spoken' })
    })

    test('S1-20 is not taken from somebody who cannot speak for its source', async () => {
      const agency = await trial.agency('dk-politi')
      const wearer = await agency.person('wearer')
      const triggers = [{ code: 'confrontation_risk', source: 'dispatcher', at: iso(trial.now()) }]
      const wish = { wearer: 'PB 3', at: iso(trial.now()), triggers }
      expect(await agency.ask(wearer, 'POST', '/situations', wish)).toMatchObject({ status: 403 })
      expect(await agency.ask(agency.clerk, 'POST', '/situations', wish)).toMatchObject({ status: 403 })
    })

    test('of another wearer, another camera or another hour is not taken for this recording’s', async () => {
      const agency = await trial.agency('dk-politi')
      const dispatcher = await agency.person('commander')
      await trial.later(agency, 5 * HOUR)
      const at = trial.now() - 2 * HOUR
      const triggers = [{ code: 'arrest', source: 'dispatcher', at: iso(at) }]
      await agency.report(dispatcher, { wearer: 'PB 4', at: iso(at), triggers })
      await agency.report(dispatcher, { camera: 'CAM-5', at: iso(at), triggers })
      await agency.report(dispatcher, { wearer: 'PB 3', at: iso(at - HOUR), triggers })
      expect(await agency.situations(await agency.docks({ wearer: 'PB 3', camera: 'CAM-1', at }))).toEqual([])
    })
  })

  describe('a recording that a report names', () => {
    test('is one that its wearer wore; of another’s it is not even said that there is one, nor anything written of it', async () => {
      const agency = await trial.agency('uk-met')
      const wearer = await agency.person('wearer', 'PC 1')
      const at = trial.now()
      const [own, others] = [await agency.docks({ wearer: 'pc 1', at }), await agency.docks({ wearer: 'PC 2', at })]
      const told = { at: iso(at), running: true }
      const named = (who: string, recording: string) => agency.ask(who, 'POST', '/situations', { ...told, recording })
      const before = await agency.told(others)
      const refused = await named(wearer, others)
      expect(refused).toMatchObject({ status: 404 })
      expect(refused).toEqual(await named(wearer, randomUUID()))
      expect(await agency.situations(others)).toEqual([])
      expect(await agency.told(others)).toEqual(before)
      expect(await named(wearer, own)).toMatchObject({ status: 200 })
      // By name, and of what no camera has brought yet, as before.
      expect(await agency.report(wearer, { ...told, wearer: 'PC 1', at: iso(at + HOUR) })).toMatchObject({
        recording: null,
      })
    })

    test('is one on the list of who commands; a dock hands over what any camera stored', async () => {
      const agency = await trial.agency('uk-met')
      await agency.must(agency.clerk, 'POST', '/units', { name: 'North' })
      const [norths, all] = [await agency.person('commander', 'Cas of the north'), await agency.person('commander')]
      await agency.must(agency.clerk, 'POST', '/units/assignments', { person: 'Cas of the north', unit: 'North' })
      const recording = await agency.docks({ wearer: 'PC 1', at: trial.now() })
      const named = async (who: string) =>
        (await agency.ask(who, 'POST', '/situations', { recording, at: iso(trial.now()), running: true })).status
      expect(await named(norths)).toBe(404)
      for (const who of [all, agency.dock]) expect(await named(who)).toBe(200)
    })
  })

  describe('notice', () => {
    test('S3-14 a recording without notice flag appears in review', async () => {
      const agency = await trial.agency('uk-met')
      const [wearer, supervisor] = [await agency.person('wearer', 'PC 1'), await agency.person('supervisor')]
      const [silent, told] = [
        await agency.docks({ wearer: 'PC 1', at: trial.now() }),
        await agency.docks({ wearer: 'PC 1', at: trial.now() }),
      ]
      const triggers = [{ code: 'stop_and_search', source: 'wearer', at: iso(trial.now()) }]
      await agency.report(wearer, { recording: silent, running: true, triggers })
      await agency.report(wearer, {
        recording: told,
        running: true,
        triggers,
        notice: { how: 'spoken', at: iso(trial.now()) },
      })
      expect(await agency.reviews(supervisor)).toMatchObject([{ kind: 'no-notice', recording: silent }])
    })

    test('S3-14 a recording of which nobody reports anything appears in review within a day', async () => {
      const agency = await trial.agency('uk-met')
      const supervisor = await agency.person('supervisor')
      const recording = await agency.docks({ wearer: 'PC 1', at: trial.now() })
      expect(await agency.reviews(supervisor)).toEqual([])
      await trial.later(agency, 23 * HOUR)
      expect(await agency.reviews(supervisor)).toMatchObject([{ kind: 'no-notice', recording }])
      expect((await agency.told(recording)).map(event => event.type)).toContain('review-opened')
    })

    test('S3-14 that nobody could be told needs a reason, which stands in the history', async () => {
      const agency = await trial.agency('uk-met')
      const [wearer, supervisor] = [await agency.person('wearer', 'PC 1'), await agency.person('supervisor')]
      const recording = await agency.docks({ wearer: 'PC 1', at: trial.now() })
      const triggers = [{ code: 'arrest', source: 'wearer', at: iso(trial.now()) }]
      const told = { recording, at: iso(trial.now()), running: true, triggers, notice: { how: 'not-possible' } }
      expect(await agency.ask(wearer, 'POST', '/situations', told)).toMatchObject({ status: 400 })
      const other = await agency.docks({ wearer: 'PC 1', at: trial.now() })
      const tooShort = { ...told, recording: other, notice: { how: 'not-possible', reason: 'no time' } }
      expect(await agency.report(wearer, tooShort)).toMatchObject({ reasonNeeded: true })
      const given = await agency.report(wearer, { ...told, notice: { how: 'not-possible', reason: REASON } })
      expect(given).toMatchObject({ reasonNeeded: false })
      const decided = (await agency.told(recording)).find(event => event.type === 'situation-decided')
      expect(decided).toMatchObject({ notice: 'not-possible', 'notice-reason': REASON })
      await trial.later(agency, 30 * HOUR)
      expect(await agency.reviews(supervisor)).toMatchObject([
        { kind: 'no-notice', recording, reason: REASON },
        { kind: 'no-notice', recording: other, reason: 'no time' },
      ])
    })
  })

  describe('footage of a unit’s camera', () => {
    const danger = packById('de-nrw-oa')!.mayRecord[0]!.v

    /** The traffic unit has the camera OA-7, and must not record what the agency may. */
    const withTraffic = async (): Promise<{ agency: TrialAgency; wearer: string }> => {
      const agency = await trial.agency('de-nrw-oa')
      const wearer = await agency.person('wearer', 'OA 1')
      await agency.must(agency.clerk, 'POST', '/units', { name: 'Traffic' })
      await agency.must(agency.clerk, 'POST', '/units/assignments', { camera: 'OA-7', unit: 'Traffic' })
      const mustNot = [...packById('de-nrw-oa')!.mustNot.map(({ v }) => v), { v: danger, s: REASON }]
      const wish = { override: { mustNot }, unit: 'Traffic', reason: REASON }
      const asked = await agency.must<{ approval: string }>(agency.clerk, 'POST', '/policy/publications', wish)
      const second = await agency.person('data-protection-officer')
      await agency.must(second, 'POST', `/approvals/${asked.approval}/approve`, {})
      await trial.later(agency, HOUR)
      return { agency, wearer }
    }
    const triggers = () => [{ code: danger, source: 'wearer', at: iso(trial.now()) }]

    test('S5-03 is decided about by the unit’s rules, also where the report names nothing but the recording', async () => {
      const { agency, wearer } = await withTraffic()
      const recording = await agency.docks({ wearer: 'OA 1', camera: 'OA-7', at: trial.now() })
      const said = await agency.report(wearer, { recording, triggers: triggers(), running: true })
      expect(said).toMatchObject({ verdict: 'must-not', clause: { field: 'mustNot', value: danger } })
      const past = await trial.house.record.past(agency.id, { from: trial.now() - HOUR, to: trial.now() + HOUR })
      expect(past).toMatchObject([{ recording, unit: expect.stringMatching(/^[0-9a-f-]{36}$/) }])
      expect((await agency.told(recording)).filter(({ type }) => type === 'situation-decided')).toHaveLength(1)
    })

    test('S5-03 is decided about once more by the unit’s rules when it is docked, where the report named a wearer alone', async () => {
      const { agency, wearer } = await withTraffic()
      const supervisor = await agency.person('supervisor')
      const notice = { how: 'spoken', at: iso(trial.now()) }
      const said = await agency.report(wearer, { wearer: 'OA 1', triggers: triggers(), running: true, notice })
      expect(said).toMatchObject({ verdict: 'may', recording: null })
      const recording = await agency.docks({ wearer: 'OA 1', camera: 'OA-7', at: trial.now() })
      const [now] = await agency.situations(recording)
      expect(now).toMatchObject({ id: said.id, verdict: 'must-not', clause: { field: 'mustNot', value: danger } })
      expect(now?.policy).not.toBe(said.policy)
      const told = (await agency.told(recording)).filter(({ type }) => type === 'situation-decided')
      expect(told).toMatchObject([
        { situation: said.id, verdict: 'may', pol: said.policy },
        { situation: said.id, verdict: 'must-not', pol: now?.policy },
      ])
      expect(await agency.reviews(supervisor)).toMatchObject([{ kind: 'forbidden', recording }])
    })

    test('is decided about once where the camera is no unit’s', async () => {
      const { agency, wearer } = await withTraffic()
      const said = await agency.report(wearer, { wearer: 'OA 1', triggers: triggers() })
      const recording = await agency.docks({ wearer: 'OA 1', camera: 'OA-8', at: trial.now() })
      expect(await agency.situations(recording)).toMatchObject([{ id: said.id, verdict: 'may', policy: said.policy }])
      const told = (await agency.told(recording)).filter(({ type }) => type === 'situation-decided')
      expect(told).toMatchObject([{ verdict: 'may', pol: said.policy }])
    })
  })

  describe('stages', () => {
    test('S5-13 a direct stage 3 asks the reason afterwards and is marked § 15c(3) s. 2', async () => {
      const agency = await trial.agency('de-nrw-oa')
      const [wearer, supervisor] = [await agency.person('wearer', 'OA 1'), await agency.person('supervisor')]
      const recording = await agency.docks({ wearer: 'OA 1', at: trial.now() })
      const code = packById('de-nrw-oa')!.mayRecord[0]!.v
      const triggers = [{ code, source: 'wearer', at: iso(trial.now()) }]
      const notice = { how: 'spoken', at: iso(trial.now()) }
      const said = { recording, running: true, triggers, notice }
      const regular = await agency.report(wearer, { ...said, stage: { reached: 2, wanted: 3 } })
      expect(regular).toMatchObject({ reasonNeeded: false, marks: [] })
      const direct = await agency.report(wearer, { ...said, stage: { reached: 1, wanted: 3 } })
      expect(direct).toMatchObject({ verdict: 'may', reasonNeeded: true, marks: ['stage-skipped', '§ 15c(3) s. 2'] })
      expect(await agency.reviews(supervisor)).toMatchObject([
        { kind: 'stage-skipped', situation: direct.id, reason: null },
      ])

      const other = await agency.person('wearer')
      const own = async (who: string) => (await agency.ask<unknown>(who, 'GET', '/reviews/own')).said
      expect(await own(wearer)).toMatchObject([{ kind: 'stage-skipped', situation: direct.id, explained: false }])
      expect(await own(other)).toEqual([])
      const explain = (who: string, reason: string) =>
        agency.ask(who, 'POST', `/situations/${direct.id}/reason`, { reason })
      expect(await explain(other, REASON)).toMatchObject({ status: 403 })
      expect(await explain(wearer, 'he was dangerous')).toMatchObject({
        status: 422,
        said: { data: { sentence: expect.stringContaining('20') } },
      })
      expect(await explain(wearer, REASON)).toMatchObject({ status: 200 })
      expect(await explain(wearer, `${REASON}, and another`)).toMatchObject({ status: 409 })
      expect(await agency.reviews(supervisor)).toMatchObject([{ kind: 'stage-skipped', reason: REASON }])
      expect(await own(wearer)).toMatchObject([{ explained: true }])
      const told = await agency.told(recording)
      expect(told.findLast(event => event.type === 'situation-decided')?.['marks']).toContain('§ 15c(3) s. 2')
      expect(told.at(-1)).toMatchObject({ type: 'annotated', situation: direct.id, reason: REASON })
    })
  })

  describe('a camera that must stop', () => {
    test('and runs on is marked and looked at; nothing of it is cut', async () => {
      const agency = await trial.agency('de-nrw-oa')
      const [wearer, supervisor] = [await agency.person('wearer', 'OA 1'), await agency.person('supervisor')]
      const recording = await agency.docks({ wearer: 'OA 1', at: trial.now() })
      const stops = [{ code: 'danger_over', at: iso(trial.now()) }]
      const late = await agency.report(wearer, { recording, running: true, stops })
      expect(late).toMatchObject({ verdict: 'must-stop', marks: ['late-stop'] })
      expect(await agency.reviews(supervisor)).toMatchObject([{ kind: 'late-stop', recording }])
      expect((await agency.told(recording)).find(event => event.type === 'situation-decided')).toMatchObject({
        marks: ['late-stop'],
        stops: ['danger_over'],
      })
    })

    test('and says that it did is looked at when its footage goes on for more than a minute after', async () => {
      const agency = await trial.agency('de-nrw-oa')
      const [wearer, supervisor] = [await agency.person('wearer', 'OA 1'), await agency.person('supervisor')]
      const start = trial.now()
      const [late, prompt] = [
        await agency.docks({ wearer: 'OA 1', at: start }),
        await agency.docks({ wearer: 'OA 1', at: start }),
      ]
      const stops = [{ code: 'danger_over', at: iso(start + 120_000) }]
      const notice = { how: 'spoken', at: iso(start) }
      for (const recording of [late, prompt])
        expect((await agency.report(wearer, { recording, at: iso(start), stops, notice })).marks).toEqual([])
      expect(await agency.reviews(supervisor)).toEqual([])
      await agency.mediaRead(prompt, 170_000)
      await agency.mediaRead(late, 600_000)
      expect(await agency.reviews(supervisor)).toMatchObject([{ kind: 'late-stop', recording: late }])
    })

    test('footage from where nothing must be recorded is looked at, and a trigger does not help it', async () => {
      const agency = await trial.agency('dk-politi')
      const [wearer, supervisor] = [await agency.person('wearer', 'PB 1'), await agency.person('supervisor')]
      const recording = await agency.docks({ wearer: 'PB 1', at: trial.now() })
      const triggers = [{ code: 'arrest', source: 'wearer', at: iso(trial.now()) }]
      const zones = [{ code: 'strip_search' }]
      expect(await agency.report(wearer, { recording, running: true, triggers, zones })).toMatchObject({
        verdict: 'must-not',
        clause: { field: 'mustNot', value: 'strip_search' },
      })
      expect(await agency.reviews(supervisor)).toMatchObject([{ kind: 'forbidden', recording }])
    })
  })
})
