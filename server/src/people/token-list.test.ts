import { beforeEach, expect, test } from 'vitest'
import { onEachEngine } from '../platform/testing/databases.ts'
import type { Actor, Role } from './people.ts'
import { peopleTables } from './store.ts'
import { peopleTrial, setClock, type PeopleTrial } from './testing/an-agency.ts'

const DAY = 86_400_000

onEachEngine('the tokens of an agency', ground => {
  const clock = setClock('2026-11-21T12:10:00Z')
  let trial: PeopleTrial
  let operator: Actor
  let dockToken: string
  beforeEach(async () => {
    trial = await peopleTrial(ground, clock)
    const founded = await trial.found('Southwark')
    operator = founded.operatorActor
    dockToken = founded.dock.token
  })
  const within = <T>(work: Parameters<typeof ground.database.asAgency<T>>[1]): Promise<T> =>
    ground.database.asAgency(operator.agency, work)
  const tokens = (actor: Actor) => within(trx => trial.people.tokens(trx, actor))
  const revoke = (actor: Actor, token: string) => within(trx => trial.people.revokeToken(trx, actor, token))
  const issue = async (person: string, role: Role, expires: number | null) => {
    const made = await within(trx => trial.people.createToken(trx, operator, { person, role, expires }))
    return made.made ? made.token : made.because
  }

  test('are listed with whom they are of, who made them and whether they are in force, and never with their secret', async () => {
    clock.at += 1000
    const short = await issue('Erin', 'auditor', clock.at + DAY)
    clock.at += DAY
    const listed = await tokens(operator)
    expect(
      listed.map(({ person, machine, roles, issuedBy, state }) => [person, machine, roles, issuedBy, state]),
    ).toEqual([
      ['Erin', false, ['auditor'], 'Operator', 'expired'],
      ['Dock', true, ['dock'], null, 'in-force'],
      ['Operator', false, ['agency-administrator', 'evidence-clerk'], null, 'in-force'],
    ])
    expect(short.startsWith(`${listed[0]!.begins}_`)).toBe(true)
    expect(JSON.stringify(listed)).not.toContain(short.split('_')[2])
  })

  test('say when they were last used, to the minute; a wrong secret and a refused one use nothing', async () => {
    const text = await issue('Erin', 'auditor', clock.at + DAY)
    const used = async () => (await tokens(operator)).find(one => one.person === 'Erin')?.lastUsedAt
    const present = (token: string) => trial.people.authenticate(`Bearer ${token}`)
    expect(await used()).toBeNull()
    await present(`${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`)
    expect(await used()).toBeNull()
    const first = clock.at
    await present(text)
    clock.at += 59_000
    await present(text)
    expect(await used()).toBe(first)
    clock.at += 1000
    await present(text)
    expect(await used()).toBe(first + 60_000)
    clock.at += DAY
    await present(text)
    expect(await used()).toBe(first + 60_000)
  })

  test('of the founding can be revoked: a stolen dock token is refused from then on', async () => {
    const dock = await trial.actor(dockToken)
    expect(await revoke(operator, dock.token)).toBe('revoked')
    expect(await trial.people.authenticate(`Bearer ${dockToken}`)).toMatchObject({ holds: false, because: 'revoked' })
    expect((await tokens(operator)).map(({ person, state }) => [person, state])).toEqual([
      ['Dock', 'revoked'],
      ['Operator', 'in-force'],
    ])
    expect(await revoke(operator, dock.token)).toBe('no-such-token')
    const events = await within(trx => trial.history.of(trx, operator.agency))
    expect(events.at(-1)).toMatchObject({
      core: { type: 'token-revoked' },
      fields: expect.arrayContaining([expect.objectContaining({ name: 'revoked', value: dock.token })]),
    })
  })

  test('are nobody else’s business: others see and revoke their own, and the rest is refused and noted', async () => {
    const auditor = await trial.person(operator, 'Erin', 'auditor')
    expect((await tokens(auditor)).map(({ id }) => id)).toEqual([auditor.token])
    expect(await revoke(auditor, operator.token)).toBe('not-allowed')
    const noted = await within(trx =>
      peopleTables(trx)
        .selectFrom('people_audit')
        .select(['act', 'outcome'])
        .where('act', '=', 'revoke-token')
        .execute(),
    )
    expect(noted).toEqual([{ act: 'revoke-token', outcome: 'not-allowed' }])
    expect(await revoke(auditor, auditor.token)).toBe('revoked')
    const elsewhere = (await trial.found('Camden')).operatorActor
    const foreign = await ground.database.asAgency(elsewhere.agency, trx =>
      trial.people.revokeToken(trx, elsewhere, operator.token),
    )
    expect(foreign).toBe('no-such-token')
  })

  test('always leave one that can make others', async () => {
    expect(await revoke(operator, operator.token)).toBe('last-administrator')
    await issue('Erin', 'agency-administrator', clock.at + DAY)
    clock.at += DAY
    expect(await revoke(operator, operator.token)).toBe('last-administrator')
    const second = await trial.person(operator, 'Nadia', 'agency-administrator')
    const gate = Promise.withResolvers<void>()
    const first = within(async trx => {
      const outcome = await trial.people.revokeToken(trx, operator, second.token)
      await gate.promise
      return outcome
    })
    // He begins while the other has not committed: each would see the other's token in force.
    const counter = revoke(second, operator.token)
    setTimeout(gate.resolve, 300)
    expect(await Promise.all([first, counter])).toEqual(['revoked', 'last-administrator'])
  })
})
