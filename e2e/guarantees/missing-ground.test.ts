import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type FlakyS3, startFlakyS3 } from '@vidne/server/platform/testing/flaky-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, dock, exported, inDays, run } from './asking.ts'
import { type Inside, inside } from './inside.ts'
import { filesIn } from './packages.ts'

const footage = randomBytes(40_000)

/** A recording whose time is over, so that every run that may would delete it. */
async function withOneDue(here: Inside): Promise<string> {
  const { recording } = await dock(here.camera, { path: 'DCIM/due.mp4', bytes: footage, camera: 'BC-1' })
  await inDays(here.clerk, 32)
  return recording
}

async function expectStopped(here: Inside, words: RegExp): Promise<void> {
  const report = await here.house.keep.run(here.agency, null)
  expect(report).toMatchObject({ state: 'stopped', deleted: [], unfinished: [] })
  expect(report.because).toMatch(words)
  expect(report.because).toContain('Nothing was deleted')
}

async function expectStillThere(here: Inside, recording: string): Promise<void> {
  const files = await filesIn(await exported(here.clerk, recording))
  expect(files.get('data/media/recording.mp4')?.equals(footage)).toBe(true)
}

describe('with a place of the installation missing or empty', () => {
  let here: Inside
  let recording: string

  beforeAll(async () => {
    here = await inside()
    recording = await withOneDue(here)
  })
  afterAll(() => here?.close())

  const places: { what: string; folder: string; words: RegExp; makes?: boolean }[] = [
    { what: 'folder of objects', folder: 'objects', words: /object store does not bear the mark/, makes: true },
    { what: 'vault', folder: 'vault', words: /vault does not bear the mark/, makes: true },
    { what: 'second copy of the vault', folder: 'vault/b', words: /copy b of the vault/i, makes: true },
    { what: 'database', folder: 'database', words: /database does not know this installation/, makes: true },
    { what: 'log', folder: 'log', words: /log|tiles/i },
    { what: 'lock', folder: 'lock', words: /lock/i },
  ]
  const cases = places.flatMap(place => [
    { ...place, how: 'missing' },
    { ...place, how: 'empty' },
  ])

  test.each(cases)('G7: with its $what $how a run stops and says why, and nothing is deleted', async ({ folder, how, words }) => {
    const [place, aside] = [join(here.data, folder), join(here.data, '..', 'aside')]
    await here.again(() => {
      renameSync(place, aside)
      if (how === 'empty') mkdirSync(place, { mode: 0o700 })
    })
    await expectStopped(here, words)
    await here.again(() => {
      if (existsSync(place)) rmSync(place, { recursive: true })
      renameSync(aside, place)
    })
    await expectStillThere(here, recording)
  })

  test('G7: asked over the API, a stopped run says the same words', async () => {
    const [place, aside] = [join(here.data, 'objects'), join(here.data, '..', 'aside')]
    renameSync(place, aside)
    const report = await run(here.clerk)
    renameSync(aside, place)
    expect(report).toMatchObject({ state: 'stopped', deleted: [] })
    expect(report.because).toContain('Mount or connect the right store')
  })

  test('G7: with everything in its place again the same run deletes', async () => {
    expect(await run(here.clerk)).toMatchObject({ state: 'done', deleted: [{ recording }] })
  })
})

describe('with a bucket', () => {
  let store: FlakyS3
  let here: Inside
  let recording: string

  beforeAll(async () => {
    store = await startFlakyS3()
    here = await inside({ objects: store.url })
    recording = await withOneDue(here)
  })
  afterAll(async () => {
    await here?.close()
    await store?.stop()
  })

  test('G7: a bucket that is empty stops a run, which says why, and nothing is deleted', async () => {
    const before = new Map(store.objects)
    store.objects.clear()
    await expectStopped(here, /object store does not bear the mark/)
    for (const [name, bytes] of before) store.objects.set(name, bytes)
    await expectStillThere(here, recording)
  })

  test('G7: a bucket that is gone stops a run, and nothing is deleted', async () => {
    store.bucketGone = true
    const { status, said } = await ask(here.clerk, 'POST', '/api/runs', { what: 'nightly' })
    store.bucketGone = false
    expect({ status, said }).toMatchObject({ status: 200, said: { state: 'stopped', deleted: [] } })
    await expectStillThere(here, recording)
    expect(await run(here.clerk)).toMatchObject({ state: 'done', deleted: [{ recording }] })
  })
})
