import { open, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freshGround } from '../platform/testing/databases.ts'
import { FootageDamaged, openFootage } from './footage.ts'
import type { Footage } from './footage.ts'
import { OpeningFailed, OpeningPool } from './opening-pool.ts'
import { begin, footage, patch } from './testing/client.ts'
import { AGENCY } from './testing/trial-dock.ts'
import { trialFor, withoutDescriptor } from './testing/trial-for.ts'

const MIB = 1_048_576
const BYTES = 3 * MIB + 1234
const LENGTH = 256 * 1024
const SEEDS = ['one', 'two', 'three']

describe('many who read at once', () => {
  const held = trialFor(freshGround('embedded'))
  const contents = SEEDS.map(seed => footage(BYTES, seed))
  const recordings: string[] = []
  const spawned: Worker[] = []
  const note = (worker: Worker): number => spawned.push(worker)
  let broken: Error[] = []
  let pool: OpeningPool
  /** How long nobody may read before the threads end: in most tests as good as for ever, however slowly they go. */
  const poolThatRests = (idleMs: number): OpeningPool =>
    new OpeningPool({ workers: 2, idleMs, broke: error => broken.push(error) })

  beforeAll(async () => {
    for (const content of contents) {
      const upload = await begin(held.trial.url, BYTES, { path: 'a.mp4' })
      recordings.push(String((await patch(upload, 0, content)).headers['vidne-recording']))
    }
  })

  beforeEach(() => {
    broken = []
    spawned.length = 0
    process.on('worker', note)
    pool = poolThatRests(600_000)
  })

  afterEach(async () => {
    process.off('worker', note)
    await pool.close()
  })

  function opened(which: number, objects = held.trial.objects): Promise<Footage> {
    const { database, vault } = held.trial
    return openFootage({ database, objects, vault, openings: pool }, AGENCY, recordings[which]!)
  }

  /** As views are: each opened for itself. Their headers are read, and what follows them is not kept yet. */
  async function views(which: number, count: number): Promise<Footage[]> {
    const sources = await Promise.all(Array.from({ length: count }, () => opened(which)))
    for (const source of sources) await source.read(0, 1)
    return sources
  }

  /** Resolves when a thread takes what is read beside something else. */
  async function untilThreads(): Promise<void> {
    const taken = async (): Promise<boolean | undefined> => {
      const busy = Array.from({ length: 8 }, () => pool.here(async () => pool.takes()))
      return (await Promise.all(busy)).at(-1)
    }
    await expect.poll(taken).toBe(true)
  }

  async function expectRight(source: Footage, which: number, offset: number, memory?: Uint8Array): Promise<Uint8Array> {
    const got = await source.read(offset, LENGTH, memory)
    expect(Buffer.compare(got, contents[which]!.subarray(offset, offset + LENGTH))).toBe(0)
    return got
  }

  /** Each of so many views reads somewhere behind the first segment, all at once. */
  async function manyRight(which: number, count: number): Promise<PromiseSettledResult<unknown>[]> {
    const sources = await views(which, count)
    return Promise.allSettled(sources.map((source, n) => expectRight(source, which, offsets(count)[n]!)))
  }

  function allFulfilled(outcomes: readonly PromiseSettledResult<unknown>[]): void {
    expect(outcomes.map(failed).filter(({ status }) => status === 'rejected')).toEqual([])
  }

  function offsets(count: number): number[] {
    return Array.from({ length: count }, () => MIB + Math.floor(Math.random() * (BYTES - MIB)))
  }

  test('of many recordings get each his own bytes, and the threads end when nobody reads', async () => {
    pool = poolThatRests(3000)
    await untilThreads()
    allFulfilled((await Promise.all(SEEDS.map((_, which) => manyRight(which, 30)))).flat())
    expect(pool.workers).toBeGreaterThan(0)
    expect(pool.workers).toBeLessThanOrEqual(2)
    await expect.poll(() => pool.workers).toBe(0)
    allFulfilled(await manyRight(0, 20))
    expect(broken).toEqual([])
  })

  test('one who reads alone, and readers of a store without files, need no thread', async () => {
    const alone = await opened(0)
    for (const offset of offsets(20)) await expectRight(alone, 0, offset)
    expect(spawned).toEqual([])
    await untilThreads()
    const remote = withoutDescriptor(held.trial.objects)
    const sources = await Promise.all(Array.from({ length: 20 }, () => opened(1, remote)))
    await Promise.all(sources.map((source, n) => expectRight(source, 1, n * 1000)))
  })

  test('may give the memory of an earlier answer, and never get more of it than was asked for', async () => {
    await untilThreads()
    const sources = await views(0, 8)
    const chains = sources.map(async source => {
      let memory: Uint8Array | undefined
      for (const offset of offsets(20)) memory = await expectRight(source, 0, offset, memory)
    })
    await Promise.all(chains)
    const larger = Buffer.alloc(LENGTH * 2, 1)
    const given = [larger.subarray(100), Buffer.alloc(10), undefined, undefined]
    const others = await views(0, given.length)
    await Promise.all(given.map((memory, n) => expectRight(others[n]!, 0, MIB + n, memory)))
    expect(larger.every(byte => byte === 1)).toBe(true)
  })

  test('get nothing of a segment that was altered, and the others of what was not', async () => {
    await untilThreads()
    const spoiled = await views(2, 32)
    const sound = await views(2, 32)
    const restore = await alter(2, 74 + 1_048_608 + 500_000)
    const reads = [
      ...spoiled.slice(2).map((source, n) => source.read(2 * MIB - LENGTH - n, LENGTH, Buffer.alloc(LENGTH, 1))),
      ...spoiled.slice(0, 2).map((source, n) => source.read((n + 1) * MIB - 100, 200)),
    ]
    const beside = Promise.all(sound.map((source, n) => expectRight(source, 2, 2 * MIB + n)))
    for (const { status, reason } of (await Promise.allSettled(reads)).map(failed)) {
      expect(status).toBe('rejected')
      expect(reason).toBeInstanceOf(FootageDamaged)
      expect(String(reason)).toMatch(/part 0 of .*segment 1 refused: altered/)
    }
    await beside
    await restore()
    allFulfilled(await manyRight(2, 20))
  })

  function failed(outcome: PromiseSettledResult<unknown>): { status: string; reason: unknown } {
    return { status: outcome.status, reason: outcome.status === 'rejected' ? outcome.reason : null }
  }

  /** Turns one byte of a recording's first object over; gives what turns it back. */
  async function alter(which: number, at: number): Promise<() => Promise<void>> {
    const parts = await held.trial.database.asInstallation(trx =>
      trx
        .$extendTables<{ dock_part: { object: string; recording: string; part: number } }>()
        .selectFrom('dock_part')
        .select('object')
        .where('recording', '=', recordings[which]!)
        .where('part', '=', 0)
        .execute(),
    )
    const path = join(held.trial.folder, 'objects', parts[0]!.object)
    const turn = async (): Promise<void> => {
      const file = await open(path, 'r+')
      const byte = Buffer.alloc(1)
      await file.read(byte, 0, 1, at)
      await file.write(Buffer.of(byte[0]! ^ 1), 0, 1, at)
      await file.close()
    }
    await turn()
    return turn
  }

  test('are told when a thread dies, its files are given back, and another thread follows', async () => {
    await untilThreads()
    const sources = await views(0, 60)
    endOnceAsked([...spawned])
    const outcomes = Promise.allSettled(sources.map((source, n) => expectRight(source, 0, MIB + n)))
    const lost = (await outcomes).map(failed).filter(({ status }) => status === 'rejected')
    expect(lost.length).toBeGreaterThan(0)
    expect(lost.length).toBeLessThanOrEqual(4)
    for (const { reason } of lost) expect(reason).toBeInstanceOf(OpeningFailed)
    expect(broken.length).toBeGreaterThan(0)
    await untilThreads()
    allFulfilled(await manyRight(0, 20))
    await held.trial.objects.close()
    await expect.poll(openObjectFiles).toEqual([])
  })

  /** Ends all of these threads as soon as one of them was given work. */
  function endOnceAsked(threads: readonly Worker[]): void {
    for (const thread of threads) {
      const post = thread.postMessage.bind(thread)
      thread.postMessage = (...order: Parameters<typeof post>) => {
        post(...order)
        for (const one of threads) void one.terminate()
      }
    }
  }

  async function openObjectFiles(): Promise<string[]> {
    const targets = (await readdir('/proc/self/fd')).map(fd => readlink(`/proc/self/fd/${fd}`).catch(() => ''))
    return (await Promise.all(targets)).filter(target => target.startsWith(join(held.trial.folder, 'objects')))
  }

  test('while it closes get their bytes or a refusal, never neither; later readers do without threads', async () => {
    await untilThreads()
    const sources = await views(1, 60)
    const outcomes = Promise.allSettled(sources.map((source, n) => expectRight(source, 1, MIB + n)))
    await new Promise(setImmediate)
    await pool.close()
    for (const { status, reason } of (await outcomes).map(failed)) {
      if (status === 'rejected') expect(reason).toBeInstanceOf(OpeningFailed)
    }
    expect(pool.workers).toBe(0)
    allFulfilled(await manyRight(1, 20))
    expect(broken).toEqual([])
  })
})
