import { sql } from 'kysely'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { onEachEngine } from '../platform/testing/databases.ts'
import type { Trx } from '../platform/database/door.ts'
import type { Actor, ApprovalKind } from './people.ts'
import { POL, peopleTrial, setClock, type PeopleTrial } from './testing/an-agency.ts'

const DAY = 86_400_000

onEachEngine('the registers of an agency', ground => {
  const clock = setClock('2026-11-22T09:00:00Z')
  let trial: PeopleTrial
  let operator: Actor
  beforeAll(async () => {
    trial = await peopleTrial(ground, clock)
    for (const kind of ['export', 'brake'] as const)
      trial.people.approvals.onApproved(kind, async () => ({ done: true }) as const)
  })
  beforeEach(async () => {
    operator = (await trial.found('Fyn')).operatorActor
  })
  const as = <T>(work: (trx: Trx) => Promise<T>) => ground.database.asAgency(operator.agency, work)
  const lastEvents = async (count: number) =>
    (await as(trx => trial.history.of(trx, operator.agency))).slice(-count).map(({ core }) => core.type)

  describe('units', () => {
    test('are one by name, however it is spaced or capitalised', async () => {
      const { units } = trial.people
      const made = await as(trx => units.named(trx, operator, 'Fyns  Politi'))
      expect(await as(trx => units.named(trx, operator, 'fyns politi'))).toEqual(made)
      expect(await as(trx => units.of(trx, operator.agency))).toEqual([{ id: made.id, name: 'Fyns Politi' }])
      expect(await lastEvents(2)).toContain('unit-made')
    })

    test('keep what a camera recorded while it was theirs', async () => {
      const { units } = trial.people
      const [east, west] = await as(async trx => [
        await units.named(trx, operator, 'East'),
        await units.named(trx, operator, 'West'),
      ])
      const began = clock.at
      await as(trx => units.assign(trx, operator, { member: { camera: 'C-17' }, unit: east! }))
      clock.at += DAY
      await as(trx => units.assign(trx, operator, { member: { camera: 'C-17' }, unit: west! }))
      const at = (when: number) => as(trx => units.ofCamera(trx, { agency: operator.agency, camera: 'C-17', at: when }))
      expect([await at(began - 1), await at(began), await at(clock.at)]).toEqual([null, east!.id, west!.id])
      expect(await lastEvents(1)).toEqual(['unit-assigned'])
    })

    test('are renamed, and end once nobody belongs to them; the same name takes an ended one up again', async () => {
      const { units } = trial.people
      const unit = await as(trx => units.named(trx, operator, 'East'))
      await as(trx => units.named(trx, operator, 'West'))
      const renamed = (name: string) => as(trx => units.rename(trx, operator, { unit: unit.id, name }))
      expect(await renamed('west')).toBe('taken')
      expect(await renamed('Harbour')).toEqual({ id: unit.id, name: 'Harbour' })
      expect(await lastEvents(1)).toEqual(['unit-renamed'])
      await as(trx => units.assign(trx, operator, { member: { camera: 'C-9' }, unit }))
      await as(trx => units.assign(trx, operator, { member: { person: operator.person }, unit }))
      const standing = () => as(trx => units.standing(trx, operator.agency))
      expect(await standing()).toContainEqual({ id: unit.id, name: 'Harbour', people: 1, cameras: 1 })
      const end = () => as(trx => units.end(trx, operator, unit.id))
      expect(await end()).toBe('in-use')
      clock.at += 1
      await as(trx => units.assign(trx, operator, { member: { camera: 'C-9' }, unit: null }))
      expect(await end()).toBe('in-use')
      await as(trx => units.assign(trx, operator, { member: { person: operator.person }, unit: null }))
      expect([await end(), await end()]).toEqual(['ended', 'no-such-unit'])
      expect(await lastEvents(1)).toEqual(['unit-ended'])
      expect((await standing()).map(({ name }) => name)).toEqual(['West'])
      expect(await as(trx => units.called(trx, operator.agency, 'Harbour'))).toBeNull()
      expect((await as(trx => units.named(trx, operator, 'Harbour'))).id).toBe(unit.id)
      expect(await lastEvents(1)).toEqual(['unit-made'])
    })

    test('are not another agency’s to see or to use', async () => {
      const mine = await as(trx => trial.people.units.named(trx, operator, 'Mine'))
      const other = (await trial.found('Other')).operatorActor
      const seen = await ground.database.asAgency(other.agency, trx => trial.people.units.of(trx, other.agency))
      expect(seen).toEqual([])
      const member = { person: other.person }
      const wish = ground.database.asAgency(other.agency, trx =>
        trial.people.units.assign(trx, other, { member, unit: mine }),
      )
      await expect(wish).rejects.toThrow(/foreign key|people_person/)
    })
  })

  describe('acceptance of a policy', () => {
    test('counts once for each version, and is an event', async () => {
      const { registers } = trial.people
      const next = new Uint8Array(32).fill(9)
      expect(await as(trx => registers.accept(trx, operator, POL))).toBe(true)
      expect(await as(trx => registers.accept(trx, operator, POL))).toBe(false)
      expect(await lastEvents(1)).toEqual(['policy-accepted'])
      const has = (policy: Uint8Array) =>
        as(trx => registers.hasAccepted(trx, { agency: operator.agency, person: operator.person, policy }))
      expect([await has(POL), await has(next)]).toEqual([true, false])
    })

    test('cannot be taken back or forged in the database', async () => {
      await as(trx => trial.people.registers.accept(trx, operator, POL))
      await expect(as(trx => sql`delete from people_acceptance`.execute(trx))).rejects.toThrow(
        /append-only|permission denied/,
      )
    })
  })

  describe('training', () => {
    test('is what was completed last, and what was struck out does not count', async () => {
      const { registers } = trial.people
      const person = await trial.person(operator, 'Wearer', 'wearer')
      const record = (completedAt: number) =>
        as(trx => registers.recordTraining(trx, operator, { person: 'wearer', course: 'Camera', completedAt }))
      const last = () => as(trx => registers.lastTrained(trx, { agency: operator.agency, person: person.person }))
      expect(await last()).toBeNull()
      await record(clock.at - 400 * DAY)
      const newest = await record(clock.at - DAY)
      expect(await last()).toBe(clock.at - DAY)
      if (newest === 'in-the-future') throw new Error('it was completed yesterday')
      expect(await as(trx => registers.revokeTraining(trx, operator, newest.id))).toBe(true)
      expect(await last()).toBe(clock.at - 400 * DAY)
      expect(await record(clock.at + 1)).toBe('in-the-future')
    })
  })

  describe('a delegate', () => {
    let asker: Actor
    let chief: Actor
    let delegate: Actor
    beforeEach(async () => {
      asker = await trial.person(operator, 'Asker', 'evidence-clerk')
      chief = await trial.person(operator, 'Chief', 'supervisor')
      delegate = await trial.person(operator, 'Stand-in', 'wearer')
    })
    const ask = (kind: ApprovalKind, by: Actor | null) =>
      as(trx =>
        trial.people.approvals.ask(trx, {
          agency: operator.agency,
          kind,
          subject: null,
          by,
          reason: 'a reason',
          payload: {},
        }),
      )
    const answer = (approval: string, actor: Actor) =>
      as(trx => trial.people.approvals.answer(trx, { approval, actor }))
    const name = (by: Actor, until = clock.at + DAY) =>
      as(trx => trial.people.delegations.delegate(trx, by, { to: 'Stand-in', until }))

    test('confirms in the place of the one who named them, and the history says so', async () => {
      const { approval } = await ask('export', asker)
      expect(await answer(approval, delegate)).toMatchObject({ because: 'not-allowed' })
      await name(chief)
      expect(await answer(approval, delegate)).toMatchObject({ state: 'done' })
      const given = (await as(trx => trial.history.of(trx, operator.agency))).findLast(
        ({ core }) => core.type === 'approval-given',
      )
      expect(given?.fields.find(field => field.name === 'in-place-of')?.value).toBe('Chief')
      expect(given?.fields.find(field => field.name === 'actor')?.value).toBe('Stand-in')
    })

    test('does not confirm what the one who named them asked for', async () => {
      await name(chief)
      const { approval } = await ask('export', chief)
      expect(await answer(approval, delegate)).toMatchObject({ state: 'refused', because: 'same-person' })
    })

    test('gives no second word for somebody who has confirmed', async () => {
      await name(chief)
      const { approval } = await ask('brake', null)
      expect(await answer(approval, chief)).toMatchObject({ state: 'waiting', left: 1 })
      expect(await answer(approval, delegate)).toMatchObject({ because: 'confirmed-by-you-already' })
      const { approval: other } = await ask('export', null)
      expect(await answer(other, delegate)).toMatchObject({ state: 'waiting', left: 1 })
      expect(await answer(other, chief)).toMatchObject({ because: 'confirmed-by-you-already' })
    })

    test('confirms no more once the time is over, or it was ended', async () => {
      const { approval } = await ask('export', asker)
      await name(chief, clock.at + 1000)
      clock.at += 1000
      expect(await answer(approval, delegate)).toMatchObject({ because: 'not-allowed' })
      const named = await name(chief)
      if (typeof named === 'string') throw new Error(named)
      expect(await as(trx => trial.people.delegations.end(trx, asker, named.id))).toBe(false)
      expect(await as(trx => trial.people.delegations.end(trx, chief, named.id))).toBe(true)
      expect(await answer(approval, delegate)).toMatchObject({ because: 'not-allowed' })
    })

    test('has no more rights than the one who named them has now, and cannot pass them on', async () => {
      await name(chief)
      const third = await trial.person(operator, 'Third', 'wearer')
      const passed = await as(trx =>
        trial.people.delegations.delegate(trx, delegate, { to: 'Third', until: clock.at + DAY }),
      )
      expect(passed).toMatchObject({ id: expect.any(String) })
      const { approval } = await ask('export', asker)
      expect(await answer(approval, third)).toMatchObject({ because: 'not-allowed' })
      await as(trx => sql`update people_grant set revoked_at = now() where person = ${chief.person}`.execute(trx))
      expect(await answer(approval, delegate)).toMatchObject({ because: 'not-allowed' })
    })

    test('is nobody unknown, not oneself, and not for the past', async () => {
      const wish = (to: string, until: number) =>
        as(trx => trial.people.delegations.delegate(trx, chief, { to, until }))
      expect(await wish('Nobody', clock.at + 1)).toBe('nobody')
      expect(await wish('chief', clock.at + 1)).toBe('yourself')
      expect(await wish('Asker', clock.at)).toBe('already-over')
    })
  })
})
