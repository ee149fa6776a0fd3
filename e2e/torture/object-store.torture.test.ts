import { randomBytes, randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type FlakyS3, type Mischief, startFlakyS3 } from '@vidne/server/platform/testing/flaky-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { extent, full, report } from './extent.ts'
import {
  LogMemory,
  api,
  expectExportsIdentical,
  expectOneRecordingEach,
  expectReceiptsVerify,
  type Place,
  recordings,
} from './inspection.ts'
import { Sending, refusalsOf } from './sending.ts'
import { ServerProcess, foundIn } from './server-process.ts'

const CAMERAS = extent(64, 5)
const TROUBLE_MS = extent(20_000, 3000)
/** The server asks a store again for 45 seconds before it says that the store is away. */
const LONG_MS = 60_000

const film = readFileSync(join(import.meta.dirname, '../../media/fixtures/plain.mp4'))

type Trouble = { what: string; ms: number; away: boolean; misbehave: () => Mischief | null; bucketGone?: true }

/** One request in so many goes wrong. */
const oneIn = (n: number, kinds: readonly Mischief[]) => () =>
  randomInt(n) === 0 ? kinds[randomInt(kinds.length)]! : null

const troubles: readonly Trouble[] = [
  { what: 'answers 500', ms: TROUBLE_MS, away: false, misbehave: () => ({ kind: 'answer', status: 500 }) },
  {
    what: 'cuts every third connection, before, after and within its answer',
    ms: TROUBLE_MS,
    away: false,
    misbehave: oneIn(3, [{ kind: 'cut' }, { kind: 'cut-after' }, { kind: 'cut-answer' }]),
  },
  {
    what: 'is slow: one answer in ten does not come, or comes a byte at a time',
    ms: TROUBLE_MS,
    away: false,
    misbehave: oneIn(10, [{ kind: 'hang' }, { kind: 'trickle' }]),
  },
  { what: 'has lost its bucket', ms: TROUBLE_MS, away: true, misbehave: () => null, bucketGone: true },
  ...(full
    ? ([
        {
          what: 'answers 503 for a minute',
          ms: LONG_MS,
          away: true,
          misbehave: () => ({ kind: 'answer', status: 503 }),
        },
        { what: 'cuts everything for a minute', ms: LONG_MS, away: true, misbehave: () => ({ kind: 'cut' }) },
      ] satisfies Trouble[])
    : []),
]

describe('the object store', { timeout: extent(900_000, 300_000) }, () => {
  const sent: Sending[] = []
  let [server, place, store] = [] as unknown as [ServerProcess, Place, FlakyS3]
  let deviceToken = ''

  beforeAll(async () => {
    store = await startFlakyS3()
    const founding = await foundIn({ objects: store.url })
    server = await ServerProcess.serve(founding.data)
    place = { ...founding, url: server.url }
    deviceToken = founding.deviceToken
  })
  afterAll(async () => {
    await server?.kill()
    await store?.stop()
  })

  /** A film as cameras make them, of which there is no second one. */
  const aFilm = (at: number) => new Sending(Buffer.concat([film, freeBox(randomBytes(50_000))]), `${at}.mp4`)

  test.each(troubles)('$what: nothing is lost, and all goes on by itself', async trouble => {
    const files = Array.from({ length: CAMERAS }, (_, at) => aFilm(at))
    sent.push(...files)
    const target = { url: server.url, token: deviceToken }
    const pace = { portionBytes: 20_000, rest: { ms: 300 } }
    const cameras = Promise.all(files.map(one => one.run(target, pace, new AbortController().signal)))
    cameras.catch(() => {})
    const heard = () => refusalsOf(files).filter(text => text !== '503 ')
    await pause(500)
    store.misbehave = trouble.misbehave
    store.bucketGone = trouble.bucketGone === true
    await pause(trouble.ms)
    // Whoever meets it is told; on a slow machine the first of them comes late.
    if (trouble.away) await expect.poll(heard).not.toEqual([])
    // An empty store is never a reason to delete anything (G7).
    if (trouble.away) {
      const run = await api<{ state: string }>(place, 'POST', '/runs', { what: 'nightly' }).catch(String)
      expect(JSON.stringify(run)).toMatch(/503 .*store for recordings does not answer|"stopped"/)
    }
    store.misbehave = () => null
    store.bucketGone = false
    await cameras

    const refused = heard()
    for (const text of refused)
      expect(text).toMatch(/^503 .*store for recordings does not.*(kept; ask for the offset|try again)/)
    if (trouble.away) expect(refused).not.toEqual([])
    await Promise.all(sent.map(one => one.verify(target)))
    await expectReceiptsVerify(place, files)
    await expectExportsIdentical(place, files)
  })

  test('and afterwards everything is there, once; every film was read', async () => {
    const target = { url: server.url, token: deviceToken }
    const last = aFilm(-1)
    sent.push(last)
    await last.run(target, { portionBytes: 1_000_000, rest: { ms: 0 } }, new AbortController().signal)
    await expectOneRecordingEach(place, sent)
    // That a store was away is no fault of a film: none may be marked as one that cannot be read.
    const unread = async () => (await recordings(place)).filter(row => row.parsable === null)
    for (let waited = 0; (await unread()).length > 0 && waited < extent(600_000, 200_000); waited += 500)
      await pause(500)
    expect((await recordings(place)).filter(row => row.parsable !== true)).toEqual([])

    expect(await api(place, 'POST', '/runs', { what: 'nightly' })).toMatchObject({ state: 'done', unfinished: [] })
    const log = new LogMemory(place)
    log.takeReceipts(sent)
    await log.expectOneLog()
    expect(await server.stop()).toBe(0)
    report(
      `the object store in ${troubles.length} troubles under ${CAMERAS} uploads each: ${sent.length} films, 0 lost`,
    )
  })
})

/** ISO 14496-12, 8.1.2: a box that readers pass over. */
function freeBox(content: Buffer): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(content.length + 8)
  head.write('free', 4, 'latin1')
  return Buffer.concat([head, content])
}
