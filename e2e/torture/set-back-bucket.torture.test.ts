import { join } from 'node:path'
import { parseS3Url } from '@vidne/server/platform/objects/s3-address'
import { PATIENCE, s3Client } from '@vidne/server/platform/objects/s3-client'
import { type Radosgw, radosgwMissing, startRadosgw } from '@vidne/server/platform/testing/radosgw'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { vidne } from '../installation.ts'
import { report } from './extent.ts'
import { api, expectExportsIdentical, exported, type Place, recordings } from './inspection.ts'
import { Sending, ask } from './sending.ts'
import { ServerProcess, foundIn } from './server-process.ts'

const withoutStore = leftOut('a bucket that is put back', radosgwMissing())
const DAY_MS = 86_400_000
const OLDER = /The object store is older than .*Bring the newer store back/
const never = new AbortController().signal

/** Everything that lies in a bucket, by its key. */
type Content = ReadonlyMap<string, Buffer>

describe.skipIf(withoutStore)("yesterday's bucket comes back", { timeout: 180_000 }, () => {
  let [server, place, store, url] = [] as unknown as [ServerProcess, Place, Radosgw, string]
  let deviceToken = ''
  let [yesterday, today] = [new Map(), new Map()] as [Content, Content]
  let [first, second] = [] as unknown as [Sending, Sending]

  beforeAll(async () => {
    store = await startRadosgw()
    url = await store.bucket('set-back')
    const founding = await foundIn({ objects: url })
    server = await ServerProcess.serve(founding.data)
    place = { ...founding, url: server.url }
    deviceToken = founding.deviceToken
    first = await dock('yesterday.mp4')
    await server.stop()
    yesterday = await contentOf(url)
    await server.start()
    await api(place, 'POST', '/clock', { instant: new Date(Date.now() + 20 * DAY_MS).toISOString() })
    second = await dock('today.mp4')
    expect(await api(place, 'POST', '/runs', { what: 'nightly' })).toMatchObject({ state: 'done', deleted: [] })
    // From here on the first is due, and would go with the next run.
    await api(place, 'POST', '/clock', { instant: new Date(Date.now() + 33 * DAY_MS).toISOString() })
    await server.stop()
    today = await contentOf(url)
  })
  afterAll(async () => {
    await server?.kill()
    await store?.stop()
  })

  async function dock(name: string): Promise<Sending> {
    const sent = new Sending(400_000, name)
    await sent.run({ url: server.url, token: deviceToken }, { portionBytes: 400_000, rest: { ms: 0 } }, never)
    return sent
  }

  async function expectStandingStill(): Promise<void> {
    const run = await api(place, 'POST', '/runs', { what: 'nightly' })
    expect(run).toMatchObject({ state: 'stopped', because: expect.stringMatching(OLDER), deleted: [] })
    const ready = await fetch(`${server.url}/readyz`)
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringMatching(OLDER)])
    const begin = await ask({ url: server.url, token: deviceToken }, 'POST', '/upload/', { 'upload-length': '5' })
    expect([begin.status, begin.text]).toEqual([503, expect.stringMatching(OLDER)])
    expect((await recordings(place)).map(row => row.state)).not.toContain('deleted')
  }

  test('found so at a start: nothing is deleted or taken in, and it is said what to do', async () => {
    await fill(url, yesterday)
    await server.start()
    await expectStandingStill()
    expect(await server.stop()).toBe(0)
  })

  test('while it is served: the next run finds it, and when today is back all goes on by itself', async () => {
    await fill(url, today)
    await server.start()
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200)
    await fill(url, yesterday)
    await expectStandingStill()
    await fill(url, today)
    await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status).toBe(200)
    await expectExportsIdentical(place, [first, second])
    expect(await server.stop()).toBe(0)
  })

  test('and can be gone on with by a word: what is lost is marked, and only what is due is deleted', async () => {
    await fill(url, yesterday)
    const words = ['objects', 'accept', '--data', join(place.data), '--json']
    expect(await vidne(words)).toMatchObject({ code: 1, out: expect.stringContaining(second.recording ?? '') })
    const accepted = await vidne([...words, '--lost', '1', '--reason', 'the newer bucket is gone'])
    expect(accepted.code).toBe(0)
    expect(JSON.parse(accepted.out)).toMatchObject({ accepted: true, recordings: [second.recording], uploads: 0 })
    await server.start()
    expect(await api(place, 'POST', '/runs', { what: 'nightly' })).toMatchObject({
      state: 'done',
      deleted: [{ recording: first.recording }],
    })
    expect((await recordings(place)).find(row => row.id === second.recording)).toMatchObject({ bytesLost: true })
    expect(await exported(place, second.recording ?? '').catch(String)).toMatch(/: 409 .*lost with the object store/)
    const third = await dock('afterwards.mp4')
    await expectExportsIdentical(place, [third])
    expect(await server.stop()).toBe(0)
    report("yesterday's bucket: 0 deleted or taken in; gone on with by a word")
  })
})

async function contentOf(url: string): Promise<Content> {
  const client = s3Client(parseS3Url(url, {}), PATIENCE)
  try {
    const listed = await client.send({ method: 'GET', key: null, query: { 'list-type': '2' } })
    const keys = [...listed.body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key)
    const content = new Map<string, Buffer>()
    for (const key of keys) content.set(key, (await client.send({ method: 'GET', key })).body)
    return content
  } finally {
    client.close()
  }
}

/** Has the bucket hold this and nothing else, as after it was put back. */
async function fill(url: string, content: Content): Promise<void> {
  const there = await contentOf(url)
  const client = s3Client(parseS3Url(url, {}), PATIENCE)
  try {
    for (const key of there.keys()) if (!content.has(key)) await client.send({ method: 'DELETE', key })
    for (const [key, body] of content) if (!there.has(key)) await client.send({ method: 'PUT', key, body: [body] })
  } finally {
    client.close()
  }
}
