import type { RecordingRow } from '@vidne/contract/recordings'
import { expect, test } from 'vitest'
import { lines } from './recordings.ts'

const row: RecordingRow = {
  id: '01999999-0000-7000-8000-000000000001',
  sha256: 'ab',
  bytes: 3,
  camera: 'CAM-7',
  wearer: null,
  path: 'DCIM/1.mp4',
  level: 'gateway',
  recordedAt: '2026-11-20T10:00:00.000Z',
  recordedAtSource: 'mp4',
  receivedAt: '2026-11-21T10:00:00.000Z',
  sealedAt: '2026-11-21T10:00:01.000Z',
  state: 'sealed',
  rule: 'uncategorised',
  deleteAfter: '2026-12-21T10:00:00.000Z',
  held: false,
  parsable: true,
  bytesLost: false,
  durationMs: null,
  unit: null,
  categories: [],
  operation: null,
  place: null,
}

/** The cells of one recording, by the head of their column. */
function told(differing: Partial<RecordingRow>): Record<string, string> {
  const [head = '', line = ''] = lines([{ ...row, ...differing }])
  const starts = [...head.matchAll(/\S+(?: \S+)*/g)].map(match => ({ name: match[0], at: match.index }))
  return Object.fromEntries(starts.map(({ name, at }, i) => [name, line.slice(at, starts[i + 1]?.at).trim()]))
}

test('a recording is listed with the day by which it has to be gone', () => {
  expect(told({})).toMatchObject({ state: 'sealed', 'to be gone by': '2026-12-21T10:00:00.000Z', mark: '' })
})

test.each([
  [{ state: 'deleted', deleteAfter: null, sha256: null, parsable: null }, 'gone'],
  [{ state: 'erasing' }, 'going now'],
  [{ held: true, deleteAfter: null }, 'on hold'],
  [{ state: 'deleted', held: false, deleteAfter: null }, 'gone'],
  [{ deleteAfter: null }, 'not set'],
] satisfies [Partial<RecordingRow>, string][])('of %j is said that it is %s', (differing, words) => {
  expect(told(differing)['to be gone by']).toBe(words)
})

test('a file is listed by the name it had on the camera, without what a terminal would obey', () => {
  expect(told({ path: 'DCIM/\u001b[2J1.mp4' })['file']).toBe('DCIM/?[2J1.mp4')
  expect(told({ path: null })['file']).toBe('')
})

test('what cannot be parsed is marked; what was not read yet is not', () => {
  expect(told({ parsable: false })['mark']).toBe('cannot be parsed')
  expect(told({ parsable: null })['mark']).toBe('')
  expect(told({ bytesLost: true })['mark']).toBe('bytes lost')
})
