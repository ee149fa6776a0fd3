import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { get } from './guarantees/asking.ts'
import { type Installation, found } from './installation.ts'

let here: Installation
let second: string
let recording: string
const folder = mkdtempSync(join(tmpdir(), 'vidne-policy-'))

beforeAll(async () => {
  here = await found('dk-politi')
  second = await tokenOf('Data protection', 'data-protection-officer')
  const camera = join(folder, 'camera')
  mkdirSync(camera)
  writeFileSync(join(camera, '1.mp4'), 'footage')
  const docked = await here.run(['dock', camera, '--json'], here.deviceToken)
  ;({ recording } = JSON.parse(docked.out) as { recording: string })
})
afterAll(() => here?.stop())

async function answered<T>(words: string[], token?: string): Promise<T> {
  const done = await here.run([...words, '--json'], token)
  if (done.code !== 0) throw new Error(done.err)
  return JSON.parse(done.out)
}

async function tokenOf(person: string, role: string): Promise<string> {
  const words = ['token', 'create', '--person', person, '--role', role, '--expires', '2099-12-31']
  return (await answered<{ token: string }>(words)).token
}

function draft(values: unknown): string {
  const file = join(folder, 'draft.json')
  writeFileSync(file, JSON.stringify(values))
  return file
}

type Shown = { digest: string; accepted: boolean; policy: { retention: Record<string, { v: string; dir: string }> } }

test('S4-15 a version is looked at in words, published by two persons, shown, and accepted before anybody looks', async () => {
  const before = await answered<Shown>(['policy', 'show'])
  const acceptedLine = async () => (await here.run(['policy', 'show'])).out.split('\n')[2]
  expect(before).toMatchObject({ accepted: false, acceptance: 'not-needed' })
  expect(await acceptedLine()).toBe('It is the first version of the agency, which nobody has to accept.')
  const shorter = draft({
    retention: { uncategorised: { ...before.policy.retention['uncategorised'], ...ours, v: 'P10D' } },
  })
  const changes = await here.run(['policy', 'diff', shorter])
  expect(changes.out).toContain('10 days')
  const asked = await answered<{ approval: string; digest: string }>([
    'policy',
    'publish',
    shorter,
    '--reason',
    'an assessment',
  ])
  expect((await answered<Shown>(['policy', 'show'])).digest).toBe(before.digest)
  const supervisor = { url: here.url, token: await tokenOf('Leder', 'supervisor') }
  const wish = { purpose: 'supervision' }
  const open = await get<{ media: string }>(supervisor, 'POST', `/api/recordings/${recording}/views`, wish)
  const looked = async () =>
    (await fetch(here.url + open.media, { headers: { authorization: `Bearer ${supervisor.token}` } })).status
  expect(await looked()).toBe(200)
  const waits = await here.run(['approvals', '--mine'], second)
  expect(waits.out).toMatch(/of +the agency as a whole\n +in force +as soon as it is confirmed\n +changes +.*10 days/)
  expect(waits.out).toContain(asked.digest)
  expect(await answered(['approvals'], second)).toMatchObject([
    { publication: { unit: null, since: null, digest: asked.digest, changes: [{ path: 'retention.uncategorised' }] } },
  ])
  expect(await answered(['approve', asked.approval], second)).toMatchObject({
    state: 'done',
    kind: 'policy-publication',
  })
  expect(await answered<Shown>(['policy', 'show'])).toMatchObject({
    digest: asked.digest,
    accepted: false,
    acceptance: 'wanted',
  })
  expect(await acceptedLine()).toBe('You have not accepted it: vidne policy accept')
  const view = ['view', recording, '--purpose', 'case_handling', '--out', join(folder, 'v.mp4')]
  const parcel = ['export', recording, '--purpose', 'case 1', '--out', join(folder, 'p.zip')]
  for (const words of [view, parcel])
    expect(await here.run(words)).toMatchObject({ code: 1, err: expect.stringContaining('vidne policy accept') })
  // A view that was open before the version is no way past it.
  expect(await looked()).toBe(403)
  await answered(['policy', 'accept'], supervisor.token)
  expect(await looked()).toBe(200)
  expect(await answered(['policy', 'accept'])).toMatchObject({ state: 'accepted', digest: asked.digest })
  expect(await answered<Shown>(['policy', 'show'])).toMatchObject({ accepted: true })
  expect(await acceptedLine()).toBe('You have accepted it.')
  expect((await answered<unknown[]>(['policy', 'versions'])).length).toBe(2)
})

test('a looser one is refused by name, and so is a draft that cannot be read', async () => {
  const { policy } = await answered<Shown>(['policy', 'show'])
  const longer = draft({ retention: { uncategorised: { ...policy.retention['uncategorised'], ...ours, v: 'P30D' } } })
  expect(await here.run(['policy', 'publish', longer, '--reason', 'x'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('uncategorised'),
  })
  expect(await here.run(['policy', 'diff', draft({ retentoin: {} })])).toMatchObject({
    code: 1,
    err: expect.stringContaining('retentoin'),
  })
  writeFileSync(join(folder, 'draft.json'), '{')
  expect(await here.run(['policy', 'diff', join(folder, 'draft.json')])).toMatchObject({ code: 2 })
})

test('nobody publishes without the role for it, and whoever tries stands in the audit', async () => {
  const wearer = await tokenOf('Wearer', 'wearer')
  const tried = await here.run(['policy', 'publish', draft({}), '--reason', 'x'], wearer)
  expect(tried).toMatchObject({ code: 1, err: expect.stringContaining('do not allow') })
  expect(await answered<Shown>(['policy', 'show'], wearer)).toMatchObject({ accepted: false })
})

test('units, trainings and delegations are kept by the shell too', async () => {
  await answered(['unit', 'create', 'Fyns Politi'])
  await answered(['unit', 'assign', '--person', 'Wearer', '--unit', 'fyns politi'])
  expect(await answered(['unit', 'list'])).toMatchObject([{ name: 'Fyns Politi' }])
  const nobody = await here.run(['unit', 'assign', '--person', 'Nobody', '--unit', 'Fyns Politi'])
  expect(nobody).toMatchObject({ code: 1, err: expect.stringContaining('no person of that name') })
  const training = ['training', 'record', '--person', 'Wearer', '--course', 'Camera', '--completed', '2026-01-31']
  const { id } = await answered<{ id: string }>(training)
  await answered(['training', 'revoke', id])
  expect(await answered(['training', 'list'])).toMatchObject([{ id, person: 'Wearer', revoked: true }])
  const given = await answered<{ id: string }>(['delegate', '--to', 'Wearer', '--until', '2099-01-01'], second)
  expect(await answered(['delegation', 'list'])).toMatchObject([
    { id: given.id, principal: 'Data protection', delegate: 'Wearer', ended: false },
  ])
  await answered(['delegation', 'end', given.id], second)
  expect(await answered(['delegation', 'list'])).toMatchObject([{ ended: true }])
})

test('a day that is typed is a whole day where the agency is', async () => {
  const today = Temporal.Now.plainDateISO('Europe/Copenhagen').toString()
  const wearer = { url: here.url, token: await tokenOf('Wearer', 'wearer') }
  const triggers = [{ code: 'patrol', source: 'wearer', at: new Date().toISOString() }]
  await get(wearer, 'POST', '/api/situations', { wearer: 'PB 1', at: new Date().toISOString(), triggers })
  const { policy } = await answered<Shown>(['policy', 'show'])
  const shorter = draft({ retention: { uncategorised: { ...policy.retention['uncategorised'], ...ours, v: 'P9D' } } })
  const replayed = ['policy', 'replay', shorter, '--from', today, '--to', today]
  expect(await answered(replayed)).toMatchObject({ situations: 1 })
  const training = ['training', 'record', '--person', 'Wearer', '--course', 'Camera', '--completed', today]
  const began = Temporal.PlainDate.from(today).toZonedDateTime('Europe/Copenhagen').toInstant()
  expect(await answered(training)).toMatchObject({ completedAt: new Date(began.epochMilliseconds).toISOString() })
  expect(await answered(['delegate', '--to', 'Wearer', '--until', '2099-01-01'], second)).toMatchObject({
    until: '2099-01-01T22:59:59.000Z',
  })
  const published = ['policy', 'publish', shorter, '--reason', 'from new year on', '--since', '2099-01-01']
  const asked = await answered<{ approval: string; digest: string }>(published)
  await answered(['approve', asked.approval], second)
  expect(await answered(['policy', 'show', '--at', '2099-01-01'])).toMatchObject({
    digest: asked.digest,
    since: '2098-12-31T23:00:00.000Z',
  })
})

const ours = { f: 'policy', s: 'our own assessment of November 2026' }
