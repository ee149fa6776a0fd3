import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../browser.ts'
import { insideOn } from '../grounds.ts'
import { personIn } from '../guarantees/asking.ts'
import type { Inside } from '../guarantees/inside.ts'
import { axeOn, fits, onEachGround, visit } from './desk.ts'
import { seatOf as seatIn } from './seats.ts'

onEachGround('the people of an agency', kind => {
  let here: Inside
  let browser: Browser
  beforeAll(async () => {
    ;[here, browser] = await Promise.all([insideOn(kind), openBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await here?.close()
  })

  /** A browser in which somebody of the rehearsal is signed in. */
  const seatOf = (name: string, wish: Parameters<typeof visit>[1] = {}) =>
    seatIn(here, browser, name, { ...wish, agent: 'Mozilla/5.0 (X11; Linux) Firefox/140' })

  async function seen(page: Page): Promise<void> {
    await page.locator('[role=log] [role=img]').waitFor({ state: 'detached' })
    expect(await axeOn(page)).toEqual([])
    await fits(page)
    const folder = process.env['VIDNE_TEST_PICTURES']
    if (folder === undefined) return
    mkdirSync(folder, { recursive: true })
    pictures += 1
    await page.screenshot({ path: join(folder, `people-${pictures}.png`), fullPage: true })
  }
  let pictures = 0

  test.each([
    [1280, 'light', 'en', 'People'],
    [360, 'dark', 'de', 'Personen'],
  ] as const)('are listed, each with roles and account (%i px, %s, %s)', async (width, scheme, language, title) => {
    await personIn(here.clerk, 'Frida Datenschutz', 'data-protection-officer')
    const { page, faults, close } = await seatOf('Operator', { width, scheme, language })
    await page.goto(`${here.clerk.url}/people`)
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
    await page.getByRole('link', { name: 'Frida Datenschutz' }).waitFor()
    await seen(page)
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click()
      await seen(page)
    }
    await page.getByRole('tab').first().click()
    await page.getByRole('link', { name: 'Frida Datenschutz' }).click()
    await page.getByRole('heading', { level: 1, name: 'Frida Datenschutz' }).waitFor()
    await seen(page)
    expect(faults).toEqual([])
    await close()
  })

  test('somebody is invited, given a role and relieved of it, with the keyboard alone', async () => {
    const { page, faults, close } = await seatOf('Operator')
    await page.goto(`${here.clerk.url}/people`)
    await pressed(page, 'Invite somebody')
    await page.getByLabel('Name', { exact: true }).focus()
    await page.keyboard.type('Gert Wearer')
    await page.getByRole('checkbox', { name: 'Camera wearer' }).focus()
    await page.keyboard.press('Space')
    await page.getByLabel('Unit').focus()
    await page.keyboard.type('East')
    await seen(page)
    await pressed(page, 'Make the link')
    await page.getByText('Send this link to Gert Wearer').first().waitFor()
    const link = await page.getByLabel('Send this link to Gert Wearer').last().inputValue()
    expect(link).toMatch(/^http:\/\/localhost:\d+\/invitation#[\w-]{43}$/)
    await seen(page)
    await pressed(page, 'Done')
    await page.getByRole('link', { name: 'Gert Wearer' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Gert Wearer' }).waitFor()
    await page.getByText('Invited').waitFor()
    await pressed(page, 'Take back: Camera wearer')
    await page.getByText('Gert Wearer loses “Camera wearer” at once').waitFor()
    await seen(page)
    await pressed(page, 'Take back')
    await page.getByText('No role.').waitFor()
    await page.getByRole('button', { name: /Give a role/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('option', { name: 'Auditor' }).focus()
    await page.keyboard.press('Enter')
    await pressed(page, 'Give')
    await page.getByRole('button', { name: 'Take back: Auditor' }).waitFor()
    await pressed(page, 'Withdraw the link')
    await page.getByText('None', { exact: true }).waitFor()
    expect(faults).toEqual([])
    await close()
  })

  test('a browser that is put out is out, with its next click', async () => {
    await personIn(here.clerk, 'Hanna Left', 'auditor')
    const left = await seatOf('Hanna Left')
    await left.page.goto(`${here.clerk.url}/account`)
    await left.page.getByRole('heading', { level: 1, name: 'My account' }).waitFor()
    await seen(left.page)
    const { page, close } = await seatOf('Operator')
    await page.goto(`${here.clerk.url}/people`)
    await page.getByRole('tab', { name: 'Sessions' }).click()
    const ended = page.waitForResponse(/sessions\/[^/]+\/end$/)
    await page.getByRole('button', { name: /^End: Hanna Left/ }).click()
    expect((await ended).status()).toBe(200)
    await left.page.reload()
    await left.page.getByRole('link', { name: 'Sign in', exact: true }).waitFor()
    await left.close()
    await close()
  })

  test('who may not see the people is not shown the way, and is refused at the address', async () => {
    await personIn(here.clerk, 'Ida Investigator', 'investigator')
    const { page, close } = await seatOf('Ida Investigator')
    await page.goto(`${here.clerk.url}/people`)
    await page.getByRole('heading', { level: 1, name: 'This page is not for your roles' }).waitFor()
    expect(await page.getByRole('navigation').getByRole('link', { name: 'People' }).count()).toBe(0)
    await close()
  })

  test('a token is revoked after a question that names what follows', async () => {
    await personIn(here.clerk, 'Jan Program', 'figures-reader')
    const { page, close } = await seatOf('Operator')
    await page.goto(`${here.clerk.url}/people`)
    await page.getByRole('tab', { name: 'Tokens' }).click()
    const row = page.getByRole('row').filter({ hasText: 'Jan Program' })
    await row.getByRole('button', { name: /^Revoke/ }).click()
    await page.getByText('refused from now on').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await row.getByText('revoked').waitFor()
    await close()
  })
})

async function pressed(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).focus()
  await page.keyboard.press('Enter')
}
