import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { get } from './guarantees/asking.ts'
import { type Installation, found } from './installation.ts'

const json = <T>(text: string) => JSON.parse(text) as T

let here: Installation
let commander: string
let supervisor: string

async function tokenFor(person: string, role: string): Promise<string> {
  const words = ['token', 'create', '--person', person, '--role', role, '--expires', '2099-12-31', '--json']
  return json<{ token: string }>((await here.run(words)).out).token
}

/** The command's answer; anything but success is a broken test. */
async function said<T>(words: readonly string[], token = here.operatorToken): Promise<T> {
  const spoken = await here.run([...words, '--json'], token)
  if (spoken.code !== 0) throw new Error(spoken.err)
  return json<T>(spoken.out)
}

beforeAll(async () => {
  here = await found('dk-politi')
  commander = await tokenFor('Vagtchef 4', 'commander')
  supervisor = await tokenFor('Leder 2', 'supervisor')
})
afterAll(() => here?.stop())

const names = ['PB 117', 'camera:CAM-9']
const hours = ['--from', '2027-01-29T18:00:00+01:00', '--until', '2027-01-30T02:00:00+01:00']
const what = ['--title', 'Night at the harbour', '--task', 'arrest', '--ordered-by', 'Vagtchef 4']
const ordering = ['operation', 'create', ...names, ...hours, ...what]

test('a commander orders an operation, and everybody who sees the list sees it', async () => {
  const made = await said<{ id: string; verdict: string }>(ordering, commander)
  expect(made).toMatchObject({
    verdict: 'must',
    from: '2027-01-29T17:00:00.000Z',
    participants: [
      { wearer: 'PB 117', camera: null },
      { wearer: null, camera: 'CAM-9' },
    ],
  })
  const list = ['operation', 'list', '--from', '2027-01-29', '--until', '2027-01-29']
  expect(await said(list)).toEqual([made])
  expect((await here.run(list)).out).toContain('0 of 2')
  expect((await here.run(ordering)).code).toBe(1)
})

test('an operation of whole days is of the days where the agency is', async () => {
  const days = ['--from', '2027-03-05', '--until', '2027-03-06']
  const made = await said<{ id: string }>(['operation', 'create', ...names, ...days, ...what], commander)
  expect(made).toMatchObject({ from: '2027-03-04T23:00:00.000Z', until: '2027-03-06T22:59:59.000Z' })
  const ids = async (day: string) =>
    (await said<{ id: string }[]>(['operation', 'list', '--from', day, '--until', day])).map(({ id }) => id)
  expect([await ids('2027-03-04'), await ids('2027-03-05'), await ids('2027-03-07')]).toEqual([[], [made.id], []])
})

test('a task type that the policy lacks is refused, and those that it has are named', async () => {
  const wrong = ordering.map(word => (word === 'arrest' ? 'fishing' : word))
  expect(await here.run(wrong, commander)).toMatchObject({
    code: 1,
    err: expect.stringContaining('selected_operation'),
  })
  const types = await said<{ task: string; verdict: string }[]>(['operation', 'tasks'])
  expect(types).toContainEqual(expect.objectContaining({ task: 'arrest', verdict: 'must' }))
})

test('S1-16 a supervisor lists reviews and closes one with a reason, by the command line', async () => {
  const wearer = { url: here.url, token: await tokenFor('Bente Betjent', 'wearer') }
  const at = new Date().toISOString()
  const told = {
    wearer: 'PB 117',
    at,
    triggers: [{ code: 'arrest', source: 'wearer', at }],
    override: { by: 'wearer', reason: 'the person in custody asked for it to be off' },
  }
  await get(wearer, 'POST', '/api/situations', told)
  const [review] = await said<{ id: string; kind: string; reason: string }[]>(['reviews'], supervisor)
  expect(review).toMatchObject({ kind: 'override', wearer: 'PB 117', reason: told.override.reason })
  expect((await here.run(['reviews'], supervisor)).out).toContain(told.override.reason)
  const close = ['review', 'close', review?.id ?? '']
  expect(await here.run(close, supervisor)).toMatchObject({ code: 2, err: expect.stringContaining('--reason') })
  expect(await said([...close, '--reason', 'asked both of them'], supervisor)).toEqual({ closed: [review?.id] })
  expect((await here.run(['reviews'], supervisor)).out.trim()).toBe('Nothing waits to be looked at.')
  expect((await here.run(['reviews', '--all'], supervisor)).out).toContain('closed by Leder 2: asked both of them')
})

test('S1-17 a shortage is found and shown per district and date, by the command line', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'vidne-plan-')), 'plan.json')
  const shift = { name: 'match', first: '2027-03-06', last: '2027-03-06', weekdays: [6], posts: 40 }
  const stock = [
    { district: 'Fyn', since: '2027-01-01', cameras: 40 },
    { district: 'Vestegn', since: '2027-01-01', cameras: 60 },
  ]
  writeFileSync(file, JSON.stringify({ sparePercent: 20, stock, shifts: [{ district: 'Fyn', ...shift }] }))
  expect(await said(['capacity', 'plan', file], commander)).toEqual({ state: 'planned' })
  const asking = ['capacity', '--from', '2027-03-01', '--to', '2027-03-07']
  expect(await said(asking)).toMatchObject({
    days: expect.arrayContaining([
      expect.objectContaining({
        date: '2027-03-06',
        district: 'Fyn',
        short: 8,
        lenders: [{ district: 'Vestegn', cameras: 8 }],
      }),
    ]),
  })
  expect((await here.run(asking)).out).toMatch(/2027-03-06 +Fyn +48 +40 +8 +Vestegn 8/)
  writeFileSync(file, '{"sparePercent":-1}')
  expect(await here.run(['capacity', 'plan', file], commander)).toMatchObject({
    code: 2,
    err: expect.stringContaining('sparePercent'),
  })
})
