type Hours = { readonly days: readonly number[]; readonly from: string; readonly to: string }

const known = new Map<string, boolean[]>()

/** Every minute of a week, Monday 00:00 first, and whether the hours hold in it: counted, not reckoned. */
export function holdsInWeek(hours: readonly Hours[]): boolean[] {
  const key = JSON.stringify(hours)
  const before = known.get(key)
  if (before !== undefined) return before
  const open = Array.from({ length: 7 * 1440 }, () => false)
  const clock = (time: string) => Number(time.split(':')[0]) * 60 + Number(time.split(':')[1])
  for (const { days, from, to } of hours)
    for (const day of days) {
      let minute = (day - 1) * 1440 + clock(from)
      do {
        open[minute % open.length] = true
        minute += 1
      } while (minute % 1440 !== clock(to))
    }
  known.set(key, open)
  return open
}
