import { randomBytes } from 'node:crypto'
import type { RehearsalClock } from '@vidne/server/platform/clock'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DAY, ask, beginUpload, get, inDays, listed, personIn, run, send } from './asking.ts'
import { type Inside, inside } from './inside.ts'

/** Docks many small files at once. */
async function dockMany(here: Inside, count: number): Promise<void> {
  const one = async (at: number): Promise<void> => {
    const bytes = randomBytes(200)
    const { upload } = await beginUpload(here.camera, { path: `DCIM/${at}.bin`, bytes })
    await send(here.camera, upload, 0, bytes)
  }
  await Promise.all(Array.from({ length: count }, (_, at) => one(at)))
}

const due = (here: Inside) =>
  get<{ items: unknown[] }>(here.clerk, 'GET', `/api/due?by=${new Date(here.ground.clock.now()).toISOString()}`)

describe('a run that would remove more than the pack allows', () => {
  let here: Inside
  beforeAll(async () => {
    here = await inside()
  })
  afterAll(() => here?.close())

  test('G8: over the API, it stops, lists and waits for a second person', async () => {
    await dockMany(here, 101)
    await inDays(here.clerk, 32)
    const braked = await run(here.clerk)
    expect(braked).toMatchObject({ state: 'waiting', deleted: [], approval: expect.any(String) })
    expect(braked.because).toContain('101 of 101 recordings')
    expect((await due(here)).items).toHaveLength(101)
    expect(await run(here.clerk)).toMatchObject({ state: 'waiting', deleted: [], approval: braked.approval })

    const path = `/api/approvals/${braked.approval ?? ''}/approve`
    expect((await ask(here.clerk, 'POST', path)).status).toBe(403)
    expect((await run(here.clerk)).deleted).toEqual([])
    expect((await listed(here.clerk)).filter(row => row.state === 'deleted')).toEqual([])
    await get(await personIn(here.clerk, 'Second Person', 'supervisor'), 'POST', path)
    expect((await run(here.clerk)).deleted).toHaveLength(101)
  })
})

describe('an installation whose clock may not be set', () => {
  let here: Inside
  let clock: RehearsalClock
  beforeAll(async () => {
    // As a normal installation stands: nobody moves its clock on purpose, so a leap is a fault of the machine.
    const on = (ground: Inside['ground']): Inside['ground'] => {
      clock = ground.rehearsal ?? clock
      return { ...ground, rehearsal: null }
    }
    here = await inside({ on })
  })
  afterAll(() => here?.close())

  test('G8: a clock that leads the last run by more than 26 hours stops the run until two persons confirm it', async () => {
    await dockMany(here, 2)
    expect(await run(here.clerk)).toMatchObject({ state: 'done', deleted: [] })
    expect((await ask(here.clerk, 'POST', '/api/clock', { instant: '2099-01-01T00:00:00Z' })).status).toBe(409)
    await clock.set(clock.now() + 32 * DAY)
    const stopped = await run(here.clerk)
    expect(stopped).toMatchObject({ state: 'waiting', deleted: [], approval: expect.any(String) })
    expect(stopped.because).toContain('The clock stands 768 hours after the last run')

    const path = `/api/approvals/${stopped.approval ?? ''}/approve`
    expect((await ask(here.clerk, 'POST', path)).status).toBe(403)
    // The clock-driven run asks nobody's leave either.
    expect(await here.house.keep.run(here.agency, null)).toMatchObject({ state: 'waiting', deleted: [] })
    await get(await personIn(here.clerk, 'Second Person', 'supervisor'), 'POST', path)
    expect((await run(here.clerk)).deleted).toHaveLength(2)
  })
})
