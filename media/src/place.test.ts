import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseIso6709, place } from './place.ts'

describe('a place by ISO 6709', () => {
  test.each([
    ['+55.6761+012.5683/', 556761000, 125683000, null],
    ['+55.6761+012.5683+014.250/', 556761000, 125683000, 14250],
    ['-33.8688+151.2093-003CRSWGS_84/', -338688000, 1512093000, -3000],
    ['+27.5916+086.5640+8850/', 275916000, 865640000, 8850000],
    ['+5540.566+01234.098', 556761000, 125683000, null],
    ['+554033.96+0123405.88/', 556761000, 125683000, null],
    ['+00-000/', 0, 0, null],
    ['+90+180/', 900000000, 1800000000, null],
  ])('%s', (text, latitudeE7, longitudeE7, altitudeMm) => {
    expect(parseIso6709(text)).toEqual({ latitudeE7, longitudeE7, altitudeMm })
  })

  test.each([
    '',
    '/',
    '55.6+12.5/',
    '+91+000/',
    '+00+181/',
    '+5+012/',
    '+55.6761',
    '+555+0125/',
    '+1e5+000/',
    'undefined',
    '+NaN+NaN/',
  ])('is none: %s', text => {
    expect(parseIso6709(text)).toBeNull()
  })

  test('is whole numbers within the Earth, or none, for any text', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.stringMatching(/^[+-]\d{1,7}(\.\d{1,6})?[+-]\d{1,8}(\.\d{1,6})?\/$/),
        (noise, alike) => {
          for (const found of [parseIso6709(noise), parseIso6709(alike)]) {
            if (found === null) continue
            expect(Number.isSafeInteger(found.latitudeE7) && Number.isSafeInteger(found.longitudeE7)).toBe(true)
            expect(Math.abs(found.latitudeE7)).toBeLessThanOrEqual(900000000)
            expect(Object.is(found.latitudeE7, -0)).toBe(false)
          }
        },
      ),
    )
  })

  test('is none beyond the Earth', () => {
    expect(place(Number.NaN, 0, null)).toBeNull()
    expect(place(0, 180.1, null)).toBeNull()
    expect(place(1, 2, 5e7)).toEqual({ latitudeE7: 10000000, longitudeE7: 20000000, altitudeMm: null })
  })
})
