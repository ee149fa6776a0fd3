// How somebody comes to sit at the desk, each in a browser of their own.

import { codeOf } from '@vidne/server/people/testing/authenticator'
import type { Browser, Page } from 'playwright-core'
import type { Asked } from '../guarantees/asking.ts'
import type { Inside } from '../guarantees/inside.ts'
import { visit, type Visit } from './desk.ts'

type Wish = Parameters<typeof visit>[1]

/** The password of every account that `joinedBy` makes. */
export const PASSWORD = 'several words together'

/** In the place of somebody of the rehearsal, by a session. */
export async function seatOf(
  here: Inside,
  browser: Browser,
  name: string,
  { agent = 'Firefox', ...wish }: Wish & { agent?: string } = {},
): Promise<Visit> {
  const { signIn } = here.ground.people
  const found = (await signIn.personas()).find(one => one.name === name)
  const secret = await signIn.entering(here.clerk.url).asPersona(found?.person ?? '', agent)
  const seat = await visit(browser, wish)
  await seat.context.addCookies([{ name: 'vidne', value: secret ?? '', url: here.clerk.url, httpOnly: true }])
  return seat
}

/** At a page, as the holder of a token. */
export async function pageAs(browser: Browser, who: Asked, path: string, wish: Wish = {}): Promise<Visit> {
  const found = await visit(browser, { ...wish, token: who.token ?? '' })
  await found.page.goto(who.url + path)
  await found.page.getByRole('heading', { level: 1 }).waitFor()
  return found
}

/** Waits until the frame of the desk says who sits there. */
export function named(page: Page, name: string): Promise<void> {
  return page.locator('.menu-name', { hasText: name }).waitFor()
}

/** Takes up an invitation by password and code, under `account`; what the authenticator was given. */
export async function joinedBy(
  browser: Browser,
  link: string,
  { name, account }: { name: string; account: string },
): Promise<{ uri: string; seat: Visit }> {
  const seat = await visit(browser)
  const { page } = seat
  await page.goto(link)
  await page.getByLabel('Name to sign in by').fill(account)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByLabel('The password once more').fill(PASSWORD)
  await page.getByRole('button', { name: 'Go on' }).click()
  const uri = (await page.locator('code[data-uri]').getAttribute('data-uri')) ?? ''
  await page.getByLabel('The six digits that it shows').fill(codeOf(uri))
  await page.getByRole('button', { name: 'Confirm and sign in' }).click()
  await named(page, name)
  return { uri, seat }
}
