import { sql } from 'kysely'
import { beforeAll, expect, test } from 'vitest'
import { onEachEngine } from '../../platform/testing/databases.ts'
import type { Actor } from '../people.ts'
import { peopleTrial, setClock, type PeopleTrial } from '../testing/an-agency.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

onEachEngine('sessions of browsers', ground => {
  const wall = setClock('2026-11-21T08:00:00Z')
  let trial: PeopleTrial
  let operator: Actor
  let clerk: Actor
  beforeAll(async () => {
    trial = await peopleTrial(ground, setClock('2030-01-01T00:00:00Z'), undefined, { wall, rehearsal: true })
    operator = (await trial.found('Southwark')).operatorActor
    clerk = await trial.person(operator, 'Ann Clerk', 'evidence-clerk')
  })

  const takePlaceOf = async ({ person }: Actor): Promise<string> =>
    (await trial.people.signIn.entering('http://localhost').asPersona(person, 'Firefox')) ?? ''
  const who = (secret: string) => trial.people.signIn.authenticate(secret)
  const sessions = (actor: Actor) =>
    ground.database.asAgency(actor.agency, trx => trial.people.signIn.sessions(trx, actor))
  const end = (actor: Actor, id: string) =>
    ground.database.asAgency(actor.agency, trx => trial.people.signIn.endSession(trx, actor, id))

  test('a session is its person with all roles they hold now, and a grant taken back takes effect at once', async () => {
    const secret = await takePlaceOf(clerk)
    const found = await who(secret)
    expect(found).toMatchObject({
      holds: true,
      actor: { person: clerk.person, agency: clerk.agency, roles: ['evidence-clerk'], name: 'Ann Clerk' },
    })
    await ground.database.asInstallation(trx =>
      sql`update people_grant set revoked_at = ${new Date()} where person = ${clerk.person}::uuid`.execute(trx),
    )
    expect(await who(secret)).toMatchObject({ holds: true, actor: { roles: [] } })
    await ground.database.asInstallation(trx =>
      sql`update people_grant set revoked_at = null where person = ${clerk.person}::uuid`.execute(trx),
    )
  })

  test('each sign-in is a session of its own, and none of their secrets is kept', async () => {
    const [one, other] = [await takePlaceOf(clerk), await takePlaceOf(clerk)]
    expect(one).not.toBe(other)
    const { rows } = await ground.database.asInstallation(trx =>
      sql<object>`select row_to_json(s) as row from people_session s`.execute(trx),
    )
    const hex = [one, other].map(secret => Buffer.from(secret, 'base64url').toString('hex'))
    for (const text of [one, other, ...hex]) expect(JSON.stringify(rows)).not.toContain(text)
  })

  test('what nobody was given is unknown, whatever it looks like', async () => {
    const secret = await takePlaceOf(clerk)
    const almost = `${secret.startsWith('A') ? 'B' : 'A'}${secret.slice(1)}`
    for (const guess of ['', 'x', almost, `${secret}A`, "' or true --", 'A'.repeat(43)])
      expect(await who(guess)).toEqual({ holds: false, because: 'unknown', known: null })
  })

  test('a session that is used ends after eight hours, one that is left after an hour', async () => {
    const [used, left] = [await takePlaceOf(clerk), await takePlaceOf(clerk)]
    const began = wall.at
    for (const minutes of [59, 118, 177, 236, 295, 354, 413, 472]) {
      wall.at = began + minutes * MINUTE
      expect({ minutes, holds: (await who(used)).holds }).toEqual({ minutes, holds: true })
    }
    expect(await who(left)).toMatchObject({ holds: false, because: 'expired', known: { person: clerk.person } })
    wall.at = began + 8 * HOUR - 1
    expect(await who(used)).toMatchObject({ holds: true })
    wall.at = began + 8 * HOUR
    expect(await who(used)).toMatchObject({ holds: false, because: 'expired' })
  })

  test('whoever signs out is out at once, with that browser alone', async () => {
    const [here, there] = [await takePlaceOf(clerk), await takePlaceOf(clerk)]
    const found = await who(here)
    if (!found.holds) throw new Error(found.because)
    await trial.people.signIn.signOut(found.actor)
    expect(await who(here)).toMatchObject({ holds: false, because: 'revoked' })
    expect(await who(there)).toMatchObject({ holds: true })
  })

  test('everybody sees and ends their own sessions, an administrator those of all', async () => {
    const other = await trial.person(operator, 'Bo Other', 'auditor')
    await takePlaceOf(clerk)
    const secret = await takePlaceOf(other)
    const [own] = await sessions(other)
    expect(own).toMatchObject({ person: other.person, method: 'persona', client: 'Firefox' })
    expect((await sessions(clerk)).every(one => one.person === clerk.person)).toBe(true)
    expect(await end(clerk, own?.id ?? '')).toBe('not-allowed')
    expect(await who(secret)).toMatchObject({ holds: true })
    expect(await end(operator, own?.id ?? '')).toBe('ended')
    expect(await end(operator, own?.id ?? '')).toBe('no-such-session')
    expect(await who(secret)).toMatchObject({ holds: false, because: 'revoked' })
    expect((await sessions(operator)).map(one => one.id)).not.toContain(own?.id)
  })

  test('an administrator of another agency neither sees nor ends them', async () => {
    const stranger = (await trial.found('Lambeth')).operatorActor
    const secret = await takePlaceOf(clerk)
    const mine = await sessions(clerk)
    expect(mine.length).toBeGreaterThan(0)
    expect(await sessions(stranger)).toEqual([])
    for (const { id } of mine) expect(await end(stranger, id)).toBe('no-such-session')
    expect(await who(secret)).toMatchObject({ holds: true })
  })

  test('sign-ins and sign-outs are on the audit of the agency', async () => {
    const { rows } = await ground.database.asAgency(clerk.agency, trx =>
      sql<{
        outcome: string
      }>`select distinct outcome from people_audit where act = 'sign-in' and person = ${clerk.person}::uuid`.execute(
        trx,
      ),
    )
    expect(rows.map(row => row.outcome)).toEqual(expect.arrayContaining(['signed-in-persona', 'signed-out']))
  })

  test('nobody takes the place of a machine, of who has no role, or of anybody in a normal installation', async () => {
    const { signIn } = trial.people
    expect((await signIn.personas()).map(one => one.name)).not.toContain('Dock')
    const { rows } = await ground.database.asInstallation(trx =>
      sql<{ id: string }>`select id from people_person where machine`.execute(trx),
    )
    for (const { id } of rows) expect(await signIn.entering('http://localhost').asPersona(id, '')).toBe(null)
    const normal = await peopleTrial(ground, trial.clock, undefined, { wall })
    expect(await normal.people.signIn.personas()).toEqual([])
    expect(await normal.people.signIn.entering('http://localhost').asPersona(clerk.person, '')).toBe(null)
  })
})
