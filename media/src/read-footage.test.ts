import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fixture, mutant, said, sourceOf } from './fixtures.ts'
import { readFootage } from './read-footage.ts'

const MEDIABUNNY = 'mediabunny'
// A body camera's file says when and where in its header, in fields that only our own reader knows.
const MARCH_4 = Date.UTC(2026, 2, 4, 5, 6, 7)

describe('footage is read', () => {
  test('from an MP4 with its index at the end: every fact with the field that says so and who read it', async () => {
    const reading = await readFootage(sourceOf(fixture('plain.mp4')))
    const own = 'vidne isobmff 1'
    const parser = 'mediabunny 1.61.0'
    expect(reading.parsable).toBe(true)
    expect(reading.facts).toEqual([
      { name: 'container', value: 'mp4', source: 'ftyp.major_brand', parser: own },
      { name: 'created-at', value: MARCH_4, source: 'mvhd.creation_time', parser: own },
      { name: 'duration-ms', value: 2000, source: 'mvhd.duration', parser: own },
      {
        name: 'place',
        value: { latitudeE7: 556760864, longitudeE7: 125682983, altitudeMm: 0 },
        source: 'udta.loci',
        parser: own,
      },
      { name: 'container', value: 'mp4', source: 'first bytes', parser },
      { name: 'kind', value: 'video', source: 'tracks', parser },
      { name: 'audio-codec', value: 'aac', source: 'track 2', parser },
      { name: 'audio-channels', value: 1, source: 'track 2', parser },
      { name: 'audio-sample-rate', value: 44100, source: 'track 2', parser },
      { name: 'video-codec', value: 'h264', source: 'track 1', parser },
      { name: 'width', value: 96, source: 'track 1 coded width', parser },
      { name: 'height', value: 72, source: 'track 1 coded height', parser },
      { name: 'start-ms', value: 0, source: 'track 1 first sample', parser },
      { name: 'duration-ms', value: 2000, source: 'track 1 first to last sample', parser },
      { name: 'keyframes', value: 2, source: 'track 1 key flags', parser },
      { name: 'keyframe-times-ms', value: [0, 1000], source: 'track 1 key flags', parser },
    ])
  })

  test('from the MP4 of a browser’s recorder, whose header knows no duration', async () => {
    const reading = await readFootage(sourceOf(fixture('recorder.mp4')))
    expect(reading.parsable).toBe(true)
    expect(said(reading, 'duration-ms')).toEqual([2475])
    expect(said(reading, 'video-codec')).toEqual(['h264'])
    expect(said(reading, 'audio-codec')).toEqual(['opus'])
    expect(said(reading, 'keyframe-times-ms')).toEqual([[0, 1055, 2111]])
    expect(said(reading, 'created-at')).toHaveLength(1)
  })

  test('from the WebM of a browser’s recorder', async () => {
    const reading = await readFootage(sourceOf(fixture('recorder.webm')))
    expect(reading.parsable).toBe(true)
    expect(said(reading, 'container')).toEqual(['webm'])
    expect(said(reading, 'video-codec')).toEqual(['vp8'])
    expect(said(reading, 'keyframes')).toEqual([3])
    expect(said(reading, 'start-ms')).toEqual([41])
  })

  test('only as far as the reader asks: a large file is not read whole for its index', async () => {
    const plain = fixture('plain.mp4')
    const mdat = plain.indexOf('mdat') - 4
    const padding = 50_000_000
    const size = Buffer.alloc(4)
    size.writeUInt32BE(padding)
    const head = Buffer.concat([plain.subarray(0, mdat), size, Buffer.from('free')])
    // Sample offsets no longer fit, which the index does not notice.
    const parts = [head, Buffer.alloc(padding - 8), plain.subarray(mdat)]
    const whole = Buffer.concat(parts)
    let read = 0
    const source = {
      bytes: whole.length,
      read: async (at: number, n: number) => ((read += n), whole.subarray(at, at + n)),
    }
    const reading = await readFootage(source)
    expect(reading.parsable).toBe(true)
    expect(read).toBeLessThan(5_000_000)
  })

  test('from a film that was turned: size as coded, and the turn', async () => {
    const turned = fixture('plain.mp4')
    const matrix = turned.indexOf('tkhd') + 44
    for (const [i, value] of [0, 0x10000, 0, -0x10000, 0].entries()) turned.writeInt32BE(value, matrix + 4 * i)
    const reading = await readFootage(sourceOf(turned))
    expect(said(reading, 'width')).toEqual([96])
    expect(said(reading, 'rotation')).toEqual([90])
  })

  test('and a long list of keyframes is counted, not listed', async () => {
    const reading = await readFootage(sourceOf(fixture('plain.mp4')), { keyframesListed: 1 })
    expect(said(reading, 'keyframes')).toEqual([2])
    expect(said(reading, 'keyframe-times-ms')).toEqual([])
  })
})

describe('what cannot be read is marked and gives no error', () => {
  test.each([
    ['a file without a byte', ''],
    ['a text called .mp4', 'Dear Sir or Madam, this is not a film.\n'.repeat(100)],
    ['a playlist called .mp4 that names a file of ours', '#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n'],
    [
      'a playlist called .mp4 that names another machine',
      '#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n',
    ],
    ['a list of files for ffmpeg', "ffconcat version 1.0\nfile '/etc/passwd'\n"],
    ['a page', '<html><body><video src="x.mp4"></video></body></html>'],
    ['noise', Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)).toString('latin1')],
  ])('%s', async (_, text) => {
    const reading = await readFootage(sourceOf(Buffer.from(text, 'latin1')))
    expect(reading).toEqual({ parsable: false, because: 'unknown-format', facts: [] })
  })

  test('an MP4 cut before its index, with what its beginning says', async () => {
    const plain = fixture('plain.mp4')
    const reading = await readFootage(sourceOf(plain.subarray(0, plain.indexOf('moov') - 100)))
    expect(reading).toMatchObject({ parsable: false, because: 'unknown-format' })
    expect(said(reading, 'container', 'vidne')).toEqual(['mp4'])
    expect(said(reading, 'missing-bytes')).toEqual([96])
  })

  test('an MP4 cut in the middle of its index', async () => {
    const plain = fixture('plain.mp4')
    const reading = await readFootage(sourceOf(plain.subarray(0, plain.indexOf('stsz'))))
    expect(reading.parsable).toBe(false)
    expect(said(reading, 'created-at')).toEqual([MARCH_4])
    expect(said(reading, 'missing-bytes')).toHaveLength(1)
  })

  test('a recorder’s MP4 cut before its first fragment: tracks without a single sample', async () => {
    const whole = fixture('recorder.mp4')
    const reading = await readFootage(sourceOf(whole.subarray(0, whole.indexOf('moof') - 4)))
    expect(reading).toMatchObject({ parsable: false, because: 'unknown-format' })
    expect(said(reading, 'video-codec', MEDIABUNNY)).toEqual(['h264'])
  })

  test('a WebM cut anywhere is read as far as it goes, or marked', async () => {
    const whole = fixture('recorder.webm')
    for (const length of [1, 40, 200, 1000, 4000, whole.length - 1]) {
      const reading = await readFootage(sourceOf(whole.subarray(0, length)))
      expect(typeof reading.parsable).toBe('boolean')
    }
    const reading = await readFootage(sourceOf(whole.subarray(0, 4000)))
    expect(reading.parsable).toBe(true)
    expect(said(reading, 'duration-ms', MEDIABUNNY)[0]).toBeLessThan(2376)
  })
})

describe('an MP4 made to hang the parser', () => {
  // One byte: a chunk with 4 278 190 081 samples. mediabunny counts them all, without ever yielding.
  const plain = fixture('plain.mp4')
  const hostile = mutant(plain, [[plain.indexOf('stsc') + 16, 0xff]])

  test('is given up when its time is over, and nothing else waits for it', async () => {
    let ticks = 0
    const ticking = setInterval(() => ticks++, 20)
    // Counting all its samples takes far longer than this test may.
    const reading = await readFootage(sourceOf(hostile), { wallMs: 1500 })
    clearInterval(ticking)
    expect(ticks).toBeGreaterThan(1)
    // Without ffprobe the reason is told; with it, it has read what mediabunny could not.
    if (!reading.parsable) expect(reading.because).toBe('timeout')
    else expect(said(reading, 'keyframes', 'ffprobe')).toEqual([2])
  })

  test('is marked as what it did to us, not as what another parser thinks of it', async () => {
    // ffprobe refuses the reference table at once; mediabunny does not look at it.
    const refused = mutant(hostile, [[plain.indexOf('dref') + 8, 0xff]])
    const reading = await readFootage(sourceOf(refused), { wallMs: 1500 })
    expect(reading).toMatchObject({ parsable: false, because: 'timeout' })
  })

  test('keeps the facts that were said before', async () => {
    let reading: Awaited<ReturnType<typeof readFootage>> | null = null
    // A slow machine takes its time before a parser says anything at all.
    for (const wallMs of [1500, 6000, 24_000]) {
      reading = await readFootage(sourceOf(hostile), { wallMs })
      if (said(reading, 'video-codec', MEDIABUNNY).length > 0) break
    }
    if (reading === null) throw new Error('nothing was read')
    expect(said(reading, 'created-at', 'vidne')).toEqual([MARCH_4])
    expect(said(reading, 'video-codec', MEDIABUNNY)).toEqual(['h264'])
    expect(said(reading, 'duration-ms', MEDIABUNNY)).toEqual([])
  }, 60_000)
})

describe('the source', () => {
  test('that fails is not taken for bad footage: its error reaches the caller', async () => {
    const read = async (): Promise<Uint8Array> => {
      throw new Error('the key is destroyed')
    }
    await expect(readFootage({ bytes: 1000, read })).rejects.toThrow('the key is destroyed')
  })

  test('that gives too little is at fault as well', async () => {
    const read = async (_: number, length: number) => new Uint8Array(length - 1)
    await expect(readFootage({ bytes: 1000, read })).rejects.toThrow('999 bytes where 1000 were asked for')
  })
})

test('the parser named in the facts is the one that is installed', async () => {
  const reading = await readFootage(sourceOf(fixture('plain.mp4')))
  const folder = import.meta.resolve('mediabunny').replace(/\/dist\/.*/, '')
  const { version } = JSON.parse(readFileSync(new URL(`${folder}/package.json`), 'utf8')) as { version: string }
  expect(reading.facts.at(-1)?.parser).toBe(`mediabunny ${version}`)
})
