import { rmSync } from 'node:fs'
import { codeOf } from '@vidne/server/people/testing/authenticator'
import { freePort } from '@vidne/server/platform/testing/a-shell'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../browser.ts'
import { insideOn } from '../grounds.ts'
import { get } from '../guarantees/asking.ts'
import type { Inside } from '../guarantees/inside.ts'
import { anIssuer, type Issuer } from '@vidne/server/platform/testing/an-issuer'
import { axeOn, fits, onEachGround, visit } from './desk.ts'
import { joinedBy, named, PASSWORD } from './seats.ts'
import { withAuthenticator } from './virtual-authenticator.ts'

onEachGround('signing in at the desk', kind => {
  let here: Inside
  let issuer: Issuer
  let browser: Browser
  beforeAll(async () => {
    const port = await freePort()
    issuer = await anIssuer(`http://localhost:${port}/auth/callback/agency`)
    ;[here, browser] = await Promise.all([insideOn(kind, { settings: { port, ...issuer.settings } }), openBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await here?.close()
    await issuer?.close()
    if (issuer) rmSync(issuer.folder, { recursive: true })
  })

  async function invited(name: string, roles: string[] = []): Promise<string> {
    const made = await get<{ link: string }>(here.clerk, 'POST', '/api/people/invitations', { name, roles })
    return `${here.clerk.url}${made.link}`
  }

  /** Makes an account by password and code in a browser of its own; what the authenticator was given. */
  async function withPassword(name: string, account: string, roles: string[] = []) {
    return joinedBy(browser, await invited(name, roles), { name, account })
  }

  async function tried(page: Page, p: { account: string; password: string; code: string }): Promise<void> {
    await page.getByLabel('Name or e-mail').fill(p.account)
    await page.getByLabel('Password', { exact: true }).fill(p.password)
    await page.getByLabel('Code of your authenticator').fill(p.code)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  }

  test('by a passkey, out again, and in again, with the keyboard alone', async () => {
    const { page, faults, close } = await visit(browser)
    const device = await withAuthenticator(page)
    await page.goto(await invited('Ann Passkey', ['auditor']))
    await page.getByRole('button', { name: 'Make a passkey' }).focus()
    await page.keyboard.press('Enter')
    await named(page, 'Ann Passkey')
    await page.goto(`${here.clerk.url}/sign-out`)
    await page.getByRole('button', { name: 'Sign out' }).focus()
    await page.keyboard.press('Enter')
    await page.getByText('You are signed out').waitFor()
    expect(await page.context().cookies()).not.toContainEqual(expect.objectContaining({ name: 'vidne' }))
    await page.goto(`${here.clerk.url}/sign-in`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).focus()
    await page.keyboard.press('Enter')
    await named(page, 'Ann Passkey')
    expect(await device.credentials()).toHaveLength(1)
    expect(faults).toEqual([])
    await close()
  })

  test('a passkey whose device did not ask for its person lets nobody in, nor does one of somewhere else', async () => {
    const { page, close } = await visit(browser)
    const device = await withAuthenticator(page)
    await page.goto(await invited('Bo Unverified'))
    await page.getByRole('button', { name: 'Make a passkey' }).click()
    await named(page, 'Bo Unverified')
    const kept = await device.credentials()
    await close()
    const thief = await visit(browser)
    const stolen = await withAuthenticator(thief.page, kept)
    await stolen.verifies(false)
    await thief.page.goto(`${here.clerk.url}/sign-in`)
    await thief.page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await thief.page.getByText('No passkey was used').waitFor()
    // A browser that was told otherwise asks the device for less; the installation looks at what the device says it did.
    await thief.page.route(/passkey\/question$/, async route => {
      const answer = await route.fetch()
      const said = (await answer.json()) as { options: object }
      await route.fulfill({
        response: answer,
        json: { options: { ...said.options, userVerification: 'discouraged' } },
      })
    })
    await thief.page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await thief.page.getByText('did not ask for a finger').waitFor()
    await thief.close()
  })

  test('by password and code; a code that was seen over a shoulder is worth nothing', async () => {
    const { uri, seat } = await withPassword('Carl Password', 'carl', ['auditor'])
    await seat.close()
    const { page, faults, close } = await visit(browser)
    await page.goto(`${here.clerk.url}/sign-in`)
    await tried(page, { account: 'carl', password: PASSWORD, code: codeOf(uri) })
    await page.getByText('Name, password and code do not belong together').waitFor()
    expect(await page.getByLabel('Code of your authenticator').inputValue()).toBe('')
    await tried(page, { account: 'carl', password: PASSWORD, code: codeOf(uri, 1) })
    await named(page, 'Carl Password')
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ name: 'vidne', httpOnly: true, sameSite: 'Strict', expires: -1 })
    expect(faults).toEqual([])
    await close()
  })

  test('whoever guesses is told in words to wait', async () => {
    const { page, close } = await visit(browser, { language: 'da', width: 360 })
    await page.goto(`${here.clerk.url}/sign-in`)
    for (let count = 0; count < 5; count++) {
      const answered = page.waitForResponse(/sign-in\/password$/)
      await page.getByLabel('Navn eller e-mail').fill('ingen')
      await page.getByLabel('Adgangskode', { exact: true }).fill('gættet og gættet')
      await page.getByLabel('Kode fra din godkendelsesapp').fill('123456')
      await page.getByRole('button', { name: 'Log ind', exact: true }).click()
      await answered
    }
    await page.getByText('Der var for mange forsøg. Vent').waitFor()
    expect(await axeOn(page)).toEqual([])
    await fits(page)
    await close()
  })

  test('by the agency’s own sign-in, once an invitation has tied the two', async () => {
    const { page, faults, close } = await visit(browser)
    await page.goto(`${here.clerk.url}/sign-in`)
    await page.getByRole('button', { name: 'Go to your agency’s sign-in' }).click()
    await atTheIssuer(page, 'dora@example.org')
    await page.getByText('you are not known here by it').waitFor()
    await page.goto(await invited('Dora Agency', ['auditor']))
    await page.getByRole('button', { name: /Tie your agency/ }).click()
    await named(page, 'Dora Agency')
    // To one's day, and with nothing of the way there in the address.
    await page.waitForURL(`${here.clerk.url}/today`)
    await page.goto(`${here.clerk.url}/sign-out`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are signed out').waitFor()
    await page.goto(`${here.clerk.url}/sign-in`)
    await page.getByRole('button', { name: 'Go to your agency’s sign-in' }).click()
    await named(page, 'Dora Agency')
    expect(faults).toEqual([])
    await close()
  })

  test('somebody else of the agency’s own sign-in stays outside, whatever address they claim there', async () => {
    const { page, close } = await visit(browser)
    await page.goto(`${here.clerk.url}/sign-in`)
    await page.getByRole('button', { name: 'Go to your agency’s sign-in' }).click()
    await atTheIssuer(page, 'carl')
    await page.getByText('you are not known here by it').waitFor()
    const answer = await page.goto(`${here.clerk.url}/auth/callback/agency?code=guessed&state=guessed`)
    expect(new URL(answer?.url() ?? '').pathname).toBe('/sign-in')
    await close()
  })

  test('an account without roles is told whom to ask, and sees nothing', async () => {
    const { seat } = await withPassword('Erik Nothing', 'erik')
    const { page } = seat
    await page.getByText('Ask an administrator of Prøvekommunen').waitFor()
    expect(await page.getByRole('link', { name: 'People' }).count()).toBe(0)
    expect(await axeOn(page)).toEqual([])
    await seat.close()
  })

  test('a place of the rehearsal is taken by one click', async () => {
    const { page, close } = await visit(browser, { width: 360, scheme: 'dark' })
    await page.goto(`${here.clerk.url}/sign-in`)
    await page.getByRole('button', { name: /^Be Operator/ }).waitFor()
    expect(await axeOn(page)).toEqual([])
    await fits(page)
    await page.getByRole('button', { name: /^Be Operator/ }).click()
    await named(page, 'Operator')
    await close()
  })

  test('a cookie that was put there beforehand is not the session', async () => {
    const { page, context, close } = await visit(browser)
    const fixed = 'A'.repeat(43)
    await context.addCookies([{ name: 'vidne', value: fixed, url: here.clerk.url }])
    await page.goto(`${here.clerk.url}/sign-in`)
    await page.getByRole('button', { name: /^Be Operator/ }).click()
    await named(page, 'Operator')
    const [cookie] = await context.cookies()
    expect(cookie?.value).not.toBe(fixed)
    const stolen = await visit(browser)
    await stolen.context.addCookies([{ name: 'vidne', value: fixed, url: here.clerk.url }])
    await stolen.page.goto(here.clerk.url)
    await stolen.page.getByRole('link', { name: /^Sign in/ }).waitFor()
    await stolen.close()
    await close()
  })

  test('another site’s page can ask nothing in somebody’s name', async () => {
    const { page, close } = await visit(browser)
    await page.goto(`${here.clerk.url}/sign-in`)
    await page.getByRole('button', { name: /^Be Operator/ }).click()
    await named(page, 'Operator')
    await page.goto(issuer.elsewhere)
    await page.evaluate(async url => {
      const body = JSON.stringify({ name: 'Theirs' })
      await fetch(`${url}/api/units`, { method: 'POST', mode: 'no-cors', credentials: 'include', body }).catch(
        () => null,
      )
      const form = Object.assign(document.createElement('form'), { method: 'post', action: `${url}/api/sign-out` })
      document.body.append(form)
      form.submit()
    }, here.clerk.url)
    await page.waitForURL(/sign-out$/)
    expect(await get<{ name: string }[]>(here.clerk, 'GET', '/api/units')).not.toContainEqual(
      expect.objectContaining({ name: 'Theirs' }),
    )
    await page.goto(here.clerk.url)
    await named(page, 'Operator')
    await close()
  })
})

/** Signs in at the issuer's own pages, and agrees. After that it knows the browser, and asks nothing more. */
async function atTheIssuer(page: Page, login: string): Promise<void> {
  await page.locator('input[name=login]').fill(login)
  await page.locator('input[name=password]').fill('anything')
  await page.locator('button[type=submit]').click()
  await page.getByRole('button', { name: 'Continue' }).click()
}
