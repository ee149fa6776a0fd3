import { expect, test } from 'vitest'
import type { DockLine } from './dock-agent.ts'
import { inWords, tellDocking } from './telling.ts'

const docked = { path: 'DCIM/1.mp4', recording: 'r-1', sha256: 'ab', bytes: 3, receipt: '/r', verified: true }

test.each([
  [docked, 'DCIM/1.mp4: sealed as r-1 (receipt verified)'],
  [{ ...docked, wiped: true }, 'DCIM/1.mp4: sealed as r-1 (receipt verified), wiped'],
  [
    { ...docked, wiped: false, kept: 'it read differently the second time' },
    'DCIM/1.mp4: sealed as r-1 (receipt verified), not wiped: it read differently the second time',
  ],
  [{ ...docked, verified: false }, 'DCIM/1.mp4: sealed as r-1 (receipt kept, not verified: no trust file was given)'],
  [
    {
      ...docked,
      verified: false,
      rehearsal: true,
      wiped: false,
      kept: 'nothing is wiped on a receipt from a rehearsal installation without --rehearsal',
    },
    'DCIM/1.mp4: sealed as r-1 (receipt kept, not verified: it is from a rehearsal installation), ' +
      'not wiped: nothing is wiped on a receipt from a rehearsal installation without --rehearsal',
  ],
  [{ path: 'link', refused: 'it is a symbolic link' }, 'link: refused: it is a symbolic link'],
] satisfies [DockLine, string][])('%j is told as: %s', (line, words) => expect(inWords(line)).toBe(words))

test('answers go out, a line a file; what is only news goes to the other stream', () => {
  const said = { out: '', err: '' }
  const streams = {
    out: { write: (text: string) => void (said.out += text) },
    err: { write: (text: string) => void (said.err += text) },
  }
  for (const json of [true, false]) {
    const telling = tellDocking(json, streams)
    telling.tell({ kind: 'waiting', sentence: 'http://x does not answer' })
    telling.tell({ kind: 'progress', done: 1, total: 3 })
    telling.tell({ kind: 'file', line: docked })
    telling.end()
  }
  expect(said.err).toBe('http://x does not answer\nhttp://x does not answer\n')
  const [first, second] = said.out.trimEnd().split('\n')
  expect(JSON.parse(first ?? '')).toEqual(docked)
  expect(second).toBe(inWords(docked))
})
