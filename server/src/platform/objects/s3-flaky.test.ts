import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { startFlakyS3, type FlakyS3, type Mischief } from '../testing/flaky-s3.ts'
import { newObjectName, ObjectExists, ObjectMissing, ObjectsAway, type Objects } from './objects.ts'
import { parseS3Url } from './s3-address.ts'
import { PATIENCE, type Patience } from './s3-client.ts'
import { openS3 } from './s3.ts'

/** Gives an attempt up soon, and asks again for as long as is usual. */
const QUICK: Patience = { ...PATIENCE, idleMs: 120, pauseMs: 5, longestPauseMs: 50, slowestBytesPerMs: 1e6 }

let store: FlakyS3
let objects: Objects

beforeEach(async () => {
  store = await startFlakyS3()
  objects = openS3(parseS3Url(store.url, {}))
})

afterEach(async () => {
  await objects.close()
  await store.stop()
})

/** Misbehaves in the first `times` requests of a method. */
function firstTimes(method: string, times: number, mischief: Mischief): void {
  let left = times
  store.misbehave = request => (request.method === method && left-- > 0 ? mischief : null)
}

const TROUBLES: readonly [string, Mischief][] = [
  ['answers 500', { kind: 'answer', status: 500 }],
  ['answers 503 SlowDown', { kind: 'answer', status: 503, code: 'SlowDown' }],
  ['answers 429', { kind: 'answer', status: 429 }],
  ['cuts the connection', { kind: 'cut' }],
  ['cuts the connection when it has done its work', { kind: 'cut-after' }],
  ['does not answer', { kind: 'hang' }],
  ['cuts its answer short', { kind: 'cut-answer' }],
  ['answers a byte at a time', { kind: 'trickle' }],
]

async function reopen(patience: Patience): Promise<void> {
  await objects.close()
  objects = openS3(parseS3Url(store.url, {}), patience)
}

describe.each(TROUBLES)('a store that for a while %s', (_, mischief) => {
  beforeEach(() => reopen(QUICK))

  test('gets an object once and whole', async () => {
    const name = newObjectName()
    const bytes = randomBytes(100_000)
    firstTimes('PUT', 2, mischief)
    await objects.write(name, [bytes.subarray(0, 30_000), bytes.subarray(30_000)])
    expect(store.objects.get(name)?.equals(bytes)).toBe(true)
    const writer = await objects.open(newObjectName())
    firstTimes('PUT', 1, mischief)
    await writer.append(bytes)
    await writer.close()
    expect(store.objects.size).toBe(2)
  })

  test('gives an object whole', async () => {
    const name = newObjectName()
    const bytes = randomBytes(5_000)
    await objects.write(name, [bytes])
    firstTimes('GET', 2, mischief)
    expect(bytes.subarray(1000, 4000).equals(await objects.read(name, 1000, 3000))).toBe(true)
  })

  test('removes an object', async () => {
    const name = newObjectName()
    await objects.write(name, [randomBytes(100)])
    firstTimes('DELETE', 1, mischief)
    expect(await objects.remove(name)).toBe('removed')
    expect(store.objects.size).toBe(0)
  })
})

describe('a store that stays away', () => {
  beforeEach(() => reopen({ ...QUICK, totalMs: 2000 }))

  test.each(TROUBLES.filter(([, { kind }]) => kind !== 'cut-after'))(
    'because it %s is called away, in time and by name',
    async (_, mischief) => {
      const name = newObjectName()
      await objects.write(name, [randomBytes(2_000_00)])
      const asked = store.asked.length
      store.misbehave = () => mischief
      const failure = await objects.read(name, 0, 200_000).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(ObjectsAway)
      expect(String(failure)).toContain('127.0.0.1')
      expect(String(failure)).not.toContain('secret')
      expect(store.asked.length - asked).toBeGreaterThan(2)
      store.misbehave = () => null
      expect(await objects.size(name)).toBe(200_000)
    },
  )

  // Work goes on asking for 45 seconds, which is longer than this test may take.
  test.each([
    ['nobody listens there', async () => store.stop()],
    ['it never answers', async () => void (store.misbehave = () => ({ kind: 'hang' }))],
    ['it answers 503', async () => void (store.misbehave = () => ({ kind: 'answer', status: 503 }))],
  ])(
    'is not waited for by whoever tries it at the start: %s',
    async (_, goAway) => {
      const asking = openS3(parseS3Url(store.url, {}))
      onTestFinished(() => asking.close())
      await goAway()
      const failure = await asking.probe().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(ObjectsAway)
      expect(String(failure)).toContain(`the object store ${parseS3Url(store.url, {}).origin} (bucket bucket)`)
    },
    20_000,
  )

  test('because nobody listens is called away', async () => {
    await store.stop()
    await expect(objects.write(newObjectName(), [randomBytes(10)])).rejects.toThrow(ObjectsAway)
    await expect(objects.remove(newObjectName())).rejects.toThrow(ObjectsAway)
    await expect(objects.size(newObjectName())).rejects.toThrow(ObjectsAway)
  })
})

describe('an object that is there', () => {
  test('is refused to a second writer, but not to the same write whose answer was lost', async () => {
    const name = newObjectName()
    await objects.write(name, [Buffer.from('first')])
    await expect(objects.write(name, [Buffer.from('other')])).rejects.toThrow(ObjectExists)
    await expect(objects.write(name, [Buffer.from('first')])).rejects.toThrow(ObjectExists)
    firstTimes('PUT', 1, { kind: 'cut' })
    await expect(objects.write(name, [Buffer.from('other')])).rejects.toThrow(ObjectExists)
    expect(store.objects.get(name)?.toString()).toBe('first')
    const lost = newObjectName()
    firstTimes('PUT', 1, { kind: 'cut-after' })
    await objects.write(lost, [Buffer.from('mine')])
    expect(store.objects.get(lost)?.toString()).toBe('mine')
  })

  test('is read from a store that knows no ranges', async () => {
    const name = newObjectName()
    await objects.write(name, [Buffer.from('0123456789')])
    store.ignoresRange = true
    expect(Buffer.from(await objects.read(name, 3, 4)).toString()).toBe('3456')
    store.ignoresRange = false
    expect(Buffer.from(await objects.read(name, 8, 4)).toString()).toBe('89')
    expect(Buffer.from(await objects.read(name, 10, 4)).toString()).toBe('')
  })

  test('is called missing only by a store that shows its marker', async () => {
    await objects.claim('installation-1')
    await expect(objects.read(newObjectName(), 0, 1)).rejects.toThrow(ObjectMissing)
    expect(await objects.size(newObjectName())).toBeNull()
    expect(await objects.remove(newObjectName())).toBe('absent')
    const there = [...store.objects]
    for (const hide of [() => (store.bucketGone = true), () => store.objects.clear(), () => swapped(store)]) {
      hide()
      await expect(objects.read(newObjectName(), 0, 1)).rejects.toThrow(ObjectsAway)
      await expect(objects.size(newObjectName())).rejects.toThrow(ObjectsAway)
      await expect(objects.remove(newObjectName())).rejects.toThrow(ObjectsAway)
      store.bucketGone = false
      store.objects.clear()
      for (const [key, bytes] of there) store.objects.set(key, bytes)
    }
    expect(await objects.recognises('installation-1')).toBe('yes')
  })
})

function swapped(store: FlakyS3): void {
  const [[key, bytes] = ['', Buffer.alloc(0)]] = store.objects
  store.objects.set(key, Buffer.from(bytes.toString().replace('installation-1', 'installation-2')))
}

test('all pages of a long list are read, and what is no object is left out', async () => {
  const names = Array.from({ length: 25 }, () => newObjectName())
  for (const name of names) await objects.write(name, [Buffer.from(name)])
  await objects.claim('installation-1')
  store.objects.set('backup.tar', Buffer.from('not ours'))
  store.pageSize = 4
  const found: string[] = []
  for await (const name of objects.list()) found.push(name)
  expect(found).toEqual(names.toSorted())
})

describe('the probe', () => {
  test('finds nothing in a store that keeps its promises, and leaves nothing behind', async () => {
    expect(await objects.probe()).toEqual([])
    expect(store.objects.size).toBe(0)
  })

  test('names what a store lacks', async () => {
    store.ignoresCreateOnce = true
    store.ignoresDigest = true
    store.ignoresRange = true
    const codes = (await objects.probe()).map(finding => finding.code)
    expect(codes).toEqual(['create-once-not-kept', 'range-not-kept', 'digest-not-checked'])
    expect(store.objects.size).toBe(0)
  })

  test('stops at a store that cannot be written to', async () => {
    store.misbehave = ({ method }) => (method === 'PUT' ? { kind: 'answer', status: 403, code: 'AccessDenied' } : null)
    expect(await objects.probe()).toMatchObject([{ code: 'not-writable', stops: true }])
  })
})
