import { UsageRefused } from './command.ts'

/**
 * A day (`2027-01-31`) as it was typed, for the server to take as the whole day in the agency's time zone; or a full date and time
 * with zone, in UTC.
 * @throws UsageRefused for anything else; nothing is guessed.
 */
export function readDayOrInstant(text: string, option: string): string {
  return isDate(text) ? text : readInstant(text, option)
}

/**
 * An instant as people type it: a full date and time with zone, or a day, of which it is the end in UTC.
 * @throws UsageRefused for anything else; nothing is guessed.
 */
export function readInstant(text: string, option: string): string {
  const day = isDate(text) ? `${text}T23:59:59Z` : text
  const zoned = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(day)
  const at = zoned ? Date.parse(day) : Number.NaN
  if (Number.isNaN(at))
    throw new UsageRefused(`${option} "${text}" is not a day (2027-01-31) or an instant (2027-01-31T12:00:00Z)`)
  return new Date(at).toISOString()
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  try {
    Temporal.PlainDate.from(text)
    return true
  } catch {
    return false
  }
}
