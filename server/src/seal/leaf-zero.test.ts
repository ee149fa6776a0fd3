import type { LogOpening } from '@vidne/evidence/receipt'
import { expect, test } from 'vitest'
import { LeafZero } from './leaf-zero.ts'
import { openedStatement } from './testing/test-log.ts'

const opening: LogOpening = { statement: openedStatement('log.test/one'), hashes: [] }

/** Leaf 0 of a log, and the sizes under which its proof was made, in order. */
function counted(made: number[] = []): { leafZero: LeafZero; made: number[] } {
  const make = async (size: number): Promise<LogOpening> => {
    made.push(size)
    return { ...opening, hashes: [new Uint8Array(32).fill(size)] }
  }
  return { leafZero: new LeafZero(make), made }
}

test('receipts of one checkpoint, however many at once, have their proof of leaf 0 made once', async () => {
  const { leafZero, made } = counted()
  const sizes = [2, 3, 2, 3, 2]
  const openings = await Promise.all(sizes.map(size => leafZero.under(size)))
  expect(openings.map(({ hashes }) => hashes[0]?.[0])).toEqual(sizes)
  await leafZero.under(2)
  expect(made).toEqual([2, 3])
})

test('a log that runs for a year remembers only its latest checkpoints', async () => {
  const { leafZero, made } = counted()
  for (let size = 1; size <= 100; size++) await leafZero.under(size)
  made.length = 0
  for (const size of [100, 99, 1]) await leafZero.under(size)
  expect(made).toEqual([1])
})

test('a proof that could not be made is made when it is asked for again', async () => {
  let asked = 0
  const leafZero = new LeafZero(async () => {
    asked += 1
    if (asked === 1) throw new Error('the database is away')
    return opening
  })
  await expect(leafZero.under(5)).rejects.toThrow('the database is away')
  expect(await leafZero.under(5)).toBe(opening)
})
