// Each role, and whoever has none, at each door of the API. What is expected comes from the access table (`may`) and from the
// contract: a new operation, a new role or a new act is in the matrix by itself, or fails the test until it has its row in doors.ts.

import { randomBytes, randomUUID } from 'node:crypto'
import type { Me } from '@vidne/contract/me'
import { type Act, ACTS, may, ROLES, type Role } from '@vidne/server/people/people'
import { peopleTables } from '@vidne/server/people/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DOORS, known, open, OTHERS, placeOf } from './doors.ts'
import { groundFor, groundKinds } from './grounds.ts'
import { type Asked, dock, get, personIn } from './guarantees/asking.ts'
import { type Inside, inside, secondAgency } from './guarantees/inside.ts'
import { quietStateOf, stateOf } from './state.ts'

const CAMERA = 'BC-4711'
const WEARER = 'Wilma Wearer of Ours'
const CASE = 'J 3141/26'

/** As whom a request is made: headers that say so. */
type Headers = Readonly<Record<string, string>>
type Answer = { status: number; text: string }
type Refusal = { defined: boolean; code: string; status: number; message: string; data: { sentence: string } }

const doors = known.map(one => one.door)
const grants = (role: Role, act: Act): boolean => may({ roles: [role] }, act)

test('each operation of the contract has its row in the access table, and each act of the table an operation', () => {
  expect(doors.toSorted()).toEqual([...Object.keys(DOORS), ...Object.keys(OTHERS)].toSorted())
  expect(open.map(one => one.door).filter(door => doors.includes(door))).toEqual([])
  const reached = new Set<string>(Object.values(DOORS).map(({ act }) => act))
  // Not doors of their own: what a door that many may ask tells, and who may be handed a camera.
  const within: readonly Act[] = ['read-questions', 'check-out']
  expect(ACTS.filter(act => !reached.has(act) && !within.includes(act))).toEqual([])
})

test('no act is granted to nobody, and no role reaches everything', () => {
  expect(ACTS.filter(act => !ROLES.some(role => grants(role, act)))).toEqual([])
  for (const role of ROLES) expect(ACTS.filter(act => !grants(role, act))).not.toEqual([])
})

describe.each(groundKinds)('every role at every door (%s)', kind => {
  let here: Inside
  let ground: Awaited<ReturnType<typeof groundFor>>
  let recording: string
  let secrets: string[]
  const as: Partial<Record<Role, Headers>> = {}
  let addresses = 0

  beforeAll(async () => {
    ground = await groundFor(kind)
    const { database, objects } = ground
    // Each asker is behind an address of its own: thousands of requests a minute from one are refused for that alone.
    const settings = { trustProxy: '127.0.0.0/8', readMedia: false, host: '127.0.0.1' }
    here = await inside({ database, settings, ...(objects === undefined ? {} : { objects }) })
    const file = { path: 'DCIM/secret-name.mp4', bytes: randomBytes(3000), camera: CAMERA, wearer: WEARER }
    recording = (await dock(here.camera, file)).recording
    const { id } = await get<{ id: string }>(here.clerk, 'POST', '/api/cases', { number: CASE, title: 'Ours alone' })
    await get(here.clerk, 'POST', `/api/cases/${id}/exhibits`, { recording })
    secrets = [id, CAMERA, WEARER, CASE, 'Ours alone', 'secret-name']
    for (const role of ROLES) {
      if (role === 'dock') as[role] = bearer(here.camera)
      else {
        await personIn(here.clerk, `One ${role}`, role)
        as[role] = await session(`One ${role}`)
      }
    }
  })
  afterAll(async () => {
    await here?.close()
    await ground?.remove()
  })

  const forwarded = (): Headers => ({ 'x-forwarded-for': `10.0.0.${++addresses}` })
  const bearer = ({ token }: Asked): Headers => ({ ...forwarded(), authorization: `Bearer ${token ?? ''}` })

  /** A browser of somebody's own, signed in. */
  async function session(name: string): Promise<Headers> {
    const person = (await here.ground.people.signIn.personas()).find(one => one.name === name)?.person
    const address = forwarded()
    const answer = await fetch(`${here.clerk.url}/api/sign-in/persona`, {
      method: 'POST',
      headers: { ...address, origin: here.clerk.url, 'content-type': 'application/json' },
      body: JSON.stringify({ person }),
    })
    const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
    if (answer.status !== 200 || cookie === '') throw new Error(`${name} is not let in: ${await answer.text()}`)
    return { ...address, cookie, origin: here.clerk.url }
  }

  async function knock(headers: Headers, door: string, of = recording): Promise<Answer> {
    const { method, path, body } = placeOf(door, of)
    const answer = await fetch(here.clerk.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
    })
    return { status: answer.status, text: await answer.text() }
  }

  const state = () => stateOf(here.ground)
  const quiet = () => quietStateOf(here.ground)

  const refusedByRole = ({ status, text }: Answer): boolean =>
    status === 403 && (JSON.parse(text) as Partial<Refusal>).code === 'NOT_ALLOWED'

  async function refusals(name: string): Promise<{ act: string; outcome: string }[]> {
    return here.ground.database.asInstallation(trx =>
      peopleTables(trx)
        .selectFrom('people_audit')
        .innerJoin('people_person', 'people_person.id', 'people_audit.person')
        .select(['act', 'outcome'])
        .where('name', '=', name)
        .where('outcome', '=', 'not-allowed')
        .orderBy('people_audit.id')
        .execute(),
    )
  }

  const asked = (role: Role): Headers => as[role] ?? {}

  test.each(ROLES)('what the desk offers %s is what the table grants', async role => {
    const answer = await fetch(`${here.clerk.url}/api/me`, { headers: asked(role) })
    const { person } = (await answer.json()) as Me
    expect(person?.roles).toEqual([role])
    expect(person?.may.toSorted()).toEqual(ACTS.filter(act => grants(role, act)).toSorted())
  })

  test('the installation has nothing else to do', async () => {
    await quiet()
  })

  test.each(ROLES)('%s is refused all that its role does not reach: nothing changes, nothing is shown', async role => {
    const name = role === 'dock' ? 'Dock' : `One ${role}`
    const before = await state()
    const noted = (await refusals(name)).length
    const refused = Object.entries(DOORS).filter(([, { act }]) => !grants(role, act))
    const odd: object[] = []
    for (const [door] of refused) {
      const answer = await knock(asked(role), door)
      const shown = secrets.filter(secret => answer.text.includes(secret))
      const { defined, code, status, message, data, ...more } = JSON.parse(answer.text) as Refusal
      const plain = defined && code === 'NOT_ALLOWED' && status === 403 && Object.keys(more).length === 0
      const bare = plain && message !== '' && Object.keys(data).every(key => ['sentence', 'because'].includes(key))
      if (!refusedByRole(answer) || shown.length > 0 || !bare) odd.push({ door, ...answer, shown })
    }
    expect(odd).toEqual([])
    expect(await state()).toEqual(before)
    // Each refusal has to be answered for, under the act that it was.
    const acts = (await refusals(name)).slice(noted).map(row => row.act)
    expect(acts).toEqual(refused.map(([, { act }]) => act))
  })

  /** Whoever is nobody here, or nobody any more. */
  const strangers: Record<string, () => Promise<Headers>> = {
    'nobody at all': async () => forwarded(),
    'a cookie of nobody’s': async () => ({
      ...forwarded(),
      cookie: `vidne=${randomBytes(32).toString('base64url')}`,
      origin: here.clerk.url,
    }),
    'somebody who has signed out': async () => {
      await personIn(here.clerk, 'Olga Out', 'evidence-clerk')
      const was = await session('Olga Out')
      const out = await fetch(`${here.clerk.url}/api/sign-out`, { method: 'POST', headers: was })
      expect(out.status).toBe(200)
      return was
    },
    'a token that was revoked': async () => {
      const was = await personIn(here.clerk, 'Rolf Revoked', 'evidence-clerk')
      const tokens = await get<{ id: string; person: string }[]>(here.clerk, 'GET', '/api/tokens')
      const own = tokens.find(one => one.person === 'Rolf Revoked')?.id ?? ''
      await get(here.clerk, 'POST', `/api/tokens/${own}/revoke`, {})
      return bearer(was)
    },
    'a session whose person’s account was closed': async () => {
      await personIn(here.clerk, 'Carla Closed', 'evidence-clerk')
      const was = await session('Carla Closed')
      const people = await get<{ id: string; name: string }[]>(here.clerk, 'GET', '/api/people')
      const own = people.find(one => one.name === 'Carla Closed')?.id ?? ''
      const sessions = await get<{ id: string; person: string }[]>(here.clerk, 'GET', '/api/sessions')
      for (const one of sessions.filter(each => each.person === 'Carla Closed'))
        await get(here.clerk, 'POST', `/api/sessions/${one.id}/end`, {})
      expect(own).not.toBe('')
      return was
    },
  }

  test.each(Object.keys(strangers))('%s is refused at every door alike, and nothing changes', async name => {
    const headers = (await strangers[name]?.()) ?? {}
    const before = await quiet()
    const odd: object[] = []
    for (const door of doors) {
      const answer = await knock(headers, door)
      if (answer.status !== 401 || secrets.some(secret => answer.text.includes(secret))) odd.push({ door, ...answer })
    }
    expect(odd).toEqual([])
    expect(await state()).toEqual(before)
    const me = (await (await fetch(`${here.clerk.url}/api/me`, { headers })).json()) as Me
    expect(me.person).toBe(null)
  })

  test('somebody without roles is signed in, may nothing, and is refused by every role’s door', async () => {
    await personIn(here.clerk, 'Nell Nothing', 'evidence-clerk')
    const headers = await session('Nell Nothing')
    const people = await get<{ id: string; name: string }[]>(here.clerk, 'GET', '/api/people')
    const own = people.find(one => one.name === 'Nell Nothing')?.id ?? ''
    await get(here.clerk, 'POST', `/api/people/${own}/roles/take`, { role: 'evidence-clerk' })
    const before = await quiet()
    const me = (await (await fetch(`${here.clerk.url}/api/me`, { headers })).json()) as Me
    expect(me.person).toMatchObject({ name: 'Nell Nothing', roles: [], may: [] })
    const odd: object[] = []
    for (const door of Object.keys(DOORS)) {
      const answer = await knock(headers, door)
      if (!refusedByRole(answer) || secrets.some(secret => answer.text.includes(secret))) odd.push({ door, ...answer })
    }
    expect(odd).toEqual([])
    expect(await state()).toEqual(before)
    for (const door of Object.keys(OTHERS)) {
      const { text } = await knock(headers, door)
      expect({ door, shown: secrets.filter(secret => text.includes(secret)) }).toEqual({ door, shown: [] })
    }
  })

  test('a session of another agency finds of ours what it finds of nothing', async () => {
    await secondAgency(here)
    const headers = await session('Neighbour')
    const odd: object[] = []
    for (const door of doors) {
      const ofOurs = await knock(headers, door)
      if (secrets.some(secret => ofOurs.text.includes(secret)) || ofOurs.text.includes(recording))
        odd.push({ door, ofOurs })
      if (!DOORS[door]?.ofRecording) continue
      const ofNothing = await knock(headers, door, randomUUID())
      if (ofOurs.status !== ofNothing.status || ofOurs.text !== ofNothing.text) odd.push({ door, ofOurs, ofNothing })
    }
    expect(odd).toEqual([])
  })

  test.each(ROLES)('%s cannot tell a recording that is not on their list from one that never was', async role => {
    const list = await fetch(`${here.clerk.url}/api/recordings`, { headers: asked(role) })
    const { recordings = [] } = (await list.json()) as { recordings?: { id: string }[] }
    if (recordings.some(one => one.id === recording)) return
    const odd: object[] = []
    for (const door of Object.keys(DOORS).filter(one => DOORS[one]?.ofRecording)) {
      const [ofOurs, ofNothing] = [await knock(asked(role), door), await knock(asked(role), door, randomUUID())]
      if (ofOurs.status !== ofNothing.status || ofOurs.text !== ofNothing.text) odd.push({ door, ofOurs, ofNothing })
    }
    expect(odd).toEqual([])
  })

  /** Protocols of their own, beside the contract: who reaches them, by which of the acts. */
  const protocols: readonly { ask: [string, string]; acts: readonly Act[]; headers?: Headers }[] = [
    { ask: ['GET', '/api/recordings.csv'], acts: ['list'] },
    { ask: ['GET', '/api/recordings/ID/receipt'], acts: ['list', 'dock'] },
    { ask: ['POST', '/upload/'], acts: ['dock'], headers: { 'tus-resumable': '1.0.0', 'upload-length': '9' } },
    { ask: ['GET', '/media/ID'], acts: [] },
  ]

  test.each(ROLES)('%s reaches the protocols beside the contract by the same table', async role => {
    for (const { ask, acts, headers } of protocols) {
      const path = ask[1].replace('ID', recording)
      const answer = await fetch(here.clerk.url + path, { method: ask[0], headers: { ...asked(role), ...headers } })
      const text = await answer.text()
      const granted = acts.some(act => grants(role, act))
      expect({ path, granted, refused: answer.status === 403 }).toEqual({ path, granted, refused: !granted })
      if (!granted) expect(secrets.filter(secret => text.includes(secret))).toEqual([])
    }
  })

  test.each(ROLES)('%s is let to all that its role reaches', async role => {
    const name = role === 'dock' ? 'Dock' : `One ${role}`
    const odd: object[] = []
    const reached = [
      ...Object.keys(DOORS).filter(door => grants(role, DOORS[door]?.act ?? 'list')),
      ...Object.keys(OTHERS),
    ]
    for (const door of reached) {
      const noted = (await refusals(name)).length
      const answer = await knock(asked(role), door)
      const refused = (await refusals(name)).slice(noted).filter(row => row.act === DOORS[door]?.act)
      if (refused.length > 0 || [400, 401, 415].includes(answer.status) || answer.status >= 500)
        odd.push({ door, ...answer, refused })
    }
    expect(odd).toEqual([])
  })
})
