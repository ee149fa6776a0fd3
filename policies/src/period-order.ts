type Lengths = { readonly months: number; readonly days: number; readonly hours: number }

const PARTS = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(\d+)H)?$/

function lengthsOf(period: string): Lengths {
  const [, years, months, weeks, days, hours] = PARTS.exec(period) ?? []
  const count = (digits: string | undefined) => Number(digits ?? 0)
  return {
    months: count(years) * 12 + count(months),
    days: count(weeks) * 7 + count(days),
    hours: count(hours),
  }
}

/** The fewest and the most days that so many months in a row have, from none to eleven. */
const FEWEST = [0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334]
const MOST = [0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337]

/** A day on which a clock is changed is this much shorter or longer at most. */
const CLOCK_CHANGE_HOURS = 2

function shortestHours({ months, days, hours }: Lengths): number {
  const years = Math.floor(months / 12)
  // Of the years that divide by four, three in four centuries have no leap day.
  const leapDays = Math.max(0, Math.floor(years / 4) - Math.ceil(years / 100))
  const whole = years * 365 + leapDays + (FEWEST[months % 12] ?? 0) + days
  return whole === 0 ? hours : whole * 24 - CLOCK_CHANGE_HOURS + hours
}

function longestHours({ months, days, hours }: Lengths): number {
  const years = Math.floor(months / 12)
  const whole = years * 365 + Math.ceil(years / 4) + (MOST[months % 12] ?? 0) + days
  return whole === 0 ? hours : whole * 24 + CLOCK_CHANGE_HOURS + hours
}

/**
 * Whether one ISO 8601 period never lasts longer than another, from whatever day both are counted. P28D never outlasts
 * P1M, but P30D does in February: periods of which that cannot be said for sure are not no longer.
 */
export function neverLonger(one: string, other: string): boolean {
  const [a, b] = [lengthsOf(one), lengthsOf(other)]
  if (a.months <= b.months && a.days <= b.days && a.hours <= b.hours) return true
  return longestHours(a) <= shortestHours(b)
}
