import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stillWords } from '../platform/still.ts'
import { judge, stillOf, type Found } from './standing.ts'

const root = new Uint8Array(32).fill(7)
const sound: Found = {
  origin: 'log.example.org',
  lock: { size: 100, root },
  tiles: { extent: 100, rootAtLock: root },
  database: { origin: 'log.example.org', leaves: 100, signed: 100 },
  edgeAgrees: true,
  published: 90,
}

test('a crash at any moment leaves lock ≤ tiles ≤ database, and such a log goes on', () => {
  const sizes = fc.tuple(fc.nat(500), fc.nat(500), fc.nat(500), fc.nat(500), fc.nat(500))
  fc.assert(
    fc.property(sizes, ([published, unrecorded, unsigned, untiled, known]) => {
      const size = published + unrecorded + 1
      const found: Found = {
        ...sound,
        lock: { size, root },
        tiles: { extent: size + unsigned, rootAtLock: root },
        database: { origin: sound.origin, leaves: size + unsigned + untiled, signed: Math.min(size, known) },
        published,
      }
      expect(judge(found)).toBe('ok')
    }),
  )
})

test('a log whose first signature was cut off goes on', () => {
  const database = { origin: sound.origin, leaves: 1, signed: 0 }
  const cutOff = { ...sound, lock: { size: 0, root }, database, published: 0 }
  expect(judge({ ...cutOff, tiles: { extent: 1, rootAtLock: root } })).toBe('ok')
  expect(judge({ ...cutOff, tiles: { extent: 0, rootAtLock: root } })).toBe('ok')
})

test.each<[string, Partial<Found>, string]>([
  [
    'nothing at all',
    { lock: null, tiles: { extent: 0, rootAtLock: root }, database: null, published: 0 },
    'not-opened',
  ],
  [
    'a lock store that has begun, and nothing else',
    { lock: { size: 0, root }, tiles: { extent: 0, rootAtLock: root }, database: null, published: 0 },
    'not-opened',
  ],
  ['no lock', { lock: null }, 'lock-missing'],
  ['no lock, and a new database', { lock: null, database: null }, 'lock-missing'],
  ['a lock that nobody can read', { lock: 'unreadable' }, 'lock-unreadable'],
  ['a lock behind the database', { lock: { size: 99, root }, published: 90 }, 'lock-older'],
  ['a lock behind the public checkpoint', { published: 101 }, 'lock-older'],
  ['no database', { database: null }, 'database-older'],
  ['a database behind the lock', { database: { origin: sound.origin, leaves: 99, signed: 99 } }, 'database-older'],
  ['a database behind the tiles', { tiles: { extent: 101, rootAtLock: root } }, 'database-older'],
  ['leaves that differ', { edgeAgrees: false }, 'database-differs'],
  ['a key of another log', { origin: 'other.example.org' }, 'other-origin'],
  ['no tiles', { tiles: { extent: 0, rootAtLock: null } }, 'tiles-missing'],
  ['tiles behind the lock', { tiles: { extent: 99, rootAtLock: null } }, 'tiles-older'],
  ['a tile missing in the middle', { tiles: { extent: 100, rootAtLock: null } }, 'tiles-older'],
  ['tiles with another root', { tiles: { extent: 100, rootAtLock: new Uint8Array(32) } }, 'tiles-differ'],
])('%s stops the log', (_, change, stopped) => {
  const standing = judge({ ...sound, ...change })
  expect(standing).toEqual({ stopped })
  expect(stillWords('en', stillOf(standing)!)).toMatch(/^[A-Z].*\.$/)
})
