import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Asked, ask, dock, exported, get, inDays, personIn, run } from './asking.ts'
import { type Inside, inside } from './inside.ts'

let here: Inside
let held: string

beforeAll(async () => {
  here = await inside()
  held = await docked()
})
afterAll(() => here?.close())

async function docked(): Promise<string> {
  return (await dock(here.camera, { path: 'DCIM/1.mp4', bytes: randomBytes(3000) })).recording
}

const statusOf = async (asked: Asked, path: string, body?: object): Promise<number> =>
  (await ask(asked, 'POST', path, body)).status

test('G9: a hold wants a reason, and a person whose role may place it', async () => {
  const wearer = await personIn(here.clerk, 'Wearer', 'wearer')
  for (const body of [{}, { reason: '' }, { reason: '   ' }])
    expect(await statusOf(here.clerk, `/api/recordings/${held}/hold`, body)).toBeGreaterThanOrEqual(400)
  for (const nobody of [here.camera, wearer])
    expect(await statusOf(nobody, `/api/recordings/${held}/hold`, { reason: 'complaint 12' })).toBe(403)
})

test('G9: a hold stops deletion at once, and nobody lifts it alone', async () => {
  const free = await docked()
  await get(here.clerk, 'POST', `/api/recordings/${held}/hold`, { reason: 'complaint 12' })
  await inDays(here.clerk, 60)
  const { deleted } = await run(here.clerk)
  expect(deleted.map(one => one.recording)).toEqual([free])

  for (const body of [{}, { reason: ' ' }])
    expect(await statusOf(here.clerk, `/api/recordings/${held}/release`, body)).toBeGreaterThanOrEqual(400)
  const asked = await get<{ approval: string }>(here.clerk, 'POST', `/api/recordings/${held}/release`, {
    reason: 'closed',
  })
  const approval = `/api/approvals/${asked.approval}/approve`
  const sameInOtherWords = await personIn(here.clerk, '  OPERATOR ', 'supervisor')
  const wearer = await personIn(here.clerk, 'Wearer', 'wearer')
  for (const nobody of [here.clerk, sameInOtherWords, wearer, here.camera])
    expect(await statusOf(nobody, approval)).toBe(403)
  expect((await run(here.clerk)).deleted).toEqual([])
  expect((await exported(here.clerk, held)).length).toBeGreaterThan(3000)

  await get(await personIn(here.clerk, 'Second Person', 'supervisor'), 'POST', approval)
  expect((await run(here.clerk)).deleted.map(one => one.recording)).toEqual([held])
})
