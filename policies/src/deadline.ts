/** A period counted from a moment: `from` in UTC epoch milliseconds, `zone` IANA, `period` an ISO 8601 duration. */
export type Span = { readonly from: number; readonly zone: string; readonly period: string }

type Reckoned = { readonly calendar: number; readonly exact: number | null }

/**
 * When something under a maximum must be gone, in UTC epoch milliseconds. A maximum in weeks, days or hours is the
 * earlier of calendar and exact time: across the October clock change 14 calendar days are 337 h, one more than
 * "14 days" counted exactly. Months and years follow the calendar and clamp to the end of the month.
 */
export function maxDeadline(span: Span): number {
  const { calendar, exact } = reckon(span)
  return exact === null ? calendar : Math.min(calendar, exact)
}

/** Until when something under a minimum must stay, in UTC epoch milliseconds: the later of calendar and exact time. */
export function minDeadline(span: Span): number {
  const { calendar, exact } = reckon(span)
  return exact === null ? calendar : Math.max(calendar, exact)
}

/** The end of the calendar year that lies `period` after the year of `from`: the first moment that is no longer in it. */
export function endOfCalendarYearAfter({ from, zone, period }: Span): number {
  const last = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone).add(period)
  const year = Temporal.PlainDate.from({ year: last.year + 1, month: 1, day: 1 })
  return year.toZonedDateTime({ timeZone: zone }).epochMilliseconds
}

function reckon({ from, zone, period }: Span): Reckoned {
  const start = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone)
  const duration = Temporal.Duration.from(period)
  const calendar = start.add(duration).epochMilliseconds
  if (duration.years !== 0 || duration.months !== 0) return { calendar, exact: null }
  const hours = (duration.weeks * 7 + duration.days) * 24 + duration.hours
  return { calendar, exact: start.toInstant().add({ hours }).epochMilliseconds }
}
