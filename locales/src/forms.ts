import type { Language } from './say.ts'
import { tell } from './tell.ts'

// English as it is written in Europe: the day before the month.
const locales = { en: 'en-GB', da: 'da', sv: 'sv', de: 'de' } as const satisfies Record<Language, string>

/** How exactly a time is told. */
type Exactness = 'minutes' | 'seconds'

/**
 * A moment as people of that language write it, in an IANA zone: "22 November 2026 at 14:03". In the hour that the end of
 * summer time repeats, the distance from UTC is told too, since the words alone would be two moments.
 */
export function instantWords(language: Language, at: number, zone: string, exactness: Exactness = 'minutes'): string {
  // A file can claim a time that no calendar has.
  if (!Number.isFinite(new Date(at).getTime())) return String(at)
  const words = dateAndTime(language, at, zone, exactness)
  const repeated = [-HOUR_MS, HOUR_MS].some(apart => dateAndTime(language, at + apart, zone, exactness) === words)
  return repeated ? `${words} (${offset(at, zone)})` : words
}

/** A wall-clock time without a zone (`2026-11-22T14:03:07`) as people write it; null when it is none. */
export function localTimeWords(language: Language, local: string): string | null {
  const at = Date.parse(`${local}Z`)
  return Number.isFinite(at) ? dateAndTime(language, at, 'UTC', 'seconds') : null
}

const HOUR_MS = 3_600_000

function dateAndTime(language: Language, at: number, timeZone: string, exactness: Exactness): string {
  const date = formOf(language, { dateStyle: 'long', timeZone }).format(at)
  const time = formOf(language, { timeStyle: exactness === 'seconds' ? 'medium' : 'short', timeZone }).format(at)
  return tell(language, 'form.instant', { date, time })
}

const forms = new Map<string, Intl.DateTimeFormat>()

/** Making a form costs more than a hundred uses of it, and a history has a time in every line. */
function formOf(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([language, options])
  const form = forms.get(key) ?? new Intl.DateTimeFormat(locales[language], options)
  forms.set(key, form)
  return form
}

/** The distance of a zone's local time from UTC at a moment: `UTC+02:00`. */
function offset(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at)
  return (parts.find(({ type }) => type === 'timeZoneName')?.value ?? '').replace('GMT', 'UTC')
}

/** A calendar day (`2025-04-01`) as people write it: "1 April 2025". */
export function dayWords(language: Language, day: string): string {
  return formOf(language, { dateStyle: 'long', timeZone: 'UTC' }).format(Date.parse(`${day}T00:00:00Z`))
}

/** A calendar month (`2025-04`) as people write it: "April 2025". */
export function monthWords(language: Language, month: string): string {
  const form = formOf(language, { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return form.format(Date.parse(`${month}-01T00:00:00Z`))
}

/** Days of the week, Monday 1 to Sunday 7: "Monday–Friday", "Saturday and Sunday". */
export function weekdayWords(language: Language, days: readonly number[]): string {
  // 1 January 2024 was a Monday.
  const names = days.map(day => formOf(language, { weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, 0, day)))
  const inARow = days.length > 2 && days.every((day, place) => place === 0 || day === (days[place - 1] ?? 0) + 1)
  return inARow ? `${names[0]}–${names.at(-1)}` : listWords(language, names)
}

/** A number in the form of the language, with at most so many digits behind the point. */
export function numberWords(language: Language, value: number, digits = 0): string {
  return new Intl.NumberFormat(locales[language], { maximumFractionDigits: digits }).format(value)
}

const UNITS = [
  ['gigabyte', 1_000_000_000],
  ['megabyte', 1_000_000],
  ['kilobyte', 1_000],
] as const

/** A length in bytes, exactly, and above 1000 in a larger unit too: "3,500,000 bytes (3.5 MB)". */
export function bytesWords(language: Language, bytes: number): string {
  const unit = (value: number, name: string, options: Intl.NumberFormatOptions) =>
    new Intl.NumberFormat(locales[language], { style: 'unit', unit: name, ...options }).format(value)
  const exact = unit(bytes, 'byte', { unitDisplay: 'long' })
  const larger = UNITS.find(([, size]) => bytes >= size)
  if (larger === undefined) return exact
  return `${exact} (${unit(bytes / larger[1], larger[0], { unitDisplay: 'short', maximumFractionDigits: 1 })})`
}

/** How long something lasts: "2 minutes and 31 seconds"; below a minute with tenths of a second. */
export function durationWords(language: Language, ms: number): string {
  const seconds = (value: number) =>
    new Intl.NumberFormat(locales[language], {
      style: 'unit',
      unit: 'second',
      unitDisplay: 'long',
      maximumFractionDigits: 1,
    }).format(value)
  if (ms < 60_000) return seconds(ms / 1000)
  const whole = Math.round(ms / 1000)
  const parts = { hours: Math.floor(whole / 3600), minutes: Math.floor(whole / 60) % 60, seconds: whole % 60 }
  return new Intl.DurationFormat(locales[language], { style: 'long' }).format(parts)
}

/** An ISO 8601 period of whole years, months, weeks, days and hours in words: "31 days"; null for anything else. */
export function periodWords(language: Language, period: string): string | null {
  const [found, years, months, weeks, days, hours] =
    /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(\d+)H)?$/.exec(period) ?? []
  const parts = { years, months, weeks, days, hours }
  const told = Object.entries(parts).flatMap(([unit, count]) => (count === undefined ? [] : [[unit, Number(count)]]))
  if (found === undefined || told.length === 0) return null
  const words = new Intl.DurationFormat(locales[language], { style: 'long' }).format(Object.fromEntries(told))
  return words === '' ? null : words
}

/** Several things in one sentence: "a, b and c". */
export function listWords(language: Language, items: readonly string[]): string {
  return new Intl.ListFormat(locales[language], { type: 'conjunction' }).format(items)
}

/** Somebody else's words in quotation marks of the language. What would steer the writing itself is made to be seen. */
export function quoted(language: Language, text: string): string {
  return tell(language, 'form.quoted', { text: plainText(text) })
}

/** Text of unknown origin without control characters and without marks that turn the direction of writing. */
export function plainText(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, sign => {
    const number = (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    return `⟨U+${number}⟩`
  })
}
