import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import de from '../../locales/desk/bring-in/de.json' with { type: 'json' }
import en from '../../locales/desk/bring-in/en.json' with { type: 'json' }
import shell from '../../locales/desk/shell/en.json' with { type: 'json' }
import german from '../../locales/desk/shell/de.json' with { type: 'json' }
import installation from '../../locales/installation/de.json' with { type: 'json' }
import { browserMissing, openBrowser } from '../browser.ts'
import { type Asked, beginUpload, dock, personIn, send } from '../guarantees/asking.ts'
import { found, type Installation } from '../installation.ts'
import { axeOn, fits, visit } from './desk.ts'

describe.skipIf(leftOut('the board of the charging room', browserMissing()))('the board of the charging room', () => {
  let here: Installation
  let browser: Browser
  let cameras: Asked
  beforeAll(async () => {
    ;[here, browser] = await Promise.all([found('de-nrw-oa'), openBrowser()])
    cameras = { url: here.url, token: here.deviceToken }
    await dock(cameras, { path: '1.mp4', bytes: randomBytes(3000), camera: 'OA-07' })
    await dock(cameras, { path: '2.mp4', bytes: randomBytes(3000), camera: 'OA-07' })
  })
  afterAll(async () => {
    await browser?.close()
    await here?.stop()
    if (here) rmSync(dirname(here.data), { recursive: true })
  })

  const board = (page: Page) => page.goto(`${here.url}/charging-room`)
  const camera = (page: Page, name: string) => page.locator('.board-camera', { hasText: name })

  test('says by itself what docks, what is done and since when, and what failed and why, in the language of whoever asks', async () => {
    const { page, faults, close } = await visit(browser, { token: here.operatorToken, language: 'de', width: 1920 })
    await board(page)
    await page.getByRole('heading', { level: 1, name: de.board.title }).waitFor()
    const at = await camera(page, 'OA-07').locator('time').first().getAttribute('datetime')
    const zone = new Intl.DateTimeFormat('de-DE', { timeStyle: 'short', timeZone: 'Europe/Berlin' })
    await camera(page, 'OA-07').getByText(de.board.done).waitFor()
    expect(await camera(page, 'OA-07').innerText()).toContain(zone.format(new Date(at ?? '')))
    const half = { path: 'half.mp4', bytes: randomBytes(5000), camera: 'OA-08' }
    const { upload } = await beginUpload(cameras, half)
    await send(cameras, upload, 0, half.bytes.subarray(0, 2500))
    await camera(page, 'OA-08').getByText(/50\s%/).waitFor()
    const wrong = await beginUpload(cameras, { path: 'wrong.mp4', bytes: randomBytes(9), camera: 'OA-09' })
    const headers = { 'tus-resumable': '1.0.0', authorization: `Bearer ${here.deviceToken}` }
    const refused = await fetch(wrong.upload, {
      method: 'PATCH',
      headers: {
        ...headers,
        'content-type': 'application/offset+octet-stream',
        'upload-offset': '0',
        'repr-digest': `sha-256=:${Buffer.alloc(32).toString('base64')}:`,
      },
      body: new Blob([randomBytes(9)]),
    })
    expect(refused.status).toBe(460)
    await camera(page, 'OA-09').getByText(installation.board.mismatched).waitFor()
    expect(await page.locator('.board-name').allInnerTexts()).toEqual(['OA-09', 'OA-08', 'OA-07'])
    expect(await axeOn(page)).toEqual([])
    expect(faults).toEqual([])
    await close()
  })

  test('can be read from three metres', async () => {
    const { page, close } = await visit(browser, { token: here.operatorToken, width: 1920, height: 1080 })
    await board(page)
    const size = (what: string) =>
      page
        .locator(what)
        .first()
        .evaluate(element => Number.parseFloat(getComputedStyle(element).fontSize))
    await page.locator('.board-name').first().waitFor()
    // A capital letter has seven tenths of it: at 96 to the inch, more than a centimetre, and more than seven millimetres.
    expect(await size('.board-name')).toBeGreaterThanOrEqual(60)
    expect(await size('.board-state')).toBeGreaterThanOrEqual(40)
    await close()
  })

  test('fits a telephone, in the dark', async () => {
    const { page, close } = await visit(browser, {
      token: here.operatorToken,
      language: 'de',
      width: 360,
      scheme: 'dark',
    })
    await board(page)
    await page.locator('.board-name').first().waitFor()
    await fits(page)
    expect(await axeOn(page)).toEqual([])
    await close()
  })

  test('never shows what is old as what is so', async () => {
    const { page, close } = await visit(browser, { token: here.operatorToken })
    await board(page)
    await page.locator('.board-name').first().waitFor()
    await page.route('**/api/dock/board', route => route.abort())
    await page.getByText(en.board.old).waitFor({ timeout: 60_000 })
    await page.unroute('**/api/dock/board')
    await expect.poll(() => page.getByText(en.board.old).count()).toBe(0)
    await close()
  })

  test('is found by who supervises, and brings nothing in', async () => {
    const sergeant = await personIn({ url: here.url, token: here.operatorToken }, 'Sam Sergeant', 'supervisor')
    const { page, close } = await visit(browser, { token: sergeant.token ?? '' })
    await page.goto(`${here.url}/check`)
    await page.getByRole('link', { name: en.board.title }).click()
    await page.locator('.board-name').first().waitFor()
    expect(await page.getByRole('link', { name: 'Bring in' }).count()).toBe(0)
    await page.goto(`${here.url}/bring-in`)
    await page.getByRole('heading', { level: 1, name: shell.notForYou.title }).waitFor()
    await close()
  })

  test('is not for everybody', async () => {
    const reader = await personIn({ url: here.url, token: here.operatorToken }, 'Nell', 'figures-reader')
    const { page, close } = await visit(browser, { token: reader.token ?? '', language: 'de' })
    await page.goto(`${here.url}/charging-room`)
    await page.getByRole('heading', { level: 1, name: german.notForYou.title }).waitFor()
    await close()
  })
})
