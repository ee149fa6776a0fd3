import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Asked, ask, dock, get, personIn, until } from './guarantees/asking.ts'
import { type Inside, inside } from './guarantees/inside.ts'

let here: Inside
let shift: { from: number; until: number }

beforeAll(async () => {
  here = await inside()
  const began = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000
  shift = { from: began, until: began + 8 * 3_600_000 }
})
afterAll(() => here?.close())

type Row = { id: string; camera: string | null; operation: { title: string } | null; path: string | null }
const list = async (asked: Asked, query = '') =>
  (await get<{ recordings: Row[]; after: string | null }>(asked, 'GET', `/api/recordings${query}`)).recordings
const iso = (at: number) => new Date(at).toISOString()

test('S3-01 what is docked is linked with its wearer, camera and shift, and no orphan is left; what lacks one is listed', async () => {
  const commander = await personIn(here.clerk, 'Chief', 'commander')
  const order = {
    title: 'Late shift, Camden',
    task: 'arrest',
    from: iso(shift.from),
    until: iso(shift.until),
    orderedBy: 'Insp. Gray',
    participants: [{ wearer: 'PC 1' }, { camera: 'BC-2' }],
  }
  await get(commander, 'POST', '/api/operations', order)
  const at = shift.from + 600_000
  await dock(here.camera, { path: 'DCIM/1.mp4', bytes: randomBytes(500), camera: 'BC-1', wearer: 'PC 1', at })
  await dock(here.camera, { path: 'DCIM/2.mp4', bytes: randomBytes(501), camera: 'BC-2', wearer: 'PC 2', at })
  expect(await list(here.clerk, '?without=any')).toEqual([])
  expect((await list(here.clerk)).map(row => row.operation?.title)).toEqual([
    'Late shift, Camden',
    'Late shift, Camden',
  ])

  const { recording } = await dock(here.camera, { path: 'DCIM/3.mp4', bytes: randomBytes(502), at })
  for (const without of ['any', 'camera', 'wearer', 'operation'])
    expect((await list(here.clerk, `?without=${without}`)).map(row => row.id)).toEqual([recording])
  const late = await dock(here.camera, {
    path: 'DCIM/4.mp4',
    bytes: randomBytes(503),
    camera: 'BC-4',
    wearer: 'PC 4',
    at,
  })
  expect((await list(here.clerk, '?without=operation')).map(row => row.id)).toContain(late.recording)
  // Ordered afterwards, as when the roster comes late: what was docked before belongs to it all the same.
  await get(commander, 'POST', '/api/operations', {
    ...order,
    title: 'From the roster',
    participants: [{ wearer: 'PC 4' }],
  })
  expect((await list(here.clerk, '?without=operation')).map(row => row.id)).toEqual([recording])
})

test('the table is the list: the same rows, for each role its own, and no name of a file becomes a formula', async () => {
  await dock(here.camera, {
    path: '=HYPERLINK("http://x").mp4',
    bytes: randomBytes(504),
    camera: 'BC-9',
    wearer: 'Anna Berg',
  })
  const anna = await personIn(here.clerk, 'Anna Berg', 'wearer')
  const table = async (asked: Asked, query = '') => {
    const { status, said } = await ask(asked, 'GET', `/api/recordings.csv${query}`)
    return {
      status,
      lines: String(said)
        .split('\r\n')
        .filter(line => line !== ''),
    }
  }
  const clerks = await table(here.clerk)
  expect(
    clerks.lines
      .slice(1)
      .map(line => line.slice(0, 36))
      .toSorted(),
  ).toEqual((await list(here.clerk)).map(row => row.id).toSorted())
  const annas = await table(anna, '?language=de')
  expect(annas.lines).toHaveLength(2)
  expect(annas.lines[0]).toMatch(/^\u{feff}Aufzeichnung,Aufgezeichnet/u)
  expect(annas.lines[1]).toContain(`"'=HYPERLINK(""http://x"").mp4"`)
  expect((await table(here.clerk, '?camera=BC-1')).lines).toHaveLength(2)
  expect((await table(here.clerk, '?daysLeft=soon')).status).toBe(422)
  const reader = await personIn(here.clerk, 'Reader', 'figures-reader')
  expect((await table(reader)).status).toBe(403)
  expect((await ask({ url: here.clerk.url, token: null }, 'GET', '/api/recordings.csv')).status).toBe(401)
})

test('filters, search and pages are asked over HTTP as they are written', async () => {
  expect((await list(here.clerk, '?camera=BC-2&present=true')).length).toBe(1)
  expect((await list(here.clerk, '?wearer=PC%201&state=present&sort=recorded')).length).toBe(1)
  const { recording } = await dock(here.camera, { path: 'DCIM/GX010123.MP4', bytes: randomBytes(600), camera: 'BC-5' })
  await get(here.clerk, 'POST', `/api/recordings/${recording}/hold`, { reason: 'Window broken in Camden' })
  expect((await list(here.clerk, '?search=gx0101')).map(row => row.id)).toEqual([recording])
  expect((await list(here.clerk, '?search=windows%20breaking')).map(row => row.id)).toEqual([])
  expect((await list(here.clerk, '?search=windows')).map(row => row.id)).toEqual([recording])
  expect((await list(here.clerk, '?held=true')).map(row => row.id)).toEqual([recording])
  await until('the seal', async () => (await list(here.clerk, '?state=received')).length === 0)
  const { ids } = await get<{ ids: string[] }>(here.clerk, 'GET', '/api/listing/ids?sort=recorded')
  const first = await get<{ recordings: Row[]; after: string }>(
    here.clerk,
    'GET',
    '/api/recordings?sort=recorded&limit=2',
  )
  const rest = await list(here.clerk, `?sort=recorded&after=${first.after}`)
  expect([...first.recordings, ...rest].map(row => row.id)).toEqual(ids)
  for (const odd of ['?state=lost', '?area=1,2,3', '?from=yesterday', '?unit=x', '?after=x'])
    expect((await ask(here.clerk, 'GET', `/api/recordings${odd}`)).status).toBe(odd === '?after=x' ? 422 : 400)
})
