import { expect, test } from 'vitest'
import { parsePlace, placeText } from './place.ts'

test.each([
  [0, '00:00'],
  [65_000, '01:05'],
  [2_960, '00:02.96'],
  [2_040, '00:02.04'],
  [3_725_500, '1:02:05.5'],
])('%i milliseconds are written %s, and read back as the same frame', (ms, text) => {
  expect(placeText(ms)).toBe(text)
  expect(parsePlace(text)).toBe(ms)
})

test.each(['', '5', '00:60', '1:2:3:4', '00:05.1234', 'noon'])('%j is no place', text => {
  expect(parsePlace(text)).toBe(null)
})

test('a comma separates as well as a point', () => {
  expect(parsePlace('00:02,9')).toBe(2_900)
})
