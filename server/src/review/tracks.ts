/** Where a camera went, as its file says. Times in epoch milliseconds by the satellites; `ms` in the file's own time. */
export type Track = {
  readonly from: number | null
  readonly until: number | null
  readonly metres: number
  readonly points: readonly TrackPoint[]
}
export type TrackPoint = { readonly ms: number; readonly latitude: number; readonly longitude: number }

/** A parser's claim, never trusted: a way on the Earth, or none. */
export function trackIn(value: unknown): Track | null {
  if (typeof value !== 'object' || value === null) return null
  const said: Readonly<Record<string, unknown>> = { ...value }
  const { from, until, metres, points } = said
  if (!Array.isArray(points) || typeof metres !== 'number') return null
  const all = points.map(pointIn)
  const there = all.filter(point => point !== null)
  if (there.length !== all.length || there.length < 2) return null
  return { from: instantIn(from), until: instantIn(until), metres, points: there }
}

function instantIn(value: unknown): number | null {
  // What no calendar has would be no answer either.
  return typeof value === 'number' && Math.abs(value) <= 8.64e15 ? value : null
}

function pointIn(value: unknown): TrackPoint | null {
  if (!Array.isArray(value)) return null
  const [ms, latitudeE7, longitudeE7]: unknown[] = value
  if (typeof ms !== 'number' || typeof latitudeE7 !== 'number' || typeof longitudeE7 !== 'number') return null
  const [latitude, longitude] = [latitudeE7 / 1e7, longitudeE7 / 1e7]
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { ms, latitude, longitude } : null
}

/** At most so many points, with the first and the last. */
export function sketchOf(points: readonly TrackPoint[], most: number): TrackPoint[] {
  if (points.length <= most) return [...points]
  const step = (points.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, place) => points[Math.round(place * step)]).filter(each => each !== undefined)
}
