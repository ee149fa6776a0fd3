import { randomBytes } from 'node:crypto'
import { ROLES } from '@vidne/server/people/people'
import { peopleTables } from '@vidne/server/people/store'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ABOUT_ID, DOORS, ID, known, OTHERS, placeOf, REASON } from './doors.ts'
import { type Asked, type Said, ask, beginUpload, dock, get, listed, personIn } from './guarantees/asking.ts'
import { type Inside, inside } from './guarantees/inside.ts'

let here: Inside
let recording: string
/** Somebody with a token in force whose role allows nothing. */
let reader: Asked
/** Reads no figures. */
let assessor: Asked
/** Has no role any more. */
let nothing: Asked

beforeAll(async () => {
  here = await inside()
  reader = await personIn(here.clerk, 'Reader', 'figures-reader')
  assessor = await personIn(here.clerk, 'Assessor', 'qualified-assessor')
  nothing = await personIn(here.clerk, 'Nothing', 'wearer')
  const people = await get<{ id: string; name: string }[]>(here.clerk, 'GET', '/api/people')
  const own = people.find(one => one.name === 'Nothing')?.id ?? ''
  await get(here.clerk, 'POST', `/api/people/${own}/roles/take`, { role: 'wearer' })
  recording = (await dock(here.camera, { path: 'DCIM/1.mp4', bytes: randomBytes(3000) })).recording
})
afterAll(() => here?.close())

type Row = { act: string; subject: string | null; outcome: string }

/** What the agency's audit has of a person, but for the sign-ins, oldest first. */
async function auditOf(name: string): Promise<Row[]> {
  const rows = await here.ground.database.asInstallation(trx =>
    peopleTables(trx)
      .selectFrom('people_audit')
      .innerJoin('people_person', 'people_person.id', 'people_audit.person')
      .select(['act', 'subject', 'outcome'])
      .where('name', '=', name)
      .where('act', '<>', 'sign-in')
      .orderBy('people_audit.id')
      .execute(),
  )
  return rows.map(row => ({ ...row }))
}

const REASON = 'to see what happens'
const ID = '00000000-0000-7000-8000-00000000000a'

const DAY = '2027-01-01'
const MOMENT = '2027-01-01T00:00:00Z'
const OPERATION = {
  title: REASON,
  task: 'arrest',
  from: MOMENT,
  until: '2027-01-02T00:00:00Z',
  orderedBy: REASON,
  participants: [{ wearer: 'PC 1' }],
}

/** What a listing has to be asked with. */
const QUERIES: Readonly<Record<string, string>> = {
  '/due': '?by=2099-01-01T00:00:00Z',
  '/capacity': `?from=${DAY}&to=${DAY}`,
  '/operations': `?from=${MOMENT}&until=${MOMENT}`,
  '/situations': `?recording=${ID}`,
  '/listing/timeline': `?day=${DAY}&wearer=PC%201`,
}

/** Every door of the API that is not everybody's: what is asked, and which act it is. */
const DOORS: Readonly<Record<string, { body?: object; act: string; ofRecording?: true }>> = {
  'GET /recordings': { act: 'list' },
  'GET /listing/counts': { act: 'list' },
  'GET /listing/ids': { act: 'list' },
  'GET /listing/timeline': { act: 'list' },
  'GET /listing/places': { act: 'list' },
  'GET /recordings/{id}/facts': { act: 'list', ofRecording: true },
  'GET /recordings/{id}': { act: 'list', ofRecording: true },
  'GET /recordings/{id}/account': { act: 'list', ofRecording: true },
  'GET /recordings/{id}/access': { act: 'list', ofRecording: true },
  'POST /recordings/{id}/hold': { act: 'hold', body: { reason: REASON }, ofRecording: true },
  'POST /recordings/{id}/release': { act: 'release', body: { reason: REASON }, ofRecording: true },
  'POST /recordings/{id}/deletion': { act: 'delete-early', body: { reason: REASON }, ofRecording: true },
  'POST /recordings/{id}/categories': {
    act: 'categorise',
    body: { rule: 'complaint', basis: REASON },
    ofRecording: true,
  },
  'POST /recordings/{id}/exports': { act: 'export', body: { purpose: REASON }, ofRecording: true },
  'POST /recordings/{id}/views': { act: 'view', body: { purpose: 'audit' }, ofRecording: true },
  'POST /recordings/{id}/grants': {
    act: 'grant',
    body: { role: 'investigator', until: '2099-01-01T00:00:00Z', reason: REASON },
    ofRecording: true,
  },
  'GET /recordings/{id}/grants': { act: 'grant', ofRecording: true },
  'POST /recordings/{id}/grants/{grant}/revoke': { act: 'grant', body: { reason: REASON }, ofRecording: true },
  'GET /recordings/{id}/work': { act: 'list', ofRecording: true },
  'POST /recordings/{id}/work': {
    act: 'annotate',
    body: { content: { kind: 'note', words: REASON } },
    ofRecording: true,
  },
  'POST /recordings/{id}/work/{entry}/removal': { act: 'annotate', body: { saw: 1 }, ofRecording: true },
  'GET /recordings/{id}/work/{entry}/versions': { act: 'list', ofRecording: true },
  'GET /recordings/{id}/incidents': { act: 'list', ofRecording: true },
  'GET /cases': { act: 'see-cases' },
  'POST /cases': { act: 'keep-case', body: { number: '1', title: REASON } },
  'GET /cases/{id}': { act: 'see-cases' },
  'POST /cases/{id}/changes': { act: 'keep-case', body: { saw: 1, number: '1', title: REASON, summary: '' } },
  'POST /cases/{id}/state': { act: 'keep-case', body: { state: 'closed', reason: REASON } },
  'POST /cases/{id}/people': {
    act: 'keep-case',
    body: { person: 'Reader', duty: 'reads', until: '2099-01-01T00:00:00Z' },
  },
  'POST /cases/{id}/people/{person}/removal': { act: 'keep-case', body: { reason: REASON } },
  'POST /cases/{id}/access': { act: 'keep-case', body: {} },
  'POST /cases/{id}/exhibits': { act: 'keep-case', body: { recording: ID } },
  'POST /cases/{id}/exhibits/{exhibit}/changes': { act: 'keep-case', body: { saw: 1, reference: '1', title: REASON } },
  'POST /cases/{id}/exhibits/{exhibit}/removal': { act: 'keep-case', body: { reason: REASON } },
  'POST /cases/{id}/entries': { act: 'keep-case', body: { content: { kind: 'note', words: REASON } } },
  'POST /cases/{id}/entries/{entry}/removal': { act: 'keep-case', body: { saw: 1 } },
  'GET /cases/{id}/labels': { act: 'see-cases' },
  'POST /cases/{id}/package': { act: 'export', body: { purpose: REASON } },
  'GET /cases/{id}/links': { act: 'see-work' },
  'POST /cases/{id}/links': {
    act: 'share-link',
    body: { recipient: REASON, recipientRole: 'defence', purpose: 'audit', until: '2099-01-01', openings: 1 },
  },
  'POST /cases/{id}/links/{link}/revoke': { act: 'share-link', body: { reason: REASON } },
  'POST /recordings/{id}/statement': { act: 'statement', body: {}, ofRecording: true },
  'POST /recordings/{id}/downgrade': {
    act: 'downgrade',
    body: { rule: 'complaint', reason: REASON },
    ofRecording: true,
  },
  'POST /recordings/{id}/decision': {
    act: 'decide-deletion',
    body: { outcome: 'delete', reason: REASON },
    ofRecording: true,
  },
  'POST /recordings/{id}/case-events': {
    act: 'note-case',
    body: { event: 'acquitted', on: '2026-01-31', reason: REASON },
    ofRecording: true,
  },
  'GET /holds': { act: 'list' },
  'POST /holds/{id}/review': { act: 'hold', body: { reason: REASON } },
  'POST /holds/{id}/duty': { act: 'hold', body: { done: 'told' } },
  'GET /records': { act: 'see-records' },
  'POST /records': { act: 'keep-records', body: { kind: 'camera_register', ref: 'KS 1', about: REASON } },
  'POST /records/{id}/monitoring-end': { act: 'keep-records', body: { on: '2026-01-31' } },
  'POST /records/{id}/deletion': { act: 'keep-records', body: { disposal: ID } },
  'POST /disposals': {
    act: 'keep-records',
    body: { kind: 'camera_register', authority: 'KS', date: '2026-01-31', reference: 'KS 2' },
  },
  'GET /due': { act: 'due' },
  'GET /runs': { act: 'due' },
  'GET /deletions': { act: 'statement' },
  'POST /runs': { act: 'run-nightly', body: { what: 'nightly' } },
  'POST /sweeps': { act: 'run-nightly', body: {} },
  'POST /clock': { act: 'set-clock', body: { instant: '2099-01-01T00:00:00Z' } },
  'POST /tokens': { act: 'create-token', body: { person: 'Reader', role: 'auditor', expires: '2099-01-01T00:00:00Z' } },
  'POST /tokens/{id}/revoke': { act: 'revoke-token', body: {} },
  'GET /approvals': { act: 'see-approvals' },
  'GET /dock/board': { act: 'see-dock' },
  'POST /dock/known': { act: 'dock', body: { camera: null, sha256: [] } },
  'POST /uploads/{id}/admit': { act: 'admit', body: { reason: REASON } },
  'POST /capacity/plan': { act: 'plan-capacity', body: { sparePercent: 0, stock: [], shifts: [] } },
  'GET /capacity': { act: 'see-capacity' },
  'GET /task-types': { act: 'see-operations' },
  'GET /operations': { act: 'see-operations' },
  'POST /operations': { act: 'order-operation', body: OPERATION },
  'GET /situations': { act: 'see-situations' },
  'GET /reviews': { act: 'see-reviews' },
  'POST /reviews/{id}/close': { act: 'close-review', body: { reason: REASON } },
  'POST /policy/drafts': { act: 'publish-policy', body: { override: {} } },
  'POST /policy/publications': { act: 'publish-policy', body: { override: {}, reason: REASON } },
  'POST /policy/replays': {
    act: 'publish-policy',
    body: { override: {}, from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' },
  },
  'POST /units': { act: 'manage-units', body: { name: 'East' } },
  'POST /units/assignments': { act: 'manage-units', body: { camera: 'C-1', unit: null } },
  'POST /units/{id}/name': { act: 'manage-units', body: { name: 'West' } },
  'POST /units/{id}/end': { act: 'manage-units', body: {} },
  'GET /readiness': { act: 'see-training' },
  'GET /people/{id}/readiness': { act: 'see-training' },
  'GET /trainings': { act: 'see-training' },
  'POST /trainings': {
    act: 'record-training',
    body: { person: 'Wearer', course: 'Camera', completedAt: '2026-01-01T00:00:00Z' },
  },
  'POST /trainings/{id}/revoke': { act: 'record-training', body: {} },
  'GET /installation': { act: 'see-installation' },
  'POST /installation/examinations': { act: 'see-installation', body: {} },
  'POST /installation/restores': { act: 'keep-installation', body: { detail: REASON } },
  'POST /audit/searches': {
    act: 'see-audit',
    body: { ground: 'security', from: '2026-01-01', until: '2026-02-01' },
  },
  'GET /delegations': { act: 'see-approvals' },
  'GET /configuration': { act: 'configure' },
  'POST /configuration/imports': { act: 'configure', body: { configuration: {}, apply: false, reason: REASON } },
  'GET /people': { act: 'see-people' },
  'GET /people/{id}': { act: 'see-people' },
  'POST /people/invitations': { act: 'manage-people', body: { name: 'Nobody', roles: [] } },
  'POST /people/{id}/invitation/withdraw': { act: 'manage-people', body: {} },
  'POST /people/{id}/roles': { act: 'manage-people', body: { role: 'auditor' } },
  'POST /people/{id}/roles/take': { act: 'manage-people', body: { role: 'auditor' } },
  'POST /people/{id}/account/close': { act: 'manage-people', body: {} },
  'POST /delegations': { act: 'delegate', body: { to: 'Operator', until: '2099-01-01T00:00:00Z' } },
}

/**
 * Who has a token sees his own tokens; an export is its asker's alone; a question says by itself who may confirm it; what happens is
 * reported by those who wear cameras. Whoever works under rules reads and accepts them; a delegation is ended by the one who gave it.
 */
const OTHERS = [
  'GET /tokens',
  'GET /exports/{id}',
  'POST /approvals/{id}/approve',
  'POST /approvals/{id}/decline',
  'POST /approvals/{id}/withdraw',
  'GET /approvals/answered',
  'GET /reviews/own',
  'GET /policy/words',
  'POST /situations',
  'POST /situations/{id}/reason',
  'GET /listing/map',
  'GET /policy',
  'GET /policy/versions',
  'POST /policy/acceptances',
  'GET /units',
  'POST /delegations/{id}/end',
  'GET /sessions',
  'POST /sessions/{id}/end',
]

/** Doors whose refusal says what it was about. */
const ABOUT_ID = /^POST \/(holds|records|tokens|reviews|cases)\/|^GET \/(situations|cases\/)/

async function doorsOfContract(): Promise<string[]> {
  const { paths } = await get<{ paths: Record<string, object> }>(here.clerk, 'GET', '/api/openapi.json')
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  )
}

function knock(who: Asked, door: string): Promise<Said> {
  const { method, path, body } = placeOf(door, recording)
  return ask(who, method, path, body)
}

test('no door of the API is forgotten here', async () => {
  const doors = known.map(one => one.door)
  expect(doors.toSorted()).toEqual([...Object.keys(DOORS), ...Object.keys(OTHERS)].toSorted())
  const { paths } = await get<{ paths: Record<string, object> }>(here.clerk, 'GET', '/api/openapi.json')
  const told = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
  )
  expect(told.toSorted()).toEqual(doors.toSorted())
})

test.each(Object.entries(DOORS))(
  '%s is refused to a role that does not reach, and the audit has it',
  async (door, p) => {
    const [name, who] =
      p.act === 'see-capacity'
        ? (['Assessor', assessor] as const)
        : p.act === 'see-policy'
          ? (['Nothing', nothing] as const)
          : (['Reader', reader] as const)
    const before = (await auditOf(name)).length
    expect(await knock(who, door)).toMatchObject({ status: 403, said: { code: 'NOT_ALLOWED' } })
    const subject = p.ofRecording ? recording : ABOUT_ID.test(door) ? ID : null
    expect((await auditOf(name)).slice(before)).toEqual([{ act: p.act, subject, outcome: 'not-allowed' }])
  },
)

test('so are uploads, receipts and what waits for a second person', async () => {
  const before = (await auditOf('Reader')).length
  await expect(beginUpload(reader, { path: 'a.mp4', bytes: randomBytes(5) })).rejects.toThrow('403')
  expect((await ask(reader, 'GET', `/api/recordings/${recording}/receipt`)).status).toBe(403)
  await get(here.clerk, 'POST', `/api/recordings/${recording}/hold`, { reason: REASON })
  const { approval } = await get<{ approval: string }>(here.clerk, 'POST', `/api/recordings/${recording}/release`, {
    reason: REASON,
  })
  for (const nobody of [reader, here.clerk])
    expect((await ask(nobody, 'POST', `/api/approvals/${approval}/approve`)).status).toBe(403)
  expect((await auditOf('Reader')).slice(before)).toEqual([
    { act: 'dock', subject: null, outcome: 'not-allowed' },
    { act: 'dock', subject: recording, outcome: 'not-allowed' },
    { act: 'approve', subject: null, outcome: 'not-allowed' },
  ])
  expect(await auditOf('Operator')).toContainEqual({ act: 'approve', subject: null, outcome: 'same-person' })
})

test('listings stand on the audit, each kind once for a token and hour', async () => {
  const auditor = await personIn(here.clerk, 'Ada Auditor', 'auditor')
  for (const door of ['GET /recordings', 'GET /recordings/{id}/facts', 'GET /due', 'GET /approvals'])
    for (let times = 0; times < 2; times++) expect((await knock(auditor, door)).status).toBe(200)
  const rows = await auditOf('Ada Auditor')
  const told = ([act, subject]: [string, string | null]) => ({ act, subject, outcome: 'listed' })
  expect(rows).toEqual(
    (
      [
        ['list', null],
        ['list', recording],
        ['due', null],
        ['see-approvals', null],
      ] as [string, string | null][]
    ).map(told),
  )
})

test('I-12 no role is shown a row of the audit, by any request that shows anything', async () => {
  for (const door of Object.keys(DOORS)) await knock(reader, door)
  const rows = await here.ground.database.asInstallation(trx =>
    peopleTables(trx).selectFrom('people_audit').select(['id', 'outcome']).execute(),
  )
  expect(rows.filter(row => row.outcome === 'not-allowed').length).toBeGreaterThan(10)
  const shows = known.map(one => one.door).filter(door => door.startsWith('GET ') || door === 'POST /sweeps')
  expect(shows.length).toBeGreaterThan(6)
  for (const role of ROLES) {
    const who = role === 'dock' ? here.camera : await personIn(here.clerk, `Some ${role}`, role)
    for (const door of shows) {
      const text = (await knock(who, door)).bytes.toString()
      expect({ role, door, audited: rows.filter(row => text.includes(row.id)) }).toEqual({ role, door, audited: [] })
    }
  }
})

test('the clock of a rehearsal is set by an administrator, forward only, and the agency’s history says so', async () => {
  const set = (who: Asked, at: number) => ask(who, 'POST', '/api/clock', { instant: new Date(at).toISOString() })
  const { clock } = here.ground
  const auditor = await personIn(here.clerk, 'Other Auditor', 'auditor')
  const before = clock.now()
  expect((await set(auditor, before + 86_400_000)).status).toBe(403)
  expect((await set(here.clerk, before - 86_400_000)).status).toBe(409)
  expect(clock.now()).toBeLessThan(before + 86_400_000)
  expect(clock.now()).toBeGreaterThanOrEqual(before)
  expect((await set(here.clerk, before + 86_400_000)).status).toBe(200)
  expect(clock.now()).toBeGreaterThanOrEqual(before + 86_400_000)
  expect(await listed(here.clerk)).toHaveLength(1)
})
