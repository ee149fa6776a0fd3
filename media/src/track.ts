import { type Fact, TRACK_POINTS } from './facts.ts'

/** A position that a receiver in the camera had, and when: in the file's own time, and by the satellites where they are asked. */
export type Fix = {
  readonly ms: number
  /** Epoch milliseconds; null where no clock stands beside the position. */
  readonly at: number | null
  readonly latitudeE7: number
  readonly longitudeE7: number
}

const METRES_E7 = (6_371_008.8 * Math.PI) / 180 / 1e7

/** The facts of a way that was gone: the way, what it lies within, and where it began. None of fewer than two fixes. */
export function trackFacts(all: readonly Fix[], source: string, parser: string): Fact[] {
  const fixes = evenly(all, TRACK_POINTS)
  const [first] = fixes
  if (first === undefined || fixes.length < 2) return []
  const points = fixes.map(({ ms, latitudeE7, longitudeE7 }) => [ms, latitudeE7, longitudeE7])
  const from = all.find(fix => fix.at !== null)?.at ?? null
  const until = all.findLast(fix => fix.at !== null)?.at ?? null
  const { latitudeE7, longitudeE7 } = first
  return [
    { name: 'place', value: { latitudeE7, longitudeE7, altitudeMm: null }, source, parser },
    { name: 'track-area', value: areaOf(fixes), source, parser },
    { name: 'track', value: { from, until, metres: metresOf(fixes), points }, source, parser },
  ]
}

/** At most so many, as far apart as each other, with the first and the last. */
export function evenly<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all]
  return Array.from({ length: most }, (_, place) => all[Math.round((place * (all.length - 1)) / (most - 1))] as T)
}

function areaOf(fixes: readonly Fix[]) {
  const of = (which: 'latitudeE7' | 'longitudeE7') => fixes.map(fix => fix[which])
  return {
    southE7: Math.min(...of('latitudeE7')),
    westE7: Math.min(...of('longitudeE7')),
    northE7: Math.max(...of('latitudeE7')),
    eastE7: Math.max(...of('longitudeE7')),
  }
}

/** Between points that lie close to each other the Earth is flat, and a degree of longitude as long as the latitude has it. */
function metresOf(fixes: readonly Fix[]): number {
  let metres = 0
  for (const [place, to] of fixes.entries()) {
    const from = fixes[place - 1]
    if (from === undefined) continue
    const narrowing = Math.cos(((from.latitudeE7 + to.latitudeE7) / 2e7 / 180) * Math.PI)
    const east = (to.longitudeE7 - from.longitudeE7) * narrowing
    metres += Math.hypot(to.latitudeE7 - from.latitudeE7, east) * METRES_E7
  }
  return Math.round(metres)
}
