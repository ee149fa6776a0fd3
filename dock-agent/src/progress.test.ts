import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { progressWords, startProgress } from './progress.ts'

/** A terminal, or a file, that remembers what was written. */
function screen(isTTY: boolean) {
  const written: string[] = []
  return { isTTY, columns: 100, write: (text: string) => void written.push(text), written }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

test('on a terminal a bar moves, with amount, rate and time left, and goes when it ends', () => {
  const terminal = screen(true)
  const progress = startProgress('docking', 'bytes', terminal)
  progress.at(1, 2_000_000)
  expect(terminal.written).toEqual([])
  vi.advanceTimersByTime(150)
  progress.at(1_000_000, 2_000_000)
  const [line = ''] = terminal.written
  expect(line.startsWith('\r\x1b[K')).toBe(true)
  expect(line).toMatch(/█{10}.*░{10} docking: 1\.0 MB of 2\.0 MB, \d+\.\d [kM]B\/s, \d+ s left$/)
  progress.end()
  expect(terminal.written.at(-1)).toBe('\r\x1b[K')
  progress.end()
  expect(terminal.written).toHaveLength(2)
})

test('elsewhere short work says nothing, and no sign for a terminal is ever written', () => {
  const file = screen(false)
  const progress = startProgress('docking', 'bytes', file)
  vi.advanceTimersByTime(9999)
  progress.at(1_000_000, 2_000_000)
  progress.end()
  expect(file.written).toEqual([])
})

test.each([
  [{ done: 500, total: 1000, unit: 'bytes', ms: 1000 }, 'x: 500 B of 1.0 kB, 500 B/s, 1 s left'],
  [{ done: 5e9, total: 6e12, unit: 'bytes', ms: 50_000 }, 'x: 5.0 GB of 6.0 TB, 100.0 MB/s, 16.7 h left'],
  [{ done: 1e6, total: 1e9, unit: 'bytes', ms: 1000 }, 'x: 1.0 MB of 1.0 GB, 1.0 MB/s, 17 min left'],
  [{ done: 0, total: 1000, unit: 'bytes', ms: 1000 }, 'x: 0 B of 1.0 kB, 0 B/s, unknown time left'],
  [{ done: 2000, total: null, unit: 'bytes', ms: 2000 }, 'x: 2.0 kB, 1.0 kB/s'],
  [
    { done: 123_500, total: 1_000_000, unit: ['leaf', 'leaves'], ms: 1000 },
    'x: 123 500 leaves of 1 000 000 leaves, 123 500 leaves/s, 8 s left',
  ],
  [{ done: 1, total: 1, unit: ['leaf', 'leaves'], ms: 1000 }, 'x: 1 leaf of 1 leaf, 1 leaf/s, 0 s left'],
] as const)('%j reads %s', (at, words) => expect(progressWords('x', at)).toBe(words))
