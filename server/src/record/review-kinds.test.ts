import { expect, test } from 'vitest'
import { conductReviews, footageReviews, stoppedLate } from './review-kinds.ts'
import type { Decided } from './verdicts.ts'

const may: Decided = {
  verdict: 'may',
  clause: null,
  startsItself: false,
  reasonNeeded: false,
  review: false,
  noticeNeeded: false,
  marks: [],
}

test('an override is looked at whether there is footage or not; a mark of footage only where there is some', () => {
  expect(conductReviews({ ...may, marks: ['override', 'no-notice'], review: true })).toEqual(['override'])
  expect(footageReviews({ ...may, marks: ['override', 'no-notice'] })).toEqual(['no-notice'])
  expect(conductReviews(may)).toEqual([])
  expect(footageReviews(may)).toEqual([])
})

test('where the policy wants somebody to look and no mark says why, the reason is asked', () => {
  expect(conductReviews({ ...may, review: true, marks: ['unknown-trigger'] })).toEqual(['to-be-explained'])
})

test('footage of what must not be recorded is looked at, once', () => {
  expect(footageReviews({ ...may, verdict: 'must-not' })).toEqual(['forbidden'])
  expect(footageReviews({ ...may, verdict: 'must-not', marks: ['no-policy'] })).toEqual(['no-policy'])
})

test('a stop is late when the camera ran on for more than a minute', () => {
  expect(stoppedLate([{ at: 0 }], 60_000)).toBe(false)
  expect(stoppedLate([{ at: 0 }], 60_001)).toBe(true)
  expect(stoppedLate([{ at: 0 }], null)).toBe(false)
  expect(stoppedLate([], 60_001)).toBe(false)
})
