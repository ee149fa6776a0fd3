import fc from 'fast-check'
import { expect, test } from 'vitest'
import { amongFillers, fillersFor, paddedCount } from './padding.ts'

test('what is shown is 16, 64, 256, 1024 or a whole multiple of 1024', () => {
  expect([0, 1, 16, 17, 64, 65, 256, 257, 1024, 1025, 5000].map(paddedCount)).toEqual([
    16, 16, 16, 64, 64, 256, 256, 1024, 1024, 2048, 5120,
  ])
  fc.assert(fc.property(fc.nat(100_000), events => fillersFor(events) >= 0 && paddedCount(events) >= events))
})

test('events keep their order among the fillers, and none is lost', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(50), (events, fillers) => {
      const leaves = Array.from({ length: events }, (_, at) => ({ leaf: Uint8Array.of(at), label: null }))
      const mixed = amongFillers(leaves, fillers)
      expect(mixed).toHaveLength(events + fillers)
      expect(mixed.filter(one => one.label === null)).toEqual(leaves)
    }),
  )
})

test('an event is as likely to be anywhere among the fillers', () => {
  const places = new Set(
    Array.from({ length: 400 }, () =>
      amongFillers([{ leaf: Uint8Array.of(1), label: null }], 3).findIndex(one => one.label === null),
    ),
  )
  expect(places).toEqual(new Set([0, 1, 2, 3]))
})
