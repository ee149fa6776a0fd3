import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { instantWords } from '../locales/src/forms.ts'
import { languages } from '../locales/src/say.ts'
import { tell } from '../locales/src/tell.ts'
import { wordsOfMachines } from '../server/src/share/testing/codes.ts'
import { leftOut } from '../checks/left-out.ts'
import { browserMissing, openBrowser } from './browser.ts'
import { ask, get, until } from './guarantees/asking.ts'
import { filesIn } from './guarantees/packages.ts'
import { type Installation, found, vidne } from './installation.ts'

const temporary = () => mkdtempSync(join(tmpdir(), 'vidne-page-'))
const zone = 'Europe/London'

/** A camera's storage with one film in its locked folder, named as such cameras name their files. */
function camera(): string {
  const folder = join(temporary(), 'DCIM/LOCKED')
  mkdirSync(folder, { recursive: true })
  const film = join(import.meta.dirname, '../media/fixtures/recorder.mp4')
  copyFileSync(film, join(folder, 'BC0417_004711_20261122135512_0007.MP4'))
  return dirname(dirname(folder))
}

describe.skipIf(leftOut('the page of a package in a browser', browserMissing()))(
  'index.html of a package, from a disk, without script',
  () => {
    let here: Installation
    let browser: Browser
    let recording: string
    const pages = { inside: '', outside: '', statement: '' }
    const asked: string[] = []

    const json = <T>(text: string) => JSON.parse(text) as T
    const row = async () =>
      json<{ parsable: boolean; sealedAt: string }[]>((await here.run(['recordings', '--json'])).out)[0]!

    /** Writes a package's files into a folder, as whoever receives it does; the path of its page. */
    async function unpacked(zip: string): Promise<string> {
      const folder = temporary()
      for (const [name, bytes] of await filesIn(readFileSync(zip))) {
        mkdirSync(dirname(join(folder, name)), { recursive: true })
        writeFileSync(join(folder, name), bytes)
      }
      return join(folder, 'index.html')
    }

    async function exported(...words: string[]): Promise<string> {
      const out = join(temporary(), 'package.zip')
      const all = [
        'export',
        recording,
        '--purpose',
        'disclosure to the defence',
        '--case',
        'T20267041',
        ...words,
        '--out',
        out,
      ]
      const spoken = await here.run([...all, '--json'])
      expect(spoken, spoken.err).toMatchObject({ code: 0 })
      const { state, approval } = json<{ state: string; approval?: string }>(spoken.out)
      if (state !== 'waiting') return unpacked(out)
      expect(await here.run(['approve', approval!], await second())).toMatchObject({ code: 0 })
      expect(await here.run(all)).toMatchObject({ code: 0 })
      return unpacked(out)
    }

    async function second(): Promise<string> {
      const words = [
        'token',
        'create',
        '--person',
        'B. Jones',
        '--role',
        'supervisor',
        '--expires',
        '2099-12-31',
        '--json',
      ]
      return json<{ token: string }>((await here.run(words)).out).token
    }

    async function open(file: string, options: BrowserContextOptions = {}): Promise<Page> {
      const context = await browser.newContext({ javaScriptEnabled: false, locale: 'en-GB', ...options })
      const page = await context.newPage()
      page.on('request', request => asked.push(request.url()))
      await page.goto(`file://${file}`)
      return page
    }

    const choose = (page: Page, language: string) => page.locator(`label[for=${language}]`).click()
    const textOf = async (page: Page) => (await page.locator('main').innerText()).replaceAll(/[\u00a0\u202f]/g, ' ')
    const plain = (words: string) => words.replaceAll(/[\u00a0\u202f]/g, ' ')

    beforeAll(async () => {
      browser = await openBrowser()
      here = await found('uk-met')
      const docked = await here.run(
        ['dock', camera(), '--trust', here.trust, '--camera', 'BC-0417', '--json'],
        here.deviceToken,
      )
      recording = json<{ recording: string }>(docked.out).recording
      await until('the film was read', async () => (await row()).parsable)
      expect(await here.run(['hold', recording, '--reason', 'complaint <12>'])).toMatchObject({ code: 0 })
      pages.inside = await exported()
      pages.outside = await exported('--to', 'Smith & Partners')
    })
    afterAll(async () => {
      await browser?.close()
      await here?.stop()
    })

    test.each(languages)('tells facts and history in plain words (%s)', async language => {
      const page = await open(pages.inside)
      await choose(page, language)
      const text = await textOf(page)
      const say = (...words: Parameters<typeof tell> extends [unknown, ...infer Rest] ? Rest : never) =>
        plain(tell(language, ...words))
      const sealed = instantWords(language, Date.parse((await row()).sealedAt), zone)
      expect(text).toContain(plain(sealed))
      for (const word of [
        'fact.claims',
        'fact.recordedAt',
        'fact.duration',
        'page.retention',
        'check.lead',
        'withheld.none',
      ] as const)
        expect(text).toContain(say(word))
      for (const source of ['source.modified', 'source.name', 'source.operator'] as const)
        expect(text).toContain(say('fact.source', { source: say(source) }))
      expect(text).toContain(
        say('fact.sourceParser', { source: say('source.extent', { track: 2 }), parser: 'mediabunny 1.61.0' }),
      )
      for (const word of ['BC-0417', '004711', 'H.264', 'complaint <12>', 'T20267041']) expect(text).toContain(word)
      expect(text).toContain(say('more.thisPackage'))
      expect(wordsOfMachines(text, language)).toEqual([])
      expect(await page.locator('html').getAttribute('lang')).toBe('en')
      await page.context().close()
    })

    test('tells what the API tells of the file, field by field', async () => {
      type Facts = { facts: { name: string; value: unknown; source: string; parser: string }[] }
      const asker = { url: here.url, token: here.operatorToken }
      const { facts } = await get<Facts>(asker, 'GET', `/api/recordings/${recording}/facts`)
      expect(facts).toContainEqual({
        name: 'video-codec',
        value: 'h264',
        source: 'track 2',
        parser: 'mediabunny 1.61.0',
      })
      const nobody = `/api/recordings/${recording.replace(/.$/, last => (last === '0' ? '1' : '0'))}/facts`
      expect(await ask(asker, 'GET', nobody)).toMatchObject({ status: 404 })
      expect(
        await ask({ ...asker, token: here.deviceToken }, 'GET', `/api/recordings/${recording}/facts`),
      ).toMatchObject({ status: 403 })
    })

    test('plays the recording', async () => {
      const page = await open(pages.inside)
      const video = page.locator('video')
      await until('the film is there', () =>
        video.evaluate((film: HTMLVideoElement) => film.readyState > 0 && film.videoWidth > 0),
      )
      expect(await video.evaluate((film: HTMLVideoElement) => film.duration)).toBeGreaterThan(1)
      await page.context().close()
    })

    test('names nobody of the agency outside it', async () => {
      expect(readFileSync(pages.outside, 'utf8')).not.toMatch(/004711|B\. Jones|Dock \(|Operator/)
      const page = await open(pages.outside)
      expect(await textOf(page)).toContain('by somebody whose name is not shown here')
      expect(await textOf(page)).toContain('“Smith & Partners”')
      await page.context().close()
    })

    test('lies in packages that verify, whatever is withheld', async () => {
      for (const file of [pages.inside, pages.outside])
        expect(await vidne(['verify', dirname(file), '--trust', here.trust, '--rehearsal'])).toMatchObject({ code: 0 })
    })

    test('of a statement tells how it ended', async () => {
      expect(await here.run(['release', recording, '--reason', 'settled'])).toMatchObject({ code: 0 })
      const [{ id }] = json<[{ id: string }]>((await here.run(['approvals', '--json'])).out)
      expect(await here.run(['approve', id], await second())).toMatchObject({ code: 0 })
      await here.run(['clock', 'set', new Date(Date.now() + 40 * 86_400_000).toISOString()])
      expect(await here.run(['run', 'nightly'])).toMatchObject({ code: 0 })
      const out = join(temporary(), 'statement.zip')
      expect(await here.run(['statement', recording, '--out', out])).toMatchObject({ code: 0 })
      pages.statement = await unpacked(out)
      const page = await open(pages.statement)
      for (const language of languages) {
        await choose(page, language)
        const text = await textOf(page)
        for (const word of ['page.deletedText', 'standing.gone'] as const)
          expect(text).toContain(plain(tell(language, word)))
        expect(text).toContain(tell(language, 'value.decision.by-rule'))
        expect(wordsOfMachines(text, language)).toEqual([])
      }
      expect(await page.locator('video').count()).toBe(0)
      await page.context().close()
    })

    test.each(['light', 'dark'] as const)('can be used by everyone (axe, %s)', async colorScheme => {
      for (const file of Object.values(pages)) {
        const page = await open(file, { javaScriptEnabled: true, colorScheme })
        for (const language of languages) {
          await choose(page, language)
          await page.evaluate(axe.source)
          const found = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run())
          const violations = found.violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(node => node.html) }))
          expect({ language, violations }).toEqual({ language, violations: [] })
        }
        await page.context().close()
      }
    })

    test('is read by keyboard, on a telephone and on paper', async () => {
      const page = await open(pages.inside, { viewport: { width: 360, height: 640 } })
      await page.keyboard.press('Tab')
      await page.keyboard.press('ArrowRight')
      expect(await page.locator('h1').filter({ visible: true }).innerText()).toBe(tell('da', 'page.title'))
      for (const language of languages) {
        await choose(page, language)
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
      }
      await page.emulateMedia({ media: 'print' })
      expect(await page.locator('video').isVisible()).toBe(false)
      expect(await textOf(page)).toContain(tell('de', 'page.history'))
      await page.context().close()
    })

    test('asks for nothing but itself and the film beside it', () => {
      const beside = (url: string) => /^file:.*\/(?:index\.html|data\/media\/recording\.mp4)$/.test(url)
      expect(asked.length).toBeGreaterThan(8)
      expect(asked.filter(url => !beside(url))).toEqual([])
    })
  },
)
