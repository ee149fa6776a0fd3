import { randomBytes, randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { onEachEngine } from '../../platform/testing/databases.ts'
import type { Actor, ApprovalKind } from '../people.ts'
import { mailTrial, SITE, type MailTrial } from '../testing/with-mail.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

onEachEngine('mail that something waits for an answer', ground => {
  let trial: MailTrial
  let operator: Actor
  let sergeant: Actor
  let officer: Actor
  beforeEach(async () => {
    trial = await mailTrial(ground)
    operator = (await trial.found('Southwark')).operatorActor
    sergeant = await trial.person(operator, 'Sam Sergeant', 'supervisor')
    officer = await trial.person(operator, 'Dora Officer', 'data-protection-officer')
    trial.people.approvals.onApproved('view', async () => ({ done: true }))
  })
  afterEach(() => trial.close())

  const asks = (by: Actor | null, kind: ApprovalKind = 'view', subject: string | null = null) =>
    ground.database.asAgency(operator.agency, trx =>
      trial.people.approvals.ask(trx, {
        agency: operator.agency,
        kind,
        subject,
        by,
        reason: 'Jensen was seen in Vestergade',
        about: { case: '0100-12345', purpose: 'robbery' },
        payload: {},
        wish: randomBytes(32),
      }),
    )
  const confirms = (actor: Actor, approval: string) =>
    ground.database.asAgency(actor.agency, trx => trial.people.approvals.answer(trx, { approval, actor }))

  test('goes to those who may answer, in their language, and says where and until when and nothing else', async () => {
    await trial.address(sergeant, 'sam@example.org', 'da')
    await trial.address(officer, 'dora@example.org', 'de')
    const wearer = await trial.person(operator, 'Wim Wearer', 'wearer')
    await trial.address(wearer, 'wim@example.org')
    await asks(operator)
    expect(await trial.round()).toEqual({ sent: 2, away: false })
    const [dora, sam, ...others] = trial.letters().toSorted((a, b) => a.to.localeCompare(b.to))
    expect(others).toEqual([])
    expect([sam?.to, sam?.subject]).toEqual(['sam@example.org', 'Noget venter på dit svar'])
    expect([dora?.to, dora?.subject]).toEqual(['dora@example.org', 'Etwas wartet auf Ihre Antwort'])
    // A week from then, in the agency's zone, which is an hour ahead of UTC in May.
    expect(sam?.text).toContain(`Noget venter på dit svar på ${SITE}, indtil 8. maj 2030`)
    expect(sam?.text).toContain('09.00')
    expect(dora?.text).toContain('bis 8. Mai 2030')
    for (const { raw } of [sam, dora].filter(one => one !== undefined))
      for (const word of ['Jensen', 'Vestergade', '0100', 'robbery', 'Southwark', 'Operator', 'Sam', 'Dora', 'view'])
        expect(raw).not.toContain(word)
  })

  test('never goes to whoever asked, nor twice to anybody', async () => {
    await trial.address(sergeant, 'sam@example.org')
    await trial.address(officer, 'dora@example.org')
    await asks(sergeant)
    await trial.round()
    expect(trial.letters().map(({ to }) => to)).toEqual(['dora@example.org'])
    trial.wall.at += 30 * HOUR
    await trial.round()
    expect(trial.letters()).toEqual([])
  })

  test('is one for several that wait, and at most one an hour', async () => {
    await trial.address(sergeant, 'sam@example.org')
    for (const subject of [randomUUID(), randomUUID(), randomUUID()]) await asks(operator, 'take-in-again', subject)
    await trial.round()
    expect(trial.letters()).toHaveLength(1)
    await asks(operator, 'take-in-again', randomUUID())
    trial.wall.at += 59 * MINUTE
    await trial.round()
    expect(trial.letters()).toEqual([])
    trial.wall.at += MINUTE
    await trial.round()
    expect(trial.letters()).toHaveLength(1)
  })

  test('is not sent once it was answered, and names the next end where another one waits', async () => {
    await trial.address(sergeant, 'sam@example.org')
    const { approval } = await asks(operator)
    await trial.postOffice.away()
    expect(await trial.round()).toEqual({ sent: 0, away: true })
    expect(await confirms(officer, approval)).toMatchObject({ state: 'done' })
    await trial.postOffice.back()
    trial.wall.at += HOUR
    expect(await trial.round()).toEqual({ sent: 0, away: false })
    expect(trial.letters()).toEqual([])
    trial.clock.at += 24 * HOUR
    await asks(operator)
    await trial.round()
    expect(trial.letters()[0]?.text).toContain('until 9 May 2030')
  })

  test('is not sent about a recording that is not on one’s list', async () => {
    await trial.address(sergeant, 'sam@example.org')
    const recording = randomUUID()
    await ground.database.asAgency(operator.agency, trx =>
      sql`insert into people_approval (id, agency, kind, subject, asked_by, confirmations_needed, payload, told, asked_at, deadline, state)
        values (${randomUUID()}::uuid, ${operator.agency}::uuid, 'export', ${recording}, ${operator.person}::uuid, 1, '{}', '{}',
          ${new Date(trial.clock.at)}, ${new Date(trial.clock.at + 24 * HOUR)}, 'waiting')`.execute(trx),
    )
    trial.hidden.add(recording)
    await trial.round()
    expect(trial.letters()).toEqual([])
    trial.hidden.clear()
    await trial.round()
    expect(trial.letters()).toHaveLength(1)
  })

  test('is not sent to whoever has lost the role since, nor to a delegate whose principal asked', async () => {
    await trial.address(sergeant, 'sam@example.org')
    const wearer = await trial.person(operator, 'Wim Wearer', 'wearer')
    await trial.address(wearer, 'wim@example.org')
    const until = trial.clock.at + 100 * HOUR
    await ground.database.asAgency(officer.agency, trx =>
      trial.people.delegations.delegate(trx, officer, { to: 'Wim Wearer', until }),
    )
    await asks(officer)
    await ground.database.asAgency(operator.agency, trx =>
      trial.people.signIn.changeRole(trx, {
        actor: operator,
        person: sergeant.person,
        role: 'supervisor',
        how: 'take',
      }),
    )
    await trial.round()
    expect(trial.letters()).toEqual([])
    await asks(operator)
    await trial.round()
    expect(trial.letters().map(({ to }) => to)).toEqual(['wim@example.org'])
  })

  test('waits while the mail server is away, without being in the way of what was asked, and across a restart', async () => {
    await trial.address(sergeant, 'sam@example.org')
    await trial.postOffice.away()
    const { approval } = await asks(operator)
    expect(await trial.round()).toEqual({ sent: 0, away: true })
    const ids = await ground.database.asInstallation(trx =>
      sql<{
        id: string
      }>`select id from people_mail where state = 'waiting' and person = ${sergeant.person}::uuid`.execute(trx),
    )
    await trial.people.mail.close()
    await trial.postOffice.back()
    expect(await trial.round()).toEqual({ sent: 0, away: false })
    const again = await mailTrial(ground)
    again.wall.at = trial.wall.at + 2 * MINUTE
    again.clock.at = trial.clock.at
    await again.round()
    const [letter, ...more] = again.letters()
    expect(more).toEqual([])
    expect(letter).toMatchObject({ to: 'sam@example.org', id: `<${ids.rows[0]?.id}@vidne.example>` })
    await again.postOffice.away()
    expect(await confirms(officer, approval)).toMatchObject({ state: 'done' })
  })

  test('is tried with growing pauses, and not after the question has ended', async () => {
    await trial.address(sergeant, 'sam@example.org')
    await asks(operator, 'override', randomUUID())
    await trial.postOffice.away()
    const began = trial.wall.at
    const tried: number[] = []
    for (let minute = 0; minute < 25 * 60; minute += minute < 130 ? 1 : 30) {
      trial.wall.at = began + minute * MINUTE
      if ((await trial.round()).away) tried.push(minute)
    }
    expect(tried.slice(0, 8)).toEqual([0, 1, 3, 7, 15, 31, 63, 123])
    expect(Math.max(...tried)).toBeLessThan(24 * 60)
    await trial.people.mail.tidy([])
    const { rows } = await ground.database.asInstallation(trx =>
      sql<{
        state: string
      }>`select state from people_mail where kind = 'approvals' and person = ${sergeant.person}::uuid`.execute(trx),
    )
    expect(rows).toEqual([{ state: 'ended' }])
  })
})
