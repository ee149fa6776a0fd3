// Theft that takes a browser: a page between somebody and their installation, a frame, a copied address, a device left open, a bot that
// runs the page of a link. What needs none is in ../theft.test.ts.

import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer, request as asking, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { freePort } from '@vidne/server/platform/testing/a-shell'
import { anIssuer, type Issuer } from '@vidne/server/platform/testing/an-issuer'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { browserMissing, openBrowser } from '../browser.ts'
import { agreedLink, caseWith } from '../case-asking.ts'
import { dock, get, personIn } from '../guarantees/asking.ts'
import { inside, type Inside } from '../guarantees/inside.ts'
import { visit } from './desk.ts'
import { withAuthenticator } from './virtual-authenticator.ts'

/**
 * A page in between: it hands everything on to the installation and back, and says for the browser whatever has to be said. Its name
 * is the same, so that a browser offers the passkey there; its port is its own.
 */
async function between(target: string): Promise<{ url: string; server: Server; handedOn: string[] }> {
  const { port, host } = new URL(target)
  const handedOn: string[] = []
  const server = createServer((given, answer) => {
    const headers: Record<string, string | string[] | undefined> = { ...given.headers, host }
    if (headers['origin'] !== undefined) headers['origin'] = target
    handedOn.push(`${given.method} ${given.url}`)
    const on = asking({ port, method: given.method, path: given.url, headers }, back => {
      answer.writeHead(back.statusCode ?? 500, back.headers)
      back.pipe(answer)
    })
    given.pipe(on)
  })
  await new Promise<void>(listening => server.listen(0, 'localhost', listening))
  return { url: `http://localhost:${(server.address() as AddressInfo).port}`, server, handedOn }
}

/** Every address that a browser asks for, and where it says that it came from. */
function addresses(page: Page): string[] {
  const seen: string[] = []
  page.on('request', one => seen.push(one.url(), one.headers()['referer'] ?? ''))
  page.on('framenavigated', one => seen.push(one.url()))
  return seen
}

describe.skipIf(leftOut('theft in a browser', browserMissing()))('theft in a browser', () => {
  let here: Inside
  let issuer: Issuer
  let browser: Browser
  let recording: string
  let url: string
  beforeAll(async () => {
    const port = await freePort()
    issuer = await anIssuer(`http://localhost:${port}/auth/callback/agency`)
    const settings = { port, readMedia: false, ...issuer.settings }
    ;[here, browser] = await Promise.all([inside({ settings }), openBrowser()])
    url = here.clerk.url
    await personIn(here.clerk, 'Ann Clerk', 'evidence-clerk')
    await personIn(here.clerk, 'Bo Clerk', 'evidence-clerk')
    const file = { path: 'DCIM/secret-name.mp4', bytes: randomBytes(30_000) }
    recording = (await dock(here.camera, file)).recording
  })
  afterAll(async () => {
    await browser?.close()
    await here?.close()
    await issuer?.close()
    if (issuer) rmSync(issuer.folder, { recursive: true })
  })

  const named = (page: Page, name: string) => page.locator('.menu-name', { hasText: name }).waitFor()

  async function seatOf(name: string) {
    const seat = await visit(browser)
    await seat.page.goto(`${url}/sign-in`)
    await seat.page.getByRole('button', { name: new RegExp(`^Be ${name}`) }).click()
    await named(seat.page, name)
    return seat
  }

  async function invited(name: string): Promise<string> {
    const made = await get<{ link: string }>(here.clerk, 'POST', '/api/people/invitations', {
      name,
      roles: ['auditor'],
    })
    return made.link
  }

  test('a passkey that is used on a page in between opens nothing, though all is handed on as it came', async () => {
    const seat = await visit(browser)
    const device = await withAuthenticator(seat.page)
    await seat.page.goto(url + (await invited('Pia Passkey')))
    await seat.page.getByRole('button', { name: 'Make a passkey' }).click()
    await named(seat.page, 'Pia Passkey')
    const kept = await device.credentials()
    await seat.close()
    const middle = await between(url)
    const lured = await visit(browser)
    await withAuthenticator(lured.page, kept)
    await lured.page.goto(`${middle.url}/sign-in`)
    await lured.page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    const tried = (one: string) => one === 'POST /api/sign-in/passkey'
    await expect.poll(() => middle.handedOn.filter(tried).length).toBe(1)
    await lured.page.getByRole('alert').or(lured.page.locator('[data-tone=stop]')).first().waitFor()
    expect(await lured.context.cookies()).not.toContainEqual(expect.objectContaining({ name: 'vidne' }))
    expect((await (await lured.context.request.get(`${url}/api/me`)).json()) as object).toMatchObject({ person: null })
    // The same passkey at the right place.
    await lured.page.goto(`${url}/sign-in`)
    await lured.page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await named(lured.page, 'Pia Passkey')
    await lured.close()
    middle.server.closeAllConnections()
    await new Promise(closed => middle.server.close(closed))
  })

  test('no page of ours is shown in a frame of another site, with a session or without', async () => {
    const { page, close } = await seatOf('Ann Clerk')
    await page.goto(issuer.elsewhere)
    for (const path of ['/', '/recordings', '/approvals', '/sign-in', `/recordings/${recording}`]) {
      await page.evaluate(address => {
        const frame = Object.assign(document.createElement('iframe'), { src: address })
        return new Promise(loaded => {
          frame.addEventListener('load', loaded, { once: true })
          document.body.replaceChildren(frame)
        })
      }, url + path)
      const [, framed] = page.frames()
      expect(framed).toBeDefined()
      expect(framed?.url()).not.toContain(new URL(url).host)
    }
    await close()
  })

  test('who signs out leaves nothing behind that Back or the address shows to the next one', async () => {
    const { page, close } = await seatOf('Ann Clerk')
    await page.goto(`${url}/recordings/${recording}`)
    await page.getByRole('heading', { level: 1, name: 'secret-name.mp4' }).waitFor()
    await page.goto(`${url}/sign-out`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('You are signed out').waitFor()
    await page.goBack()
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.goto(`${url}/recordings/${recording}`)
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).waitFor()
    expect(await page.content()).not.toContain('secret-name')
    await close()
  })

  test('the address of footage that was copied to another’s browser plays nothing there', async () => {
    const [ann, bo] = [await seatOf('Ann Clerk'), await seatOf('Bo Clerk')]
    const asked = await ann.context.request.post(`${url}/api/recordings/${recording}/views`, {
      data: { purpose: 'investigation', case: '41/26' },
      headers: { origin: url },
    })
    const { media } = (await asked.json()) as { media: string }
    const said = async (seat: typeof ann) => (await seat.page.goto(url + media).catch(() => null))?.status() ?? null
    expect((await ann.context.request.get(url + media)).status()).toBe(200)
    expect(await said(bo)).toBe(403)
    await ann.context.request.post(`${url}/api/sign-out`, { headers: { origin: url } })
    expect(await said(ann)).toBe(403)
    await Promise.all([ann.close(), bo.close()])
  })

  test('no secret is in an address that is asked for, nor in where a browser says that it came from', async () => {
    const { page, context, close } = await visit(browser)
    const seen = addresses(page)
    await withAuthenticator(page)
    const link = await invited('Quinn Invited')
    const secret = link.split('#')[1] ?? ''
    await page.goto(url + link)
    await page.getByRole('button', { name: 'Make a passkey' }).click()
    await named(page, 'Quinn Invited')
    for (const path of ['/rules', '/account', '/today']) {
      await page.goto(url + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
    }
    const session = (await context.cookies()).find(one => one.name === 'vidne')?.value ?? ''
    expect([secret.length > 20, session.length]).toEqual([true, 43])
    // The browser hands a link's own fragment to nobody; every other address and every Referer is looked at.
    const others = seen.filter(one => one !== url + link)
    expect(others.filter(one => one.includes(secret) || one.includes(session))).toEqual([])
    await close()
  })

  test('a bot that runs the page of a link and clicks nothing uses up nothing, and is told nothing of the case', async () => {
    const id = await caseWith(here.clerk, [recording], 'K 41/26')
    const made = await agreedLink(here.clerk, await personIn(here.clerk, 'Sam', 'supervisor'), id, { openings: 1 })
    const { page, close } = await visit(browser)
    const posted: string[] = []
    page.on('request', one => one.method() === 'POST' && posted.push(new URL(one.url()).pathname))
    await page.goto(url + made.address)
    await page.getByRole('button').last().waitFor()
    await page.waitForLoadState('networkidle')
    expect(posted).not.toContain('/api/shared/openings')
    const shown = `${await page.title()} ${await page.content()}`
    for (const word of ['K 41/26', 'Burglary', 'Pia Holm', 'secret-name']) expect(shown).not.toContain(word)
    const { links } = await get<{ links: { id: string; openings: number }[] }>(
      here.clerk,
      'GET',
      `/api/cases/${id}/links`,
    )
    expect(links.find(one => one.id === made.link)?.openings).toBe(0)
    await close()
  })

  test('signing in leads to a page of ours, whatever the address asks for', async () => {
    const { page, close } = await visit(browser)
    const elsewhere = encodeURIComponent(issuer.elsewhere)
    await page.goto(`${url}/sign-in?next=${elsewhere}&redirect=${elsewhere}&to=${elsewhere}#${issuer.elsewhere}`)
    await page.getByRole('button', { name: /^Be Ann Clerk/ }).click()
    await named(page, 'Ann Clerk')
    expect(new URL(page.url()).origin).toBe(url)
    await close()
  })

  test('the way back from the agency’s sign-in leads to pages of ours, whatever its address asks for', async () => {
    const wishes = ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']
    for (const wish of wishes)
      for (const name of ['next', 'callbackURL', 'redirect', 'redirect_uri', 'errorCallbackURL', 'state']) {
        const path = `/auth/callback/agency?code=x&${name}=${encodeURIComponent(wish)}`
        const answer = await fetch(url + path, { redirect: 'manual' })
        expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in#refused'])
        expect(answer.headers.getSetCookie().filter(one => one.startsWith('vidne='))).toEqual([])
      }
  })
})
