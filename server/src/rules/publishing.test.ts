import { decide } from '@vidne/policies/decide'
import { packById } from '@vidne/policies/packs'
import { decodeStatement } from '@vidne/evidence/statement'
import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../people/people.ts'
import { peopleTrial, setClock, type PeopleTrial } from '../people/testing/an-agency.ts'
import type { Trx } from '../platform/database/door.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import { openGate, openPublishing, openReplaying, openRules, type Draft, type Publishing, type Rules } from './rules.ts'
import { readinessOf } from './readiness.ts'
import type { PastSituation } from './rules.ts'

const DAY = 86_400_000
const danish = packById('dk-politi')!
const because = 'the district’s own assessment of June 2026'

onEachEngine('versions of a policy', ground => {
  const clock = setClock('2026-11-22T09:00:00Z')
  let trial: PeopleTrial
  let rules: Rules
  let publishing: Publishing
  let chief: Actor
  let officer: Actor
  let second: Actor
  beforeAll(async () => {
    const later: { people?: PeopleTrial['people'] } = {}
    const gate: Parameters<typeof peopleTrial>[2] = (trx, actor, act) =>
      openGate({ clock, rules, people: () => later.people! })(trx, actor, act)
    trial = await peopleTrial(ground, clock, gate)
    later.people = trial.people
    rules = openRules({ clock, history: trial.history })
    const { database } = ground
    publishing = openPublishing({ database, clock, history: trial.history, people: trial.people, rules })
  })
  beforeEach(async () => {
    chief = (await trial.found('Danish police')).operatorActor
    officer = await trial.person(chief, 'Officer', 'supervisor')
    second = await trial.person(chief, 'Data protection', 'data-protection-officer')
    await as(trx => rules.adopt(trx, chief.agency, danish, danish.zone.v))
    clock.at += 1000
  })
  const as = <T>(work: (trx: Trx) => Promise<T>) => ground.database.asAgency(chief.agency, work)
  const unit = (name: string) => as(trx => trial.people.units.named(trx, chief, name))
  const draft = (override: unknown, more: Partial<Draft> = {}): Draft => ({
    override,
    unit: null,
    since: null,
    ...more,
  })
  const shorter = (v: string) => ({
    retention: { uncategorised: { ...danish.retention['uncategorised'], v, f: 'policy', s: because } },
  })
  const inForce = (at?: number, of: string | null = null) => as(trx => rules.policyInForce(trx, chief.agency, at, of))
  const days = async (at?: number, of: string | null = null) =>
    (await inForce(at, of)).pack.retention['uncategorised']?.v
  async function ask(wish: Draft) {
    const asked = await publishing.ask(chief, { ...wish, reason: 'tried for a year' })
    if (asked.state !== 'waiting') throw new Error(asked.because)
    return asked
  }
  const confirm = (approval: string, actor = second) =>
    as(trx => trial.people.approvals.answer(trx, { approval, actor }))
  const waiting = () => as(trx => trial.people.approvals.waiting(trx, chief.agency))
  async function publish(wish: Draft): Promise<string> {
    const { approval, digest } = await ask(wish)
    expect(await confirm(approval)).toMatchObject({ state: 'done' })
    return digest
  }
  const original = danish.retention['uncategorised']!.v

  describe('are published', () => {
    test('by two persons: asked by one nothing changes, and one’s own confirmation is none', async () => {
      const { approval, digest } = await ask(draft(shorter('P20D')))
      expect(await days()).toBe(original)
      expect(await confirm(approval, chief)).toMatchObject({ state: 'refused', because: 'same-person' })
      expect(await days()).toBe(original)
      expect(await confirm(approval)).toMatchObject({ state: 'done' })
      expect([await days(), (await inForce()).digest]).toEqual(['P20D', digest])
    })

    test('with every change before the eyes of the second person', async () => {
      await unit('Fyn')
      const since = clock.at + DAY
      const { approval, digest } = await ask(draft(shorter('P20D'), { unit: 'Fyn', since }))
      const changes = [{ path: 'retention.uncategorised', from: original, to: 'P20D', effect: 'tighter' }]
      expect(await waiting()).toMatchObject([{ id: approval, publication: { unit: 'Fyn', since, digest, changes } }])
    })

    test('in the open: an event of the agency’s chain, and a public statement that names nobody', async () => {
      const digest = await publish(draft(shorter('P20D')))
      const events = await as(trx => trial.history.of(trx, chief.agency))
      const event = events.findLast(({ core }) => core.type === 'policy-published')
      expect(event?.fields.find(({ name }) => name === 'policy')?.value).toBe(digest)
      const { rows } = await ground.database.asInstallation(trx =>
        sql<{
          leaf: Uint8Array
        }>`select leaf from history_pending where label is null order by ord desc limit 1`.execute(trx),
      )
      const statement = decodeStatement(Buffer.from(rows[0]!.leaf.subarray(1)).toString('utf8'))
      expect(statement).toEqual({ type: 'policy-in-force', v: 1, policy: digest, pack: 'dk-politi', at: clock.at })
    })

    test('S1-04 with a date: a recording a minute before it and one a minute after cite different versions', async () => {
      const midnight = Date.parse('2026-12-01T00:00:00+01:00')
      await publish(draft(shorter('P20D'), { since: midnight }))
      expect([await days(midnight - 60_000), await days(midnight + 60_000)]).toEqual([original, 'P20D'])
      expect((await inForce(midnight - 60_000)).digest).not.toBe((await inForce(midnight + 60_000)).digest)
    })

    test('never with a date in the past, also when the second person comes late', async () => {
      const past = await publishing.ask(chief, { ...draft(shorter('P20D'), { since: clock.at - 1 }), reason: 'x' })
      expect(past).toMatchObject({ state: 'refused', because: 'since-is-past' })
      const { approval } = await ask(draft(shorter('P20D'), { since: clock.at + DAY }))
      clock.at += 2 * DAY
      expect(await confirm(approval)).toMatchObject({ state: 'done' })
      expect([await days(clock.at - 1), await days(clock.at)]).toEqual([original, 'P20D'])
    })

    test('not upon another version than the one that was looked at', async () => {
      const { approval } = await ask(draft(shorter('P20D')))
      clock.at += 1000
      await publish(draft(shorter('P25D')))
      const proposed = async () => (await waiting()).find(({ id }) => id === approval)?.publication
      expect(await proposed()).toEqual({ unit: null, since: null, digest: null, changes: [] })
      expect(await confirm(approval)).toMatchObject({ because: 'no-longer-possible', detail: 'policy-changed' })
      expect(await days()).toBe('P25D')
    })

    test('and freeze every value, so that what was free before can only be tightened from then on', async () => {
      const free = Object.entries(danish.retention).find(([, leaf]) => leaf.f === 'default' && leaf.dir === 'review')!
      const longer = { retention: { [free[0]]: { ...free[1], v: 'P9Y', f: 'policy', s: because } } }
      expect(await publishing.consider(chief, draft(longer))).toMatchObject({ state: 'ready' })
      await publish(draft(shorter('P20D')))
      const { pack } = await inForce()
      expect(flagsIn(pack)).toEqual(new Set(['law', 'policy']))
      clock.at += 1000
      expect(await publishing.consider(chief, draft(longer))).toMatchObject({ state: 'refused', because: 'looser' })
    })
  })

  describe('of a unit', () => {
    test('S1-19 may be tighter than the agency’s, and never looser', async () => {
      const fyn = await unit('Fyn')
      expect(await publishing.consider(chief, draft(shorter('P31D'), { unit: 'Fyn' }))).toMatchObject({
        because: 'looser',
      })
      await publish(draft(shorter('P10D'), { unit: 'Fyn' }))
      expect([await days(undefined, fyn.id), await days()]).toEqual(['P10D', original])
    })

    test('S5-03 two units have two verdicts for the same trigger', async () => {
      const [field, traffic] = [await unit('Special field service'), await unit('Traffic monitoring')]
      await publish(draft({ mustNot: alsoNot('traffic_control') }, { unit: 'Traffic monitoring' }))
      const trigger = { code: 'confrontation_risk', source: 'wearer', at: clock.at } as const
      const situation = {
        at: clock.at,
        running: false,
        triggers: [trigger],
        zones: [{ code: 'traffic_control' }],
        stops: [],
      }
      const verdict = async (of: string) => decide(situation, (await inForce(undefined, of)).pack).verdict
      expect([await verdict(field.id), await verdict(traffic.id)]).toEqual(['must', 'must-not'])
    })

    test('becomes tighter at once with the agency’s, and keeps what it has tightened itself', async () => {
      const fyn = await unit('Fyn')
      const noStart = { autoStart: { v: false, f: 'policy', s: because } }
      await publish(draft({ ...shorter('P20D'), ...noStart }, { unit: 'Fyn' }))
      clock.at += 1000
      await publish(draft(shorter('P14D')))
      const { pack, digest } = await inForce(undefined, fyn.id)
      expect([pack.retention['uncategorised']?.v, pack.autoStart.v]).toEqual(['P14D', false])
      expect(digest).not.toBe((await inForce()).digest)
    })

    test('keeps what it has tightened when part of it does not fit the agency’s any more', async () => {
      const fyn = await unit('Fyn')
      const walk = { v: 'walk', f: 'policy', s: because, triggers: ['patrol'], zones: [] }
      const tasks = [...danish.tasks.map(({ v }) => v), walk]
      await publish(draft({ ...shorter('P10D'), tasks }, { unit: 'Fyn' }))
      clock.at += 1000
      await publish(draft({ mayRecord: ['patrol'], autoStart: { v: false, s: because } }, { unit: 'Fyn' }))
      clock.at += 1000
      await publish(draft({ mayRecord: danish.mayRecord.map(({ v }) => v).filter(v => v !== 'patrol') }))
      const { pack } = await inForce(undefined, fyn.id)
      expect([pack.mayRecord, pack.retention['uncategorised']?.v, pack.autoStart.v]).toEqual([[], 'P10D', false])
      expect(pack.tasks.map(({ v }) => v)).toContain('walk')
    })
  })

  describe('are refused', () => {
    test('by name where a draft cannot be read, changes nothing, is of no unit or has no reason', async () => {
      const consider = (wish: Draft) => publishing.consider(chief, wish)
      expect(await consider(draft({ retentoin: {} }))).toMatchObject({
        because: 'odd-override',
        faults: [{ path: 'retentoin', because: 'unknown-field' }],
      })
      expect(await consider(draft(shorter('20 days')))).toMatchObject({ faults: [{ because: 'bad-period' }] })
      expect(await consider(draft({}))).toMatchObject({ because: 'nothing-changes' })
      expect(await consider(draft(shorter('P9D'), { unit: 'Bornholm' }))).toMatchObject({ because: 'no-such-unit' })
      expect(await publishing.ask(chief, { ...draft(shorter('P9D')), reason: ' ' })).toMatchObject({
        because: 'no-reason',
      })
    })

    test('before one that is published for later', async () => {
      await publish(draft(shorter('P20D'), { since: clock.at + DAY }))
      expect(await publishing.consider(chief, draft(shorter('P10D')))).toMatchObject({
        because: 'later-version',
        since: clock.at + DAY,
      })
    })

    test('at the very moment of another: two of one moment have no order, and the key of one row', async () => {
      const since = clock.at + DAY
      await publish(draft(shorter('P20D'), { since }))
      expect(await publishing.consider(chief, draft(shorter('P10D'), { since }))).toMatchObject({
        because: 'later-version',
        since,
      })
      await unit('Fyn')
      await publish(draft(shorter('P15D'), { unit: 'Fyn', since: since + 1 }))
      expect(await publishing.consider(chief, draft(shorter('P10D'), { since: since + 1 }))).toMatchObject({
        because: 'later-version',
        since: since + 1,
      })
      await publish(draft(shorter('P10D'), { since: since + 2 }))
      expect(await days(since + 2)).toBe('P10D')
    })
  })

  describe('gate rights', () => {
    test('S4-15 who has not accepted the new version may not view until they do', async () => {
      expect(await trial.people.refusal(officer, 'view')).toBeNull()
      await publish(draft(shorter('P20D')))
      expect(await trial.people.refusal(officer, 'view')).toBe('policy-not-accepted')
      expect(await trial.people.refusal(chief, 'export')).toBe('policy-not-accepted')
      expect(await trial.people.refusal(officer, 'hold')).toBeNull()
      const { pol } = await inForce()
      await as(trx => trial.people.registers.accept(trx, officer, pol))
      expect(await trial.people.refusal(officer, 'view')).toBeNull()
      clock.at += 1000
      await publish(draft(shorter('P19D')))
      expect(await trial.people.refusal(officer, 'view')).toBe('policy-not-accepted')
    })

    test('S2-08 expired training removes camera check-out and export rights', async () => {
      const clerk = await trial.person(chief, 'Clerk', 'evidence-clerk')
      const wearer = await trial.person(chief, 'Wearer', 'wearer')
      const rights = async () => [
        await trial.people.refusal(clerk, 'export'),
        await trial.people.refusal(wearer, 'check-out'),
      ]
      const training = { v: { rights: ['camera-checkout', 'export'], validFor: 'P1Y' }, f: 'policy', s: because }
      await publish(draft({ training }))
      const { pol } = await inForce()
      for (const one of [clerk, wearer]) await as(trx => trial.people.registers.accept(trx, one, pol))
      expect(await rights()).toEqual(['training-missing', 'training-missing'])
      for (const person of ['Clerk', 'Wearer'])
        await as(trx =>
          trial.people.registers.recordTraining(trx, chief, { person, course: 'Camera', completedAt: clock.at }),
        )
      expect(await rights()).toEqual([null, null])
      clock.at += 365 * DAY - 1
      expect(await rights()).toEqual([null, null])
      clock.at += 1
      expect(await rights()).toEqual(['training-missing', 'training-missing'])
    })
  })

  test('who may not do what yet is listed by the same rule that refuses them, each under the policy of their unit', async () => {
    const clerk = await trial.person(chief, 'Clerk', 'evidence-clerk')
    await unit('Fyn')
    const training = { v: { rights: ['camera-checkout', 'export'], validFor: 'P1Y' }, f: 'policy', s: because }
    await publish(draft({ training }, { unit: 'Fyn' }))
    const fyn = await as(trx => trial.people.units.called(trx, chief.agency, 'Fyn'))
    await as(trx => trial.people.units.assign(trx, chief, { member: { person: clerk.person }, unit: fyn }))
    const stands = async () => {
      const ready = await as(async trx =>
        readinessOf(
          trx,
          { clock, rules, people: trial.people },
          { agency: chief.agency, roster: await trial.people.signIn.roster(trx, chief) },
        ),
      )
      for (const { of, needs } of ready)
        for (const { act, because: why } of needs)
          expect([of.name, act, why]).toEqual([
            of.name,
            act,
            await trial.people.refusal({ ...chief, person: of.id, roles: of.roles, name: of.name }, act),
          ])
      const found = ready.find(one => one.of.id === clerk.person)
      return { wanted: found?.wanted, until: found?.training?.until ?? null, needs: found?.needs }
    }
    const missing = 'policy-not-accepted'
    const needs = (view: string | null, exports: string | null) => [
      { act: 'view', because: view },
      { act: 'export', because: exports },
    ]
    expect(await stands()).toEqual({ wanted: true, until: null, needs: needs(missing, missing) })
    const { pol } = await inForce(undefined, fyn?.id)
    await as(trx => trial.people.registers.accept(trx, clerk, pol))
    expect(await stands()).toEqual({ wanted: true, until: null, needs: needs(null, 'training-missing') })
    const wish = { person: 'Clerk', course: 'Camera', completedAt: clock.at }
    await as(trx => trial.people.registers.recordTraining(trx, chief, wish))
    const { until, ...trained } = await stands()
    expect(trained).toEqual({ wanted: true, needs: needs(null, null) })
    clock.at = (until ?? 0) - 1
    expect((await stands()).needs).toEqual(needs(null, null))
    clock.at += 1
    expect((await stands()).needs).toEqual(needs(null, 'training-missing'))
  })

  test('S1-03 a draft is replayed over what has happened, and the verdicts that differ are told', async () => {
    const at = clock.at
    const asked = { code: 'patrol', source: 'wearer', at } as const
    const past: PastSituation[] = ['one', 'two'].map((recording, index) => ({
      recording,
      unit: null,
      situation: {
        at: at + index,
        running: false,
        triggers: [asked],
        zones: index === 0 ? [] : [{ code: 'school' }],
        stops: [],
      },
    }))
    const { database } = ground
    const replaying = openReplaying({ database, rules, publishing, situations: async () => past })
    const replayed = await replaying.replay(chief, draft({ mustNot: alsoNot('school') }), { from: at, to: at + DAY })
    expect(replayed).toMatchObject({
      situations: 2,
      changed: [
        {
          at: at + 1,
          recording: 'two',
          differs: expect.arrayContaining(['verdict', 'clause']),
          before: { verdict: 'may' },
          after: { verdict: 'must-not', clause: 'mustNot' },
        },
      ],
    })
    const byHand = { autoStart: { v: false, s: because } }
    const trigger = { code: 'arrest', source: 'sensor', at } as const
    const started = [{ recording: 'one', unit: null, situation: { ...past[0]!.situation, triggers: [trigger] } }]
    const alone = openReplaying({ database, rules, publishing, situations: async () => started })
    expect(await alone.replay(chief, draft(byHand), { from: at, to: at + DAY })).toMatchObject({
      changed: [{ differs: ['starts-itself'], before: { verdict: 'must' }, after: { verdict: 'must' } }],
    })
  })
})

/** The places where nothing is recorded, and one more: a list is given whole. */
function alsoNot(place: string) {
  return [...danish.mustNot, { v: place, s: because }].map(one => ({ ...one, f: 'policy', s: one.s || because }))
}

/** Every flag of every value. */
function flagsIn(value: unknown): Set<string> {
  if (Array.isArray(value)) return new Set(value.flatMap(one => [...flagsIn(one)]))
  if (typeof value !== 'object' || value === null) return new Set()
  const { f } = { f: undefined, ...value }
  if (typeof f === 'string') return new Set([f])
  return new Set(Object.values(value).flatMap(one => [...flagsIn(one)]))
}
