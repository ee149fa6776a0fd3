import { randomBytes } from 'node:crypto'
import { fixture, makeFootage, missingPrograms } from '@vidne/media/fixtures'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../checks/left-out.ts'
import { type Asked, dock, get, listed, personIn, until } from './guarantees/asking.ts'
import { type Inside, inside } from './guarantees/inside.ts'

const withoutFfmpeg = leftOut('what is made of footage for a browser', missingPrograms('ffmpeg'))

let here: Inside
let clerk: Asked
let other: Asked

beforeAll(async () => {
  here = await inside({ pack: 'dk-politi' })
  ;[clerk, other] = await Promise.all([
    personIn(here.clerk, 'Klara', 'evidence-clerk'),
    personIn(here.clerk, 'Karl', 'evidence-clerk'),
  ])
})
afterAll(() => here?.close())

/** Docks a clip and waits until its media has been read, whatever came of that. */
async function docked(path: string, bytes: Uint8Array): Promise<string> {
  const { recording } = await dock(here.camera, { path, bytes })
  await here.house.dock.readMedia()
  await until('its media was read', async () =>
    (await listed(here.clerk)).some(({ id, parsable }) => id === recording && parsable !== null),
  )
  return recording
}

type View = { view: string; media: string }

async function opened(who: Asked, recording: string): Promise<View> {
  const wish = { purpose: 'investigation', case: '0100-12' }
  return get<View>(who, 'POST', `/api/recordings/${recording}/views`, wish)
}

async function part(who: Asked, recording: string, view: string, name: string, query = '') {
  const answer = await fetch(`${who.url}/media/${recording}/${name}?view=${view}${query}`, {
    headers: { authorization: `Bearer ${who.token ?? ''}` },
  })
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
}

type Found = {
  playing: {
    container: string | null
    segments: boolean
    copy: boolean
    strip: object | null
    durationMs: number | null
  }
}
const found = (recording: string) => get<Found>(here.clerk, 'GET', `/api/recordings/${recording}`)

/** The names of the boxes at the top of an MP4. */
function boxes(bytes: Buffer): string[] {
  const names: string[] = []
  for (let at = 0; at + 8 <= bytes.length; at += Math.max(8, bytes.readUInt32BE(at)))
    names.push(bytes.toString('latin1', at + 4, at + 8))
  return names
}

describe.skipIf(withoutFfmpeg)('what a browser needs to show a recording', () => {
  test('is told by codecs, and cut into segments that play in order, without decoding a picture', async () => {
    const recording = await docked('DCIM/1.mkv', makeFootage('a.mkv', ['-c:v', 'libx264', '-c:a', 'aac']))
    expect(await found(recording)).toMatchObject({ playing: { container: 'mkv', segments: true } })
    const { view } = await opened(clerk, recording)
    const about = JSON.parse((await part(clerk, recording, view, 'about.json')).bytes.toString())
    expect(about).toEqual({
      video: { codec: expect.stringMatching(/^avc1\./), frameRateMilli: expect.closeTo(15_000, -2) },
      audio: { codec: 'mp4a.40.2' },
    })
    const list = (await part(clerk, recording, view, 'play.m3u8')).bytes.toString()
    expect(list).toMatch(/^#EXTM3U\n[\s\S]*#EXT-X-ENDLIST\n$/)
    const names = [...list.matchAll(/^(segment-[^?]+)\?view=(.+)$/gm)].map(([, name, of]) => ({ name, of }))
    expect(names.length).toBeGreaterThan(1)
    expect(names.every(({ of }) => of === view)).toBe(true)
    expect(boxes((await part(clerk, recording, view, 'init.mp4')).bytes)).toEqual(['ftyp', 'moov'])
    for (const { name = '' } of names)
      expect(boxes((await part(clerk, recording, view, name)).bytes)).toEqual(['moof', 'mdat'])
  })

  test('is converted where no browser knows the format, from any second on, and marked nowhere as evidence', async () => {
    const recording = await docked('DCIM/2.avi', makeFootage('a.avi', ['-c:v', 'mpeg4', '-c:a', 'libmp3lame']))
    expect(await found(recording)).toMatchObject({ playing: { container: 'avi', segments: false, copy: true } })
    const { view, media } = await opened(clerk, recording)
    expect((await part(clerk, recording, view, 'play.m3u8')).status).toBe(415)
    const copies = [
      await part(clerk, recording, view, 'copy.mp4'),
      await part(clerk, recording, view, 'copy.mp4', '&from=2000'),
    ]
    for (const { status, headers, bytes } of copies) {
      expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
        200,
        'video/mp4',
        'no-store, private',
      ])
      expect(boxes(bytes).slice(0, 2)).toEqual(['ftyp', 'moov'])
    }
    expect(copies[1]?.bytes.length).toBeLessThan(copies[0]?.bytes.length ?? 0)
    // The footage itself is as it was.
    const original = await fetch(clerk.url + media, { headers: { authorization: `Bearer ${clerk.token ?? ''}` } })
    expect(
      Buffer.from(await original.arrayBuffer())
        .subarray(0, 4)
        .toString(),
    ).toBe('RIFF')
  })

  test('has small pictures along its time, for cut and for converted files alike', async () => {
    for (const [path, bytes] of [
      ['DCIM/3.mp4', fixture('plain.mp4')],
      ['DCIM/3.avi', makeFootage('b.avi', ['-c:v', 'mjpeg', '-c:a', 'pcm_s16le'])],
    ] as const) {
      const recording = await docked(path, bytes)
      expect((await found(recording)).playing.strip).not.toBeNull()
      const { view } = await opened(clerk, recording)
      const { status, headers, bytes: picture } = await part(clerk, recording, view, 'strip.jpg')
      expect([path, status, headers.get('content-type')]).toEqual([path, 200, 'image/jpeg'])
      expect(picture.subarray(0, 2).toString('hex')).toBe('ffd8')
    }
  })

  test('is refused for bytes that are no footage, and takes nothing down', async () => {
    const recording = await docked('DCIM/4.mp4', randomBytes(50_000))
    const { view } = await opened(clerk, recording)
    for (const name of ['about.json', 'play.m3u8', 'init.mp4', 'segment-0-end.m4s', 'strip.jpg', 'copy.mp4'])
      expect([name, (await part(clerk, recording, view, name)).status]).toEqual([name, 415])
    expect((await fetch(`${clerk.url}/healthz`)).status).toBe(200)
  })

  test('is refused in the language of whoever looks', async () => {
    const recording = await docked('DCIM/6.mp4', randomBytes(50_000))
    const { view } = await opened(clerk, recording)
    const said = async (of: string, language: string) => {
      const headers = { authorization: `Bearer ${clerk.token ?? ''}`, 'accept-language': language }
      const answer = await fetch(`${clerk.url}/media/${recording}/play.m3u8?view=${of}`, { headers })
      return [answer.status, ((await answer.json()) as { message: string }).message]
    }
    expect(await said(view, 'da')).toEqual([415, 'Det kan ikke laves af filen, eller ikke på denne maskine.'])
    expect(await said(view, 'en')).toEqual([415, 'This cannot be made of the file, or not on this machine.'])
    expect(await said('none', 'de')).toEqual([403, expect.stringMatching(/^Aufzeichnungen werden nur gezeigt/)])
  })
})

test('I-10 every part wants an open view of one’s own, of the whole recording, as the bytes do', async () => {
  const recording = await docked('DCIM/5.mp4', fixture('plain.mp4'))
  const { view } = await opened(clerk, recording)
  const names = ['about.json', 'play.m3u8', 'init.mp4', 'segment-0-end.m4s', 'strip.jpg', 'copy.mp4', 'anything.else']
  const some = await get<View>(clerk, 'POST', `/api/recordings/${recording}/views`, {
    purpose: 'investigation',
    case: '0100-12',
    to: 500,
  })
  for (const name of names) {
    const refused = [
      await part(other, recording, view, name),
      await part({ ...clerk, token: 'vidne_wrong' }, recording, view, name),
      await part(clerk, recording, some.view, name),
      await part(clerk, recording, '', name),
    ]
    expect([name, refused.map(({ status }) => status)]).toEqual([name, [403, 403, 403, 403]])
  }
  expect((await part(clerk, recording, view, 'play.m3u8')).status).toBe(200)
})
