import { expect, test } from 'vitest'
import { Places } from './places.ts'

test('no more are at work than there are places, and who waits goes on when one is given back', async () => {
  const places = new Places(1)
  const first = await places.take()
  expect(places.takeNow()).toBeNull()
  let second: (() => void) | null = null
  const waiting = places.take().then(free => (second = free))
  await Promise.resolve()
  expect(second).toBeNull()
  first()
  first()
  const free = await waiting
  // Given back twice, it is one place all the same.
  expect(places.takeNow()).toBeNull()
  free()
  expect(places.takeNow()).not.toBeNull()
})
