import { expect, test } from 'vitest'
import { textOfThrown } from './thrown.ts'

test.each([
  [{ name: 'ErrnoError', errno: 51 }, 'there is no room left on its disk'],
  [{ name: 'ErrnoError', errno: 63 }, 'its file system refused (63)'],
  [{ message: 'no such relation', errno: 1 }, 'no such relation'],
  [{}, 'it gave no reason'],
  ['unreachable', 'unreachable'],
  [null, 'null'],
])('what the engine throws is told in words: %j', (thrown, words) => {
  expect(textOfThrown(thrown)).toBe(words)
})
