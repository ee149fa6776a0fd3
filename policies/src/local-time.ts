/** The calendar day (ISO 8601), the weekday (Monday 1 to Sunday 7) and the minute of the day on a zone's clocks. */
export type LocalTime = { readonly day: string; readonly weekday: number; readonly minute: number }

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const MINUTES_A_DAY = 1440

/**
 * What the clocks of an IANA zone show at a moment (epoch milliseconds). The distance from UTC between two changes of the
 * clock is remembered, since asking the calendar takes longer than a whole decision; it never changes the answer.
 */
export function localTime(at: number, zone: string): LocalTime {
  const local = at + offsetAt(at, zone)
  const days = Math.floor(local / DAY_MS)
  return {
    day: new Date(local).toISOString().slice(0, 10),
    // 1 January 1970 was a Thursday.
    weekday: ((((days + 3) % 7) + 7) % 7) + 1,
    minute: Math.floor((local - days * DAY_MS) / MINUTE_MS),
  }
}

type Steady = { readonly from: number; readonly until: number; readonly offset: number }

const remembered = new Map<string, Steady[]>()

function offsetAt(at: number, zone: string): number {
  const known = remembered.get(zone)?.find(({ from, until }) => from <= at && at < until)
  if (known !== undefined) return known.offset
  const steady = steadyAround(at, zone)
  remembered.set(zone, [...(remembered.get(zone) ?? []), steady])
  return steady.offset
}

function steadyAround(at: number, zone: string): Steady {
  const moment = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  // The change before the next millisecond may be this very moment, and then this span begins with it.
  const from = moment.add({ milliseconds: 1 }).getTimeZoneTransition('previous')?.epochMilliseconds ?? -Infinity
  const until = moment.getTimeZoneTransition('next')?.epochMilliseconds ?? Infinity
  return { from, until, offset: moment.offsetNanoseconds / 1_000_000 }
}

/** Hours of the week: the days on which they begin, from and to as HH:MM. */
export type Hours = { readonly days: readonly number[]; readonly from: string; readonly to: string }

/** `HH:MM` as minutes of the day. */
export function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
}

/** How many minutes the hours last; an end that is not after the beginning lies on the following day. */
export function minutesLong({ from, to }: Hours): number {
  const length = minuteOf(to) - minuteOf(from)
  return length > 0 ? length : length + MINUTES_A_DAY
}

/** Whether a local time lies in one of the hours. The first minute counts, the last one is where they end. */
export function within(hours: readonly Hours[], { weekday, minute }: LocalTime): boolean {
  const before = weekday === 1 ? 7 : weekday - 1
  return hours.some(one => {
    const end = minuteOf(one.from) + minutesLong(one)
    const today = one.days.includes(weekday) && minuteOf(one.from) <= minute && minute < end
    return today || (one.days.includes(before) && minute + MINUTES_A_DAY < end)
  })
}
