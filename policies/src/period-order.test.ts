import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maxDeadline, minDeadline } from './deadline.ts'
import { neverLonger } from './period-order.ts'

const periods = [
  'PT72H',
  'PT336H',
  'P13D',
  'P14D',
  'P2W',
  'P28D',
  'P30D',
  'P1M',
  'P31D',
  'P181D',
  'P6M',
  'P184D',
  'P364D',
  'P1Y',
  'P366D',
  'P6Y',
  'P10Y',
  'P100Y',
  'P1M3D',
  'P1Y2M',
]

test('a period that is never longer is not so from any moment, in any zone, as a maximum or a minimum', () => {
  const zones = fc.constantFrom('Europe/London', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns')
  const moments = fc.integer({ min: Date.parse('1995-01-01'), max: Date.parse('2040-01-01') })
  const pairs = fc.tuple(fc.constantFrom(...periods), fc.constantFrom(...periods))
  fc.assert(
    fc.property(pairs, zones, moments, ([one, other], zone, from) => {
      if (!neverLonger(one, other)) return
      expect(maxDeadline({ from, zone, period: one })).toBeLessThanOrEqual(maxDeadline({ from, zone, period: other }))
      expect(minDeadline({ from, zone, period: one })).toBeLessThanOrEqual(minDeadline({ from, zone, period: other }))
    }),
    { numRuns: 3000, seed: 4 },
  )
})

test('what can be said for sure is said, what cannot is not', () => {
  const sure = [
    ['P14D', 'P2W'],
    ['P28D', 'P1Y'],
    ['P12M', 'P1Y'],
    ['P27D', 'P1M'],
    ['P1M', 'P32D'],
    ['PT72H', 'P4D'],
    ['P5Y', 'P6Y'],
  ]
  const unsure = [
    ['P30D', 'P1M'],
    ['P1M', 'P30D'],
    ['PT336H', 'P14D'],
    ['P6Y', 'P5Y'],
    ['P15D', 'P14D'],
  ]
  expect(sure.filter(([one = '', other = '']) => !neverLonger(one, other))).toEqual([])
  expect(unsure.filter(([one = '', other = '']) => neverLonger(one, other))).toEqual([])
})
