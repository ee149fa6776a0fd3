import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  bytesWords,
  dayWords,
  durationWords,
  instantWords,
  localTimeWords,
  periodWords,
  plainText,
  quoted,
  weekdayWords,
} from './forms.ts'
import { languages } from './say.ts'

const at = (text: string) => Date.parse(text)
// Between number and unit stands a space at which no line breaks.
const inEach = (words: (language: (typeof languages)[number]) => string | null) =>
  languages.map(language => words(language)?.replaceAll(/[\u00a0\u202f]/g, ' '))

test('a moment is told in the form of each language, in the zone asked for', () => {
  expect(inEach(language => instantWords(language, at('2026-11-22T13:03:07Z'), 'Europe/Berlin'))).toEqual([
    '22 November 2026 at 14:03',
    '22. november 2026 kl. 14.03',
    '22 november 2026 kl. 14:03',
    '22. November 2026 um 14:03 Uhr',
  ])
  expect(instantWords('en', at('2026-07-01T22:59:59Z'), 'Europe/London', 'seconds')).toBe('1 July 2026 at 23:59:59')
})

test('in the hour that comes twice when summer time ends, each of the two is told apart', () => {
  const [first, second] = [at('2026-10-25T00:30:00Z'), at('2026-10-25T01:30:00Z')]
  expect(instantWords('en', first, 'Europe/Berlin')).toBe('25 October 2026 at 02:30 (UTC+02:00)')
  expect(instantWords('en', second, 'Europe/Berlin')).toBe('25 October 2026 at 02:30 (UTC+01:00)')
  expect(instantWords('en', second + 3_600_000, 'Europe/Berlin')).toBe('25 October 2026 at 03:30')
})

test('whatever number a file gives for a time, telling it never fails', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.constantFrom(...languages), (when, language) => {
      expect(instantWords(language, when, 'Europe/Berlin', 'seconds')).not.toBe('')
    }),
  )
  expect(localTimeWords('da', '2026-11-22T13:55:12')?.replace('\u00a0', ' ')).toBe('22. november 2026 kl. 13.55.12')
  expect(localTimeWords('da', '2026-19-22T13:55:12')).toBeNull()
})

test('lengths, durations and periods are told with the words and marks of each language', () => {
  expect(inEach(language => bytesWords(language, 3_500_000))).toEqual([
    '3,500,000 bytes (3.5 MB)',
    '3.500.000 bytes (3,5 MB)',
    '3 500 000 byte (3,5 MB)',
    '3.500.000 Byte (3,5 MB)',
  ])
  expect(inEach(language => bytesWords(language, 0))[0]).toBe('0 bytes')
  expect(inEach(language => durationWords(language, 151_000))).toEqual([
    '2 minutes, 31 seconds',
    '2 minutter og 31 sekunder',
    '2 minuter, 31 sekunder',
    '2 Minuten, 31 Sekunden',
  ])
  expect(inEach(language => durationWords(language, 2_040))[3]).toBe('2 Sekunden')
  expect(inEach(language => periodWords(language, 'P31D'))).toEqual(['31 days', '31 dage', '31 dygn', '31 Tage'])
  expect(inEach(language => periodWords(language, 'PT72H'))[0]).toBe('72 hours')
  expect(periodWords('en', '31 days')).toBeNull()
  expect(periodWords('en', 'P')).toBeNull()
})

test('days of the calendar and of the week are told as people write them', () => {
  expect(inEach(language => dayWords(language, '2025-04-01'))).toEqual([
    '1 April 2025',
    '1. april 2025',
    '1 april 2025',
    '1. April 2025',
  ])
  expect(inEach(language => weekdayWords(language, [1, 2, 3, 4, 5]))).toEqual([
    'Monday–Friday',
    'mandag–fredag',
    'måndag–fredag',
    'Montag–Freitag',
  ])
  expect(weekdayWords('en', [6, 7])).toBe('Saturday and Sunday')
  expect(weekdayWords('en', [1, 3, 5])).toBe('Monday, Wednesday and Friday')
})

test('words of others stand in quotation marks, and cannot turn the direction of writing', () => {
  expect(inEach(language => quoted(language, 'a'))).toEqual(['“a”', '»a«', '”a”', '„a“'])
  expect(plainText('seal\u202Edelaes\u0000\n')).toBe('seal⟨U+202E⟩delaes⟨U+0000⟩⟨U+000A⟩')
})
