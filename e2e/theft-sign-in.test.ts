// Somebody tries to be somebody else: a session that was fixed, guessed or kept, a code that was seen, a cookie that was put there.

import type { Me } from '@vidne/contract/me'
import { codeOf } from '@vidne/server/people/testing/authenticator'
import { freePort } from '@vidne/server/platform/testing/a-shell'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { get, personIn } from './guarantees/asking.ts'
import { type Inside, inside } from './guarantees/inside.ts'

type Headers = Readonly<Record<string, string>>
const PASSWORD = 'several words together'
const JSON_TYPE = { 'content-type': 'application/json' }

let here: Inside
let addresses = 0

beforeAll(async () => {
  here = await inside({ settings: { trustProxy: '127.0.0.0/8', readMedia: false, host: '127.0.0.1' } })
  await personIn(here.clerk, 'Ann Clerk', 'evidence-clerk')
})
afterAll(() => here?.close())

/** From an address of its own: who guesses from one address has to wait, and that is tried by itself. */
const forwarded = (): Headers => ({ 'x-forwarded-for': `10.2.${++addresses >> 8}.${addresses & 255}` })

/** As a page of ours asks. */
async function post(path: string, headers: Headers, body: object = {}) {
  const answer = await fetch(here.clerk.url + path, {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers, origin: here.clerk.url },
    body: JSON.stringify(body),
  })
  return { status: answer.status, text: await answer.text(), cookies: answer.headers.getSetCookie() }
}

const cookieIn = (cookies: readonly string[]): string =>
  cookies.find(one => one.startsWith('vidne='))?.split(';', 1)[0] ?? ''

async function session(name: string, before: Headers = {}): Promise<{ cookie: string }> {
  const person = (await here.ground.people.signIn.personas()).find(one => one.name === name)?.person
  const answer = await post('/api/sign-in/persona', { ...forwarded(), ...before }, { person })
  expect(answer.status).toBe(200)
  return { cookie: cookieIn(answer.cookies) }
}

const nameOf = async (headers: Headers) =>
  ((await (await fetch(`${here.clerk.url}/api/me`, { headers })).json()) as Me).person?.name ?? null

describe('a session', () => {
  /** Invites somebody and makes their account by password and code: what the browser held before, and what it holds after. */
  async function joined(name: string, account: string, before: Headers) {
    const { link } = await get<{ link: string }>(here.clerk, 'POST', '/api/people/invitations', {
      name,
      roles: ['auditor'],
    })
    const secret = link.split('#')[1] ?? ''
    const chosen = await post('/api/invitation/password', before, { secret, account, password: PASSWORD })
    const { uri } = JSON.parse(chosen.text) as { uri: string }
    const done = await post('/api/invitation/code', before, { secret, code: codeOf(uri) })
    expect(done.status).toBe(200)
    return { uri, cookie: cookieIn(done.cookies), secret }
  }
  const byPassword = (account: string, code: string, headers: Headers = forwarded(), password = PASSWORD) =>
    post('/api/sign-in/password', headers, { account, password, code })

  test('is another after each step that proves more: a sign-in, a first code, a new password', async () => {
    const fixed = { cookie: `vidne=${'A'.repeat(43)}` }
    const asPersona = await session('Ann Clerk', fixed)
    expect(asPersona.cookie).not.toBe(fixed.cookie)
    const first = await joined('Gerda Fixed', 'gerda', { ...asPersona, ...forwarded() })
    expect(first.cookie).not.toBe(asPersona.cookie)
    expect(await nameOf(asPersona)).toBe(null)
    expect(await nameOf({ cookie: first.cookie })).toBe('Gerda Fixed')
    const signed = await byPassword('gerda', codeOf(first.uri, 1), { cookie: first.cookie, ...forwarded() })
    const second = { cookie: cookieIn(signed.cookies) }
    expect([signed.status, await nameOf({ cookie: first.cookie }), await nameOf(second)]).toEqual([
      200,
      null,
      'Gerda Fixed',
    ])
    // Another browser of hers, and then a new password by a new invitation: both are out, and the old words open nothing.
    const renewed = await joined('Gerda Fixed', 'gerda-anew', forwarded())
    expect([await nameOf(second), await nameOf({ cookie: renewed.cookie })]).toEqual([null, 'Gerda Fixed'])
    expect((await byPassword('gerda', codeOf(first.uri, 1))).status).toBe(403)
    const again = await post('/api/invitation/password', forwarded(), {
      secret: first.secret,
      account: 'gerda-once-more',
      password: PASSWORD,
    })
    expect(again.status).toBe(404)
  })

  test('is not had twice for one code, within its time, by whoever reads it over a shoulder', async () => {
    const { uri } = await joined('Hans Replay', 'hans', forwarded())
    const code = codeOf(uri, 1)
    expect((await byPassword('hans', code)).status).toBe(200)
    const replayed = await byPassword('hans', code)
    expect([replayed.status, replayed.cookies]).toEqual([403, []])
    expect((await byPassword('hans', code.split('').toReversed().join(''))).status).toBe(403)
  })

  test('is not had by guessing: under a name from ever new addresses, nor from an address under ever new names', async () => {
    const { uri } = await joined('Ida Guessed', 'ida', forwarded())
    const said: number[] = []
    for (let count = 0; count < 5; count++)
      said.push((await byPassword('ida', '000000', forwarded(), `guess ${count} and more`)).status)
    expect(said.slice(0, 3)).toEqual([403, 403, 403])
    expect(said.at(-1)).toBe(409)
    // Also the right one has to wait now; that a name is known is told to nobody, a name of nobody waits as well.
    expect((await byPassword('ida', codeOf(uri, 1))).status).toBe(409)
    for (let count = 0; count < 5; count++) await byPassword('nobody-here', '000000')
    const [ofOurs, ofNobody] = [await byPassword('ida', '000000'), await byPassword('nobody-here', '000000')]
    expect([ofOurs.status, ofNobody.status]).toEqual([409, 409])
    const address = forwarded()
    const fromOne: number[] = []
    for (let count = 0; count < 23; count++) fromOne.push((await byPassword(`name-${count}`, '000000', address)).status)
    expect(fromOne.at(-1)).toBe(409)
  })

  test('over https is in a cookie of this host alone, that no script reads and no other site sends', async () => {
    const port = await freePort()
    const settings = { publicUrl: 'https://vidne.example', trustProxy: '127.0.0.0/8', host: '127.0.0.1', port }
    const secured = await inside({ settings: { ...settings, readMedia: false } })
    try {
      const [one] = await secured.ground.people.signIn.personas()
      const asked = (path: string, headers: Headers, body: object) =>
        fetch(`http://127.0.0.1:${port}${path}`, {
          method: 'POST',
          headers: { ...JSON_TYPE, ...headers },
          body: JSON.stringify(body),
        })
      const body = { person: one?.person }
      const given = await asked('/api/sign-in/persona', { origin: 'https://vidne.example' }, body)
      const [cookie = ''] = given.headers.getSetCookie()
      expect(cookie).toMatch(/^__Host-vidne=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/)
      expect(given.headers.get('strict-transport-security')).toContain('max-age=')
      // The name that plain http has is nobody's there, and the address of the machine is not that of the installation.
      const secret = cookie.split(';', 1)[0]?.slice('__Host-vidne='.length) ?? ''
      const me = async (held: string) => {
        const answer = await fetch(`http://127.0.0.1:${port}/api/me`, { headers: { cookie: held } })
        return ((await answer.json()) as Me).person?.id ?? null
      }
      expect([await me(`vidne=${secret}`), await me(`__Host-vidne=${secret}`)]).toEqual([null, one?.person])
      const elsewhere = await asked('/api/sign-in/persona', { origin: 'http://vidne.example' }, body)
      expect(elsewhere.status).toBe(403)
    } finally {
      await secured.close()
    }
  })
})
