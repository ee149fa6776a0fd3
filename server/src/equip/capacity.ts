/** A day without a time, as `2027-01-31`. */
export type Day = string

/** From that day on a district has so many cameras that can be handed out. */
export type Stock = { readonly district: string; readonly since: Day; readonly cameras: number }

/** A shift that fills so many posts on these days of the week (Monday 1 to Sunday 7), from its first day to its last. */
export type Shift = {
  readonly district: string
  readonly name: string
  readonly first: Day
  readonly last: Day
  readonly weekdays: readonly number[]
  readonly posts: number
}

/** `sparePercent`: what is kept beside the cameras in use, for those that charge, dock or are broken. */
export type Plan = {
  readonly stock: readonly Stock[]
  readonly shifts: readonly Shift[]
  readonly sparePercent: number
}

export type Lender = { readonly district: string; readonly cameras: number }

/** How a district stands on a day. `lenders`: who could help, no camera promised twice; `uncovered`: what is lacking even then. */
export type DistrictDay = {
  readonly date: Day
  readonly district: string
  readonly shifts: number
  readonly posts: number
  readonly needed: number
  readonly stock: number
  readonly short: number
  readonly free: number
  readonly lenders: readonly Lender[]
  readonly uncovered: number
}

/**
 * Shifts × posts × spare factor against the stock, for each day and each district that has either. A camera is handed out
 * once a day: after its shift it docks and charges, so a second shift needs a camera of its own.
 */
export function capacity(plan: Plan, from: Day, to: Day): DistrictDay[] {
  const districts = [...new Set([...plan.stock, ...plan.shifts].map(({ district }) => district))].toSorted()
  return daysBetween(from, to).flatMap(date => {
    const standing = districts.map(district => standingOn(plan, district, date))
    const lent = lending(standing)
    return standing.map(one => {
      const lenders = lent.get(one.district) ?? []
      const covered = lenders.reduce((all, { cameras }) => all + cameras, 0)
      return { ...one, lenders, uncovered: one.short - covered }
    })
  })
}

type Standing = Omit<DistrictDay, 'lenders' | 'uncovered'>

function standingOn({ stock, shifts, sparePercent }: Plan, district: string, date: Day): Standing {
  const own = shifts.filter(shift => shift.district === district && falls(shift, date))
  const posts = own.reduce((all, shift) => all + shift.posts, 0)
  // Whole numbers only: 10 posts and a fifth more are 12 cameras, and never 13 by a rounding of fractions.
  const needed = Math.ceil((posts * (100 + sparePercent)) / 100)
  const cameras = stockOn(stock, district, date)
  const [short, free] = [Math.max(0, needed - cameras), Math.max(0, cameras - needed)]
  return { date, district, shifts: own.length, posts, needed, stock: cameras, short, free }
}

function falls({ first, last, weekdays }: Shift, date: Day): boolean {
  return first <= date && date <= last && weekdays.includes(Temporal.PlainDate.from(date).dayOfWeek)
}

/** The latest count up to that day. A district whose cameras nobody has counted has none. */
function stockOn(stock: readonly Stock[], district: string, date: Day): number {
  const counted = stock.filter(one => one.district === district && one.since <= date)
  return (
    counted.reduce<Stock | null>((latest, one) => (latest !== null && latest.since > one.since ? latest : one), null)
      ?.cameras ?? 0
  )
}

/** The largest shortage is helped first, by whoever has most to spare. */
function lending(standing: readonly Standing[]): Map<string, Lender[]> {
  const free = new Map(standing.map(one => [one.district, one.free]))
  const short = standing.filter(one => one.short > 0).toSorted((a, b) => b.short - a.short)
  return new Map(short.map(one => [one.district, lendersFor(one.short, free)]))
}

function lendersFor(lacking: number, free: Map<string, number>): Lender[] {
  const lenders: Lender[] = []
  let left = lacking
  for (const [district, spare] of [...free].toSorted(([, a], [, b]) => b - a)) {
    const cameras = Math.min(left, spare)
    if (cameras === 0) break
    free.set(district, spare - cameras)
    lenders.push({ district, cameras })
    left -= cameras
  }
  return lenders
}

function daysBetween(from: Day, to: Day): Day[] {
  const last = Temporal.PlainDate.from(to)
  const days: Day[] = []
  let day = Temporal.PlainDate.from(from)
  while (Temporal.PlainDate.compare(day, last) <= 0) {
    days.push(day.toString())
    day = day.add({ days: 1 })
  }
  return days
}
