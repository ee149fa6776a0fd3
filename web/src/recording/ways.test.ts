import { expect, test } from 'vitest'
import type { Playing } from './questions.ts'
import { type Can, waysFor } from './ways.ts'

const file: Playing = {
  kind: 'video',
  container: 'mp4',
  videoCodec: 'h264',
  audioCodec: 'aac',
  durationMs: 1000,
  segments: true,
  copy: true,
  strip: null,
}
const codecs = { video: 'avc1.64001e', audio: 'mp4a.40.2', frameRate: 25 }
const all: Can = { file: () => true, pieces: () => true }
const noHevc: Can = { file: type => !type.includes('hvc1'), pieces: type => !/hev1|hvc1/.test(type) }

test('a file that the browser opens is played as it is, and only where that fails otherwise', () => {
  expect(waysFor(file, codecs, all)).toEqual(['direct', 'segments', 'copy'])
  expect(waysFor({ ...file, container: 'mov' }, codecs, all)[0]).toBe('direct')
  expect(waysFor({ ...file, container: null, segments: false }, null, all)).toEqual(['direct', 'copy'])
})

test('another container is played in segments, without being converted', () => {
  for (const container of ['mkv', 'mpeg-ts']) expect(waysFor({ ...file, container }, codecs, all)[0]).toBe('segments')
})

test('what the browser cannot decode is converted, or cannot be shown', () => {
  const hevc = { ...file, videoCodec: 'hevc' }
  const names = { ...codecs, video: 'hev1.1.6.L63.90' }
  expect(waysFor(hevc, names, noHevc)).toEqual(['copy'])
  expect(waysFor({ ...hevc, copy: false }, names, noHevc)).toEqual([])
})

test('sound that nobody can name is not left out in silence', () => {
  expect(waysFor({ ...file, container: 'mkv', audioCodec: 'pcm_s16le' }, { ...codecs, audio: null }, all)).toEqual([
    'copy',
  ])
})
