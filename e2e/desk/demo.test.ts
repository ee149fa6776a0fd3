import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import verdicts from '../../locales/en.json' with { type: 'json' }
import link from '../../locales/desk/link/en.json' with { type: 'json' }
import en from '../../locales/desk/tour/en.json' with { type: 'json' }
import { browserMissing, openBrowser } from '../browser.ts'
import { found } from '../installation.ts'
import { newFolder, startDemo, type Started } from './demo.ts'
import { axeOn, fits, visit } from './desk.ts'
import { takePlace } from './pages.ts'

const titles = { en: 'Look around', da: 'Se dig omkring', sv: 'Se dig omkring', de: 'Umsehen' }

describe.skipIf(leftOut('the demo', browserMissing()))('the demo', () => {
  const place = newFolder()
  let demo: Started
  let browser: Browser
  beforeAll(async () => {
    ;[demo, browser] = await Promise.all([startDemo(place.folder), openBrowser()])
  }, 600_000)
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
    place.remove()
  })

  const onTour = async (wish: Parameters<typeof visit>[1] = {}) => {
    const visitor = await visit(browser, wish)
    await visitor.page.goto(`${demo.url}/tour`)
    await visitor.page.getByRole('heading', { level: 1 }).waitFor()
    return visitor
  }
  const station = (page: Page, number: number) => page.locator(`#station-${number}`)

  test.each(Object.entries(titles))('the tour in %s, on a telephone and in the dark', async (language, title) => {
    const { page, faults, close } = await onTour({ language, width: 360, scheme: 'dark' })
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    await page.locator('.place .button').nth(6).waitFor()
    expect(await axeOn(page)).toEqual([])
    await fits(page)
    expect(faults).toEqual([])
    await close()
  })

  test('the month is countersigned, and a recording says so', async () => {
    const visitor = await visit(browser, { width: 1440 })
    expect(await takePlace(visitor.context, demo.url, { role: 'evidence-clerk', agency: /London/ })).toBe(true)
    await visitor.page.goto(`${demo.url}/recordings?state=countersigned`)
    await visitor.page.locator('.grid-body [role=row] a').first().click()
    await visitor.page.locator('.lead-row .badge.good').waitFor()
    await visitor.close()
  })

  test('one byte is changed where the visitor chose, and the verifier names the file it lies in', async () => {
    const { page, faults, close } = await onTour()
    await page.getByRole('button', { name: en.byte.fetch }).press('Enter')
    const here = station(page, 1)
    const verdict = here.locator('.verdict-here[data-state=verdict]')
    await page.getByRole('button', { name: en.byte.asItIs }).press('Enter')
    await verdict.getByText(verdicts.verdict.holds.yes).waitFor()
    const sent: string[] = []
    page.on('request', request => sent.push(`${request.method()} ${new URL(request.url()).pathname}`))
    await here.getByRole('slider').press('ArrowRight')
    await page.getByRole('button', { name: en.byte.change }).press('Enter')
    await verdict.getByText(verdicts.verdict.holds.no).waitFor()
    const chosen = await here.getByRole('button', { name: en.byte.file }).innerText()
    const [file = ''] = chosen.match(/data\/\S+/) ?? []
    expect(file).toMatch(/\.mp4$/i)
    expect(await verdict.locator('td code').allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringContaining(file)]),
    )
    expect(sent.filter(one => !one.endsWith('/api/me'))).toEqual([])
    expect(await axeOn(page)).toEqual([])
    expect(faults).toEqual([])
    await close()
  })

  test('on day 31 what nobody needs goes with a statement that holds, and what is held stays', async () => {
    const { page, faults, close } = await onTour()
    await page.getByRole('button', { name: en.leap.jump }).click()
    const here = station(page, 2)
    const gone = here.getByRole('table', { name: /went on time/ })
    await gone.waitFor()
    await here.getByRole('table', { name: /because (?:it is|they are) held/ }).waitFor()
    await gone.getByRole('button').first().click()
    await here.locator('[data-statement=verdict]').getByText(verdicts.verdict.holds.yes).waitFor()
    expect(await axeOn(page)).toEqual([])
    expect(faults).toEqual([])
    await close()
  })

  test('a missing recording is shown with its review, and counted without a name', async () => {
    const { page, close } = await onTour({ width: 360 })
    await page.getByRole('button', { name: en.missing.look }).click()
    const here = station(page, 3)
    await here.getByText('Fodboldkamp, Brøndby').waitFor()
    await here.getByText('Camilla Ravn').waitFor()
    await here.getByText(en.missing.open).first().waitFor()
    const counted = here.locator('.notice')
    expect(await counted.innerText()).toMatch(/2 of \d+ recordings that had to be made are missing/)
    expect(await counted.innerText()).not.toMatch(/Camilla|Sofie/)
    await fits(page)
    expect(await axeOn(page)).toEqual([])
    await close()
  })

  test('the defence opens its link without an account, and is shown the recording and its history', async () => {
    const { page, faults, close } = await onTour()
    await station(page, 4).getByRole('link', { name: en.places.openLink }).click()
    await page.waitForURL(/\/shared/)
    await page.getByRole('button', { name: link.landing.open }).click()
    await page.getByText('CAD 4471/26').first().waitFor()
    await page.getByText(link.history, { exact: true }).first().waitFor()
    await page.getByRole('button', { name: link.play }).first().click()
    const played = page.locator('video')
    await played.waitFor()
    await expect.poll(() => played.evaluate((video: HTMLVideoElement) => video.readyState)).toBeGreaterThan(1)
    expect(await played.evaluate((video: HTMLVideoElement) => [video.videoWidth, video.duration])).toEqual([320, 8])
    const me = await page.evaluate(() => fetch('/api/me').then(answer => answer.json() as Promise<{ person: null }>))
    expect(me.person).toBe(null)
    expect(faults).toEqual([])
    await close()
  })

  test('one click takes the place of each of them, with the rights of their roles', async () => {
    const { page, close } = await onTour()
    const me = () =>
      page.evaluate(() =>
        fetch('/api/me').then(answer => answer.json() as Promise<{ person: { name: string; may: string[] } | null }>),
      )
    const places = page.locator('#places').getByRole('button')
    await places.nth(5).waitFor()
    const names: string[] = []
    for (let at = 0; at < 6; at++) {
      await page.goto(`${demo.url}/tour`)
      const name = (await places.nth(at).getAttribute('aria-label')) ?? ''
      await places.nth(at).click()
      await page.waitForURL(address => address.pathname !== '/tour')
      const { person } = await me()
      expect(name).toContain(person?.name)
      expect(person?.may.includes('publish-policy'), name).toBe(/Principal|Data protection|Administrator/.test(name))
      names.push(person?.name ?? '')
    }
    expect(new Set(names).size).toBe(6)
    await close()
  })

  test('the second start shows the same month, and makes nothing again', async () => {
    const made = statSync(join(demo.folder, 'data/tour.json')).mtimeMs
    const tour = readFileSync(join(demo.folder, 'data/tour.json'), 'utf8')
    await demo.stop()
    demo = await startDemo(place.folder)
    expect(statSync(join(demo.folder, 'data/tour.json')).mtimeMs).toBe(made)
    const answer = (await (await fetch(`${demo.url}/api/tour`)).json()) as { demo: object }
    expect(answer.demo).toMatchObject(JSON.parse(tour) as object)
  })
})

describe('a folder that is no demo', () => {
  test('is not touched: not one with something else in it, and not one that keeps evidence', async () => {
    const place = newFolder()
    try {
      const above = dirname(place.folder)
      writeFileSync(join(above, 'letter.txt'), 'mine')
      await expect(startDemo(above)).rejects.toThrow(/holds something that is no demo/)
      await expect(startDemo('/var/lib/vidne')).rejects.toThrow(/no demo is made there/)
      await expect(startDemo('/var/lib/vidne/data')).rejects.toThrow(/no demo is made there/)
      expect(readFileSync(join(above, 'letter.txt'), 'utf8')).toBe('mine')
      expect(existsSync(join(above, 'data'))).toBe(false)
    } finally {
      place.remove()
    }
  })

  test('a normal installation has no tour and no personas, whatever lies in its folder, and is not served as a demo', async () => {
    const normal = await found('uk-met', { mode: 'normal' })
    try {
      const tour = { people: [], leap: { person: PERSON }, missing: { person: PERSON }, link: '/shared#a.b' }
      writeFileSync(join(normal.data, 'tour.json'), JSON.stringify(tour))
      expect(await (await fetch(`${normal.url}/api/tour`)).json()).toEqual({ demo: null })
      expect(await (await fetch(`${normal.url}/api/sign-in/personas`)).json()).toEqual([])
      const answer = await fetch(`${normal.url}/api/sign-in/persona`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ person: PERSON }),
      })
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []])
      writeFileSync(join(normal.data, '../vidne-demo.json'), '{"what":"a demo of Vidne","state":"begun"}')
      await expect(startDemo(dirname(normal.data))).rejects.toThrow(/is no rehearsal/)
      expect(existsSync(join(normal.data, 'vidne.toml'))).toBe(true)
    } finally {
      await normal.stop()
      rmSync(dirname(normal.data), { recursive: true })
    }
  })

  test.skipIf(leftOut('the tour of a normal installation', browserMissing()))(
    'its tour says how to start a demo, with a picture and words for each station',
    async () => {
      const normal = await found('de-nrw-oa', { mode: 'normal' })
      const browser = await openBrowser()
      try {
        const { page, faults, close } = await visit(browser, { language: 'de', width: 360 })
        await page.goto(`${normal.url}/tour`)
        await page.getByText('npm run demo').waitFor()
        expect(await page.locator('.sketch').count()).toBe(4)
        expect(await page.getByRole('main').getByRole('button').count()).toBe(0)
        expect(await axeOn(page)).toEqual([])
        await fits(page)
        expect(faults).toEqual([])
        await close()
      } finally {
        await browser.close()
        await normal.stop()
        rmSync(dirname(normal.data), { recursive: true })
      }
    },
  )
})

const PERSON = '018f0000-0000-7000-8000-000000000001'
