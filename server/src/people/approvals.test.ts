import { sql } from 'kysely'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { onEachEngine } from '../platform/testing/databases.ts'
import { standingOf, type Actor, type Approved, type Carried, type Question } from './people.ts'
import { peopleTrial, setClock, type PeopleTrial } from './testing/an-agency.ts'

const HOUR = 3_600_000

onEachEngine('an act that takes two persons', ground => {
  const clock = setClock('2026-11-21T12:10:00Z')
  const carriedOut: Approved[] = []
  let outcome: Carried | Error = { done: true }
  let trial: PeopleTrial
  let asker: Actor
  let second: Actor
  let third: Actor
  beforeAll(async () => {
    trial = await peopleTrial(ground, clock)
    trial.people.approvals.onListed('brake', async (_trx, approval) => ['one', 'two', approval])
    for (const kind of ['brake', 'export'] as const) {
      trial.people.approvals.onApproved(kind, async (_trx, approved) => {
        if (outcome instanceof Error) throw outcome
        carriedOut.push(approved)
        return outcome
      })
    }
  })
  beforeEach(async () => {
    outcome = { done: true }
    carriedOut.length = 0
    asker = (await trial.found('Southwark')).operatorActor
    second = await trial.person(asker, 'Second', 'supervisor')
    third = await trial.person(asker, 'Third', 'evidence-clerk')
  })
  const question = (change: Partial<Question> = {}): Question => ({
    agency: asker.agency,
    kind: 'brake',
    subject: null,
    by: asker,
    reason: 'too many at once',
    payload: { items: 150 },
    ...change,
  })
  const ask = (change: Partial<Question> = {}) =>
    ground.database.asAgency(asker.agency, trx => trial.people.approvals.ask(trx, question(change)))
  const waiting = () => ground.database.asAgency(asker.agency, trx => trial.people.approvals.waiting(trx, asker.agency))
  const answer = (approval: string, actor: Actor) =>
    ground.database.asAgency(actor.agency, trx => trial.people.approvals.answer(trx, { approval, actor }))

  test('happens when another person confirms, once', async () => {
    const { approval } = await ask()
    expect(await answer(approval, second)).toEqual({ state: 'done', kind: 'brake', subject: null })
    expect(carriedOut).toMatchObject([
      { approval, payload: { items: 150 }, askedBy: asker.person, confirmedBy: { person: second.person } },
    ])
    expect(await answer(approval, third)).toMatchObject({ state: 'refused', because: 'answered-already' })
    expect(carriedOut).toHaveLength(1)
  })

  test('does not happen by another token of the person who asked', async () => {
    const { approval } = await ask()
    const sameAgain = await trial.person(asker, 'OPERATOR', 'supervisor')
    expect(sameAgain.token).not.toBe(asker.token)
    for (const actor of [asker, sameAgain]) {
      expect(await answer(approval, actor)).toEqual({ state: 'refused', because: 'same-person' })
    }
    expect(carriedOut).toEqual([])
  })

  test('needs two persons to confirm when the installation itself asked, and not one of them twice', async () => {
    const { approval } = await ask({ by: null })
    expect(await answer(approval, second)).toEqual({ state: 'waiting', kind: 'brake', subject: null, left: 1 })
    const sameAgain = await trial.person(asker, 'SECOND', 'supervisor')
    expect(sameAgain.token).not.toBe(second.token)
    for (const actor of [second, sameAgain]) {
      expect(await answer(approval, actor)).toEqual({ state: 'refused', because: 'confirmed-by-you-already' })
    }
    expect(carriedOut).toEqual([])
    expect(await answer(approval, third)).toMatchObject({ state: 'done' })
  })

  test('does not happen after its deadline, and the question can then be asked anew', async () => {
    const { approval, deadline } = await ask()
    clock.at = deadline - 1
    expect(await ask()).toEqual({ asked: false, approval, deadline })
    clock.at = deadline
    expect(await answer(approval, second)).toEqual({ state: 'refused', because: 'lapsed' })
    const again = await ask()
    expect(again).toMatchObject({ asked: true, deadline: deadline + 72 * HOUR })
    expect(again.approval).not.toBe(approval)
    expect(await answer(approval, second)).toEqual({ state: 'refused', because: 'lapsed' })
  })

  test('is refused to whose role it is not, to a machine and to another agency', async () => {
    const { approval } = await ask()
    const wearer = await trial.person(asker, 'Wearer', 'wearer')
    const stranger = (await trial.found('Elsewhere')).operatorActor
    expect(await answer(approval, wearer)).toEqual({ state: 'refused', because: 'not-allowed' })
    expect(await answer(approval, stranger)).toEqual({ state: 'refused', because: 'no-such-question' })
    // Also where the transaction sees the rows of every agency.
    const installation = ground.database.asInstallation(trx =>
      trial.people.approvals.answer(trx, { approval, actor: stranger }),
    )
    expect(await installation).toEqual({ state: 'refused', because: 'no-such-question' })
    expect(carriedOut).toEqual([])
  })

  test('is one transaction with its confirmation: when carrying it out breaks, nobody has confirmed', async () => {
    const { approval } = await ask()
    outcome = new Error('the disk is gone')
    await expect(answer(approval, second)).rejects.toThrow('the disk is gone')
    outcome = { done: true }
    expect(await answer(approval, second)).toMatchObject({ state: 'done' })
  })

  test('says when it is no longer possible, and is then over', async () => {
    const { approval } = await ask()
    outcome = { done: false, because: 'nothing-listed' }
    expect(await answer(approval, second)).toEqual({
      state: 'refused',
      because: 'no-longer-possible',
      detail: 'nothing-listed',
    })
    expect(await answer(approval, third)).toEqual({ state: 'refused', because: 'answered-already' })
  })

  test('leaves the question and each confirmation in the history', async () => {
    const { approval } = await ask({ by: null })
    await answer(approval, second)
    await answer(approval, third)
    const events = await ground.database.asAgency(asker.agency, trx => trial.history.of(trx, asker.agency))
    const told = events.filter(event => event.core.type.startsWith('approval-'))
    expect(told.map(event => event.core.type)).toEqual(['approval-asked', 'approval-given', 'approval-given'])
    expect(told.map(event => event.fields.find(field => field.name === 'actor')?.value)).toEqual([
      'installation',
      'Second',
      'Third',
    ])
    expect(told[0]?.fields).toContainEqual(
      expect.objectContaining({ name: 'without-answer', value: 'nothing-is-deleted' }),
    )
  })

  test('can wait twice for exports, which differ in purpose and recipient; the same wish finds the first question', async () => {
    const wish = (letter: string) => ({ kind: 'export', wish: Buffer.alloc(32, letter) }) as const
    const [one, two] = [await ask(wish('a')), await ask(wish('b'))]
    expect(one.approval).not.toBe(two.approval)
    expect(await ask(wish('a'))).toEqual({ asked: false, approval: one.approval, deadline: one.deadline })
    const atOnce = await Promise.all(Array.from({ length: 5 }, () => ask(wish('c'))))
    expect(new Set(atOnce.map(asked => asked.approval)).size).toBe(1)
    const ids = (await waiting()).map(item => item.id)
    expect(ids).toEqual([one.approval, two.approval, atOnce[0]!.approval].toSorted())
    expect(await answer(one.approval, second)).toMatchObject({ state: 'done' })
    expect(await ask(wish('a'))).toMatchObject({ asked: true })
  })

  test('tells the second person in whose words it was asked, who has confirmed, and who is still wanted', async () => {
    const about = { purpose: 'Az. 41/26', case: null, recipient: 'Crown Prosecution' }
    await ask({ kind: 'export', reason: null, about, wish: Buffer.alloc(32, 'd') })
    const { approval } = await ask({ by: null })
    await answer(approval, second)
    const all = await waiting()
    const [exported, brake] = (['export', 'brake'] as const).map(kind => all.find(one => one.kind === kind))
    expect(exported).toMatchObject({
      told: { ...about, reason: null },
      left: 1,
      confirmedBy: [],
      askedBy: asker.person,
    })
    expect(brake).toMatchObject({
      told: { reason: 'too many at once', purpose: null },
      left: 1,
      confirmedBy: [second.person],
      listed: ['one', 'two', approval],
      askedBy: null,
    })
    expect([asker, second, third].map(actor => standingOf(brake!, actor))).toEqual([
      'may-confirm',
      'confirmed-by-you',
      'may-confirm',
    ])
    expect(standingOf(exported!, asker)).toBe('asked-by-you')
    expect(standingOf(exported!, { ...third, roles: ['investigator'] })).toBe('not-your-role')
  })

  const decline = (approval: string, actor: Actor, reason = 'not this many') =>
    ground.database.asAgency(actor.agency, trx => trial.people.approvals.decline(trx, { approval, actor, reason }))
  const withdraw = (approval: string, actor: Actor) =>
    ground.database.asAgency(actor.agency, trx => trial.people.approvals.withdraw(trx, { approval, actor }))
  const answered = (actor: Actor) =>
    ground.database.asAgency(actor.agency, trx => trial.people.approvals.answered(trx, actor))

  test('is declined for good by whoever may confirm it, and by nobody else', async () => {
    const { approval } = await ask()
    const wearer = await trial.person(asker, 'Wearer', 'wearer')
    const stranger = (await trial.found('Elsewhere')).operatorActor
    expect(await decline(approval, wearer)).toEqual({ state: 'refused', because: 'not-allowed' })
    expect(await decline(approval, asker)).toEqual({ state: 'refused', because: 'same-person' })
    expect(await decline(approval, stranger)).toEqual({ state: 'refused', because: 'no-such-question' })
    expect(await waiting()).toHaveLength(1)
    expect(await decline(approval, second)).toEqual({ state: 'ended', kind: 'brake', subject: null })
    expect(await waiting()).toEqual([])
    for (const say of [answer, decline])
      expect(await say(approval, third)).toEqual({ state: 'refused', because: 'answered-already' })
    expect(carriedOut).toEqual([])
    expect(await ask()).toMatchObject({ asked: true })
  })

  test('is taken back by whoever asked, and by nobody else, also when somebody has agreed already', async () => {
    const { approval } = await ask()
    expect(await withdraw(approval, second)).toEqual({ state: 'refused', because: 'not-yours' })
    expect(await withdraw(approval, asker)).toEqual({ state: 'ended', kind: 'brake', subject: null })
    expect(await answer(approval, second)).toEqual({ state: 'refused', because: 'answered-already' })
    expect(await withdraw(approval, asker)).toEqual({ state: 'refused', because: 'answered-already' })
    const ofInstallation = await ask({ by: null })
    await answer(ofInstallation.approval, second)
    expect(await withdraw(ofInstallation.approval, second)).toEqual({ state: 'refused', because: 'not-yours' })
    expect(carriedOut).toEqual([])
  })

  test('can be neither declined nor taken back once its time is over', async () => {
    const { approval, deadline } = await ask()
    clock.at = deadline
    expect(await decline(approval, second)).toEqual({ state: 'refused', because: 'lapsed' })
    expect(await withdraw(approval, asker)).toEqual({ state: 'refused', because: 'lapsed' })
  })

  test('leaves in the history who declined it and why, and who took it back', async () => {
    await decline((await ask()).approval, second)
    await withdraw((await ask()).approval, asker)
    const events = await ground.database.asAgency(asker.agency, trx => trial.history.of(trx, asker.agency))
    const [declined, withdrawn] = events.slice(-3).filter(event => !event.core.type.endsWith('asked'))
    const told = (event: typeof declined) => [
      event?.core.type,
      event?.fields.find(({ name }) => name === 'actor')?.value,
    ]
    expect(told(declined)).toEqual(['approval-declined', 'Second'])
    expect(declined?.fields).toContainEqual(expect.objectContaining({ name: 'reason', value: 'not this many' }))
    expect(told(withdrawn)).toEqual(['approval-withdrawn', 'Operator'])
  })

  test('tells whoever asked what became of it, for seven days, and then keeps no word of it', async () => {
    const words = 'this footage is of a child'
    const kept = async () =>
      ground.database.asInstallation(async trx => {
        const { rows } = await sql<{ text: string }>`select a::text as text from people_approval a`.execute(trx)
        return rows.filter(({ text }) => text.includes(words)).length
      })
    const { approval } = await ask()
    await decline(approval, second, words)
    const said = { id: approval, kind: 'brake', state: 'declined', by: second.person, reason: words }
    expect(await answered(asker)).toMatchObject([said])
    expect(await answered(second)).toEqual([])
    clock.at += 168 * HOUR - 1
    await ground.database.asInstallation(trx => trial.people.approvals.lapse(trx))
    expect(await answered(asker)).toMatchObject([said])
    clock.at += 1
    await ground.database.asInstallation(trx => trial.people.approvals.lapse(trx))
    expect(await answered(asker)).toEqual([])
    expect(await kept()).toBe(0)
  })

  test('leaves no words in the database once it is over: they stand in the history', async () => {
    const kept = async () =>
      ground.database.asInstallation(async trx => {
        const { rows } = await sql<{ text: string }>`select a::text as text from people_approval a`.execute(trx)
        return rows.filter(({ text }) => text.includes('too many at once')).length
      })
    const before = await kept()
    const [confirmed, lapsing] = [await ask(), await ask({ kind: 'clock' })]
    expect(await kept()).toBe(before + 2)
    await answer(confirmed.approval, second)
    expect(await kept()).toBe(before + 1)
    clock.at = lapsing.deadline + 168 * HOUR
    await ground.database.asInstallation(trx => trial.people.approvals.lapse(trx))
    expect(await kept()).toBe(0)
  })
})
