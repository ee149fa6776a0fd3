import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { stillWords } from '@vidne/server/platform/still'
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
  const said = report.because === null ? '' : stillWords('en', report.because)
  expect(said).toMatch(words)
  expect(said).toContain('Nothing was deleted')
  // The forecast does not promise what no run would do.
  const { status, bytes } = await ask(here.clerk, 'GET', '/api/due?by=2099-01-01')
  // Without its database nobody is known who could ask.
  if (status !== 401)
    expect((JSON.parse(bytes.toString()) as { stop: { sentence: string } }).stop.sentence).toMatch(words)
}

async function expectStillThere(here: Inside, recording: string): Promise<void> {
  const files = await filesIn(await exported(here.clerk, recording))
  expect(files.get('data/media/recording.mp4')?.equals(footage)).toBe(true)
}

describe('with a place of the installation missing or empty', () => {
  let here: Inside
  let recording: string
  let aside: string
  let sealed: Record<string, string>

  beforeAll(async () => {
    here = await inside()
    aside = join(here.data, '..', 'aside')
    recording = await withOneDue(here)
    sealed = evidence(join(here.data, 'objects'))
  })
  afterAll(() => here?.close())

  function take(folder: string, how: 'missing' | 'empty'): void {
    renameSync(join(here.data, folder), aside)
    if (how === 'empty') mkdirSync(join(here.data, folder), { mode: 0o700 })
  }

  function bringBack(folder: string): void {
    rmSync(join(here.data, folder), { recursive: true, force: true })
    renameSync(aside, join(here.data, folder))
  }

  test.each(['missing', 'empty'] as const)(
    'G7: when its objects are %s of a sudden, a run stops and says why',
    async how => {
      take('objects', how)
      const report = await run(here.clerk)
      bringBack('objects')
      expect(report).toMatchObject({ state: 'stopped', deleted: [] })
      expect(report.because).toContain('Mount or connect the right store')
      await expectStillThere(here, recording)
    },
  )

  /** Found so at a start: the server makes what it needs to answer, and deletes nothing. */
  const atStart: { folder: string; how: 'missing' | 'empty'; words: RegExp }[] = [
    { folder: 'objects', how: 'missing', words: /object store does not bear the mark/ },
    { folder: 'vault', how: 'missing', words: /vault does not bear the mark/ },
    { folder: 'vault/b', how: 'empty', words: /copy b of the vault/i },
    { folder: 'database', how: 'missing', words: /database does not know this installation/ },
    { folder: 'log', how: 'missing', words: /tiles/i },
    { folder: 'lock', how: 'empty', words: /lock/i },
  ]

  test.each(atStart)(
    'G7: started with its $folder $how, a run stops, says why and deletes nothing',
    async ({ folder, how, words }) => {
      await here.again(() => {
        if (existsSync(aside)) bringBack(atStart[atStart.findIndex(one => one.folder === folder) - 1]?.folder ?? '')
        take(folder, how)
      })
      await expectStopped(here, words)
      expect(evidence(folder === 'objects' ? aside : join(here.data, 'objects'))).toEqual(sealed)
    },
  )

  test('G7: with everything in its place again the footage is there, and the same run deletes', async () => {
    await here.again(() => bringBack(atStart.at(-1)?.folder ?? ''))
    await expectStillThere(here, recording)
    expect(await run(here.clerk)).toMatchObject({ state: 'done', deleted: [{ recording }] })
  })
})

/** Every object with its digest. */
function evidence(folder: string): Record<string, string> {
  const files = readdirSync(folder, { withFileTypes: true, recursive: true }).filter(one => one.isFile())
  // The moving mark is no evidence: it moves with every round of work.
  const paths = files.filter(one => !one.name.endsWith('-mark.json')).map(one => join(one.parentPath, one.name))
  const digests = paths.map(path => [
    path.slice(folder.length),
    createHash('sha256').update(readFileSync(path)).digest('hex'),
  ])
  return Object.fromEntries(digests) as Record<string, string>
}

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

  test('G7: a bucket that is gone stops a run, which says why, and nothing is deleted', async () => {
    store.bucketGone = true
    const report = await run(here.clerk).finally(() => (store.bucketGone = false))
    expect(report).toMatchObject({ state: 'stopped', deleted: [] })
    expect(report.because).toContain('bucket is gone')
    await expectStillThere(here, recording)
    expect(await run(here.clerk)).toMatchObject({ state: 'done', deleted: [{ recording }] })
  })
})
