import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { keepTables } from '@vidne/server/keep/tables'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asked, ask, beginUpload, dock, get, inDays, listed, personIn, prepared, run, send } from './asking.ts'
import { type Inside, inside, secondAgency } from './inside.ts'

const camera = 'BC-7'
const footage = randomBytes(20_000)
const sha256 = createHash('sha256').update(footage).digest('hex')

type Neighbour = Record<'clerk' | 'camera' | 'investigator' | 'supervisor' | 'commander', Asked>
let here: Inside
let other: Neighbour
/** What is ours: one of everything that has an id. */
let ours: Record<
  | ('recording' | 'deleted' | 'withheld' | 'approval' | 'export' | 'upload' | 'open' | 'token' | 'hold' | 'record')
  | ('case' | 'entry')
  | ('operation' | 'situation' | 'review' | 'unit' | 'training' | 'delegation' | 'session' | 'person'),
  string
>

beforeAll(async () => {
  here = await inside()
  const first = { path: 'DCIM/0.mp4', bytes: randomBytes(500), camera }
  const deleted = (await dock(here.camera, first)).recording
  await inDays(here.clerk, 32)
  await run(here.clerk)
  const again = (await beginUpload(here.camera, first)).upload
  await expect(send(here.camera, again, 0, first.bytes)).rejects.toThrow(/not taken: 403/)
  const { clerk, camera: rack } = await secondAgency(here)
  other = { clerk, camera: rack, ...(await theirStaff(clerk)) }
  ours = { deleted, withheld: new URL(again).pathname.split('/')[2] ?? '', ...(await oneOfEverything()) }
})
afterAll(() => here?.close())

/** Those of another agency whose roles reach furthest. */
async function theirStaff(clerk: Asked): Promise<Pick<typeof other, 'investigator' | 'supervisor' | 'commander'>> {
  return {
    investigator: await personIn(clerk, 'Ida', 'investigator'),
    supervisor: await personIn(clerk, 'Sam', 'supervisor'),
    commander: await personIn(clerk, 'Cas', 'commander'),
  }
}

/** An operation of ours, a report of it, and the review that comes of that. */
async function oneOfWhatIsOrdered(): Promise<Pick<typeof ours, 'operation' | 'situation' | 'review'>> {
  const [commander, wearer, supervisor] = [
    await personIn(here.clerk, 'Our commander', 'commander'),
    await personIn(here.clerk, 'Our wearer', 'wearer'),
    await personIn(here.clerk, 'Our supervisor', 'supervisor'),
  ]
  const operation = await get<{ id: string }>(commander, 'POST', '/api/operations', OPERATION)
  const override = { by: 'wearer', reason: 'the person in custody asked for it' }
  const told = { wearer: 'PC 1', at: MOMENT, triggers: [{ code: 'arrest', source: 'wearer', at: MOMENT }], override }
  const situation = await get<{ id: string }>(wearer, 'POST', '/api/situations', told)
  const [review] = await get<{ id: string }[]>(supervisor, 'GET', '/api/reviews')
  return { operation: operation.id, situation: situation.id, review: review?.id ?? '' }
}

/** What we keep of our own people and cameras. */
async function oneOfEachRegister(): Promise<Pick<typeof ours, 'unit' | 'training' | 'delegation'>> {
  const made = async (path: string, body: object) => (await get<{ id: string }>(here.clerk, 'POST', path, body)).id
  return {
    unit: await made('/api/units', { name: 'Ours' }),
    training: await made('/api/trainings', {
      person: 'Our wearer',
      course: 'Camera',
      completedAt: '2026-01-01T00:00:00Z',
    }),
    delegation: await made('/api/delegations', { to: 'Our supervisor', until: '2199-01-01T00:00:00Z' }),
  }
}

const MOMENT = '2099-01-01T12:00:00Z'
const OPERATION = {
  title: 'ours',
  task: 'arrest',
  from: '2099-01-01T00:00:00Z',
  until: '2099-01-02T00:00:00Z',
  orderedBy: 'ours',
  participants: [{ wearer: 'PC 1' }],
}

async function oneOfEverything(): Promise<Omit<typeof ours, 'deleted' | 'withheld'>> {
  const { upload } = await beginUpload(here.camera, { path: 'DCIM/1.mp4', bytes: footage, camera })
  const recording = (await send(here.camera, upload, 0, footage)) ?? ''
  const open = (await beginUpload(here.camera, { path: 'DCIM/2.mp4', bytes: footage, camera })).upload
  await send(here.camera, open, 0, footage.subarray(0, 5000))
  const { hold } = await get<{ hold: string }>(here.clerk, 'POST', `/api/recordings/${recording}/hold`, {
    reason: 'complaint 12',
  })
  const record = await recordOf(here)
  const { approval } = await get<{ approval: string }>(here.clerk, 'POST', `/api/recordings/${recording}/release`, {
    reason: 'closed',
  })
  const download = await prepared(here.clerk, recording)
  const [token] = await get<{ id: string }[]>(here.clerk, 'GET', '/api/tokens')
  return {
    recording,
    approval,
    open,
    upload,
    hold,
    record,
    export: download.split('/')[3] ?? '',
    token: token?.id ?? '',
    session: await oneSession(),
    ...(await oneOfACase(recording)),
    person: (await get<{ id: string }[]>(here.clerk, 'GET', '/api/people'))[0]?.id ?? '',
    ...(await oneOfWhatIsOrdered()),
    ...(await oneOfEachRegister()),
  }
}

/** Somebody of ours at a browser. */
async function oneSession(): Promise<string> {
  const { signIn } = here.ground.people
  const us = (await signIn.personas()).find(one => one.agency.id === here.agency)
  await signIn.entering('http://localhost').asPersona(us?.person ?? '', 'a browser')
  const [session] = await get<{ id: string }[]>(here.clerk, 'GET', '/api/sessions')
  return session?.id ?? ''
}

/** A case with the recording as its exhibit, and a note about it. */
async function oneOfACase(recording: string): Promise<Pick<typeof ours, 'case' | 'entry'>> {
  const { id } = await get<{ id: string }>(here.clerk, 'POST', '/api/cases', { number: 'K 1', title: 'ours' })
  await get(here.clerk, 'POST', `/api/cases/${id}/exhibits`, { recording })
  const content = { kind: 'note', words: 'ours' }
  const { entry } = await get<{ entry: { id: string } }>(here.clerk, 'POST', `/api/recordings/${recording}/work`, {
    content,
  })
  return { case: id, entry: entry.id }
}

/** The packs of these agencies know no records, so that it is written as the server would. */
async function recordOf({ ground, agency }: Inside): Promise<string> {
  const id = randomUUID()
  const named = { kind: 'camera_register', ref: 'KS 12', about: 'entrance' } as const
  const entered = { entered_at: new Date(), entered_by: id, monitoring_end: null, deleted_at: null, disposal: null }
  await ground.database.asAgency(agency, trx =>
    keepTables(trx)
      .insertInto('keep_record')
      .values({ id, agency, ...named, ...entered })
      .execute(),
  )
  return id
}

const NO_GRANT = '00000000-0000-7000-8000-00000000000a'

/** Each request of the API that names something, with a body it would be granted with. */
const NAMING: Record<string, { id: (of: typeof ours) => string; body?: object }> = {
  'POST /recordings/{id}/hold': { id: of => of.recording, body: { reason: 'mine now' } },
  'POST /recordings/{id}/release': { id: of => of.recording, body: { reason: 'mine now' } },
  'POST /recordings/{id}/categories': { id: of => of.recording, body: { rule: 'complaint', basis: 'mine now' } },
  'POST /recordings/{id}/downgrade': { id: of => of.recording, body: { rule: 'complaint', reason: 'mine now' } },
  'POST /recordings/{id}/decision': { id: of => of.recording, body: { outcome: 'delete', reason: 'mine now' } },
  'POST /recordings/{id}/case-events': {
    id: of => of.recording,
    body: { event: 'acquitted', on: '2026-01-31', reason: 'x y z' },
  },
  'POST /holds/{id}/review': { id: of => of.hold, body: { reason: 'mine now' } },
  'POST /holds/{id}/duty': { id: of => of.hold, body: { done: 'told' } },
  'POST /records/{id}/monitoring-end': { id: of => of.record, body: { on: '2026-01-31' } },
  'POST /records/{id}/deletion': { id: of => of.record, body: { disposal: randomUUID() } },
  'POST /recordings/{id}/deletion': { id: of => of.recording, body: { reason: 'mine now' } },
  'POST /recordings/{id}/exports': { id: of => of.recording, body: { purpose: 'mine now', wait: false } },
  'POST /recordings/{id}/statement': { id: of => of.deleted },
  'GET /recordings/{id}/facts': { id: of => of.recording },
  'GET /recordings/{id}': { id: of => of.recording },
  'GET /recordings/{id}/account': { id: of => of.recording },
  'GET /recordings/{id}/access': { id: of => of.recording },
  'POST /recordings/{id}/views': { id: of => of.recording, body: { purpose: 'investigation', case: '1' } },
  'GET /recordings/{id}/grants': { id: of => of.recording },
  'POST /recordings/{id}/grants': {
    id: of => of.recording,
    body: { role: 'investigator', until: '2099-01-01T00:00:00Z', reason: 'mine now' },
  },
  'POST /recordings/{id}/grants/{grant}/revoke': { id: of => of.recording, body: { reason: 'mine now' } },
  'GET /recordings/{id}/work': { id: of => of.recording },
  'POST /recordings/{id}/work': { id: of => of.recording, body: { content: { kind: 'note', words: 'mine now' } } },
  'POST /recordings/{id}/work/{entry}/removal': { id: of => of.recording, body: { saw: 1 } },
  'GET /recordings/{id}/work/{entry}/versions': { id: of => of.recording },
  'GET /recordings/{id}/incidents': { id: of => of.recording },
  'GET /cases/{id}': { id: of => of.case },
  'POST /cases/{id}/changes': { id: of => of.case, body: { saw: 1, number: 'K 1', title: 'mine now', summary: '' } },
  'POST /cases/{id}/state': { id: of => of.case, body: { state: 'closed', reason: 'mine now' } },
  'POST /cases/{id}/people': {
    id: of => of.case,
    body: { person: 'Ida', duty: 'lead', until: '2199-01-01T00:00:00Z' },
  },
  'POST /cases/{id}/people/{person}/removal': { id: of => of.case, body: { reason: 'mine now' } },
  'POST /cases/{id}/access': { id: of => of.case },
  'POST /cases/{id}/exhibits': { id: of => of.case, body: { recording: NO_GRANT } },
  'POST /cases/{id}/exhibits/{exhibit}/changes': { id: of => of.case, body: { saw: 1, reference: 'x', title: 'x' } },
  'POST /cases/{id}/exhibits/{exhibit}/removal': { id: of => of.case, body: { reason: 'mine now' } },
  'POST /cases/{id}/entries': { id: of => of.case, body: { content: { kind: 'note', words: 'mine now' } } },
  'POST /cases/{id}/entries/{entry}/removal': { id: of => of.case, body: { saw: 1 } },
  'GET /cases/{id}/labels': { id: of => of.case },
  'POST /cases/{id}/package': { id: of => of.case, body: { purpose: 'mine now' } },
  'GET /cases/{id}/links': { id: of => of.case },
  'POST /cases/{id}/links': {
    id: of => of.case,
    body: { recipient: 'me', recipientRole: 'defence', purpose: 'investigation', until: '2199-01-01', openings: 1 },
  },
  'POST /cases/{id}/links/{link}/revoke': { id: of => of.case, body: { reason: 'mine now' } },
  'GET /exports/{id}': { id: of => of.export },
  'POST /approvals/{id}/approve': { id: of => of.approval },
  'POST /approvals/{id}/decline': { id: of => of.approval, body: { reason: 'mine now' } },
  'POST /approvals/{id}/withdraw': { id: of => of.approval },
  'POST /tokens/{id}/revoke': { id: of => of.token },
  'POST /uploads/{id}/admit': { id: of => of.withheld, body: { reason: 'mine now' } },
  'POST /situations/{id}/reason': { id: of => of.situation, body: { reason: 'mine now' } },
  'POST /trainings/{id}/revoke': { id: of => of.training, body: {} },
  'POST /delegations/{id}/end': { id: of => of.delegation, body: {} },
  'POST /sessions/{id}/end': { id: of => of.session, body: {} },
  'GET /people/{id}': { id: of => of.person },
  'GET /people/{id}/readiness': { id: of => of.person },
  'POST /units/{id}/name': { id: of => of.unit, body: { name: 'mine now' } },
  'POST /units/{id}/end': { id: of => of.unit, body: {} },
  'POST /people/{id}/invitation/withdraw': { id: of => of.person, body: {} },
  'POST /people/{id}/roles': { id: of => of.person, body: { role: 'auditor' } },
  'POST /people/{id}/roles/take': { id: of => of.person, body: { role: 'evidence-clerk' } },
  'POST /people/{id}/account/close': { id: of => of.person, body: {} },
  'POST /reviews/{id}/close': { id: of => of.review, body: { reason: 'mine now' } },
}
/** Each that names nothing, with what another agency must see in the answer: nothing of ours. */
const LISTING: Record<string, { query?: string; body?: object }> = {
  'GET /recordings': {},
  'GET /cases': { query: '?state=all' },
  'GET /listing/counts': {},
  'GET /listing/ids': {},
  'GET /listing/places': {},
  'GET /listing/map': {},
  'GET /listing/timeline': { query: '?day=2099-01-01&wearer=PC%201' },
  'GET /approvals': {},
  'GET /approvals/answered': {},
  'GET /runs': {},
  'GET /deletions': {},
  'GET /reviews/own': {},
  'GET /policy/words': {},
  'GET /holds': {},
  'GET /records': {},
  'GET /tokens': {},
  'GET /due': { query: '?by=2099-01-01T00:00:00Z' },
  'POST /runs': { body: { what: 'nightly' } },
  'POST /sweeps': {},
  'GET /dock/board': {},
  'POST /dock/known': { body: { camera, sha256: [sha256] } },
  'GET /configuration': {},
  'GET /policy': {},
  'GET /policy/versions': {},
  'POST /policy/drafts': { body: { override: {} } },
  'POST /policy/replays': { body: { override: {}, from: OPERATION.from, to: OPERATION.until } },
  'GET /units': {},
  'GET /readiness': {},
  'GET /trainings': {},
  'GET /delegations': {},
  'GET /task-types': {},
  'GET /operations': { query: `?from=${OPERATION.from}&until=${OPERATION.until}` },
  'GET /reviews': { query: '?state=all' },
  'GET /capacity': { query: '?from=2099-01-01&to=2099-01-02' },
  'GET /sessions': {},
  'GET /account/address': {},
  'GET /installation': {},
  'POST /installation/examinations': {},
  'POST /audit/searches': { body: { ground: 'security', from: '2020-01-01', until: '2099-01-01' } },
  'GET /people': {},
}
/** Each that names a recording or an operation beside its path. */
const NAMING_BESIDE = ['GET /situations', 'POST /situations']
/** Each that is the asker's own affair. */
const OWN = [
  'POST /installation/restores',
  'POST /tokens',
  'POST /cases',
  'POST /clock',
  'POST /records',
  'POST /disposals',
  'POST /operations',
  'POST /capacity/plan',
  'POST /configuration/imports',
  'POST /policy/publications',
  'POST /policy/acceptances',
  'POST /units',
  'POST /units/assignments',
  'POST /trainings',
  'POST /delegations',
  'POST /people/invitations',
  'POST /account/address',
  'POST /account/address/confirm',
  'POST /account/address/remove',
]

test('G14: every request of the API is tried here', async () => {
  const { paths } = await get<{ paths: Record<string, Record<string, unknown>> }>(
    here.clerk,
    'GET',
    '/api/openapi.json',
  )
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(one => `${one.toUpperCase()} ${path}`),
  )
  expect(all.toSorted()).toEqual([...Object.keys(NAMING), ...Object.keys(LISTING), ...NAMING_BESIDE, ...OWN].toSorted())
})

describe('with a token of another agency', () => {
  test.each(Object.keys(NAMING))(
    'G14: %s finds nothing of ours, and cannot tell it from what never was',
    async route => {
      const [method = '', path = ''] = route.split(' ')
      const { id, body } = NAMING[route]!
      for (const token of Object.values(other)) {
        const asked = async (one: string) =>
          ask(token, method, `/api${path.replace('{id}', one).replaceAll(/\{\w+\}/g, NO_GRANT)}`, body)
        const [ofOurs, ofNothing] = [await asked(id(ours)), await asked(randomUUID())]
        expect(ofOurs.status).toBeGreaterThanOrEqual(403)
        expect({ status: ofOurs.status, said: ofOurs.said }).toEqual({ status: ofNothing.status, said: ofNothing.said })
      }
    },
  )

  test.each(Object.keys(LISTING))('G14: %s shows nothing of ours', async route => {
    const [method = '', path = ''] = route.split(' ')
    const { query = '', body } = LISTING[route]!
    for (const token of Object.values(other)) {
      const { said } = await ask(token, method, `/api${path}${query}`, body)
      const text = JSON.stringify(said)
      for (const id of Object.values(ours)) expect(text).not.toContain(id)
      expect(text).not.toContain(sha256)
    }
  })

  test('G14: nothing is reported of a recording or an operation of ours, and no report of it is shown', async () => {
    const told = { wearer: 'PC 1', at: MOMENT }
    for (const name of ['recording', 'operation'] as const) {
      const asked = async (id: string) => ask(other.commander, 'POST', '/api/situations', { ...told, [name]: id })
      const [ofOurs, ofNothing] = [await asked(ours[name]), await asked(randomUUID())]
      expect(ofOurs.status).toBe(404)
      expect(ofOurs.said).toEqual(ofNothing.said)
    }
    const path = `/api/situations?recording=${ours.recording}`
    for (const token of [other.clerk, other.commander]) expect((await ask(token, 'GET', path)).said).toEqual([])
  })

  test('G14: no upload, receipt or package of ours can be seen, gone on with or removed', async () => {
    const paths = [ours.open, ours.upload].map(upload => new URL(upload).pathname)
    const nobodys = `/upload/${randomUUID()}`
    for (const token of [other.camera, other.clerk]) {
      for (const path of paths) {
        for (const [method, tail] of [
          ['HEAD', ''],
          ['GET', '/receipt'],
          ['DELETE', ''],
        ] as const)
          expect((await raw(token, method, path + tail)).status).toBe((await raw(token, method, nobodys + tail)).status)
        await expect(send(token, here.clerk.url + path, 5000, footage.subarray(5000))).rejects.toThrow(/not taken: 404/)
      }
      expect((await raw(token, 'GET', `/api/exports/${ours.export}/package`)).status).toBe(404)
      expect((await raw(token, 'GET', `/api/recordings/${ours.recording}/receipt`)).status).toBe(404)
    }
    expect(await send(here.camera, ours.open, 5000, footage.subarray(5000))).toBe(ours.recording)
  })

  test('G14: the same file of a camera of the same name is their own recording', async () => {
    const theirs = await dock(other.camera, { path: 'DCIM/1.mp4', bytes: footage, camera })
    expect(theirs.recording).not.toBe(ours.recording)
    expect((await listed(other.clerk)).map(row => row.id)).toEqual([theirs.recording])
    expect((await listed(here.clerk)).map(row => row.id)).not.toContain(theirs.recording)
  })

  test('G14: nothing of what was tried has changed anything of ours', async () => {
    const { house, agency, ground } = here
    expect((await listed(here.clerk)).find(row => row.id === ours.recording)).toMatchObject({ held: true })
    const history = await ground.database.asAgency(agency, trx => ground.history.of(trx, ours.recording))
    expect(history.map(event => event.core.type).filter(type => /held|exported|approval/.test(type))).toEqual([
      'held',
      'approval-asked',
      'exported',
    ])
    expect((await house.dock.openRecording(agency, ours.recording)).bytes).toBe(footage.length)
  })
})

async function raw({ url, token }: Asked, method: string, path: string): Promise<Response> {
  const headers = { 'tus-resumable': '1.0.0', authorization: `Bearer ${token ?? ''}` }
  return fetch(url + path, { method, headers })
}
