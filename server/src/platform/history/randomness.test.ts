import { expect, test } from 'vitest'
import { randomPortion } from './randomness.ts'

test('no portion of randomness is given out twice, over many pools and whatever the size', () => {
  const sizes = [32, 12, 32, 16, 8000, 9000, 32]
  const seen = new Set<string>()
  for (let i = 0; i < 2000; i++) {
    const size = sizes[i % sizes.length] ?? 32
    const portion = randomPortion(size)
    expect(portion).toHaveLength(size)
    seen.add(Buffer.from(portion.subarray(0, 12)).toString('hex'))
  }
  expect(seen.size).toBe(2000)
})

test('a portion stays as it was given when others follow', () => {
  const portion = randomPortion(32)
  const copy = portion.slice()
  for (let i = 0; i < 1000; i++) randomPortion(32)
  expect(portion).toEqual(copy)
  expect(portion.some(byte => byte !== 0)).toBe(true)
})

test('no two portions have a byte of the source in common: who is shown one learns nothing of another', () => {
  const sizes = [32, 12, 16, 32, 7]
  const windows = new Set<string>()
  let given = 0
  for (let nth = 0; nth < 2000; nth++) {
    const portion = Buffer.from(randomPortion(sizes[nth % sizes.length] ?? 0))
    for (let at = 0; at + 7 <= portion.length; at++, given++) windows.add(portion.toString('hex', at, at + 7))
  }
  expect(windows.size).toBe(given)
})
