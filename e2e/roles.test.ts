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
