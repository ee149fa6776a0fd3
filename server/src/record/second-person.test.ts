import type { QuestionRow } from '@vidne/contract/approvals'
import type { SituationRow } from '@vidne/contract/record'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines } from '../platform/testing/databases.ts'
import { DAY, iso, RecordTrial, REASON, type Refused, type TrialAgency } from './testing/trial-record.ts'

type Taken = SituationRow & { readonly approval: string | null }

describe.each(engines)('an override that wants a second person (%s)', engine => {
  let trial: RecordTrial
  beforeAll(async () => {
    trial = await RecordTrial.open(engine)
  })
  afterAll(() => trial?.close())

  const override = { by: 'site-head', reason: REASON } as const
  const depart = (agency: TrialAgency, who: string, wish: object = {}): Promise<Taken> =>
    agency.must(who, 'POST', '/situations', {
      camera: 'GATE-1',
      at: iso(trial.now()),
      running: true,
      stops: [{ code: 'need_reassessed_negative', at: iso(trial.now()) }],
      override,
      ...wish,
    })
  const approve = (agency: TrialAgency, who: string, approval: string | null) =>
    agency.ask(who, 'POST', `/approvals/${approval}/approve`, {})
  const decidedOn = async (agency: TrialAgency, recording: string) =>
    (await agency.told(recording)).filter(event => event.type === 'situation-decided')

  test('takes effect when another person agrees by his own token, and not before; both verdicts stand in the history', async () => {
    const agency = await trial.agency('se-skola')
    const [head, other] = [await agency.person('site-head', 'Hedda Head'), await agency.person('site-head', 'Sven')]
    const recording = await agency.docks({ camera: 'GATE-1', at: trial.now() })
    const asked = await depart(agency, head, { recording })
    expect(asked).toMatchObject({ verdict: 'must-stop', approval: expect.any(String) })
    expect(asked.marks).toContain('override-refused')
    const [question] = await agency.must<QuestionRow[]>(other, 'GET', '/approvals')
    expect(question).toMatchObject({ kind: 'override', subject: asked.id, reason: REASON, you: 'may-confirm' })
    expect(question).toMatchObject({ askedBy: 'Hedda Head', withoutAnswer: 'rule-stays' })

    expect(await approve(agency, head, asked.approval)).toMatchObject({ status: 403 })
    expect(await approve(agency, await agency.person('wearer'), asked.approval)).toMatchObject({ status: 403 })
    expect(await agency.situations(recording)).toMatchObject([{ verdict: 'must-stop', override }])
    expect(await approve(agency, other, asked.approval)).toMatchObject({ status: 200, said: { state: 'done' } })

    const [now] = await agency.situations(recording)
    expect(now).toMatchObject({ id: asked.id, verdict: 'may', override: { ...override, second: { name: 'Sven' } } })
    expect(now?.marks).toEqual(expect.arrayContaining(['override']))
    expect(now?.marks).not.toContain('override-refused')
    const [first, second] = await decidedOn(agency, recording)
    expect(first).toMatchObject({ verdict: 'must-stop', pol: asked.policy })
    expect(first).not.toHaveProperty('seconded-by')
    expect(second).toMatchObject({ verdict: 'may', 'seconded-by': 'Sven', 'seconded-at': expect.any(Number) })
    expect(await agency.reviews(other, 'override')).toMatchObject([{ situation: asked.id, recording }])
    // The agency's own chain is never erased: who agreed to what stands there, and nobody's words.
    const chain = (await agency.told(agency.id)).filter(event => event.type === 'approval-asked')
    expect(chain.at(-1)).toMatchObject({ kind: 'override', object: asked.id })
    expect(JSON.stringify(chain)).not.toContain(REASON)
  })

  test('agreed to beforehand decides about what is docked afterwards', async () => {
    const agency = await trial.agency('se-skola')
    const [head, other] = [await agency.person('site-head'), await agency.person('supervisor')]
    const asked = await depart(agency, head)
    await approve(agency, other, asked.approval)
    const recording = await agency.docks({ camera: 'GATE-1', at: trial.now() })
    expect(await agency.situations(recording)).toMatchObject([{ id: asked.id, verdict: 'may' }])
    expect(await agency.reviews(other, 'forbidden')).toEqual([])
  })

  test('that nobody agrees to lapses, and what the policy says stays', async () => {
    const agency = await trial.agency('se-skola')
    const [head, other] = [await agency.person('site-head'), await agency.person('site-head')]
    const recording = await agency.docks({ camera: 'GATE-1', at: trial.now() })
    const asked = await depart(agency, head, { recording })
    await trial.later(agency, 2 * DAY)
    expect(await approve(agency, other, asked.approval)).toMatchObject({ status: 409 })
    expect(await agency.situations(recording)).toMatchObject([{ verdict: 'must-stop' }])
  })

  test('is asked of nobody where the role may not depart, where no second is wanted, and where a camera has stored it', async () => {
    const school = await trial.agency('se-skola')
    const commander = await school.person('commander')
    expect(await depart(school, commander, { override: { ...override, by: 'commander' } })).toMatchObject({
      approval: null,
      marks: expect.arrayContaining(['override-refused']),
    })
    expect(await depart(school, school.dock)).toMatchObject({ approval: null, verdict: 'must-stop' })
    const met = await trial.agency('uk-met')
    const wearer = await met.person('wearer')
    const triggers = [{ code: 'arrest', source: 'wearer', at: iso(trial.now()) }]
    const told = { wearer: 'PC 1', camera: null, stops: [], triggers, override: { by: 'wearer', reason: REASON } }
    expect(await depart(met, wearer, told)).toMatchObject({ verdict: 'may', approval: null })
  })

  test('cannot bring its second person along', async () => {
    const agency = await trial.agency('se-skola')
    const head = await agency.person('site-head')
    const forged = { camera: 'GATE-1', at: iso(trial.now()), override: { ...override, second: true } }
    expect(await agency.ask<Refused>(head, 'POST', '/situations', forged)).toMatchObject({ status: 400 })
  })
})
