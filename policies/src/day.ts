/** The first moment of a day (`2027-01-31`) where people live by `zone` (IANA), in UTC epoch milliseconds. Throws RangeError for no day. */
export function startOfDay(day: string, zone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: zone }).epochMilliseconds
}

/** The last second of a day in `zone`, in UTC epoch milliseconds: what lasts until then lasts through the day. Throws RangeError. */
export function endOfDay(day: string, zone: string): number {
  const next = Temporal.PlainDate.from(day).add({ days: 1 })
  return next.toZonedDateTime({ timeZone: zone }).epochMilliseconds - 1000
}

/**
 * The first moment of the day after the one in which `at` lies, by the clocks of `zone`, in UTC epoch milliseconds. What has to stay
 * for a time after something that happened on a day is counted from here: at what hour it happened nobody said.
 */
export function dayAfter(at: number, zone: string): number {
  const day = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()
  return day.add({ days: 1 }).toZonedDateTime({ timeZone: zone }).epochMilliseconds
}

/** A day as its first moment in `zone`; anything else as the moment that it says. UTC epoch milliseconds. */
export function firstMoment(text: string, zone: string): number {
  return isDay(text) ? startOfDay(text, zone) : Date.parse(text)
}

/** A day as its last second in `zone`; anything else as the moment that it says. UTC epoch milliseconds. */
export function lastMoment(text: string, zone: string): number {
  return isDay(text) ? endOfDay(text, zone) : Date.parse(text)
}

/** A day as people write it, and no moment. Whether there is such a day is not looked at. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text)
}

/** Whether it is a day that the calendar has. */
export function isDayThatIs(text: string): boolean {
  if (!isDay(text)) return false
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number)
  const { daysInMonth } = Temporal.PlainYearMonth.from({ year, month: Math.min(Math.max(month, 1), 12) })
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth
}
