import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { severalAtOnce } from './several-at-once.ts'

const numbers = Array.from({ length: 20 }, (_, at) => at)

test('every item has its turn once, and never more than so many run', async () => {
  const done: number[] = []
  let [running, most] = [0, 0]
  await severalAtOnce(numbers, 4, async at => {
    most = Math.max(most, ++running)
    await sleep(20 - at)
    running -= 1
    done.push(at)
  })
  expect(done.toSorted((a, b) => a - b)).toEqual(numbers)
  expect(most).toBe(4)
})

test('after a failure no further item is begun, and it is thrown when all others have ended', async () => {
  const [begun, ended] = [new Set<number>(), new Set<number>()]
  const run = severalAtOnce(numbers, 4, async at => {
    begun.add(at)
    if (at === 1) throw new Error('the disk is full')
    await sleep(30)
    ended.add(at)
  })
  await expect(run).rejects.toThrow('the disk is full')
  expect([...begun]).toEqual([0, 1, 2, 3])
  expect([...ended]).toEqual([0, 2, 3])
})
