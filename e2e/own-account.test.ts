import { codeOf } from '@vidne/server/people/testing/authenticator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accountsOf, PASSWORD } from './account-asking.ts'
import { ask } from './guarantees/asking.ts'
import { inside, type Inside } from './guarantees/inside.ts'

let here: Inside
beforeAll(async () => {
  here = await inside()
})
afterAll(() => here?.close())

const nobody = () => ({ url: here.clerk.url, token: null })
const { invited, joined, signIn, meBy } = accountsOf(() => here)

type Own = { account: { passkeys: object[]; name: string | null; recoveryCodes: number; fresh: boolean } | null }

/** A request of a browser that is signed in. */
async function own(cookie: string, method: string, path: string, body?: object) {
  const answer = await fetch(`${here.clerk.url}/api/account${path}`, {
    method,
    headers: { cookie, origin: here.clerk.url, 'accept-language': 'en', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const said = (await answer.json()) as { data?: { sentence: string } } & Own & { uri: string; codes: string[] }
  return { status: answer.status, said }
}

const NEW_PASSWORD = 'another four words here'

test('the own password is changed by who knows the old one; every other browser is out, and the old one opens nothing', async () => {
  const { secret } = await invited('Petra Password', ['auditor'])
  const uri = await joined(secret, 'petra')
  const left = (await signIn('petra', PASSWORD, codeOf(uri, 1))).cookie
  const stays = (await signIn('petra', PASSWORD, codeOf(uri, -1))).cookie
  expect(await meBy(left)).not.toBeNull()
  const change = (old: string) => own(stays, 'POST', '/password', { old, password: NEW_PASSWORD })
  expect(await change('not the old one')).toMatchObject({ status: 403 })
  expect(await meBy(left)).not.toBeNull()
  expect(await change(PASSWORD)).toMatchObject({ status: 200 })
  expect(await meBy(left)).toBeNull()
  expect(await meBy(stays)).not.toBeNull()
  const { said } = await own(stays, 'POST', '/recovery-codes', { password: NEW_PASSWORD })
  expect((await signIn('petra', PASSWORD, said.codes[0] ?? '')).status).toBe(403)
  expect((await signIn('petra', NEW_PASSWORD, said.codes[0] ?? '')).status).toBe(200)
})

test('whoever guesses at the password of an open desk waits as at the door', async () => {
  const { secret } = await invited('Gitte Guessed')
  const uri = await joined(secret, 'gitte')
  const { cookie } = await signIn('gitte', PASSWORD, codeOf(uri, 1))
  const guess = (old: string) => own(cookie, 'POST', '/password', { old, password: NEW_PASSWORD })
  for (let count = 0; count < 4; count++) expect((await guess(`guess ${count}`)).status).toBe(403)
  const { status, said } = await guess(PASSWORD)
  expect(status).toBe(409)
  expect(said.data?.sentence).toContain('Wait')
})

test('codes for recovery are made by who asks for them, count once each, and new ones end those before', async () => {
  const { secret } = await invited('Rita Recovery')
  const uri = await joined(secret, 'rita')
  const { cookie } = await signIn('rita', PASSWORD, codeOf(uri, 1))
  const left = async () => (await own(cookie, 'GET', '')).said.account?.recoveryCodes
  expect(await left()).toBe(0)
  expect((await own(cookie, 'POST', '/recovery-codes', { password: 'not hers at all' })).status).toBe(403)
  const first = (await own(cookie, 'POST', '/recovery-codes', { password: PASSWORD })).said.codes
  expect(new Set(first).size).toBe(10)
  expect((await signIn('rita', PASSWORD, first[0] ?? '')).status).toBe(200)
  expect((await signIn('rita', PASSWORD, first[0] ?? '')).status).toBe(403)
  expect(await left()).toBe(9)
  const second = (await own(cookie, 'POST', '/recovery-codes', { password: PASSWORD })).said.codes
  expect((await signIn('rita', PASSWORD, first[1] ?? '')).status).toBe(403)
  expect((await signIn('rita', 'wrong four words', second[1] ?? '')).status).toBe(403)
  expect((await signIn('rita', PASSWORD, second[1] ?? '')).status).toBe(200)
})

test('a new secret for codes counts from its first code on, and until then the one before does', async () => {
  const { secret } = await invited('Tove Totp')
  const uri = await joined(secret, 'tove')
  const { cookie } = await signIn('tove', PASSWORD, codeOf(uri, 1))
  const asked = await own(cookie, 'POST', '/code/question', { password: PASSWORD })
  expect(new URL(asked.said.uri).pathname).toContain('tove')
  expect(asked.said.uri).not.toBe(uri)
  expect((await own(cookie, 'POST', '/code', { code: codeOf(uri, -1) })).status).toBe(403)
  expect((await signIn('tove', PASSWORD, codeOf(asked.said.uri))).status).toBe(403)
  expect((await own(cookie, 'POST', '/code', { code: codeOf(asked.said.uri) })).status).toBe(200)
  expect((await signIn('tove', PASSWORD, codeOf(asked.said.uri))).status).toBe(403)
  expect((await signIn('tove', PASSWORD, codeOf(asked.said.uri, 1))).status).toBe(200)
  expect((await signIn('tove', PASSWORD, codeOf(uri, 1))).status).toBe(403)
})

test('a token has no account, and a place that was taken in a rehearsal changes nobody’s', async () => {
  expect((await ask(here.clerk, 'GET', '/api/account')).said).toEqual({ account: null })
  expect((await ask(here.clerk, 'POST', '/api/account/passkeys/question')).status).toBe(403)
  expect((await ask(nobody(), 'GET', '/api/account')).status).toBe(403)
  const { person, secret } = await invited('Ulla Taken', ['auditor'])
  await joined(secret, 'ulla')
  const taken = await here.ground.people.signIn.entering(here.clerk.url).asPersona(person, 'a browser')
  const cookie = `vidne=${taken ?? ''}`
  expect((await own(cookie, 'GET', '')).said).toEqual({ account: null })
  expect((await own(cookie, 'POST', '/password', { old: PASSWORD, password: NEW_PASSWORD })).status).toBe(403)
  expect((await own(cookie, 'POST', '/passkeys/question')).status).toBe(403)
})
