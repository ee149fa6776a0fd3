import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { codeOf } from '@vidne/server/people/testing/authenticator'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import words from '../../locales/desk/set-up/en.json' with { type: 'json' }
import { browserMissing, openBrowser } from '../browser.ts'
import { axeOn, fits, visit } from './desk.ts'
import { withAuthenticator } from './virtual-authenticator.ts'

const program = join(import.meta.dirname, '../../cli/bin/vidne.mjs')

describe.skipIf(leftOut('setting an installation up in a browser', browserMissing()))(
  'setting an installation up in a browser',
  () => {
    let browser: Browser
    let root: string
    let server: ChildProcess
    let link: string
    beforeAll(async () => {
      root = mkdtempSync(join(tmpdir(), 'vidne-set-up-'))
      browser = await openBrowser()
      const words = ['serve', '--data', join(root, 'data'), '--port', '0']
      server = spawn(process.execPath, [program, ...words], { stdio: ['ignore', 'inherit', 'pipe'] })
      link = await printedLink(server)
    })
    afterAll(async () => {
      await browser?.close()
      server?.kill('SIGTERM')
      if (server) await new Promise(ended => (server.exitCode === null ? server.once('exit', ended) : ended(null)))
      await rm(root, { recursive: true })
    })

    test('without the link nothing is asked, and a guessed one is told where to look', async () => {
      const { page, faults, close } = await visit(browser)
      const { origin } = new URL(link)
      await page.goto(`${origin}/`)
      await page.getByRole('link', { name: /^Set up/ }).waitFor()
      await page.goto(`${origin}/set-up`)
      await page.getByText('This page needs the link that the server printed').waitFor()
      expect(await axeOn(page)).toEqual([])
      await page.goto('about:blank')
      await page.goto(`${origin}/set-up#${'A'.repeat(43)}`)
      await page.getByText('This link sets up nothing').waitFor()
      expect(page.url()).not.toContain('#')
      expect(faults).toEqual([])
      await close()
    })

    test('a refusal stands in the language of the page, and founds nothing', async () => {
      const { page, faults, close } = await visit(browser, { language: 'da' })
      await page.goto(link)
      await typed(page, 'Myndighedens navn', 'Odense')
      await page.getByRole('radio', { name: /^Dansk kommune/ }).focus()
      await page.keyboard.press('Space')
      await typed(page, 'Loggens navn', 'Odense Å')
      await pressed(page, 'Fortsæt')
      await typed(page, 'Dit navn', 'Åse Lund')
      await typed(page, 'Personens navn', 'Bo Berg')
      await pressed(page, 'Fortsæt')
      await page.getByRole('radio', { name: 'Nej', exact: true }).focus()
      await page.keyboard.press('Space')
      await pressed(page, 'Fortsæt')
      await pressed(page, 'Grundlæg installationen')
      const refused = page.getByRole('alert').filter({ hasText: 'Odense Å' })
      await refused.getByText(/^Loggens navn \(--origin\) »Odense Å« må kun have bogstaver/).waitFor()
      expect(readdirSync(root)).not.toContain('data')
      expect(faults).toEqual([])
      await close()
    })

    test('S3-19 leads by keyboard alone to an installation, its first administrator, a second person and a first sealed recording', async () => {
      const { page, context, faults, close } = await visit(browser, { width: 360 })
      await withAuthenticator(page)
      const sent: string[] = []
      page.on('request', request => sent.push(request.url()))
      await page.goto(link)
      await page.getByRole('heading', { level: 2, name: 'Whose footage is it?' }).waitFor()
      expect(page.url()).not.toContain('#')
      await toldWhatIsMissing(page)
      await typed(page, 'Name of the agency', 'Örebro skolor')
      await page.getByRole('radio', { name: /^Swedish school/ }).focus()
      await page.keyboard.press('Space')
      await page.getByRole('checkbox', { name: /^This is a rehearsal/ }).focus()
      await page.keyboard.press('Space')
      await seen(page)
      await pressed(page, 'Go on')
      await typed(page, 'Your name', 'Åsa Lind')
      await typed(page, 'Their name', 'Bo Berg')
      await seen(page)
      await pressed(page, 'Go on')
      await page.getByRole('radio', { name: 'No', exact: true }).focus()
      await page.keyboard.press('Space')
      await seen(page)
      await pressed(page, 'Go on')
      await page.getByText('Örebro skolor').waitFor()
      await seen(page)
      await pressed(page, 'Found the installation')
      await page.getByRole('heading', { level: 1, name: 'The installation stands' }).waitFor({ timeout: 120_000 })
      await seen(page)
      const second = await page.getByLabel('Send this link to Bo Berg', { exact: true }).last().inputValue()
      const [trust] = await Promise.all([page.waitForEvent('download'), pressed(page, 'Save the trust file')])
      expect(readFileSync(await trust.path(), 'utf8')).toBe(readFileSync(join(root, 'data/trust.policy'), 'utf8'))
      await page.getByRole('checkbox', { name: /taken all of this down/ }).focus()
      await page.keyboard.press('Space')
      await pressed(page, 'Make my account')
      await page.getByText('Örebro skolor has invited you, Åsa Lind').waitFor({ timeout: 120_000 })
      await seen(page)
      await pressed(page, 'Make a passkey')
      await page.locator('.menu-name', { hasText: 'Åsa Lind' }).waitFor()
      await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor()
      await page.getByRole('link', { name: 'Bring in the first recording' }).waitFor()
      await seen(page)
      await sealsOne(page)
      for (const secret of [link, second].map(each => each.split('#')[1] ?? ''))
        expect(sent.filter(url => url.includes(secret))).toEqual([])
      expect(faults).toEqual([])
      await context.close()
      await secondPerson(browser, second)
      await close()
    })

    test('the link is good once', async () => {
      const { page, close } = await visit(browser)
      await page.goto(link)
      await page.getByText('This link sets up nothing').waitFor()
      await close()
    })
  },
)

/** Brings a file in by the session of this browser, as the page for it does, and waits until the log has sealed it. */
async function sealsOne(page: Page): Promise<void> {
  const recording = await page.evaluate(async () => {
    const tus = { 'tus-resumable': '1.0.0' }
    const begun = await fetch('/upload/', {
      method: 'POST',
      headers: { ...tus, 'upload-length': '4', 'upload-metadata': `path ${btoa('DCIM/1.mp4')}` },
    })
    const sent = await fetch(begun.headers.get('location') ?? '', {
      method: 'PATCH',
      headers: { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
      body: new Uint8Array([1, 2, 3, 4]),
    })
    return sent.headers.get('vidne-recording')
  })
  expect(recording).not.toBe(null)
  const state = () =>
    page.evaluate(async () => {
      const answer = (await (await fetch('/api/recordings')).json()) as { recordings: { state: string }[] }
      return answer.recordings.map(one => one.state)
    })
  await expect.poll(state).toEqual(['sealed'])
}

/** Takes the second link up by password and code, and is somebody else. */
async function secondPerson(browser: Browser, link: string): Promise<void> {
  const { page, faults, close } = await visit(browser)
  await page.goto(link)
  await page.getByText('has invited you, Bo Berg').waitFor()
  await page.getByLabel('Name to sign in by').fill('bo')
  await page.getByLabel('Password', { exact: true }).fill('several words together')
  await page.getByLabel('The password once more').fill('several words together')
  await page.getByRole('button', { name: 'Go on' }).click()
  const uri = (await page.locator('code[data-uri]').getAttribute('data-uri')) ?? ''
  await seen(page)
  await page.getByLabel('The six digits that it shows').fill(codeOf(uri))
  await page.getByRole('button', { name: 'Confirm and sign in' }).click()
  await page.locator('.menu-name', { hasText: 'Bo Berg' }).waitFor()
  expect(faults).toEqual([])
  await close()
}

/** Nothing is filled in yet: it is said at each field, and the first of them has the focus. */
async function toldWhatIsMissing(page: Page): Promise<void> {
  await pressed(page, 'Go on')
  const name = page.getByLabel('Name of the agency', { exact: true })
  await expect.poll(() => name.evaluate(each => each === document.activeElement)).toBe(true)
  const described = (await name.getAttribute('aria-describedby')) ?? ''
  const said = await Promise.all(described.split(' ').map(id => page.locator(`[id="${id}"]`).innerText()))
  expect(said.join(' ')).toContain(words.missing.agency)
  expect(await page.locator('.error').allInnerTexts()).toEqual([words.missing.agency, words.missing.pack])
  await seen(page)
  await page.keyboard.type('x')
  await expect.poll(() => page.locator('.error').allInnerTexts()).toEqual([words.missing.pack])
  // What was filled in meanwhile is not asked for again: the focus goes to what still wants something.
  await pressed(page, 'Go on')
  await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLInputElement).type)).toBe('radio')
  await name.fill('')
}

async function typed(page: Page, label: string, text: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).focus()
  await page.keyboard.type(text)
}

async function pressed(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).focus()
  await page.keyboard.press('Enter')
}

async function seen(page: Page): Promise<void> {
  // What was just read aloud is taken away by itself.
  await page.locator('[role=log] [role=img]').waitFor({ state: 'detached' })
  expect(await axeOn(page)).toEqual([])
  await fits(page)
}

async function printedLink(server: ChildProcess): Promise<string> {
  if (server.stderr === null) throw new Error('the server has no stderr')
  for await (const line of createInterface({ input: server.stderr })) {
    const [found] = /http\S+\/set-up#\S+/.exec(line) ?? []
    if (found !== undefined) {
      server.stderr.resume()
      return found
    }
  }
  throw new Error('vidne serve ended without a link')
}
