import { describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { makeFootage, missingPrograms, said, sourceOf } from './fixtures.ts'
import { readFootage } from './read-footage.ts'

const withoutFfmpeg = leftOut('reading of containers made on the spot', missingPrograms('ffmpeg'))
const withoutFfprobe = leftOut('reading of AVI and older formats', missingPrograms('ffmpeg', 'ffprobe'))

const TAGS = ['-metadata', 'creation_time=2026-03-04T05:06:07Z', '-metadata', 'location=+55.6761+012.5683/']
const MARCH_4 = Date.UTC(2026, 2, 4, 5, 6, 7)
const H264 = ['-c:v', 'libx264', '-c:a', 'aac']

describe.skipIf(withoutFfmpeg)('three seconds with a keyframe each second are read from', () => {
  test.each([
    ['an MP4 with its index first', 'a.mp4', [...H264, '-movflags', '+faststart'], 'mp4', 'h264', 'aac', 0],
    ['an MP4 in fragments', 'a.mp4', [...H264, '-movflags', 'frag_keyframe+empty_moov'], 'mp4', 'h264', 'aac', 133],
    [
      'an MP4 with H.265',
      'a.mp4',
      ['-c:v', 'libx265', '-x265-params', 'log-level=none:keyint=15', '-tag:v', 'hvc1'],
      'mp4',
      'hevc',
      'aac',
      0,
    ],
    ['a MOV', 'a.mov', H264, 'mov', 'h264', 'aac', 0],
    ['a Matroska file', 'a.mkv', H264, 'mkv', 'h264', 'aac', 23],
    ['a WebM', 'a.webm', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-c:a', 'libopus'], 'webm', 'vp9', 'opus', 7],
    ['an MPEG transport stream', 'a.ts', H264, 'mpeg-ts', 'h264', 'aac', 1533],
  ] as const)('%s', async (_, file, args, container, videoCodec, audioCodec, startMs) => {
    const reading = await readFootage(sourceOf(makeFootage(file, [...args, ...TAGS])))
    expect(reading.parsable).toBe(true)
    expect(said(reading, 'kind')).toEqual(['video'])
    expect(said(reading, 'container').at(-1)).toBe(container)
    expect(said(reading, 'video-codec')).toEqual([videoCodec])
    expect(said(reading, 'audio-codec')).toEqual([audioCodec])
    expect(said(reading, 'duration-ms').at(-1)).toBe(3000)
    expect(said(reading, 'start-ms')).toEqual([startMs])
    expect(said(reading, 'keyframes')).toEqual([3])
    expect(said(reading, 'keyframe-times-ms')).toEqual([[0, 1000, 2000].map(time => time + startMs)])
    expect(said(reading, 'width')).toEqual([160])
    // A transport stream has no field for it.
    expect(said(reading, 'created-at')).toEqual(container === 'mpeg-ts' ? [] : [MARCH_4])
    expect(said(reading, 'place')).toHaveLength(container === 'mp4' || container === 'mov' ? 1 : 0)
  })

  test('sound alone', async () => {
    const reading = await readFootage(sourceOf(makeFootage('a.mp4', ['-vn', '-c:a', 'aac'])))
    expect(said(reading, 'kind')).toEqual(['audio'])
    expect(said(reading, 'keyframes')).toEqual([])
    expect(reading.parsable).toBe(true)
  })
})

describe.skipIf(withoutFfmpeg)('a file that a camera had not finished', () => {
  test('is read from its index, although its pictures were cut', async () => {
    const whole = makeFootage('a.mp4', [...H264, '-movflags', '+faststart'])
    const reading = await readFootage(sourceOf(whole.subarray(0, Math.floor(whole.length * 0.6))))
    expect(reading.parsable).toBe(true)
    expect(said(reading, 'missing-bytes')[0]).toBe(whole.length - Math.floor(whole.length * 0.6))
  })

  test('is read as far as its fragments go', async () => {
    const whole = makeFootage('a.mp4', [...H264, '-movflags', 'frag_keyframe+empty_moov'])
    const reading = await readFootage(sourceOf(whole.subarray(0, Math.floor(whole.length * 0.6))))
    expect(reading.parsable).toBe(true)
    expect(said(reading, 'duration-ms').at(-1)).toBeLessThan(2500)
  })

  test('is marked where the index was never written', async () => {
    const whole = makeFootage('a.mp4', H264)
    const reading = await readFootage(sourceOf(whole.subarray(0, whole.indexOf('moov') - 4)))
    expect(reading).toMatchObject({ parsable: false, because: 'unknown-format' })
  })
})

describe.skipIf(withoutFfprobe)('what mediabunny does not know is read by ffprobe:', () => {
  test.each([
    ['an AVI of single pictures', 'a.avi', ['-c:v', 'mjpeg', '-c:a', 'pcm_s16le'], 'avi', 'mjpeg', 45],
    ['an AVI with MPEG-4', 'a.avi', ['-c:v', 'mpeg4', '-c:a', 'mp3'], 'avi', 'mpeg4', 3],
    ['an AVI with H.264', 'a.avi', ['-c:v', 'libx264', '-bf', '0', '-c:a', 'mp3'], 'avi', 'h264', 3],
    ['an MPEG programme stream', 'a.mpg', ['-c:v', 'mpeg2video', '-c:a', 'mp2'], 'mpeg', 'mpeg2video', 3],
    ['a Windows Media file', 'a.wmv', ['-c:v', 'msmpeg4', '-c:a', 'wmav1'], 'asf', 'msmpeg4v3', 3],
  ] as const)('%s', async (_, file, args, container, videoCodec, keyframes) => {
    const reading = await readFootage(sourceOf(makeFootage(file, args)))
    expect(reading.parsable).toBe(true)
    expect(said(reading, 'container')).toEqual([container])
    expect(said(reading, 'video-codec')).toEqual([videoCodec])
    expect(said(reading, 'keyframes')).toEqual([keyframes])
    expect(said(reading, 'duration-ms')).toHaveLength(1)
    expect(Math.abs(Number(said(reading, 'duration-ms')[0]) - 3000)).toBeLessThan(150)
    expect(reading.facts[0]?.parser).toMatch(/^ffprobe \d/)
  })

  test('a WAV, whose duration is counted, not believed', async () => {
    const reading = await readFootage(sourceOf(makeFootage('a.wav', ['-vn'])))
    expect(said(reading, 'kind')).toEqual(['audio'])
    expect(said(reading, 'duration-ms')).toEqual([3000])
    expect(said(reading, 'keyframes')).toEqual([])
  })
})
