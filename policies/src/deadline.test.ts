import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endOfCalendarYearAfter, maxDeadline, minDeadline } from './deadline.ts'

const HOUR = 3_600_000

type Case = { start: string; period: string; zone: string; hours: number; local: string }

const cases: Case[] = [
  { start: '2025-10-20', period: 'P14D', zone: 'Europe/Berlin', hours: 336, local: '2025-11-03T11:00:00+01:00' },
  { start: '2025-10-20', period: 'P2W', zone: 'Europe/Berlin', hours: 336, local: '2025-11-03T11:00:00+01:00' },
  { start: '2025-03-20', period: 'P14D', zone: 'Europe/Berlin', hours: 335, local: '2025-04-03T11:00:00+02:00' },
  { start: '2025-06-20', period: 'P14D', zone: 'Europe/Berlin', hours: 336, local: '2025-07-04T12:00:00+02:00' },
  { start: '2025-08-31', period: 'P6M', zone: 'Europe/Copenhagen', hours: 4345, local: '2026-02-28T12:00:00+01:00' },
  { start: '2027-08-31', period: 'P6M', zone: 'Europe/Copenhagen', hours: 4369, local: '2028-02-29T12:00:00+01:00' },
  { start: '2025-10-25', period: 'PT72H', zone: 'Europe/Stockholm', hours: 72, local: '2025-10-28T11:00:00+01:00' },
]

const at = (text: string): number => Date.parse(text)

describe('when something must be gone', () => {
  test.each(cases)(
    '$period from $start 10:00 UTC in $zone ends after $hours hours',
    ({ start, period, zone, hours, local }) => {
      const from = at(`${start}T10:00:00Z`)
      const deadline = maxDeadline({ from, zone, period })
      expect((deadline - from) / HOUR).toBe(hours)
      expect(deadline).toBe(at(local))
    },
  )

  test('a maximum never lies after the same minimum', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2000-01-01T00:00:00Z'), max: at('2060-01-01T00:00:00Z') }),
        fc.constantFrom('P1D', 'P14D', 'P31D', 'PT72H', 'P3W', 'P6M', 'P1Y'),
        fc.constantFrom('Europe/London', 'Europe/Berlin', 'Europe/Copenhagen'),
        (from, period, zone) => {
          const span = { from, zone, period }
          expect(maxDeadline(span)).toBeGreaterThan(from)
          expect(maxDeadline(span)).toBeLessThanOrEqual(minDeadline(span))
        },
      ),
    )
  })

  test('fourteen days as a minimum across the October clock change last the extra hour', () => {
    const from = at('2025-10-20T10:00:00Z')
    expect(minDeadline({ from, zone: 'Europe/Berlin', period: 'P14D' }) - from).toBe(337 * HOUR)
  })
})

test('the end of the calendar year after the event is reckoned in the local year', () => {
  const zone = 'Europe/Berlin'
  expect(endOfCalendarYearAfter({ from: at('2025-03-10T08:00:00Z'), zone, period: 'P1Y' })).toBe(
    at('2027-01-01T00:00:00+01:00'),
  )
  expect(endOfCalendarYearAfter({ from: at('2025-12-31T23:30:00Z'), zone, period: 'P1Y' })).toBe(
    at('2028-01-01T00:00:00+01:00'),
  )
})
