import { expect, test } from 'vitest'
import { frameAway, placeWords } from './time.ts'

test('a place in a recording is told to the tenth of a second', () => {
  expect([0, 5.26, 65.99, 3723.4].map(seconds => placeWords(seconds))).toEqual([
    '0:00.0',
    '0:05.2',
    '1:05.9',
    '1:02:03.4',
  ])
  expect(placeWords(59.99, false)).toBe('0:59')
  expect(placeWords(0.3)).toBe('0:00.3')
})

test('a step goes into the middle of the next picture, or of the one before, and never before the first', () => {
  expect(frameAway(1, 1, 0.04)).toBeCloseTo(1.06)
  expect(frameAway(1, -1, 0.04)).toBeCloseTo(0.98)
  expect(frameAway(0, -1, 0.04)).toBe(0)
})
