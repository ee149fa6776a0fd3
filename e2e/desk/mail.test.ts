import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { aMailServer, readLetter, type TestMailServer } from '@vidne/server/platform/testing/a-mail-server'
import { freePort } from '@vidne/server/platform/testing/a-shell'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { browserMissing, openBrowser } from '../browser.ts'
import { personIn } from '../guarantees/asking.ts'
import { inside, type Inside } from '../guarantees/inside.ts'
import { axeOn, fits, visit } from './desk.ts'
import { seatOf as seatIn } from './seats.ts'

describe.skipIf(leftOut('mail on the desk', browserMissing()))('mail on the desk', () => {
  let here: Inside
  let office: TestMailServer
  let browser: Browser
  beforeAll(async () => {
    const free = await freePort()
    office = await aMailServer()
    const { host, port, tls } = office.server
    const mail = { host, port, tls, from: 'vidne@example.org' }
    ;[here, browser] = await Promise.all([
      inside({ settings: { mail, port: free, publicUrl: `http://localhost:${free}` } }),
      openBrowser(),
    ])
  })
  afterAll(async () => {
    await browser?.close()
    await here?.close()
    await office?.away()
  })

  const seatOf = (name: string, wish: Parameters<typeof visit>[1] = {}) => seatIn(here, browser, name, wish)

  let pictures = 0
  async function seen(page: Page): Promise<void> {
    expect(await axeOn(page)).toEqual([])
    await fits(page)
    const folder = process.env['VIDNE_TEST_PICTURES']
    if (folder === undefined) return
    mkdirSync(folder, { recursive: true })
    pictures += 1
    await page.screenshot({ path: join(folder, `mail-${pictures}.png`), fullPage: true })
  }

  /** The next letter to an address. */
  async function letterTo(address: string): Promise<{ subject: string; text: string }> {
    const arrived = () => office.arrived.findIndex(({ to }) => to.includes(address))
    await expect.poll(arrived).toBeGreaterThanOrEqual(0)
    return readLetter(office.arrived.splice(arrived(), 1)[0]?.raw ?? '')
  }

  test.each([
    [
      1280,
      'light',
      'en',
      'Address',
      'Send a code',
      'Code from the mail',
      'Confirm the address',
      'Mail goes to kim1@',
      1,
    ],
    [
      360,
      'dark',
      'de',
      'Adresse',
      'Code senden',
      'Code aus der E-Mail',
      'Adresse bestätigen',
      'E-Mails gehen an kim2@',
      2,
    ],
  ] as const)(
    'somebody names an address and confirms it, with the keyboard alone (%i px, %s, %s)',
    async (width, scheme, language, field, send, code, confirm, done, nth) => {
      const name = `Kim Sergeant ${nth}`
      await personIn(here.clerk, name, 'supervisor')
      const { page, faults, close } = await seatOf(name, { width, scheme, language })
      await page.goto(`${here.clerk.url}/account`)
      await page.getByLabel(field, { exact: true }).focus()
      await page.keyboard.type(`kim${nth}@example.org`)
      await seen(page)
      await page.getByRole('button', { name: send }).focus()
      await page.keyboard.press('Enter')
      await page.getByLabel(code).focus()
      const { text } = await letterTo(`kim${nth}@example.org`)
      await page.keyboard.type(/^\d{6}/m.exec(text)?.[0] ?? '')
      await seen(page)
      await page.getByRole('button', { name: confirm }).focus()
      await page.keyboard.press('Enter')
      await page.getByText(done).waitFor()
      await seen(page)
      expect(faults).toEqual([])
      await close()
    },
  )

  test('a wrong code is said to be wrong, and the address can be taken away', async () => {
    await personIn(here.clerk, 'Lis Auditor', 'auditor')
    const { page, close } = await seatOf('Lis Auditor')
    await page.goto(`${here.clerk.url}/account`)
    await page.getByLabel('Address', { exact: true }).fill('lis@example.org')
    await page.getByRole('button', { name: 'Send a code' }).click()
    const { text } = await letterTo('lis@example.org')
    const right = /^\d{6}/m.exec(text)?.[0] ?? ''
    await page.getByLabel('Code from the mail').fill(right === '000000' ? '000001' : '000000')
    await page.getByRole('button', { name: 'Confirm the address' }).click()
    await page.getByText('This is not the code that was sent').waitFor()
    await seen(page)
    await page.getByRole('button', { name: 'Remove the address' }).click()
    await page.getByLabel('Code from the mail').waitFor({ state: 'detached' })
    await page.getByText('No mail is sent to you.').waitFor()
    await close()
  })

  test('who invites somebody can have the link mailed, and whoever gets it makes their account by it', async () => {
    const { page, faults, close } = await seatOf('Operator')
    await page.goto(`${here.clerk.url}/people`)
    await page.getByRole('button', { name: 'Invite somebody' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Mai Wearer')
    await page.getByLabel('Mail address').fill('mai@example.org')
    await seen(page)
    await page.getByRole('button', { name: 'Make the link' }).click()
    await page.getByText('It is on its way by mail too').waitFor()
    await seen(page)
    await close()
    const { text } = await letterTo('mai@example.org')
    const link = /http:\/\/localhost\S+invitation#\S+/.exec(text)?.[0] ?? ''
    const guest = await visit(browser)
    await guest.page.goto(link)
    await guest.page.getByText('Mai Wearer').first().waitFor()
    expect(faults).toEqual([])
    await guest.close()
  })
})
