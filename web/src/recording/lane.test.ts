import { expect, test } from 'vitest'
import { marksOf, partOf } from './lane.ts'

const entry = (id: string, content: object) => ({ id, content }) as Parameters<typeof marksOf>[0][number]

test('markers alone stand on the lane, each with a shape of its own beside its colour', () => {
  const marks = marksOf([
    entry('1', { kind: 'note', words: 'a note' }),
    entry('2', { kind: 'marker', from: 1000, until: null, sign: 'red-triangle', words: 'a knife' }),
    entry('3', { kind: 'marker', from: 2000, until: 5000, sign: 'blue-square', words: 'the arrest' }),
  ])
  expect(marks).toEqual([
    { id: '2', fromMs: 1000, untilMs: null, words: 'a knife', shape: '▲', colour: 'var(--stop)' },
    { id: '3', fromMs: 2000, untilMs: 5000, words: 'the arrest', shape: '■', colour: 'var(--accent)' },
  ])
})

test('a part has two ends, in whichever order they were marked', () => {
  expect(partOf({ inMs: 1000, outMs: null })).toBeNull()
  expect(partOf({ inMs: 1000, outMs: 1000 })).toBeNull()
  expect(partOf({ inMs: 3000, outMs: 1000 })).toEqual({ fromMs: 1000, untilMs: 3000 })
})
