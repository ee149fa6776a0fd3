import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { keepTables } from '@vidne/server/keep/tables'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Asked, ask, beginUpload, dock, get, inDays, listed, personIn, prepared, run, send } from './asking.ts'
import { type Inside, inside, secondAgency } from './inside.ts'

const camera = 'BC-7'
const footage = randomBytes(20_000)
const sha256 = createHash('sha256').update(footage).digest('hex')

type Neighbour = { clerk: Asked; camera: Asked; investigator: Asked }
let here: Inside
let other: Neighbour
/** What is ours: one of everything that has an id. */
let ours: Record<
  'recording' | 'deleted' | 'withheld' | 'approval' | 'export' | 'upload' | 'open' | 'token' | 'hold' | 'record',
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
  other = { clerk, camera: rack, investigator: await personIn(clerk, 'Ida', 'investigator') }
  ours = { deleted, withheld: new URL(again).pathname.split('/')[2] ?? '', ...(await oneOfEverything()) }
})
afterAll(() => here?.close())

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
  }
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
  'POST /recordings/{id}/case-events': { id: of => of.recording, body: { event: 'acquitted', on: '2026-01-31' } },
  'POST /holds/{id}/review': { id: of => of.hold, body: { reason: 'mine now' } },
  'POST /holds/{id}/duty': { id: of => of.hold, body: { done: 'told' } },
  'POST /records/{id}/monitoring-end': { id: of => of.record, body: { on: '2026-01-31' } },
  'POST /records/{id}/deletion': { id: of => of.record, body: { disposal: randomUUID() } },
  'POST /recordings/{id}/deletion': { id: of => of.recording, body: { reason: 'mine now' } },
  'POST /recordings/{id}/exports': { id: of => of.recording, body: { purpose: 'mine now', wait: false } },
  'POST /recordings/{id}/statement': { id: of => of.deleted },
  'GET /recordings/{id}/facts': { id: of => of.recording },
  'POST /recordings/{id}/views': { id: of => of.recording, body: { purpose: 'investigation', case: '1' } },
  'GET /recordings/{id}/grants': { id: of => of.recording },
  'POST /recordings/{id}/grants': {
    id: of => of.recording,
    body: { role: 'investigator', until: '2099-01-01T00:00:00Z', reason: 'mine now' },
  },
  'POST /recordings/{id}/grants/{grant}/revoke': { id: of => of.recording, body: { reason: 'mine now' } },
  'GET /exports/{id}': { id: of => of.export },
  'POST /approvals/{id}/approve': { id: of => of.approval },
  'POST /tokens/{id}/revoke': { id: of => of.token },
  'POST /uploads/{id}/admit': { id: of => of.withheld, body: { reason: 'mine now' } },
}
/** Each that names nothing, with what another agency must see in the answer: nothing of ours. */
const LISTING: Record<string, { query?: string; body?: object }> = {
  'GET /recordings': {},
  'GET /approvals': {},
  'GET /holds': {},
  'GET /records': {},
  'GET /tokens': {},
  'GET /due': { query: '?by=2099-01-01T00:00:00Z' },
  'POST /runs': { body: { what: 'nightly' } },
  'POST /sweeps': {},
  'POST /dock/known': { body: { camera, sha256: [sha256] } },
}
/** Each that is the asker's own affair. */
const OWN = ['POST /tokens', 'POST /clock', 'POST /records', 'POST /disposals']

test('G14: every request of the API is tried here', async () => {
  const { paths } = await get<{ paths: Record<string, Record<string, unknown>> }>(
    here.clerk,
    'GET',
    '/api/openapi.json',
  )
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(one => `${one.toUpperCase()} ${path}`),
  )
  expect(all.toSorted()).toEqual([...Object.keys(NAMING), ...Object.keys(LISTING), ...OWN].toSorted())
})

describe('with a token of another agency', () => {
  test.each(Object.keys(NAMING))(
    'G14: %s finds nothing of ours, and cannot tell it from what never was',
    async route => {
      const [method = '', path = ''] = route.split(' ')
      const { id, body } = NAMING[route]!
      for (const token of Object.values(other)) {
        const asked = async (one: string) =>
          ask(token, method, `/api${path.replace('{id}', one).replace('{grant}', NO_GRANT)}`, body)
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
