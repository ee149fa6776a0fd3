import { expect, test } from 'vitest'
import type { Fact } from '../dock/dock.ts'
import { isCuttable, keyframeBefore, playingOf, segmentsOf, stripOf, stripTimes } from './playing.ts'

const facts = (said: Readonly<Record<string, unknown>>): Fact[] =>
  Object.entries(said).map(([name, value]) => ({ name, value, source: 'test', parser: 'test' }))

const clip = {
  kind: 'video',
  container: 'mkv',
  'video-codec': 'h264',
  'duration-ms': 21_000,
  'start-ms': 40,
  'keyframe-times-ms': [40, 2040, 4040, 6040, 8040, 10_040, 20_040],
}

test('segments run from keyframe to keyframe without a gap, the first one short, to the end', () => {
  const segments = segmentsOf(playingOf(facts(clip)))
  expect(segments).toEqual([
    { from: 40, until: 2040, seconds: 2 },
    { from: 2040, until: 6040, seconds: 4 },
    { from: 6040, until: 10_040, seconds: 4 },
    { from: 10_040, until: 20_040, seconds: 10 },
    { from: 20_040, until: null, seconds: 1 },
  ])
  expect(segments.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(21)
})

test('what was not read, or is no container of ours, is not cut', () => {
  expect(isCuttable(playingOf(facts(clip)))).toBe(true)
  expect(isCuttable(playingOf([]))).toBe(false)
  expect(isCuttable(playingOf(facts({ ...clip, container: 'avi' })))).toBe(false)
  expect(isCuttable(playingOf(facts({ ...clip, 'keyframe-times-ms': [] })))).toBe(false)
  expect(isCuttable(playingOf(facts({ ...clip, 'keyframe-times-ms': ['0'] })))).toBe(false)
  expect(segmentsOf(playingOf([]))).toEqual([])
})

test('a strip has a picture a second, and never more than 48', () => {
  expect(stripOf(playingOf(facts(clip)))).toEqual({ columns: 8, rows: 3, everyMs: 1000 })
  expect(stripOf(playingOf(facts({ ...clip, 'duration-ms': 3_600_000 })))).toEqual({
    columns: 8,
    rows: 6,
    everyMs: 75_000,
  })
  expect(stripOf(playingOf(facts({ ...clip, 'duration-ms': 300 })))).toEqual({ columns: 1, rows: 1, everyMs: 300 })
  expect(stripOf(playingOf(facts({ ...clip, kind: 'audio' })))).toBeNull()
  expect(stripOf(playingOf(facts({ kind: 'video' })))).toBeNull()
  const playing = playingOf(facts(clip))
  const times = stripTimes({ columns: 8, rows: 3, everyMs: 1000 }, playing)
  expect([times.length, times[0], times.at(-1)]).toEqual([21, 40, 20_040])
})

test('a copy begins at the keyframe before', () => {
  const playing = playingOf(facts(clip))
  expect([39, 40, 9000, 99_000].map(at => keyframeBefore(playing, at))).toEqual([null, 40, 8040, 20_040])
})
