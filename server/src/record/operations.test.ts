import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packById, packs } from '@vidne/policies/packs'
import { engines } from '../platform/testing/databases.ts'
import { DAY, HOUR, iso, RecordTrial, REASON, type Refused, type Said } from './testing/trial-record.ts'

type TaskType = {
  task: string
  verdict: string
  clause: { field: string; value: string } | null
  policy: string | null
}

describe.each(engines)('what is ordered, and what is missing (%s)', engine => {
  let trial: RecordTrial
  beforeAll(async () => {
    trial = await RecordTrial.open(engine)
  })
  afterAll(() => trial?.close())

  describe('a task type', () => {
    test.each([...packs.keys()])(
      'S1-06 every task type of %s resolves to exactly one verdict, by a rule of the policy',
      async id => {
        const agency = await trial.agency(id)
        const types = await agency.must<TaskType[]>(agency.clerk, 'GET', '/task-types')
        expect(types.map(type => type.task)).toEqual(packById(id)?.tasks.map(task => task.v))
        expect(types.length).toBeGreaterThan(2)
        expect(new Set(types.map(type => type.task)).size).toBe(types.length)
        for (const type of types) {
          expect(['must', 'may', 'must-not', 'must-stop']).toContain(type.verdict)
          expect(type.clause).not.toBeNull()
          expect(type.policy).toMatch(/^[0-9a-f]{64}$/)
        }
      },
    )

    test('S1-06 the verdicts of the Danish trial say what must, may and must not be recorded', async () => {
      const agency = await trial.agency('dk-politi')
      const types = await agency.must<TaskType[]>(agency.clerk, 'GET', '/task-types')
      expect(Object.fromEntries(types.map(type => [type.task, type.verdict]))).toMatchObject({
        selected_operation: 'must',
        task_with_risk_of_confrontation: 'must',
        patrol: 'may',
        strip_search: 'must-not',
      })
    })

    test('S1-06 an operation of a type that the policy does not have is refused, and the types it has are named', async () => {
      const agency = await trial.agency('dk-politi')
      const commander = await agency.person('commander')
      const wish = {
        title: 'x',
        task: 'fishing',
        from: iso(0),
        until: iso(1),
        orderedBy: 'x',
        participants: [{ wearer: 'a' }],
      }
      const { status, said } = await agency.ask<Refused>(commander, 'POST', '/operations', wish)
      expect(status).toBe(422)
      expect(said.data.sentence).toContain('selected_operation')
      const nowhere = await agency.ask<Refused>(commander, 'POST', '/operations', {
        ...wish,
        task: 'selected_operation',
        unit: 'Bornholm',
      })
      expect(nowhere).toMatchObject({ status: 422, said: { data: { sentence: expect.stringContaining('unit: ') } } })
    })
  })

  describe('an operation', () => {
    test('carries policy, period, participants and who ordered it, and stands in the agency’s history', async () => {
      const agency = await trial.agency('dk-politi')
      const commander = await agency.person('commander', 'Vagtchef Fyn')
      await agency.must(agency.clerk, 'POST', '/units', { name: 'Fyn' })
      const wish = { unit: 'Fyn', participants: [{ wearer: 'PB 117' }, { camera: 'CAM-9' }] }
      const made = await agency.order(commander, wish)
      expect(made).toMatchObject({
        verdict: 'must',
        clause: { field: 'mustRecord', value: 'selected_operation' },
        orderedBy: 'Vagtchef 4',
        unit: 'Fyn',
        participants: [
          { wearer: 'PB 117', camera: null, recording: null },
          { wearer: null, camera: 'CAM-9', recording: null },
        ],
      })
      const period = `from=${iso(trial.now())}&until=${iso(trial.now() + HOUR)}`
      expect(await agency.must(commander, 'GET', `/operations?${period}`)).toEqual([made])
      const event = (await agency.told(agency.id)).at(-1)
      expect(event).toMatchObject({
        type: 'operation-ordered',
        operation: made.id,
        actor: 'Vagtchef Fyn',
        pol: made.policy,
      })
    })

    test('is ordered by a commander or a dispatcher, never by a wearer', async () => {
      const agency = await trial.agency('dk-politi')
      const wearer = await agency.person('wearer')
      const wish = {
        title: 'x',
        task: 'patrol',
        from: iso(0),
        until: iso(1),
        orderedBy: 'x',
        participants: [{ wearer: 'a' }],
      }
      expect(await agency.ask(wearer, 'POST', '/operations', wish)).toMatchObject({ status: 403 })
    })

    test('of one agency is not seen by another', async () => {
      const [mine, other] = [await trial.agency('dk-politi'), await trial.agency('dk-politi')]
      await mine.order(await mine.person('commander'))
      const period = `from=${iso(0)}&until=${iso(trial.now() + DAY)}`
      expect(await other.must(other.clerk, 'GET', `/operations?${period}`)).toEqual([])
    })
  })

  describe('a deviation', () => {
    test('S1-16 a missing recording under a must-rule opens a review within 24 hours, and closing needs a reason', async () => {
      const agency = await trial.agency('dk-politi')
      const [commander, supervisor] = [await agency.person('commander'), await agency.person('supervisor')]
      const participants = [{ wearer: 'PB 1' }, { wearer: 'PB 2' }, { camera: 'CAM-3' }]
      await agency.must(agency.clerk, 'POST', '/units', { name: 'Fyn' })
      const operation = await agency.order(commander, { participants, unit: 'Fyn' })
      await trial.later(agency, 8 * HOUR)
      await agency.docks({ wearer: 'PB 1', at: trial.now() - HOUR })
      await agency.docks({ camera: 'CAM-3', at: trial.now() - HOUR })
      await trial.later(agency, 2 * HOUR)
      expect(await agency.reviews(supervisor)).toEqual([])
      await trial.later(agency, 21 * HOUR)
      const [review, ...others] = await agency.reviews(supervisor, 'missing-recording')
      expect(others).toEqual([])
      expect(review).toMatchObject({
        operation: operation.id,
        wearer: 'PB 2',
        unit: 'Fyn',
        recording: null,
        closedAt: null,
      })
      expect(Date.parse(review!.openedAt) - Date.parse(operation.until)).toBeLessThan(24 * HOUR)
      await trial.later(agency, HOUR)
      expect(await agency.reviews(supervisor, 'missing-recording')).toHaveLength(1)

      const close = (who: string, body: object): Promise<Said<Refused>> =>
        agency.ask<Refused>(who, 'POST', `/reviews/${review!.id}/close`, body)
      expect(await close(supervisor, {})).toMatchObject({ status: 400 })
      expect(await close(supervisor, { reason: '   ' })).toMatchObject({ status: 400 })
      expect(await close(commander, { reason: REASON })).toMatchObject({ status: 403 })
      expect(await close(supervisor, { reason: 'the battery was empty' })).toMatchObject({ status: 200 })
      expect(await close(supervisor, { reason: 'or not' })).toMatchObject({ status: 409 })
      expect(await agency.reviews(supervisor, 'missing-recording')).toEqual([])
      expect(await agency.reviews(supervisor, 'missing-recording', 'closed')).toMatchObject([
        { id: review!.id, closedBecause: 'the battery was empty', closedBy: expect.stringContaining('supervisor') },
      ])
      const told = (await agency.told(agency.id)).filter(event => event.type.startsWith('review-'))
      expect(told.map(event => [event.type, event['review-id'], event['about']])).toEqual([
        ['review-opened', review!.id, 'missing-recording'],
        ['review-closed', review!.id, 'missing-recording'],
      ])
      // The agency's own chain is never erased.
      expect(JSON.stringify(told)).not.toContain('battery')
    })

    test('S1-16 what may be recorded and was not is no deviation', async () => {
      const agency = await trial.agency('dk-politi')
      const [commander, supervisor] = [await agency.person('commander'), await agency.person('supervisor')]
      expect(await agency.order(commander, { task: 'patrol' })).toMatchObject({ verdict: 'may' })
      await trial.later(agency, 30 * HOUR)
      expect(await agency.reviews(supervisor)).toEqual([])
    })

    test('S1-16 a recording that comes after the review was opened stands beside it, and a person still closes it', async () => {
      const agency = await trial.agency('dk-politi')
      const [commander, supervisor] = [await agency.person('commander'), await agency.person('supervisor')]
      await agency.order(commander)
      const during = trial.now() + HOUR
      await trial.later(agency, 21 * HOUR)
      expect(await agency.reviews(supervisor)).toMatchObject([{ kind: 'missing-recording', recording: null }])
      const recording = await agency.docks({ wearer: 'PB 117', at: during })
      expect(await agency.reviews(supervisor, 'missing-recording')).toMatchObject([{ recording }])
    })

    test('S1-16 footage that ends before the operation began covers nobody, once its length is known', async () => {
      const agency = await trial.agency('dk-politi')
      const [commander, supervisor] = [await agency.person('commander'), await agency.person('supervisor')]
      const from = trial.now() + 2 * HOUR
      await agency.order(commander, { from: iso(from), until: iso(from + HOUR) })
      await trial.later(agency, 4 * HOUR)
      const recording = await agency.docks({ wearer: 'PB 117', at: from - HOUR })
      await agency.mediaRead(recording, 30 * 60_000)
      const during = await agency.docks({ wearer: 'PB 118', at: from })
      await agency.mediaRead(during, HOUR)
      await trial.later(agency, 20 * HOUR)
      const missing = await agency.reviews(supervisor, 'missing-recording')
      expect(missing).toMatchObject([{ wearer: 'PB 117', recording: null }])
    })

    test('S1-16 footage that began before the operation and reaches into it covers who made it', async () => {
      const agency = await trial.agency('dk-politi')
      const [commander, supervisor] = [await agency.person('commander'), await agency.person('supervisor')]
      const from = trial.now() + 2 * HOUR
      await agency.order(commander, { from: iso(from), until: iso(from + HOUR) })
      await trial.later(agency, 4 * HOUR)
      await agency.mediaRead(await agency.docks({ wearer: 'PB 117', at: from - HOUR }), 90 * 60_000)
      await trial.later(agency, 20 * HOUR)
      expect(await agency.reviews(supervisor, 'missing-recording')).toEqual([])
    })

    test('S1-16 what a dispatcher reported and nobody recorded is missing too', async () => {
      const agency = await trial.agency('dk-politi')
      const [dispatcher, supervisor] = [await agency.person('commander'), await agency.person('supervisor')]
      const triggers = [{ code: 'use_of_force', source: 'dispatcher', at: iso(trial.now()) }]
      const { id } = await agency.report(dispatcher, { wearer: 'PB 8', triggers })
      await trial.later(agency, 23 * HOUR)
      expect(await agency.reviews(supervisor)).toMatchObject([
        { kind: 'missing-recording', situation: id, wearer: 'PB 8', recording: null },
      ])
    })

    test('S1-16 a reasoned override is looked at by a supervisor, who is not the one that made it', async () => {
      const agency = await trial.agency('dk-politi')
      const name = trial.someName('both')
      const wearer = await agency.person('wearer', name)
      const same = await agency.person('supervisor', name)
      const triggers = [{ code: 'arrest', source: 'wearer', at: iso(trial.now()) }]
      const told = { wearer: 'PB 9', triggers, override: { by: 'wearer', reason: REASON } }
      expect(await agency.report(wearer, told)).toMatchObject({
        verdict: 'may',
        marks: expect.arrayContaining(['override']),
      })
      const supervisor = await agency.person('supervisor')
      const [review] = await agency.reviews(supervisor, 'override')
      expect(review).toMatchObject({ reason: REASON, wearer: 'PB 9' })
      const close = (who: string) => agency.ask(who, 'POST', `/reviews/${review!.id}/close`, { reason: 'looked at it' })
      expect(await close(same)).toMatchObject({
        status: 403,
        said: { data: { sentence: expect.stringContaining('yourself') } },
      })
      expect(await close(supervisor)).toMatchObject({ status: 200 })
    })
  })
})
