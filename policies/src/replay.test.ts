import { expect, test } from 'vitest'
import { merge } from './merge.ts'
import { type PastEvent, replay } from './replay.ts'
import { aTrigger, pack, quiet } from './testing/situations.ts'

const dk = pack('dk-politi')

const events = ['patrol', 'arrest', 'patrol', 'parade'].map((code, number): PastEvent => ({
  id: `event ${number}`,
  situation: { ...quiet, triggers: [aTrigger(code)] },
  policy: dk,
}))

test('S1-03 the same events under a draft: each verdict that changes is told, and how many went from what to what', () => {
  const draft = merge(dk, {
    mustRecord: [...dk.mustRecord, { v: 'patrol', f: 'policy', s: 'decision 7' }],
  }).policy
  const { events: count, verdicts, differing } = replay(events, draft)
  expect(count).toBe(4)
  expect(verdicts).toEqual([
    { from: 'may', to: 'must', events: 2 },
    { from: 'must', to: 'must', events: 1 },
    { from: 'may', to: 'may', events: 1 },
  ])
  expect(differing.map(({ id, differs }) => [id, differs])).toEqual([
    ['event 0', ['verdict', 'clause', 'starts-itself']],
    ['event 2', ['verdict', 'clause', 'starts-itself']],
  ])
})

test('a draft that says the same changes nothing; an event from before any policy is told as one', () => {
  expect(replay(events, dk).differing).toEqual([])
  const [first] = replay([{ ...events[1]!, policy: null }], dk).differing
  expect([first?.before.verdict, first?.after.verdict]).toEqual(['must-not', 'must'])
})
