import { codeOf } from '@vidne/server/people/testing/authenticator'
import { invitationOf } from '@vidne/server/people/sign-in/invitations'
import { signInTables } from '@vidne/server/people/sign-in/store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountsOf, PASSWORD } from './account-asking.ts'
import { ask, get, personIn, type Said } from './guarantees/asking.ts'
import { inside, type Inside } from './guarantees/inside.ts'

let here: Inside
beforeAll(async () => {
  here = await inside()
})
afterAll(() => here?.close())

const { post, invited, joined, signIn, meBy } = accountsOf(() => here)
const sentenceOf = ({ said }: Said) => (said as { data: { sentence: string } }).data.sentence

test('who is invited makes an account of their own, and is known by it with the roles they were invited under', async () => {
  const { person, secret } = await invited('Ann Clerk', ['evidence-clerk'])
  const look = await post('/api/invitation', { secret })
  expect(look.said).toMatchObject({ name: 'Ann Clerk', agency: 'Prøvekommunen', roles: ['evidence-clerk'] })
  const uri = await joined(secret, 'ann')
  const { status, cookie } = await signIn('ann', PASSWORD, codeOf(uri, 1))
  expect(status).toBe(200)
  expect(await meBy(cookie)).toMatchObject({ id: person, name: 'Ann Clerk', roles: ['evidence-clerk'] })
})

test('an invitation is good once', async () => {
  const { secret } = await invited('Bo Once')
  await joined(secret, 'bo')
  for (const [path, body] of [
    ['/api/invitation', {}],
    ['/api/invitation/password', { account: 'bo2', password: PASSWORD }],
    ['/api/invitation/code', { code: '123456' }],
    ['/api/invitation/passkey/question', {}],
  ] as const)
    expect({ path, status: (await post(path, { secret, ...body })).status }).toEqual({
      path,
      status: expect.any(Number),
    })
  const again = await post('/api/invitation', { secret })
  expect(again.status).toBe(404)
  expect(sentenceOf(again)).toContain('Ask an administrator')
})

test('a new invitation ends the one before; one that is withdrawn ends at once; a guess is none', async () => {
  const first = await invited('Carl Twice')
  const second = await invited('Carl Twice')
  expect((await post('/api/invitation', { secret: first.secret })).status).toBe(404)
  expect((await post('/api/invitation', { secret: second.secret })).status).toBe(200)
  await get(here.clerk, 'POST', `/api/people/${second.person}/invitation/withdraw`, {})
  expect((await post('/api/invitation', { secret: second.secret })).status).toBe(404)
  expect((await post('/api/invitation', { secret: 'A'.repeat(43) })).status).toBe(404)
})

test('an invitation ends after seven days', async () => {
  const { person, secret } = await invited('Dora Late')
  const made = await here.ground.database.asInstallation(trx =>
    signInTables(trx)
      .selectFrom('people_invitation')
      .selectAll()
      .where('person', '=', person)
      .executeTakeFirstOrThrow(),
  )
  expect(made.ends_at.getTime() - made.made_at.getTime()).toBe(7 * 24 * 3_600_000)
  const over = (at: Date) =>
    here.ground.database.asInstallation(trx =>
      invitationOf(trx, { now: () => at.getTime() }, secret).then(found => found === null),
    )
  expect(await over(new Date(made.ends_at.getTime() - 1))).toBe(false)
  expect(await over(made.ends_at)).toBe(true)
  expect((await post('/api/invitation', { secret })).status).toBe(200)
})

test('whoever guesses waits longer and longer, and learns of no name whether it is known', async () => {
  const { secret } = await invited('Erik Guessed')
  const uri = await joined(secret, 'erik')
  const tries = async (account: string) => {
    const answers: { status: number; sentence: string | undefined }[] = []
    for (let count = 0; count < 6; count++) {
      const { status, said } = await signIn(account, 'not the password at all', '000000')
      answers.push({ status, sentence: said.data?.sentence.replace(/\d+ seconds?/, 'N seconds') })
    }
    return answers
  }
  const [known, unknown] = [await tries('erik'), await tries('nobody-of-that-name')]
  expect(known).toEqual(unknown)
  expect(known.map(one => one.status).slice(0, 3)).toEqual([403, 403, 403])
  expect(known.at(-1)?.status).toBe(409)
  expect(known.at(-1)?.sentence).toContain('too many tries')
  expect((await signIn('erik', PASSWORD, codeOf(uri, 1))).status).toBe(409)
})

test('a password that is short is refused, and a code that is none', async () => {
  const { secret } = await invited('Frida Short')
  const short = await post('/api/invitation/password', { secret, account: 'frida', password: 'elevenchars' })
  expect(short.status).toBeGreaterThanOrEqual(400)
  expect((await post('/api/invitation/code', { secret, code: '123456' })).status).toBe(403)
  expect((await post('/api/invitation', { secret })).status).toBe(200)
})

test('a role is given and taken back at once, and the history of the agency says so', async () => {
  const { person, secret } = await invited('Gert Roles')
  const uri = await joined(secret, 'gert')
  const { cookie } = await signIn('gert', PASSWORD, codeOf(uri, 1))
  expect(await meBy(cookie)).toMatchObject({ roles: [], may: [] })
  const asked = (path: string) => fetch(`${here.clerk.url}${path}`, { headers: { cookie } })
  for (const path of ['/api/recordings', '/api/people', '/api/approvals', '/api/trainings'])
    expect({ path, status: (await asked(path)).status }).toEqual({ path, status: 403 })
  await get(here.clerk, 'POST', `/api/people/${person}/roles`, { role: 'auditor' })
  expect((await asked('/api/recordings')).status).toBe(200)
  await get(here.clerk, 'POST', `/api/people/${person}/roles/take`, { role: 'auditor' })
  expect((await asked('/api/recordings')).status).toBe(403)
  const history = await here.ground.database.asAgency(here.agency, trx => here.ground.history.of(trx, here.agency))
  const types = history.map(event => event.core.type)
  for (const type of ['invited', 'account-opened', 'role-revoked']) expect(types).toContain(type)
})

test('a closed account lets nobody in, and ends the sessions it had', async () => {
  const { person, secret } = await invited('Hanna Leaves', ['auditor'])
  const uri = await joined(secret, 'hanna')
  const { cookie } = await signIn('hanna', PASSWORD, codeOf(uri, 1))
  expect((await meBy(cookie))?.name).toBe('Hanna Leaves')
  await get(here.clerk, 'POST', `/api/people/${person}/account/close`, {})
  expect(await meBy(cookie)).toBe(null)
  expect((await signIn('hanna', PASSWORD, codeOf(uri, 2))).status).toBe(403)
})

test('who lost everything is invited again, and what they had before lets nobody in', async () => {
  const first = await invited('Ida Lost', ['auditor'])
  const before = await joined(first.secret, 'ida')
  const again = await invited('Ida Lost')
  expect(again.person).toBe(first.person)
  await joined(again.secret, 'ida-again')
  expect((await signIn('ida', PASSWORD, codeOf(before, 1))).status).toBe(403)
})

test('nobody but an administrator changes who works here, and the last one stays', async () => {
  const auditor = await personIn(here.clerk, 'Jan Auditor', 'auditor')
  const refused = await ask(auditor, 'POST', '/api/people/invitations', {
    name: 'A friend',
    roles: ['agency-administrator'],
  })
  expect(refused.status).toBe(403)
  const all = await get<{ id: string; name: string; account: string }[]>(auditor, 'GET', '/api/people')
  expect(all.find(one => one.name === 'Ann Clerk')).toMatchObject({ account: 'open' })
  expect(all.map(one => one.name)).not.toContain('Dock')
  const operator = all.find(one => one.name === 'Operator')
  const path = `/api/people/${operator?.id}/roles/take`
  expect((await ask(here.clerk, 'POST', path, { role: 'agency-administrator' })).status).toBe(409)
  expect((await ask(here.clerk, 'POST', '/api/people/invitations', { name: 'Dock', roles: [] })).status).toBe(409)
})
