import { languages } from '@vidne/locales/say'
import { expect, onTestFinished, test, vi } from 'vitest'
import { progressWords, tellProgress } from './progress.ts'

test.each(languages)('amount, rate and time left are told (%s)', language => {
  const words = progressWords(language, { done: 1_000_000, total: 4_000_000_000, ms: 1000 })
  for (const part of ['1.0 MB', '4.0 GB', '1.0 MB/s', '67 min']) expect(words).toContain(part)
  expect(progressWords(language, { done: 1, total: 1, ms: 1 })).toContain('0 s')
})

test('on a terminal a bar moves and goes; elsewhere short work says nothing', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const said = { terminal: '', file: '' }
  const terminal = tellProgress('en', { terminal: true, err: text => void (said.terminal += text) })
  const file = tellProgress('en', { terminal: false, err: text => void (said.file += text) })
  vi.advanceTimersByTime(9999)
  for (const one of [terminal, file]) {
    one.at(50, 100)
    one.end()
  }
  const clears = '\r\u001b[K'
  expect(said.terminal.startsWith(clears) && said.terminal.endsWith(clears)).toBe(true)
  expect(said.terminal.replaceAll(clears, '')).toMatch(/^█{10}░{10} Hashing: 50 B of 100 B, \d+ B\/s, \d+ s left$/)
  expect(said.file).toBe('')
})
