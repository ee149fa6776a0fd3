import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Fact, TRACK_POINTS, parseFact } from './facts.ts'
import { fixture, mutant, sourceOf } from './fixtures.ts'
import { readIsobmff } from './isobmff.ts'
import * as made from './made-telemetry.ts'
import { readFootage } from './read-footage.ts'

const film = fixture('plain.mp4')
const way = made.madeWay(30)

const FILES = {
  'GPMF with GPS5': made.withTrack(
    film,
    'gpmd',
    way.map(point => made.gpmfPayload(point)),
  ),
  'GPMF with GPS9': made.withTrack(
    film,
    'gpmd',
    way.map(point => made.gpmfPayload(point, { nine: true })),
  ),
  'NMEA in subtitles': made.withTrack(
    film,
    'tx3g',
    way.map(point => made.nmeaSample(point)),
  ),
  'NMEA in a text track': made.withTrack(
    film,
    'text',
    way.map(point => made.nmeaSample(point)),
  ),
  'Novatek’s blocks': made.withBlocks(
    film,
    way.map(point => made.novatekBlock(point)),
  ),
}

describe.each(Object.entries(FILES))('the way of a camera, by %s', (_, file) => {
  test('is told by a process that reads nothing else, with its clock, its length and where it says so', async () => {
    const { parsable, facts } = await readFootage(sourceOf(file))
    expect(parsable).toBe(true)
    const track = trackIn(facts)
    expect(track).toMatchObject({ from: way[0]?.at, until: way[29]?.at })
    expect(track.points).toHaveLength(30)
    // 29 steps of 55.6 m north and 31.3 m east.
    expect(track.metres).toBeGreaterThan(1845)
    expect(track.metres).toBeLessThan(1858)
    for (const [second, [ms, latitude = 0, longitude = 0]] of track.points.entries()) {
      expect(ms).toBe(second * 1000)
      expect(Math.abs(latitude / 1e7 - (55.676 + second * 0.0005))).toBeLessThan(0.00001)
      expect(Math.abs(longitude / 1e7 - (12.568 + second * 0.0005))).toBeLessThan(0.00001)
    }
    const ours = facts.filter(({ parser }) => parser === 'vidne telemetry 1')
    const [place, area] = [ours.find(one => one.name === 'place'), ours.find(one => one.name === 'track-area')]
    const [[, south, west] = [], [, north, east] = []] = [track.points[0], track.points[29]]
    expect(place?.value).toMatchObject({ latitudeE7: south, longitudeE7: west })
    expect(area?.value).toEqual({ southE7: south, westE7: west, northE7: north, eastE7: east })
    for (const fact of facts) expect(parseFact(fact)).toEqual(fact)
  })

  test('hostile bytes in it never make the reader throw, read outside the file, or tell what is no fact', () => {
    const begin = film.indexOf('moov') - 4
    const change = fc.tuple(fc.integer({ min: begin, max: file.length - 1 }), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), fc.integer({ min: begin, max: file.length }), (changes, end) => {
        const facts = told(mutant(file, changes).subarray(0, end))
        for (const fact of facts.filter(({ parser }) => parser === 'vidne telemetry 1'))
          expect(parseFact(fact)).toEqual(fact)
      }),
      { numRuns: 500 },
    )
  })
})

test('south and west are negative, in every format', () => {
  const south = way.map(point => ({ ...point, latitude: -point.latitude, longitude: -point.longitude }))
  for (const file of [
    made.withTrack(
      film,
      'gpmd',
      south.map(point => made.gpmfPayload(point)),
    ),
    made.withTrack(
      film,
      'tx3g',
      south.map(point => made.nmeaSample(point)),
    ),
    made.withBlocks(
      film,
      south.map(point => made.novatekBlock(point)),
    ),
  ]) {
    const [, latitude = 0, longitude = 0] = trackIn(told(file)).points[0] ?? []
    expect([latitude / 1e7, longitude / 1e7]).toEqual([expect.closeTo(-55.676, 4), expect.closeTo(-12.568, 4)])
  }
})

test('a receiver without satellites says nothing, whatever it writes', () => {
  const nowhere = { at: way[0]?.at ?? 0, latitude: 0, longitude: 0 }
  const files = [
    made.withTrack(
      film,
      'gpmd',
      way.map(point => made.gpmfPayload(point, { lock: 0 })),
    ),
    made.withTrack(
      film,
      'gpmd',
      way.map(point => made.gpmfPayload(point, { lock: 0, nine: true })),
    ),
    made.withTrack(
      film,
      'gpmd',
      way.map(() => made.gpmfPayload(nowhere)),
    ),
    made.withTrack(
      film,
      'tx3g',
      way.map(point => made.nmeaSample(point, { state: 'V' })),
    ),
    made.withBlocks(
      film,
      way.map(point => made.novatekBlock(point, 'V')),
    ),
  ]
  for (const file of files) expect(told(file).filter(({ name }) => name.startsWith('track'))).toEqual([])
})

test('a sentence of NMEA counts only with its checksum', () => {
  const wrong = way.map(point =>
    Buffer.from(made.nmeaSample(point).toString('latin1').replace(',A,55', ',A,56'), 'latin1'),
  )
  expect(told(made.withTrack(film, 'tx3g', wrong)).filter(({ name }) => name === 'track')).toEqual([])
})

test('other tracks are not looked into, and a single point is no way', () => {
  expect(
    told(
      made.withTrack(
        film,
        'tmcd',
        way.map(point => made.nmeaSample(point)),
      ),
    ),
  ).toEqual(told(film))
  expect(
    told(
      made.withTrack(
        film,
        'tx3g',
        way.slice(0, 1).map(point => made.nmeaSample(point)),
      ),
    ),
  ).toEqual(told(film))
})

test('a long way is told by as many points as a fact may have, from its first to its last', () => {
  const long = made.madeWay(5000, Date.UTC(2026, 10, 20, 6))
  const facts = told(
    made.withTrack(
      film,
      'gpmd',
      long.map(point => made.gpmfPayload(point)),
    ),
  )
  const track = trackIn(facts)
  expect(track.points).toHaveLength(TRACK_POINTS)
  expect([track.from, track.until]).toEqual([long[0]?.at, long.at(-1)?.at])
  expect(track.points.at(-1)?.[0]).toBe(4_999_000)
})

test('tables that claim more samples than a file can hold cost no more than a look', () => {
  const file = made.withTrack(
    film,
    'gpmd',
    way.map(point => made.gpmfPayload(point)),
  )
  const endless = Buffer.from(file)
  for (const type of ['stsz', 'stts', 'stsc', 'stco']) {
    const at = endless.lastIndexOf(type)
    endless.writeUInt32BE(0xffff_ffff, at + (type === 'stsz' ? 12 : 8))
  }
  let read = 0
  readIsobmff(
    endless.length,
    (at, length) => ((read += length), endless.subarray(at, at + length)),
    () => undefined,
  )
  expect(read).toBeLessThan(endless.length * 4)
})

type Track = { from: number; until: number; metres: number; points: number[][] }

function trackIn(facts: readonly Fact[]): Track {
  return facts.find(({ name }) => name === 'track')?.value as Track
}

function told(bytes: Buffer): Fact[] {
  const facts: Fact[] = []
  const read = (offset: number, length: number): Buffer => {
    if (offset < 0 || length < 0 || offset + length > bytes.length) throw new Error('read outside the file')
    return bytes.subarray(offset, offset + length)
  }
  readIsobmff(bytes.length, read, fact => facts.push(fact))
  return facts
}
