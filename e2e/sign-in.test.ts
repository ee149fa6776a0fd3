import { randomBytes, randomUUID } from 'node:crypto'
import type { Me } from '@vidne/contract/me'
import type { PersonaRow } from '@vidne/contract/sign-in'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dock, get, personIn } from './guarantees/asking.ts'
import { inside, type Inside } from './guarantees/inside.ts'

let here: Inside
let clerk: PersonaRow

beforeAll(async () => {
  here = await inside()
  await personIn(here.clerk, 'Ann Clerk', 'evidence-clerk')
  clerk = await persona('Ann Clerk')
})
afterAll(() => here?.close())

const nobody = () => ({ url: here.clerk.url, token: null })

async function persona(name: string): Promise<PersonaRow> {
  const all = await get<PersonaRow[]>(nobody(), 'GET', '/api/sign-in/personas')
  const found = all.find(one => one.name === name)
  if (found === undefined) throw new Error(`there is no ${name}`)
  return found
}

type Headers = Record<string, string>

/** A browser's request: it names the page that asks, unless a test says otherwise. */
function browse(method: string, path: string, headers: Headers = {}, body?: object): Promise<Response> {
  const own = method === 'GET' ? {} : { origin: here.clerk.url, 'content-type': 'application/json' }
  return fetch(`${here.clerk.url}${path}`, {
    method,
    headers: { ...own, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

/** Takes the clerk's place; the cookie as the browser sends it back. */
async function signedIn(before: Headers = {}): Promise<Headers> {
  const answer = await browse('POST', '/api/sign-in/persona', before, { person: clerk.person })
  expect(answer.status).toBe(200)
  const [cookie = ''] = answer.headers.getSetCookie().map(each => each.split(';', 1)[0] ?? '')
  return { cookie }
}

const meOf = async (headers: Headers) => (await (await browse('GET', '/api/me', headers)).json()) as Me

test('everybody is told how the installation stands, and who they are here', async () => {
  expect(await meOf({})).toEqual({
    installation: {
      founded: true,
      mode: 'rehearsal',
      still: null,
      warnings: [],
      methods: ['passkey', 'password', 'persona'],
      now: expect.any(String),
    },
    person: null,
  })
  const { person } = await meOf(await signedIn())
  expect(person).toMatchObject({
    id: clerk.person,
    name: 'Ann Clerk',
    agency: { id: here.agency, name: 'Prøvekommunen', zone: 'Europe/London' },
    roles: ['evidence-clerk'],
    policyAccepted: true,
  })
  expect(person?.may).toContain('hold')
  expect(person?.may).not.toContain('create-token')
  expect((await meOf({ authorization: `Bearer ${here.operatorToken}` })).person?.name).toBe('Operator')
})

test('a session is taken wherever a token is', async () => {
  const { recording } = await dock(here.camera, { path: 'DCIM/1.mp4', bytes: randomBytes(3000) })
  const session = await signedIn()
  const list = (await (await browse('GET', '/api/recordings', session)).json()) as { recordings: { id: string }[] }
  expect(list.recordings.map(one => one.id)).toContain(recording)
  expect((await browse('GET', `/api/recordings/${recording}/receipt`, session)).status).toBe(200)
  const begun = await browse('POST', '/upload/', {
    ...session,
    'tus-resumable': '1.0.0',
    'upload-length': '10',
    'content-type': 'application/offset+octet-stream',
  })
  expect(begun.status).toBe(201)
  const wish = { purpose: 'investigation', case: '41/26' }
  const view = await browse('POST', `/api/recordings/${recording}/views`, session, wish)
  const { media } = (await view.json()) as { media: string }
  expect((await browse('GET', media, { ...session, range: 'bytes=0-9' })).status).toBe(206)
  expect((await browse('GET', media, { range: 'bytes=0-9' })).status).toBe(403)
  const other = { cookie: (await signedIn()).cookie?.replace(/.$/, 'x') ?? '' }
  expect((await browse('GET', media, { ...other, range: 'bytes=0-9' })).status).toBe(403)
})

const elsewhere = [
  ['the page of another site', { origin: 'https://evil.example' }],
  ['another port of the same host', { origin: 'http://localhost:1' }],
  ['another site, with our name on it', { 'sec-fetch-site': 'cross-site' }],
  ['a sandboxed frame', { origin: 'null' }],
] as const

test.each(elsewhere)('what %s asks with somebody’s session is refused', async (_, from) => {
  const session = await signedIn()
  const [row] = await sessionsOf(session)
  const path = `/api/sessions/${row?.id}/end`
  const answer = await browse('POST', path, { ...session, ...from }, {})
  expect(answer.status).toBe(403)
  expect((await meOf(session)).person?.name).toBe('Ann Clerk')
  expect((await browse('POST', '/upload/', { ...session, ...from, 'tus-resumable': '1.0.0' })).status).toBe(403)
  expect((await browse('POST', '/api/sign-in/persona', from, { person: clerk.person })).status).toBe(403)
})

test('a form can change nothing with somebody’s session, whatever it claims', async () => {
  const session = await signedIn()
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
    const form = { ...session, 'content-type': type }
    const answer = await browse('POST', '/api/units', form, { name: 'Theirs' })
    expect({ type, status: answer.status }).toEqual({ type, status: 415 })
    expect((await browse('POST', '/api/sign-in/persona', form, { person: clerk.person })).status).toBe(415)
  }
})

type Session = { id: string; this: boolean }

async function sessionsOf(session: Headers): Promise<Session[]> {
  return (await (await browse('GET', '/api/sessions', session)).json()) as Session[]
}

test('a cookie that was fixed beforehand is not the session afterwards', async () => {
  const fixed = { cookie: `vidne=${'A'.repeat(43)}` }
  const session = await signedIn(fixed)
  expect(session.cookie).not.toBe(fixed.cookie)
  expect((await meOf(fixed)).person).toBe(null)
  expect((await meOf(session)).person?.name).toBe('Ann Clerk')
})

test('whoever signs in again leaves nothing of the session before', async () => {
  const first = await signedIn()
  const second = await signedIn(first)
  expect((await meOf(first)).person).toBe(null)
  expect((await meOf(second)).person?.name).toBe('Ann Clerk')
})

test('whoever signs out is out at once, and the browser forgets the cookie', async () => {
  const session = await signedIn()
  const out = await browse('POST', '/api/sign-out', session)
  expect(out.headers.getSetCookie().join()).toContain('Max-Age=0')
  const answer = await browse('GET', '/api/recordings', { ...session, 'accept-language': 'de' })
  expect(answer.status).toBe(401)
  expect(await answer.json()).toMatchObject({
    code: 'UNKNOWN_TOKEN',
    data: { sentence: expect.stringContaining('Sitzung') },
  })
})

test('a session that is ended by another browser is over at once', async () => {
  const [one, other] = [await signedIn(), await signedIn()]
  const row = (await sessionsOf(one)).find(each => each.this)
  expect((await browse('POST', `/api/sessions/${row?.id}/end`, other, {})).status).toBe(200)
  expect((await meOf(one)).person).toBe(null)
  expect((await meOf(other)).person?.name).toBe('Ann Clerk')
})

test('the secret is no token, and a token is no cookie', async () => {
  const secret = (await signedIn()).cookie?.slice('vidne='.length) ?? ''
  expect((await browse('GET', '/api/recordings', { authorization: `Bearer ${secret}` })).status).toBe(401)
  expect((await browse('GET', '/api/recordings', { cookie: `vidne=${here.operatorToken}` })).status).toBe(401)
  expect((await browse('GET', `/api/recordings?vidne=${secret}`)).status).toBe(401)
})

test('somebody without roles is signed in and sees nothing', async () => {
  const nothing = await personIn(here.clerk, 'Nell Nothing', 'figures-reader')
  const reader = await persona('Nell Nothing')
  const answer = await browse('POST', '/api/sign-in/persona', {}, { person: reader.person })
  const session = { cookie: answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '' }
  expect(nothing.token).not.toBe(null)
  for (const path of ['/api/recordings', '/api/approvals', '/api/due?by=2099-01-01T00:00:00Z'])
    expect({ path, status: (await browse('GET', path, session)).status }).toEqual({ path, status: 403 })
})

test('in a normal installation nobody takes the place of another', async () => {
  const answer = await browse('POST', '/api/sign-in/persona', {}, { person: randomUUID() })
  expect(answer.status).toBe(404)
  const normal = await inside({ settings: { mode: 'normal' } })
  try {
    const { url } = normal.clerk
    expect(await get(normal.clerk, 'GET', '/api/sign-in/personas')).toEqual([])
    expect(await get<Me>({ url, token: null }, 'GET', '/api/me')).toMatchObject({
      installation: { mode: 'normal', methods: expect.not.arrayContaining(['persona']) },
    })
    const all = await here.ground.people.signIn.personas()
    expect(all.length).toBeGreaterThan(0)
    const refused = await fetch(`${url}/api/sign-in/persona`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ person: clerk.person }),
    })
    expect(refused.status).toBe(403)
    expect(refused.headers.getSetCookie()).toEqual([])
  } finally {
    await normal.close()
  }
})
