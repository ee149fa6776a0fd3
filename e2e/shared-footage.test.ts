import { randomBytes } from 'node:crypto'
import { makeFootage, missingPrograms } from '@vidne/media/fixtures'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../checks/left-out.ts'
import { browserMissing, openBrowser } from './browser.ts'
import { agreedLink, askShared, caseWith } from './case-asking.ts'
import { axeOn, fits, visit } from './desk/desk.ts'
import { type GroundKind, groundFor, groundKinds } from './grounds.ts'
import { type Asked, dock, get, listed, personIn, until } from './guarantees/asking.ts'
import { type Inside, inside } from './guarantees/inside.ts'

const withoutFfmpeg = leftOut('footage behind a link that a browser cannot open by itself', missingPrograms('ffmpeg'))
const withoutBrowser = leftOut('footage behind a link in a browser', browserMissing())

/** Pictures that nothing makes small, so that their viewing copy is still being sent when somebody revokes the link. */
const NOISE = [
  '-vf',
  'scale=1280:720,noise=alls=80:allf=t',
  '-t',
  '10',
  '-c:v',
  'mpeg4',
  '-q:v',
  '8',
  '-c:a',
  'libmp3lame',
]

describe.skipIf(withoutFfmpeg).each(groundKinds)(
  'footage behind a link, that no browser opens by itself (%s)',
  kind => {
    let here: Inside
    let ground: Awaited<ReturnType<typeof groundFor>>
    let second: Asked
    let id: string
    const recordings: Record<'mkv' | 'avi' | 'noise' | 'nothing', string> = { mkv: '', avi: '', noise: '', nothing: '' }

    beforeAll(async () => {
      ground = await groundFor(kind as GroundKind)
      const { database, objects } = ground
      here = await inside({ database, ...(objects === undefined ? {} : { objects }) })
      second = await personIn(here.clerk, 'Sam', 'supervisor')
      const files = {
        mkv: makeFootage('a.mkv', ['-c:v', 'libx264', '-c:a', 'aac']),
        avi: makeFootage('a.avi', ['-c:v', 'mpeg4', '-c:a', 'libmp3lame']),
        noise: makeFootage('n.avi', NOISE),
        nothing: randomBytes(40_000),
      }
      for (const [name, bytes] of Object.entries(files)) {
        const path = `DCIM/${name}.${name === 'noise' ? 'avi' : name}`
        recordings[name as keyof typeof files] = (await dock(here.camera, { path, bytes })).recording
      }
      await until('all was read', async () => {
        await here.house.dock.readMedia()
        return (await listed(here.clerk)).every(({ parsable }) => parsable !== null)
      })
      id = await caseWith(here.clerk, Object.values(recordings), 'K 51/26')
    })
    afterAll(async () => {
      await here?.close()
      await ground?.remove()
    })

    const opened = async () => {
      const made = await agreedLink(here.clerk, second, id)
      const { cookie } = await askShared(here.clerk.url, 'openings', { link: made.link, secret: made.secret })
      return { ...made, cookie: cookie ?? '' }
    }
    const look = async ({ link, cookie }: { link: string; cookie: string }, recording: string) =>
      String((await askShared(here.clerk.url, 'views', { link, recording }, { cookie })).said['media'])
    /** A part of what a view shows, as the page asks for it. */
    const part = (media: string, name: string, headers: Record<string, string>) => {
      const [path = '', view = ''] = media.split('?', 2)
      return fetch(`${here.clerk.url}${path}/${name}?${view}`, { headers })
    }
    const revoke = (link: string) =>
      get(here.clerk, 'POST', `/api/cases/${id}/links/${link}/revoke`, { reason: 'sent to the wrong person' })

    test('comes in segments, or as a viewing copy, each part under the view of the browser that opened the link', async () => {
      const link = await opened()
      const cookie = { cookie: link.cookie }
      const inSegments = await look(link, recordings.mkv)
      const list = await (await part(inSegments, 'play.m3u8', cookie)).text()
      const segments = [...list.matchAll(/^(segment-[^?]+)\?view=/gm)].map(([, name = '']) => name)
      expect(segments.length).toBeGreaterThan(1)
      for (const name of ['about.json', 'init.mp4', 'strip.jpg', ...segments]) {
        const answer = await part(inSegments, name, cookie)
        expect([name, answer.status, answer.headers.get('cache-control')]).toEqual([name, 200, 'no-store, private'])
        await answer.arrayBuffer()
      }
      const asCopy = await part(await look(link, recordings.avi), 'copy.mp4', cookie)
      expect([asCopy.status, asCopy.headers.get('content-type')]).toEqual([200, 'video/mp4'])
      expect(Buffer.from(await asCopy.arrayBuffer()).toString('latin1', 4, 8)).toBe('ftyp')
    })

    test('I-20 no part of it is given to who copied its address: no cookie, another opening, somebody signed in, another recording', async () => {
      const link = await opened()
      const media = await look(link, recordings.mkv)
      const { cookie: other } = await askShared(here.clerk.url, 'openings', { link: link.link, secret: link.secret })
      const elsewhere = media.replace(recordings.mkv, recordings.avi)
      const bot = { 'user-agent': 'Slackbot-LinkExpanding 1.0' }
      for (const name of [
        'about.json',
        'play.m3u8',
        'init.mp4',
        'segment-0-end.m4s',
        'strip.jpg',
        'copy.mp4',
        'odd.one',
      ]) {
        const answers = await Promise.all([
          part(media, name, bot),
          part(media, name, { cookie: other ?? '' }),
          part(media, name, { authorization: `Bearer ${here.clerk.token ?? ''}` }),
          part(elsewhere, name, { cookie: link.cookie }),
          part(media.replace(/view=.*/, 'view='), name, { cookie: link.cookie }),
        ])
        expect([name, ...answers.map(({ status }) => status)]).toEqual([name, 403, 403, 403, 403, 403])
      }
      expect((await part(media, 'odd.one', { cookie: link.cookie })).status).toBe(403)
      const { links } = await get<{ links: { id: string; openings: number }[] }>(
        here.clerk,
        'GET',
        `/api/cases/${id}/links`,
      )
      expect(links.find(one => one.id === link.link)?.openings).toBe(2)
    })

    test('I-20 a revocation stops segments, pictures and copies, also a copy that is on its way', async () => {
      const link = await opened()
      const cookie = { cookie: link.cookie }
      const media = await look(link, recordings.mkv)
      const running = await part(await look(link, recordings.noise), 'copy.mp4', cookie)
      const reader = running.body?.getReader()
      expect((await reader?.read())?.done).toBe(false)
      await revoke(link.link)
      for (const name of ['about.json', 'play.m3u8', 'init.mp4', 'segment-0-end.m4s', 'strip.jpg', 'copy.mp4'])
        expect([name, (await part(media, name, cookie)).status]).toEqual([name, 403])
      const rest = async () => {
        while ((await reader?.read())?.done === false);
      }
      await expect(rest()).rejects.toThrow('terminated')
    })

    describe.skipIf(withoutBrowser)('in a browser', () => {
      let browser: Browser
      beforeAll(async () => {
        browser = await openBrowser()
      })
      afterAll(() => browser?.close())

      const exhibit = (page: Page, number: number) => page.locator('.panel', { hasText: `K 51/26/${number}` }).first()
      const seconds = (page: Page) => page.evaluate<number>(`document.querySelector('video').currentTime`)

      async function outside(language = 'en', width = 1280) {
        const made = await agreedLink(here.clerk, second, id)
        const found = await visit(browser, { language, width })
        await found.page.goto(here.clerk.url + made.address)
        return { ...found, link: made.link }
      }

      test.each([
        ['in segments', 1, false],
        ['as a marked viewing copy', 2, true],
      ])(
        'plays %s, under name and time of who looks, and stops being shown when it is revoked',
        async (_, number, isCopy) => {
          const { page, faults, close, link } = await outside()
          await page.getByRole('button', { name: 'Open the link' }).click()
          await exhibit(page, number).getByRole('button', { name: 'Play' }).click()
          await page.locator('.player').getByRole('button', { name: 'Play', exact: true }).click()
          await expect.poll(() => page.evaluate(`document.querySelector('video').videoWidth`)).toBeGreaterThan(0)
          const before = await seconds(page)
          await expect.poll(() => seconds(page)).toBeGreaterThan(before + 0.2)
          expect(await page.getByText('Viewing copy', { exact: true }).count()).toBe(isCopy ? 1 : 0)
          expect(await page.locator('.watermark').textContent()).toMatch(/Advokat Pia Holm .*20\d\d.*\d\d:\d\d/)
          await expect.poll(() => axeOn(page)).toEqual([])
          await revoke(link)
          await page.getByRole('slider', { name: 'Place in the recording' }).fill('0')
          await page.reload()
          await page.getByText('The agency has revoked this link').waitFor()
          expect(await page.locator('video').count()).toBe(0)
          expect(faults).toEqual([])
          await close()
        },
      )

      test('says in the language of the reader where nothing can be shown, and that the package holds it; fits a telephone', async () => {
        const { page, close } = await outside('de', 360)
        await page.getByRole('button', { name: 'Link öffnen' }).click()
        await exhibit(page, 4).getByRole('button', { name: 'Abspielen' }).click()
        await page.getByText('Sie liegt unverändert im Paket').waitFor()
        await fits(page)
        await expect.poll(() => axeOn(page)).toEqual([])
        await close()
      })
    })
  },
)
