import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Hours, localTime, within } from './local-time.ts'

const zones = [
  'Europe/Copenhagen',
  'Europe/London',
  'America/St_Johns',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Africa/Casablanca',
]

test('what is remembered of a zone shows the same clocks as the calendar, also around changes of the clock', () => {
  const changes = ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z', '2026-04-04T15:00:00Z'].map(text => Date.parse(text))
  const near = fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -7_200_000, max: 7_200_000 }))
    .map(([a, b]) => a + b)
  const anywhen = fc.integer({ min: Date.parse('1950-01-01'), max: Date.parse('2090-01-01') })
  fc.assert(
    fc.property(fc.oneof(near, anywhen, fc.constantFrom(...changes)), fc.constantFrom(...zones), (at, zone) => {
      const there = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
      expect(localTime(at, zone)).toEqual({
        day: there.toPlainDate().toString(),
        weekday: there.dayOfWeek,
        minute: there.hour * 60 + there.minute,
      })
    }),
    { numRuns: 2000 },
  )
})

test('hours past midnight belong to the day on which they begin', () => {
  const nights: Hours[] = [{ days: [5], from: '20:00', to: '06:00' }]
  const at = (weekday: number, minute: number) => within(nights, { day: '', weekday, minute })
  expect([at(5, 1199), at(5, 1200), at(6, 0), at(6, 359), at(6, 360), at(5, 0)]).toEqual([
    false,
    true,
    true,
    true,
    false,
    false,
  ])
  const sunday: Hours[] = [{ days: [7], from: '17:00', to: '07:00' }]
  expect(within(sunday, { day: '', weekday: 1, minute: 419 })).toBe(true)
  const allDay: Hours[] = [{ days: [2], from: '08:00', to: '08:00' }]
  expect([
    within(allDay, { day: '', weekday: 3, minute: 479 }),
    within(allDay, { day: '', weekday: 3, minute: 480 }),
  ]).toEqual([true, false])
})
