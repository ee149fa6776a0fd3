// A small map of our own: Web Mercator, as everybody's maps have it, onto a square of one unit.

export type Point = { readonly x: number; readonly y: number }
export type Position = { readonly latitude: number; readonly longitude: number }
/** What is in sight: the middle, and how much of the unit square its width shows. */
export type Sight = { readonly x: number; readonly y: number; readonly width: number }

/** Beyond this no map of this kind reaches. */
const NORTHMOST = 85.0511
const radians = Math.PI / 180

export function project({ latitude, longitude }: Position): Point {
  const north = Math.max(-NORTHMOST, Math.min(NORTHMOST, latitude)) * radians
  return { x: longitude / 360 + 0.5, y: 0.5 - Math.log(Math.tan(Math.PI / 4 + north / 2)) / (2 * Math.PI) }
}

export function positionAt({ x, y }: Point): Position {
  return { latitude: (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) / Math.PI) * 180, longitude: (x - 0.5) * 360 }
}

/** A street at the least, the world at the most. */
const [NARROWEST, WIDEST] = [2 ** -19, 1]

/** The sight that holds all points, with room around them. `ratio`: height to width. */
export function sightOf(points: readonly Point[], ratio: number): Sight {
  const [xs, ys] = [points.map(point => point.x), points.map(point => point.y)]
  const [west, east, north, south] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const width = Math.max(east - west, (south - north) / ratio, NARROWEST * 4) * 1.2
  return { x: (west + east) / 2, y: (north + south) / 2, width: Math.min(width, WIDEST) }
}

export function zoomed(sight: Sight, by: number, around: Point = sight): Sight {
  return { ...around, width: Math.max(NARROWEST, Math.min(WIDEST, sight.width * by)) }
}

export type Cluster<Item> = Point & { readonly items: readonly Item[] }

/** Points that would lie on each other on the screen, as one. `cell`: in units of the square. */
export function clustered<Item extends Point>(items: readonly Item[], cell: number): Cluster<Item>[] {
  const cells = Map.groupBy(items, item => `${Math.floor(item.x / cell)} ${Math.floor(item.y / cell)}`)
  return [...cells.values()].map(together => ({
    items: together,
    x: together.reduce((sum, item) => sum + item.x, 0) / together.length,
    y: together.reduce((sum, item) => sum + item.y, 0) / together.length,
  }))
}

/** Steps between lines of latitude and longitude, in degrees: those with which some four to nine lines are in sight. */
const STEPS = [30, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005]

export function lines(sight: Sight): {
  readonly step: number
  readonly longitudes: number[]
  readonly latitudes: number[]
} {
  const across = sight.width * 360
  const step = STEPS.find(each => across / each >= 4) ?? 0.0002
  const [northWest, southEast] = [
    positionAt({ x: sight.x - sight.width / 2, y: sight.y - sight.width / 2 }),
    positionAt({ x: sight.x + sight.width / 2, y: sight.y + sight.width / 2 }),
  ]
  const between = (from: number, until: number) => {
    const first = Math.ceil(from / step)
    return Array.from({ length: Math.max(0, Math.floor(until / step) - first + 1) }, (_, i) => (first + i) * step)
  }
  return {
    step,
    longitudes: between(northWest.longitude, southEast.longitude),
    latitudes: between(southEast.latitude, northWest.latitude),
  }
}

export type Tile = { readonly z: number; readonly x: number; readonly y: number }

/** As wide as a tile is meant to be shown, in the units of `width`. */
const TILE = 256

/** The pictures of the map that are in sight, at the step of closeness that fits best among those there are. */
export function tilesIn(
  sight: Sight,
  { width, height, from, to }: { width: number; height: number; from: number; to: number },
): Tile[] {
  const z = Math.max(from, Math.min(to, Math.round(Math.log2(width / (sight.width * TILE)))))
  const across = 2 ** z
  const high = (sight.width * height) / width
  const within = (number: number) => Math.max(0, Math.min(across - 1, Math.floor(number * across)))
  const [west, east] = [within(sight.x - sight.width / 2), within(sight.x + sight.width / 2)]
  const [north, south] = [within(sight.y - high / 2), within(sight.y + high / 2)]
  // Far from the closest there are, there would be thousands: then lines alone are drawn.
  if ((east - west + 1) * (south - north + 1) > MOST_TILES) return []
  return Array.from({ length: east - west + 1 }, (_, i) =>
    Array.from({ length: south - north + 1 }, (__, j) => ({ z, x: west + i, y: north + j })),
  ).flat()
}

const MOST_TILES = 64

const EQUATOR_M = 40_075_017

/** A round length for the scale, and what part of the width it takes. */
export function scaleOf(sight: Sight): { readonly metres: number; readonly part: number } {
  const metres = sight.width * EQUATOR_M * Math.cos(positionAt(sight).latitude * radians)
  const wanted = metres / 4
  const power = 10 ** Math.floor(Math.log10(wanted))
  const round = [5, 2, 1].map(each => each * power).find(each => each <= wanted) ?? power
  return { metres: round, part: round / metres }
}
