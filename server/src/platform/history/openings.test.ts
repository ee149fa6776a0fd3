import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { logId, makeEvent, NO_POLICY } from '@vidne/evidence/event'
import { OpeningDamaged, sealOpening, unsealOpening } from './openings.ts'

const key = new Uint8Array(randomBytes(32))
const subject = '0198f0a0-0000-7000-8000-000000000001'
const parts = { log: logId('x'), seq: 3, prev: new Uint8Array(32), at: 1, type: 'viewed' as const, pol: NO_POLICY }
const { event } = makeEvent({ ...parts, fields: [{ name: 'person', value: 'Ærø' }] })

test('an opening gives back the event it was made of, and is new each time', () => {
  const opening = sealOpening(key, subject, event)
  expect(unsealOpening(key, subject, 3, opening)).toEqual(event)
  expect(sealOpening(key, subject, event)).not.toEqual(opening)
})

test('an opening moved to another row, or under another key, does not open', () => {
  const opening = sealOpening(key, subject, event)
  expect(() => unsealOpening(key, subject, 4, opening)).toThrow(OpeningDamaged)
  expect(() => unsealOpening(key, subject.replace(/1$/, '2'), 3, opening)).toThrow(OpeningDamaged)
  expect(() => unsealOpening(new Uint8Array(32), subject, 3, opening)).toThrow(OpeningDamaged)
})

test('an opening with any bit turned, or cut anywhere, does not open', () => {
  const opening = sealOpening(key, subject, event)
  const bits = fc.nat({ max: opening.length * 8 - 1 })
  fc.assert(
    fc.property(bits, bit => {
      const turned = opening.with(bit >> 3, (opening[bit >> 3] ?? 0) ^ (1 << (bit & 7)))
      expect(() => unsealOpening(key, subject, 3, turned)).toThrow(OpeningDamaged)
      expect(() => unsealOpening(key, subject, 3, opening.subarray(0, bit >> 3))).toThrow(OpeningDamaged)
    }),
  )
})
