import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { browserMissing, openBrowser } from '../browser.ts'
import { personIn } from '../guarantees/asking.ts'
import { inside, type Inside } from '../guarantees/inside.ts'
import { dayField, fillDay } from './days.ts'
import { axeOn, fits, type Visit } from './desk.ts'
import { seatOf } from './seats.ts'

describe.skipIf(leftOut('a field for a day', browserMissing()))('a field for a day', () => {
  let here: Inside
  let browser: Browser
  beforeAll(async () => {
    ;[here, browser] = await Promise.all([inside(), openBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await here?.close()
  })

  /** A browser of one language in which somebody chose another for the desk. */
  async function seated(name: string, p: { browser: string; desk: string; width?: number }): Promise<Visit> {
    const seat = await seatOf(here, browser, name, { language: p.browser, width: p.width ?? 1280 })
    await seat.context.addInitScript(`localStorage.setItem('vidne.language', '${p.desk}')`)
    return seat
  }

  test('speaks the language of the desk, not of the browser', async () => {
    const { page, faults, close } = await seated('Operator', { browser: 'de', desk: 'da' })
    await page.goto(`${here.clerk.url}/recordings`)
    const from = dayField(page, 'Fra')
    await from.waitFor()
    expect(bare(await from.innerText())).toContain('dd.mm.åååå')
    await fillDay(page, 'Fra', '2026-03-09')
    await page.waitForURL(/from=2026-03-09/)
    expect(bare(await from.innerText())).toContain('09.03.2026')
    await from.getByRole('button').click()
    await page.getByRole('heading', { name: 'marts 2026' }).waitFor()
    expect(await page.getByRole('dialog').locator('th').first().innerText()).toMatch(/^m/i)
    expect(await axeOn(page)).toEqual([])
    expect(await page.evaluate(OF_THE_BROWSER)).toEqual([])
    expect(faults).toEqual([])
    await close()
  })

  test('is chosen from the calendar with the keyboard alone, and says what it is to who cannot see it', async () => {
    const { page, faults, close } = await seated('Operator', { browser: 'da', desk: 'en', width: 360 })
    await page.goto(`${here.clerk.url}/recordings?from=2026-03-09`)
    await page.getByText('Filters').first().click()
    const from = dayField(page, 'From')
    await from.waitFor()
    const day = from.getByRole('spinbutton', { name: /^day/i })
    expect(await day.getAttribute('aria-valuetext')).toBe('09')
    await day.focus()
    await page.keyboard.press('ArrowUp')
    await page.waitForURL(/from=2026-03-10/)
    await page.keyboard.press('Alt+ArrowDown')
    await page.getByRole('heading', { name: 'March 2026' }).waitFor()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.waitForURL(/from=2026-03-11/)
    expect(await axeOn(page)).toEqual([])
    await fits(page)
    expect(faults).toEqual([])
    await close()
  })

  test('takes a year of two digits for one of this century, and asks for nothing meanwhile', async () => {
    const { page, close } = await seated('Operator', { browser: 'en', desk: 'en' })
    const asked: string[] = []
    page.on('request', request => asked.push(request.url()))
    await page.goto(`${here.clerk.url}/recordings`)
    await dayField(page, 'From').waitFor()
    await fillDay(page, 'From', '26-03-09')
    await dayField(page, 'Until').locator('[data-type=day]').focus()
    await page.waitForURL(/from=2026-03-09/)
    expect(asked.filter(url => /from=0/.test(url))).toEqual([])
    await close()
  })

  test('that is wanted and empty says so in the language of the desk', async () => {
    await personIn(here.clerk, 'Frida Datenschutz', 'data-protection-officer')
    const { page, close } = await seated('Frida Datenschutz', { browser: 'de', desk: 'sv' })
    await page.goto(`${here.clerk.url}/administration/audit`)
    const first = dayField(page, 'Första dagen')
    await first.waitFor()
    for (const type of ['day', 'month', 'year']) {
      await first.locator(`[data-type=${type}]`).focus()
      for (let count = 0; count < 4; count++) await page.keyboard.press('Backspace')
    }
    await page.evaluate(`document.querySelector('form').requestSubmit()`)
    await page.getByText('Fyll i fältet.').first().waitFor()
    await close()
  })
})

/** Fields for days that the browser words by itself; those nobody meets are for what fills in forms. */
const OF_THE_BROWSER = `[...document.querySelectorAll('input[type=date], input[type=time], input[type=datetime-local]')]
  .filter(one => one.closest('[aria-hidden=true]') === null).map(one => one.outerHTML)`

/** Without the marks of direction that parts of a date are set off by. */
const bare = (text: string) => text.replaceAll(/[\u2066-\u2069\u200e\s]/g, '')
