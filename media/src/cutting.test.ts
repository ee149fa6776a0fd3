import { describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { canConvert, posterStrip, viewingCopy } from './converting.ts'
import { type CutLimits, NotCut, aboutFootage, cutFootage } from './cutting.ts'
import { fixture, makeFootage, missingPrograms, mutant, sourceOf } from './fixtures.ts'
import { readFootage } from './read-footage.ts'
import type { Cut } from './cut-messages.ts'

const withoutFfmpeg = leftOut('what Debian’s ffmpeg makes and converts', missingPrograms('ffmpeg', 'ffprobe'))

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts)
}

const cutOf = (bytes: Uint8Array, cut: Exclude<Cut, { kind: 'about' }>, limits?: CutLimits) =>
  all(cutFootage(sourceOf(bytes), cut, limits))

/** One byte makes it claim a chunk with four thousand million samples, which are counted one by one. */
function hanging(): Buffer {
  const clip = fixture('plain.mp4')
  return mutant(clip, [[clip.indexOf('stsc') + 16, 0xff]])
}

describe('cutting', () => {
  test('tells the codecs by their full names, and how many pictures there are in a second', async () => {
    expect(await aboutFootage(sourceOf(fixture('recorder.webm')))).toMatchObject({
      video: { codec: expect.stringMatching(/^(vp8|vp09|av01)/) },
    })
  })

  test.skipIf(withoutFfmpeg).each([
    ['a.mkv', ['-c:v', 'libx264', '-bf', '2', '-c:a', 'aac']],
    ['a.ts', ['-c:v', 'libx264', '-bf', '2', '-c:a', 'aac']],
    ['a.webm', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-c:a', 'libopus']],
  ])('puts every packet of %s into exactly one segment, as it is', async (file, args) => {
    const bytes = makeFootage(file, args)
    const keys = (await readFootage(sourceOf(bytes))).facts.find(({ name }) => name === 'keyframe-times-ms')?.value
    if (!Array.isArray(keys)) throw new Error('no keyframes')
    const times = keys.map(Number)
    const parts = [await cutOf(bytes, { kind: 'init' })]
    for (const [place, from] of times.entries())
      parts.push(await cutOf(bytes, { kind: 'segment', from, until: times[place + 1] ?? null, first: place === 0 }))
    // Joined, they are the whole again, keyframe for keyframe.
    const { facts } = await readFootage(sourceOf(Buffer.concat(parts)))
    const said = Object.fromEntries(facts.map(({ name, value }) => [name, value]))
    expect(said).toMatchObject({ kind: 'video', container: 'mp4', keyframes: times.length })
    const apart = (all: readonly number[]) => all.map(time => time - (all[0] ?? 0))
    const joined = Array.isArray(said['keyframe-times-ms']) ? said['keyframe-times-ms'].map(Number) : []
    expect(apart(joined)).toEqual(apart(times))
    expect(Math.round(Number(said['duration-ms']) / 100)).toBe(30)
  })

  test('says nothing can be cut of bytes that are no footage', async () => {
    await expect(cutOf(Buffer.alloc(5000, 'no footage '), { kind: 'init' })).rejects.toThrow(NotCut)
    await expect(aboutFootage(sourceOf(Buffer.alloc(10)))).rejects.toThrow(NotCut)
  })

  test('is killed by what hangs it, and says so', async () => {
    await expect(aboutFootage(sourceOf(hanging()), { wallMs: 300 })).rejects.toThrow(NotCut)
  })

  test('gives no more than there can be, and asks for no more', async () => {
    const clip = fixture('plain.mp4')
    const whole = { kind: 'segment', from: 0, until: null, first: true } as const
    await expect(cutOf(clip, whole, { bytes: 100 })).rejects.toThrow('more was cut than there can be')
    await expect(cutOf(clip, whole, { sourceBytes: 100 })).rejects.toThrow('what there is not')
  })

  test('ends when whoever reads it stops, and passes on what its source throws', async () => {
    for await (const chunk of cutFootage(sourceOf(fixture('plain.mp4')), { kind: 'init' })) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    const failing = { bytes: 5000, read: () => Promise.reject(new Error('the store is away')) }
    await expect(aboutFootage(failing)).rejects.toThrow('the store is away')
  })
})

describe.skipIf(withoutFfmpeg)('converting', () => {
  const fed = (bytes: Uint8Array) => ({
    container: null,
    bytes: (async function* () {
      yield bytes
    })(),
  })

  test('makes an MP4 that a browser plays of what it does not, from any second on', async () => {
    expect(canConvert()).toBe(true)
    const avi = makeFootage('a.avi', ['-c:v', 'mpeg4', '-c:a', 'libmp3lame'])
    const lengths: unknown[] = []
    for (const skip of [0, 2]) {
      const { facts } = await readFootage(sourceOf(await all(viewingCopy(fed(avi), skip))))
      const said = Object.fromEntries(facts.map(({ name, value }) => [name, value]))
      expect(said).toMatchObject({ container: 'mp4', 'video-codec': 'h264', 'audio-codec': 'aac' })
      lengths.push(Math.round(Number(said['duration-ms']) / 1000))
    }
    expect(lengths).toEqual([3, 1])
  })

  test('lays small pictures side by side', async () => {
    const clip = makeFootage('a.mp4', ['-c:v', 'libx264', '-c:a', 'aac'])
    const keyframes = cutFootage(sourceOf(clip), { kind: 'keyframes', at: [0, 1000, 2000] })
    const strip = await all(
      posterStrip({ bytes: keyframes, container: 'matroska' }, { columns: 2, rows: 2, rotation: 90 }, null),
    )
    // Start of frame: height and width of the picture.
    const at = strip.indexOf(Buffer.from('ffc0', 'hex'))
    expect([strip.readUInt16BE(at + 5), strip.readUInt16BE(at + 7)]).toEqual([180, 320])
  })

  test('opens no list of other files, and says so of what it cannot read', async () => {
    for (const text of ['#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n', 'ffconcat version 1.0\nfile /etc/hostname\n'])
      await expect(all(viewingCopy(fed(Buffer.from(text)), 0))).rejects.toThrow(NotCut)
  })

  test('is killed when it says nothing while somebody waits', async () => {
    const never = (async function* (): AsyncGenerator<Uint8Array> {
      await new Promise(() => {})
      yield new Uint8Array(1)
    })()
    await expect(all(viewingCopy({ bytes: never, container: null }, 0, { idleMs: 200 }))).rejects.toThrow(NotCut)
  })
})
