import { expect, test } from 'vitest'
import { GroupCommit } from './group-commit.ts'
import type { DatabaseThread } from './thread.ts'

/** Of a thread nothing but its flush is asked. */
const threadThat = (flush: () => Promise<void>): DatabaseThread => ({ flush }) as unknown as DatabaseThread

const away = expect.objectContaining({ name: 'DatabaseAway', committed: 'unknown' }) as Error

async function fate(joined: Promise<void>): Promise<unknown> {
  return joined.then(
    () => 'on the disk',
    (error: unknown) => error,
  )
}

test('nobody is told that his commit stands before the flush has ended', async () => {
  const flushed = Promise.withResolvers<void>()
  const [group, thread] = [new GroupCommit(), threadThat(() => flushed.promise)]
  const told: string[] = []
  const joined = [group.join(thread), group.join(thread)].map(one => one.then(() => told.push('commit')))
  const flushing = group.flush(thread)
  await new Promise(turn => setImmediate(turn))
  expect(told).toEqual([])
  told.push('flush')
  flushed.resolve()
  await Promise.all([flushing, ...joined])
  expect(told).toEqual(['flush', 'commit', 'commit'])
})

test('who joins while a flush is under way waits for the next', async () => {
  const flushed = Promise.withResolvers<void>()
  const [group, thread] = [new GroupCommit(), threadThat(() => flushed.promise)]
  const first = group.join(thread)
  const flushing = group.flush(thread)
  const second = fate(group.join(thread))
  flushed.resolve()
  await Promise.all([first, flushing])
  expect(group.pending).toBe(true)
  group.fail(null)
  expect(await second).toEqual(away)
})

test('a commit of a thread that died unflushed does not stand because the next thread has flushed', async () => {
  const group = new GroupCommit()
  const [dead, next] = [threadThat(() => Promise.reject(new Error('dead'))), threadThat(async () => {})]
  const [lost, kept] = [fate(group.join(dead)), fate(group.join(next))]
  await group.flush(next)
  expect(await lost).toEqual(away)
  expect(await kept).toBe('on the disk')
})

test('a flush that fails is told to those who waited for it, and to nobody else', async () => {
  const group = new GroupCommit()
  const broken = threadThat(() => Promise.reject(new Error('no disk')))
  const waiting = fate(group.join(broken))
  await group.flush(broken)
  expect(await waiting).toEqual(away)
  expect(group.pending).toBe(false)
})
