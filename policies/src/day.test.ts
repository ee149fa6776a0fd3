import { expect, test } from 'vitest'
import { dayAfter, endOfDay, firstMoment, isDay, lastMoment, startOfDay } from './day.ts'

const iso = (at: number): string => new Date(at).toISOString()

test('a day begins and ends where people live', () => {
  expect(iso(startOfDay('2027-01-31', 'Europe/Berlin'))).toBe('2027-01-30T23:00:00.000Z')
  expect(iso(endOfDay('2027-01-31', 'Europe/Berlin'))).toBe('2027-01-31T22:59:59.000Z')
  expect(iso(endOfDay('2027-01-31', 'Europe/London'))).toBe('2027-01-31T23:59:59.000Z')
  expect(iso(endOfDay('2027-07-31', 'Europe/London'))).toBe('2027-07-31T22:59:59.000Z')
})

test('the day on which the clocks change has as many hours as it has', () => {
  const hours = (day: string): number =>
    (endOfDay(day, 'Europe/Berlin') + 1000 - startOfDay(day, 'Europe/Berlin')) / 3_600_000
  expect([hours('2027-03-28'), hours('2027-10-31'), hours('2027-06-01')]).toEqual([23, 25, 24])
})

test('what stays after something that happened on a day is counted from the end of that day', () => {
  const after = (at: string, zone: string): string => iso(dayAfter(Date.parse(at), zone))
  expect(after('2028-02-28T23:00:00Z', 'Europe/Stockholm')).toBe('2028-02-29T23:00:00.000Z')
  expect(after('2028-02-29T22:59:59Z', 'Europe/Stockholm')).toBe('2028-02-29T23:00:00.000Z')
  expect(after('2027-10-31T00:00:00Z', 'Europe/London')).toBe('2027-11-01T00:00:00.000Z')
})

test('a day is meant whole, a moment as it is', () => {
  const berlin = (text: string) => [firstMoment(text, 'Europe/Berlin'), lastMoment(text, 'Europe/Berlin')].map(iso)
  expect(berlin('2027-01-31')).toEqual(['2027-01-30T23:00:00.000Z', '2027-01-31T22:59:59.000Z'])
  expect(berlin('2027-01-31T12:00:00+01:00')).toEqual(['2027-01-31T11:00:00.000Z', '2027-01-31T11:00:00.000Z'])
})

test('no day is refused, and a moment is none', () => {
  expect(() => startOfDay('2027-02-30', 'Europe/Berlin')).toThrow(RangeError)
  expect([isDay('2027-01-31'), isDay('2027-01-31T12:00:00Z'), isDay('31.1.2027')]).toEqual([true, false, false])
})
