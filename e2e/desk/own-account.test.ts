import { codeOf } from '@vidne/server/people/testing/authenticator'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { browserMissing, openBrowser } from '../browser.ts'
import { get } from '../guarantees/asking.ts'
import { inside, type Inside } from '../guarantees/inside.ts'
import { axeOn, fits, visit, type Visit } from './desk.ts'
import { joinedBy, named, PASSWORD } from './seats.ts'
import { withAuthenticator } from './virtual-authenticator.ts'

const NEW_PASSWORD = 'other words than before'

describe.skipIf(leftOut('one’s own account', browserMissing()))('one’s own account', () => {
  let here: Inside
  let browser: Browser
  beforeAll(async () => {
    ;[here, browser] = await Promise.all([inside(), openBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await here?.close()
  })

  async function invited(name: string): Promise<string> {
    const wish = { name, roles: ['auditor'] }
    const made = await get<{ link: string }>(here.clerk, 'POST', '/api/people/invitations', wish)
    return `${here.clerk.url}${made.link}`
  }

  /** Makes an account by password and code; what the authenticator was given. */
  async function withPassword(name: string, account: string) {
    return joinedBy(browser, await invited(name), { name, account })
  }

  async function signedIn(account: string, password: string, code: string): Promise<Visit> {
    const seat = await visit(browser)
    const { page } = seat
    await page.goto(`${here.clerk.url}/sign-in`)
    await page.getByLabel('Name or e-mail').fill(account)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByLabel('Code of your authenticator').fill(code)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    return seat
  }

  async function ownPage(page: Page): Promise<void> {
    await page.goto(`${here.clerk.url}/account`)
    await page.getByRole('region', { name: 'Passkeys' }).waitFor()
  }

  test('has a second passkey, named and removed with the keyboard alone, and keeps the last', async () => {
    const { page, faults, close } = await visit(browser)
    const device = await withAuthenticator(page)
    await page.goto(await invited('Ann Keys'))
    await page.getByRole('button', { name: 'Make a passkey' }).click()
    await named(page, 'Ann Keys')
    await ownPage(page)
    await page.getByText('This is your last way in').waitFor()
    expect(await page.getByRole('button', { name: /^Remove/ }).count()).toBe(0)
    expect(await axeOn(page)).toEqual([])
    // The device has one of this account already and makes no second: another one is laid beside it.
    await device.session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: device.id })
    await withAuthenticator(page)
    await pressed(page, 'Add a passkey')
    await page.getByLabel('Name', { exact: true }).focus()
    await page.keyboard.type('Security key')
    expect(await axeOn(page)).toEqual([])
    await pressed(page, 'Go on')
    const row = page.getByRole('row').filter({ hasText: 'Security key' })
    await row.waitFor()
    await pressed(page, 'Rename: Security key')
    await page.getByLabel('Name', { exact: true }).fill('Blue key')
    await pressed(page, 'Keep')
    await pressed(page, 'Remove: Blue key')
    await page.getByText('It lets nobody in from now on').waitFor()
    await pressed(page, 'Remove')
    await page.getByRole('row').filter({ hasText: 'Blue key' }).waitFor({ state: 'detached' })
    await page.getByText('This is your last way in').waitFor()
    await fits(page)
    expect(faults).toEqual([])
    await close()
  })

  test('changes its password by the old one, and is signed out everywhere else', async () => {
    const { uri, seat } = await withPassword('Carl Own', 'carl-own')
    const other = await signedIn('carl-own', PASSWORD, codeOf(uri, 1))
    await named(other.page, 'Carl Own')
    const { page, faults } = seat
    await ownPage(page)
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByLabel('The password until now').fill('not the one')
    await page.getByLabel('The new password', { exact: true }).fill('too short')
    await page.getByLabel('The new password once more').fill(NEW_PASSWORD)
    const send = page.getByRole('dialog').getByRole('button', { name: 'Change the password' })
    await send.click()
    await page.getByText('This is shorter than 12 characters').waitFor()
    await page.getByLabel('The new password', { exact: true }).fill(NEW_PASSWORD)
    await send.click()
    await page.getByText('This is not your password').waitFor()
    await page.getByLabel('The password until now').fill(PASSWORD)
    await send.click()
    await page.getByText('The password was changed').waitFor()
    await other.page.goto(`${here.clerk.url}/account`)
    await other.page.getByRole('link', { name: 'Sign in', exact: true }).waitFor()
    await other.close()
    expect(faults).toEqual([])
    await seat.close()
  })

  test('takes another authenticator, and codes for recovery that sign in once', async () => {
    const { uri, seat } = await withPassword('Dora Own', 'dora-own')
    const { page, faults } = seat
    await ownPage(page)
    await page.getByText('You have none.', { exact: true }).last().waitFor()
    await page.getByRole('button', { name: 'Make new codes' }).click()
    await page.getByLabel('Your password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Make them' }).click()
    await page.getByText('Write these down').first().waitFor()
    expect(await axeOn(page)).toEqual([])
    const codes = await page.locator('.recovery-codes code').allInnerTexts()
    expect(codes).toHaveLength(10)
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText('10 are left.').waitFor()
    await page.getByRole('button', { name: 'Take another authenticator' }).click()
    await page.getByLabel('Your password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Go on' }).click()
    const next = (await page.locator('code[data-uri]').getAttribute('data-uri')) ?? ''
    expect(next).not.toBe(uri)
    await page.getByLabel('The six digits that it shows').fill(codeOf(next))
    await page.getByRole('button', { name: 'Confirm', exact: true }).click()
    await page.getByText('The new authenticator counts from now on').waitFor()
    const recovered = await signedIn('dora-own', PASSWORD, codes[0] ?? '')
    await named(recovered.page, 'Dora Own')
    await recovered.close()
    const old = await signedIn('dora-own', PASSWORD, codeOf(uri, 1))
    await old.page.getByText('do not belong together').waitFor()
    await old.close()
    await page.reload()
    await page.getByText('9 are left.').waitFor()
    expect(faults).toEqual([])
    await seat.close()
  })

  test.each([
    ['en', 1280, 'light'],
    ['de', 360, 'dark'],
    ['sv', 320, 'light'],
  ] as const)('is read in %s at %i px, %s', async (language, width, scheme) => {
    const { seat } = await withPassword(`Reader ${language}`, `reader-${language}`)
    const cookies = await seat.context.cookies()
    await seat.close()
    const { context, page, faults, close } = await visit(browser, { language, width, scheme })
    await context.addCookies(cookies)
    await page.goto(`${here.clerk.url}/account`)
    await page.locator('section.panel').nth(6).waitFor()
    expect(await axeOn(page)).toEqual([])
    await fits(page)
    expect(faults).toEqual([])
    await close()
  })
})

async function pressed(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).focus()
  await page.keyboard.press('Enter')
}
