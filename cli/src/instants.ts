import { UsageRefused } from './command.ts'

/**
 * An instant as people type it: `2027-01-31` (the end of that day, UTC, so that a token lasts through it), or a full
 * date and time with zone.
 * @throws UsageRefused for anything else; nothing is guessed.
 */
export function readInstant(text: string, option: string): string {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59Z` : text
  const zoned = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(day)
  const at = zoned ? Date.parse(day) : Number.NaN
  if (Number.isNaN(at))
    throw new UsageRefused(`${option} "${text}" is not a day (2027-01-31) or an instant (2027-01-31T12:00:00Z)`)
  return new Date(at).toISOString()
}
