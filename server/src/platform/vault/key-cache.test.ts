import { expect, test } from 'vitest'
import { KeyCache } from './key-cache.ts'

test('keys that leave memory are overwritten, the least recently used first', () => {
  const cache = new KeyCache(2)
  const [one, two, three, other] = [1, 2, 3, 4].map(value => Buffer.alloc(32, value))
  if (!one || !two || !three || !other) throw new Error('unreachable')
  cache.put('one', one)
  cache.put('two', two)
  expect(cache.get('one')).toBe(one)
  cache.put('three', three)
  expect(cache.get('two')).toBeNull()
  expect(two).toEqual(Buffer.alloc(32))
  expect(one[0]).toBe(1)
  cache.put('one', other)
  expect(one).toEqual(Buffer.alloc(32))
  cache.forget('three')
  expect(three).toEqual(Buffer.alloc(32))
  cache.clear()
  expect(other).toEqual(Buffer.alloc(32))
  expect(cache.get('one')).toBeNull()
})
