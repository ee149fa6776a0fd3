import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { RehearsalClock } from '@vidne/server/platform/clock'
import { TestWitness } from '@vidne/server/seal/testing/test-witness'
import { generateKey } from '@vidne/tlog/keys'
import { parsePolicy } from '@vidne/tlog/policy'
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

    type Question = { id: string; kind: string; listed: { items: number; recordings: string[] } }
    const [question, ...more] = await get<Question[]>(here.clerk, 'GET', '/api/approvals')
    expect(more).toEqual([])
    expect(question).toMatchObject({ id: braked.approval, kind: 'brake', withoutAnswer: 'nothing-is-deleted' })
    expect(question?.listed.items).toBe(101)
    expect(question?.listed.recordings).toEqual((await listed(here.clerk)).map(row => row.id).toSorted())

    const path = `/api/approvals/${braked.approval ?? ''}/approve`
    expect((await ask(here.clerk, 'POST', path)).status).toBe(403)
    expect((await run(here.clerk)).deleted).toEqual([])
    expect((await listed(here.clerk)).filter(row => row.state === 'deleted')).toEqual([])
    await get(await personIn(here.clerk, 'Second Person', 'supervisor'), 'POST', path)
    expect((await run(here.clerk)).deleted).toHaveLength(101)
  })
})

/** As a normal installation stands: nobody moves its clock on purpose, so a leap is a fault of the machine. */
async function withoutRehearsal(settings: Record<string, unknown> = {}): Promise<Inside & { clock: RehearsalClock }> {
  const clocks: RehearsalClock[] = []
  const on = (ground: Inside['ground']): Inside['ground'] => {
    if (ground.rehearsal !== null) clocks.push(ground.rehearsal)
    return { ...ground, rehearsal: null }
  }
  const here = await inside({ on, settings })
  const clock: RehearsalClock = { now: () => clocks.at(-1)!.now(), set: at => clocks.at(-1)!.set(at) }
  return Object.assign(here, { clock })
}

describe('an installation whose clock may not be set', () => {
  let here: Awaited<ReturnType<typeof withoutRehearsal>>
  beforeAll(async () => {
    here = await withoutRehearsal()
  })
  afterAll(() => here?.close())

  test('G8: a clock that leads the last run by more than 26 hours stops the run until two persons confirm it', async () => {
    await dockMany(here, 2)
    expect(await run(here.clerk)).toMatchObject({ state: 'done', deleted: [] })
    expect((await ask(here.clerk, 'POST', '/api/clock', { instant: '2099-01-01T00:00:00Z' })).status).toBe(409)
    await here.clock.set(here.clock.now() + 32 * DAY)
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

describe('an installation that has a witness', () => {
  let here: Awaited<ReturnType<typeof withoutRehearsal>>
  let witness: TestWitness
  beforeAll(async () => {
    const settings: { witnesses?: object[] } = {}
    here = await withoutRehearsal(settings)
    const [log] = parsePolicy(readFileSync(here.trust, 'utf8')).logs
    witness = new TestWitness(await generateKey('witness.example.org', 'cosignature-ed25519'), log!)
    settings.witnesses = [{ url: await witness.listen(), vkey: witness.vkey }]
    await here.again()
    await dockMany(here, 2)
  })
  afterAll(async () => {
    await here?.close()
    await witness?.close()
  })
  const states = async (): Promise<string[]> => (await listed(here.clerk)).map(row => row.state)
  const still = { state: 'waiting', deleted: [], approval: expect.any(String) }

  /** Two persons let one recording go before its time, so that the next run would delete it by any clock. */
  async function dueNow(): Promise<string> {
    const [row] = await listed(here.clerk)
    const known = await here.ground.people.authenticate(`Bearer ${here.clerk.token}`)
    if (row === undefined || !known.holds) throw new Error('nobody to ask, or nothing to ask for')
    const wish = { recording: row.id, reason: 'filmed by mistake' }
    const asked = await here.house.keep.askEarlyDeletion(known.actor, wish)
    if (asked.state !== 'waiting') throw new Error(asked.because)
    await get(
      await personIn(here.clerk, 'Second Person', 'supervisor'),
      'POST',
      `/api/approvals/${asked.approval}/approve`,
    )
    return row.id
  }

  test('G8: a clock that a witness contradicts stops the run, and nothing is deleted until it is right again', async () => {
    expect(await run(here.clerk)).toMatchObject({ state: 'done', deleted: [] })
    await here.clock.set(Date.now() + 3 * 365 * DAY)
    for (const round of ['at once', 'after a restart']) {
      const stopped = await run(here.clerk)
      expect({ round, ...stopped }).toMatchObject({ round, ...still })
      expect(stopped.because).toContain('1095 days ahead of that of the witness witness.example.org')
      expect(await here.house.keep.run(here.agency, null)).toMatchObject(still)
      await here.again()
    }
    expect(await states()).toEqual(['countersigned', 'countersigned'])

    await here.clock.set(Date.now())
    const recording = await dueNow()
    await here.clock.set(Date.now() + DAY / 24)
    const stopped = await run(here.clerk)
    expect(stopped).toMatchObject(still)
    expect(stopped.because).toMatch(/^The clock stands 60 minutes ahead of that of the witness/)
    expect(await here.house.dock.openRecording(here.agency, recording)).toBeDefined()
    await here.clock.set(Date.now())
    expect(await run(here.clerk)).toMatchObject({ state: 'done', deleted: [{ recording }] })
  })
})
