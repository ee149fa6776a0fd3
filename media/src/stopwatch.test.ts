import { expect, test, vi } from 'vitest'
import { stopwatch } from './stopwatch.ts'

test('time is counted while it runs, over any number of pauses, and not in them', () => {
  vi.useFakeTimers()
  let expired = 0
  const watch = stopwatch(1000, () => expired++)
  for (let round = 0; round < 3; round++) {
    watch.run()
    vi.advanceTimersByTime(300)
    watch.pause()
    vi.advanceTimersByTime(60_000)
  }
  expect(expired).toBe(0)
  watch.run()
  watch.run()
  vi.advanceTimersByTime(99)
  expect(expired).toBe(0)
  vi.advanceTimersByTime(2)
  expect(expired).toBe(1)
  watch.pause()
  watch.pause()
  vi.useRealTimers()
})
