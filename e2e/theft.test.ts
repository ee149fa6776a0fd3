// Somebody tries to take what is another's: over HTTP, as whoever is not a browser, or misuses one. What each operation of the contract
// has to withstand is generated from the contract; how sessions
// begin and end is in theft-sign-in.test.ts, what takes a browser in desk/theft.test.ts, shared links in shared-link.test.ts.

import { randomBytes, randomUUID } from 'node:crypto'
import type { Me } from '@vidne/contract/me'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { known, open, placeOf } from './doors.ts'
import { dock, get, personIn } from './guarantees/asking.ts'
import { type Inside, inside } from './guarantees/inside.ts'
import { quietStateOf, stateOf } from './state.ts'

type Headers = Readonly<Record<string, string>>
const footage = randomBytes(300_000)

let here: Inside
let recording: string
let addresses = 0

beforeAll(async () => {
  here = await inside({ settings: { trustProxy: '127.0.0.0/8', readMedia: false, host: '127.0.0.1' } })
  await personIn(here.clerk, 'Ann Clerk', 'evidence-clerk')
  await personIn(here.clerk, 'Bo Clerk', 'evidence-clerk')
  recording = (await dock(here.camera, { path: 'DCIM/1.mp4', bytes: footage })).recording
})
afterAll(() => here?.close())

const JSON_TYPE = { 'content-type': 'application/json' }
/** From an address of its own: who guesses from one address has to wait, and that is tried by itself. */
const forwarded = (): Headers => ({ 'x-forwarded-for': `10.1.${++addresses >> 8}.${addresses & 255}` })

async function ask(method: string, path: string, headers: Headers = {}, body?: object) {
  const answer = await fetch(here.clerk.url + path, {
    method,
    headers: { ...(body === undefined ? {} : JSON_TYPE), ...headers },
    redirect: 'manual',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, cookies: answer.headers.getSetCookie() }
}

/** As a page of ours asks. */
const own = (headers: Headers): Headers => ({ ...headers, origin: here.clerk.url })
const post = (path: string, headers: Headers, body: object = {}) => ask('POST', path, own(headers), body)
const cookieIn = (cookies: readonly string[]): string =>
  cookies.find(one => /^(?:__Host-)?vidne=/.test(one))?.split(';', 1)[0] ?? ''

async function session(name: string, before: Headers = {}): Promise<{ cookie: string }> {
  const person = (await here.ground.people.signIn.personas()).find(one => one.name === name)?.person
  const answer = await post('/api/sign-in/persona', { ...forwarded(), ...before }, { person })
  expect(answer.status).toBe(200)
  return { cookie: cookieIn(answer.cookies) }
}

const nameOf = async (headers: Headers) =>
  (JSON.parse((await ask('GET', '/api/me', headers)).text) as Me).person?.name ?? null

describe('what another site makes a browser ask', () => {
  const evil = 'https://evil.example'
  /** How a browser says that a page of elsewhere asks, or how an old one says nothing at all. */
  const hostile: Record<string, Headers> = {
    'a form of another site': {
      origin: evil,
      'sec-fetch-site': 'cross-site',
      'content-type': 'application/x-www-form-urlencoded',
    },
    'a form with files': { origin: evil, 'content-type': 'multipart/form-data; boundary=x' },
    'a script without asking first': { origin: evil, 'sec-fetch-mode': 'no-cors', 'content-type': 'text/plain' },
    'a script that says JSON': { origin: evil, ...JSON_TYPE },
    'a neighbour on another port': { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site', ...JSON_TYPE },
    'a sandboxed frame': { origin: 'null', ...JSON_TYPE },
    'our name under another scheme': { origin: 'https://HOST', ...JSON_TYPE },
    'our name with more behind it': { origin: 'http://HOST.evil.example', ...JSON_TYPE },
    'our origin, and cross-site all the same': { origin: 'http://HOST', 'sec-fetch-site': 'cross-site', ...JSON_TYPE },
    'our origin, and a form’s type': { origin: 'http://HOST', 'content-type': 'text/plain' },
  }
  const changing = [...known, ...open].filter(one => one.method !== 'GET')

  test.each(Object.entries(hostile))('%s changes nothing by any operation that there is', async (_, given) => {
    const headers: Record<string, string> = { ...(await session('Ann Clerk')), ...forwarded() }
    const { host } = new URL(here.clerk.url)
    for (const [name, value] of Object.entries(given)) headers[name] = value.replace('HOST', host)
    const before = await quietStateOf(here.ground)
    const odd: object[] = []
    for (const { door, method } of changing) {
      const { path, body } = placeOf(door, recording)
      const answer = await fetch(here.clerk.url + path, { method, headers, body: JSON.stringify(body ?? {}) })
      const text = await answer.text()
      if (![403, 415].includes(answer.status) || answer.headers.getSetCookie().length > 0)
        odd.push({ door, status: answer.status, text })
    }
    expect(odd).toEqual([])
    expect(await stateOf(here.ground)).toEqual(before)
    expect(await nameOf({ cookie: headers['cookie'] ?? '' })).toBe('Ann Clerk')
  })

  test('a session alone, without word of whose page asks, changes nothing', async () => {
    const headers = { ...(await session('Ann Clerk')), ...forwarded(), ...JSON_TYPE }
    const before = await quietStateOf(here.ground)
    for (const { door, method } of known.filter(one => one.method !== 'GET')) {
      const { path, body } = placeOf(door, recording)
      const answer = await ask(method, path, headers, body ?? {})
      expect({ door, status: answer.status }).toEqual({ door, status: 403 })
    }
    expect(await stateOf(here.ground)).toEqual(before)
  })

  test('no operation that changes something is reached by GET, by HEAD, or by a method that a form names', async () => {
    const headers = { ...(await session('Ann Clerk')), ...forwarded() }
    const reads = new Set([...known, ...open].filter(one => one.method === 'GET').map(one => one.path))
    const before = await quietStateOf(here.ground)
    for (const { door, path: named } of changing.filter(one => !reads.has(one.path))) {
      const { path, body } = placeOf(door, recording)
      const query = new URLSearchParams({ _method: 'POST', ...(body as Record<string, string>) })
      for (const method of ['GET', 'HEAD']) {
        const more = { 'x-http-method-override': 'POST', origin: here.clerk.url }
        const { status } = await ask(method, `${path}?${query}`, { ...headers, ...more })
        // Where a name stands in the place of an id, it may be one that something else is read by.
        expect({ door, method, refused: status >= 400 }).toEqual({ door, method, refused: true })
      }
      expect(named).not.toBe('')
    }
    expect(await stateOf(here.ground)).toEqual(before)
  })

  test('nobody elsewhere may read an answer: no address of ours is opened to other origins', async () => {
    const headers = { ...(await session('Ann Clerk')), origin: evil }
    const paths = [...new Set([...known, ...open].map(one => placeOf(one.door, recording).path))]
    for (const path of [
      ...paths,
      '/',
      '/api/recordings.csv',
      `/api/recordings/${recording}/receipt`,
      `/media/${recording}`,
    ])
      for (const method of ['GET', 'OPTIONS']) {
        const answer = await ask(method, path, { ...headers, ...forwarded(), 'access-control-request-method': 'POST' })
        const opened = [...answer.headers.keys()].filter(name => name.startsWith('access-control-'))
        expect({ path, method, opened }).toEqual({ path, method, opened: [] })
        expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin')
      }
  })
})

describe('a secret in an address', () => {
  test('opens no operation, whatever it is called, and no footage', async () => {
    const { cookie } = await session('Ann Clerk')
    const secrets = [here.operatorToken, cookie.slice('vidne='.length)]
    const names = ['token', 'access_token', 'auth', 'authorization', 'api_key', 'key', 'vidne', 'session', 'secret']
    const asked = [
      ...known.map(one => placeOf(one.door, recording)),
      { method: 'GET', path: '/api/recordings.csv', body: undefined },
    ]
    for (const secret of secrets) {
      const query = new URLSearchParams(
        names.flatMap(name => [
          [name, secret],
          [name, `Bearer ${secret}`],
        ]),
      )
      for (const { method, path, body } of asked) {
        const address = `${path}${path.includes('?') ? '&' : '?'}${query}`
        const answer = await ask(
          method,
          address,
          { ...forwarded(), ...JSON_TYPE },
          method === 'GET' ? undefined : (body ?? {}),
        )
        expect({ path, status: answer.status }).toEqual({ path, status: 401 })
      }
      expect((await ask('GET', `/media/${recording}?${query}`, forwarded())).status).toBe(403)
    }
  })

  test('nor as a name and password of the address, nor in a body', async () => {
    const basic = `Basic ${Buffer.from(`operator:${here.operatorToken}`).toString('base64')}`
    expect((await ask('GET', '/api/recordings', { ...forwarded(), authorization: basic })).status).toBe(401)
    const body = { name: 'Theirs', token: here.operatorToken }
    expect((await ask('POST', '/api/units', forwarded(), body)).status).toBe(401)
  })

  test('is given out by none: no answer leads on to an address with a secret, and none says from where one came', async () => {
    const signed = await session('Ann Clerk')
    const wish = { purpose: 'investigation', case: '41/26' }
    const view = await post(`/api/recordings/${recording}/views`, { ...signed, ...forwarded() }, wish)
    const me = await ask('GET', '/api/me', signed)
    for (const text of [view.text, me.text]) expect(text).not.toContain(signed.cookie.slice('vidne='.length))
    for (const path of ['/', '/recordings', '/shared', '/api/me', '/policy', '/status', `/media/${recording}`])
      expect((await ask('GET', path, signed)).headers.get('referrer-policy')).toBe('no-referrer')
  })
})

describe('footage under somebody’s view', () => {
  const wish = { purpose: 'investigation', case: '41/26' }
  async function viewed(name: string) {
    const headers = { ...(await session(name)), ...forwarded() }
    const view = await post(`/api/recordings/${recording}/views`, headers, wish)
    const { media } = JSON.parse(view.text) as { media: string }
    expect((await ask('GET', media, headers)).status).toBe(200)
    return { headers, media }
  }
  /** The footage itself, and all that is made of it. */
  const parts = (media: string) => {
    const [path, query] = media.split('?')
    const made = ['list.m3u8', 'master.m3u8', 'init.mp4', 'segment-0-1000.m4s', 'copy.mp4', 'poster.jpg', 'strip.jpg']
    return [media, ...made.map(name => `${path}/${name}?${query}`)]
  }
  async function refusedAll(media: string, headers: Headers): Promise<void> {
    for (const address of parts(media))
      for (const [method, range] of [
        ['GET', undefined],
        ['GET', 'bytes=0-9'],
        ['HEAD', undefined],
      ] as const) {
        const answer = await ask(method, address, { ...headers, ...(range === undefined ? {} : { range }) })
        expect({ address, method, status: answer.status }).toEqual({ address, method, status: 403 })
      }
  }

  test('is shown to no other, by their session, without any, or beside their own view', async () => {
    const { media } = await viewed('Ann Clerk')
    const bo = await viewed('Bo Clerk')
    await refusedAll(media, bo.headers)
    await refusedAll(media, forwarded())
    await refusedAll(media, { authorization: `Bearer ${here.operatorToken}` })
    await refusedAll(media.replace(recording, randomUUID()), bo.headers)
    expect((await ask('GET', bo.media, bo.headers)).status).toBe(200)
  })

  test('is shown to another session of the same person by no address that was copied', async () => {
    const { media } = await viewed('Ann Clerk')
    await refusedAll(media, { ...(await session('Ann Clerk')), ...forwarded() })
  })

  test('ends with signing out, with a session that is ended from elsewhere, and with the role', async () => {
    const first = await viewed('Ann Clerk')
    await post('/api/sign-out', first.headers)
    await refusedAll(first.media, first.headers)
    const second = await viewed('Ann Clerk')
    const sessions = JSON.parse((await ask('GET', '/api/sessions', second.headers)).text) as {
      id: string
      this: boolean
    }[]
    const other = { ...(await session('Ann Clerk')), ...forwarded() }
    await post(`/api/sessions/${sessions.find(one => one.this)?.id}/end`, other)
    await refusedAll(second.media, second.headers)
    await personIn(here.clerk, 'Cilla Clerk', 'evidence-clerk')
    const third = await viewed('Cilla Clerk')
    const people = await get<{ id: string; name: string }[]>(here.clerk, 'GET', '/api/people')
    const id = people.find(one => one.name === 'Cilla Clerk')?.id ?? ''
    await get(here.clerk, 'POST', `/api/people/${id}/roles/take`, { role: 'evidence-clerk' })
    await refusedAll(third.media, third.headers)
  })

  test('ends with its hour, for who opened it too', async () => {
    const { headers, media } = await viewed('Bo Clerk')
    await get(here.clerk, 'POST', '/api/clock', {
      instant: new Date(here.ground.clock.now() + 86_400_000).toISOString(),
    })
    await refusedAll(media, headers)
  })
})

describe('what a browser is told of an answer', () => {
  test('no answer to somebody is kept by anything on the way, and none is shown in another’s frame', async () => {
    const signed = { ...(await session('Ann Clerk')), ...forwarded() }
    const paths = [...known, ...open].map(one => placeOf(one.door, recording)).map(one => one.path)
    const more = [
      '/api/recordings.csv',
      `/api/recordings/${recording}/receipt`,
      `/media/${recording}`,
      '/api/openapi.json',
      '/api/nothing',
      '/upload/nothing',
    ]
    for (const path of [...new Set(paths), ...more]) {
      const { headers } = await ask('GET', path, signed)
      const kept = headers.get('cache-control') ?? ''
      expect({ path, kept: /no-store/.test(kept) }).toEqual({ path, kept: true })
      expect({ path, frame: headers.get('x-frame-options') }).toEqual({ path, frame: 'DENY' })
      expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'|sandbox/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
  })

  test('the page of every address is the same for everybody, so that it tells of no case and no person', async () => {
    const signed = await session('Ann Clerk')
    const plain = (await ask('GET', '/')).text
    const link = `${randomUUID()}.${randomBytes(32).toString('base64url')}`
    for (const path of ['/shared', `/shared/${link}`, `/cases/${randomUUID()}`, `/recordings/${recording}`, '/today'])
      for (const headers of [signed, { 'user-agent': 'Slackbot-LinkExpanding 1.0' }]) {
        const answer = await ask('GET', path, headers)
        expect({ path, same: answer.text === plain }).toEqual({ path, same: true })
        expect(answer.headers.get('x-frame-options')).toBe('DENY')
        expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
        expect(answer.cookies).toEqual([])
      }
    expect(plain).not.toMatch(/og:|twitter:/)
  })
})
