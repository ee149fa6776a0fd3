import { expect, test } from 'vitest'
import { clustered, lines, positionAt, project, scaleOf, sightOf, tilesIn, zoomed } from './projection.ts'

const town = { latitude: 55.6761, longitude: 12.5683 }

test('a place is found again where it was drawn', () => {
  const found = positionAt(project(town))
  expect(found.latitude).toBeCloseTo(town.latitude, 9)
  expect(found.longitude).toBeCloseTo(town.longitude, 9)
})

test('all that was made somewhere is in sight, also a single place', () => {
  const points = [town, { latitude: 57.05, longitude: 9.92 }].map(project)
  const sight = sightOf(points, 0.5)
  for (const point of points) {
    expect(Math.abs(point.x - sight.x)).toBeLessThan(sight.width / 2)
    expect(Math.abs(point.y - sight.y)).toBeLessThan(sight.width / 4)
  }
  expect(sightOf([project(town)], 0.5).width).toBeGreaterThan(0)
  expect(zoomed(sight, 100).width).toBe(1)
})

test('what lies on each other is one until one goes closer', () => {
  const near = [
    project(town),
    project({ ...town, longitude: town.longitude + 0.0001 }),
    project({ latitude: 0, longitude: 0 }),
  ]
  expect(
    clustered(near, 1e-3)
      .map(each => each.items.length)
      .toSorted((a, b) => a - b),
  ).toEqual([1, 2])
  expect(clustered(near, 1e-9)).toHaveLength(3)
})

test('some lines are in sight at every step of closeness, and the scale is of a round length', () => {
  for (let width = 1; width > 2 ** -19; width /= 2) {
    const sight = { ...project(town), width }
    const { longitudes } = lines(sight)
    expect(longitudes.length).toBeGreaterThan(1)
    expect(longitudes.length).toBeLessThan(14)
    const { metres, part } = scaleOf(sight)
    expect(part).toBeLessThanOrEqual(0.25)
    expect(String(metres / 10 ** Math.floor(Math.log10(metres)))).toMatch(/^[125]$/)
  }
})

test('the pictures of the map cover what is in sight, and never are thousands', () => {
  const sight = { ...project(town), width: 2 ** -10 }
  const tiles = tilesIn(sight, { width: 960, height: 540, from: 0, to: 18 })
  expect(tiles.length).toBeGreaterThan(5)
  expect(new Set(tiles.map(tile => tile.z))).toEqual(new Set([12]))
  expect(tilesIn({ ...sight, width: 1 }, { width: 960, height: 540, from: 12, to: 18 })).toEqual([])
})
