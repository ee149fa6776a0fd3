import { expect, test } from 'vitest'
import { WitnessClocks } from './witness-clocks.ts'

const NOON = Date.parse('2026-06-01T12:00:00Z')
const HOUR = 3_600_000

function heardAtNoon() {
  const steady = { ms: 500 }
  const clocks = new WitnessClocks(() => steady.ms)
  clocks.hear('a.example', NOON)
  return { clocks, steady }
}

test('a clock that runs as it should neither leads nor lags, however long ago the witness spoke', () => {
  const { clocks, steady } = heardAtNoon()
  expect(clocks.leads(NOON)).toEqual([{ by: 'a.example', leadMs: 0 }])
  steady.ms += 7 * HOUR
  expect(clocks.leads(NOON + 7 * HOUR)).toEqual([{ by: 'a.example', leadMs: 0 }])
})

test('a clock that is moved after the witness spoke is noticed without asking again', () => {
  const { clocks, steady } = heardAtNoon()
  steady.ms += 60_000
  expect(clocks.leads(NOON + 60_000 + HOUR)).toEqual([{ by: 'a.example', leadMs: HOUR }])
  expect(clocks.leads(NOON - HOUR)).toEqual([{ by: 'a.example', leadMs: -HOUR - 60_000 }])
})

test('of each witness the last word counts, and the silence is that of the one heard last', () => {
  const { clocks, steady } = heardAtNoon()
  expect(new WitnessClocks().silentMs).toBe(Infinity)
  steady.ms += 1000
  clocks.hear('b.example', NOON + 2 * HOUR)
  clocks.hear('a.example', NOON + 1000)
  steady.ms += 50
  expect(clocks.silentMs).toBe(50)
  expect(clocks.leads(NOON + 1050)).toEqual([
    { by: 'a.example', leadMs: 0 },
    { by: 'b.example', leadMs: 1000 - 2 * HOUR },
  ])
})
