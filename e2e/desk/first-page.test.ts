import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { browserMissing, openBrowser } from '../browser.ts'
import { found, type Installation } from '../installation.ts'
import { axeOn, fits, visit } from './desk.ts'

const titles = {
  en: 'Footage that others can check',
  da: 'Optagelser, som andre kan kontrollere',
  sv: 'Material som andra kan kontrollera',
  de: 'Aufnahmen, die andere prüfen können',
}

describe.skipIf(leftOut('the first page of the desk', browserMissing()))('the first page of the desk', () => {
  let here: Installation
  let browser: Browser
  beforeAll(async () => {
    ;[here, browser] = await Promise.all([found('se-skola'), openBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await here?.stop()
    if (here) await rm(dirname(here.data), { recursive: true })
  })

  test.each(Object.entries(titles))('follows the language of the browser: %s', async (language, title) => {
    for (const [width, scheme] of [
      [360, 'light'],
      [1280, 'dark'],
    ] as const) {
      const { page, faults, close } = await visit(browser, { language, width, scheme })
      await page.goto(here.url)
      await page.getByRole('heading', { level: 1, name: title }).waitFor()
      expect(await page.getAttribute('html', 'lang')).toBe(language)
      expect(await axeOn(page)).toEqual([])
      await fits(page)
      expect(faults).toEqual([])
      await close()
    }
  })

  test('the language is chosen with the keyboard alone, stays chosen, and nothing of the other is left', async () => {
    const { page, close } = await visit(browser)
    await page.goto(here.url)
    await page.getByRole('button', { name: /^Language/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitemradio', { name: 'Deutsch' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: titles.de }).waitFor()
    await page.reload()
    await page.getByRole('heading', { level: 1, name: titles.de }).waitFor()
    expect(await page.textContent('body')).not.toContain('Sign in')
    await close()
  })

  test('I-30 it loads from its own origin alone, and its policy for content lets nothing else in', async () => {
    const { page, faults, close } = await visit(browser)
    const asked: string[] = []
    page.on('request', request => asked.push(new URL(request.url()).origin))
    const answer = await page.goto(here.url)
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(new Set(asked)).toEqual(new Set([new URL(here.url).origin]))
    const policy = answer?.headers()['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(faults).toEqual([])
    await close()
  })

  test('an address that is no page is not found, also for a browser', async () => {
    const { page, close } = await visit(browser)
    expect((await page.goto(`${here.url}/nothing-of-ours`))?.status()).toBe(404)
    await close()
  })
})
