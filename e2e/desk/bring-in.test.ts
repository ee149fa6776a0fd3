import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { PersonaRow } from '@vidne/contract/sign-in'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import en from '../../locales/desk/bring-in/en.json' with { type: 'json' }
import { browserMissing, openBrowser } from '../browser.ts'
import { groundFor, groundKinds } from '../grounds.ts'
import { get, personIn } from '../guarantees/asking.ts'
import { found, type Installation, vidne } from '../installation.ts'
import { axeOn, fits, visit, type Visit } from './desk.ts'
import { noPickers, ownPicker } from './pickers.ts'

const MIB = 1_048_576

type Row = { id: string; path: string | null; sha256: string | null; bytes: number; state: string; level: string }
type Footage = { name: string; path: string; sha256: string; bytes: number }

/** The same address after a restart: what a browser keeps, it keeps by origin. */
function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer()
    server.on('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => found(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

describe.skipIf(leftOut('bringing in by the desk', browserMissing()))('bringing in by the desk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-bring-in-'))
  let browser: Browser
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })

  function footage(name: string, bytes: number): Footage {
    const content = randomBytes(bytes)
    const path = join(folder, name)
    writeFileSync(path, content)
    return { name, path, sha256: createHash('sha256').update(content).digest('hex'), bytes }
  }

  describe.each(groundKinds)('on %s', kind => {
    let here: Installation
    let person: string
    let end: () => Promise<void>
    beforeAll(async () => {
      const ground = await groundFor(kind)
      end = () => ground.remove()
      here = await found('de-nrw-oa', ground, ['--port', String(await freePort())])
      const operator = { url: here.url, token: here.operatorToken }
      await personIn(operator, 'Ann Clerk', 'evidence-clerk')
      const personas = await get<PersonaRow[]>({ url: here.url, token: null }, 'GET', '/api/sign-in/personas')
      person = personas.find(({ name }) => name === 'Ann Clerk')?.person ?? ''
    })
    afterAll(async () => {
      await here?.stop()
      if (here) rmSync(dirname(here.data), { recursive: true })
      await end?.()
    })

    const rows = async () => JSON.parse((await here.run(['recordings', '--json'])).out) as Row[]
    const named = async (name: string) => (await rows()).filter(row => row.path?.endsWith(name))

    /** A browser in which Ann is signed in, at the page. Without pickers unless a test brings its own: it asks by inputs, as most do. */
    async function signedIn(wish: Parameters<typeof visit>[1] = {}, init = noPickers): Promise<Visit> {
      const visiting = await visit(browser, wish)
      await visiting.context.addInitScript(init)
      const { page } = visiting
      await page.goto(here.url)
      await page.evaluate(async who => {
        const headers = { 'content-type': 'application/json' }
        await fetch('/api/sign-in/persona', { method: 'POST', headers, body: JSON.stringify({ person: who }) })
      }, person)
      await page.goto(`${here.url}/bring-in`)
      return visiting
    }

    async function sayWhere(page: Page, camera = ''): Promise<void> {
      await page.getByRole('radio', { name: en.provenance['own-camera'].name }).press('Space')
      if (camera !== '') await page.getByLabel(en.provenance.camera).fill(camera)
      await page.getByRole('radio', { name: en.provenance.clock.right }).press('Space')
      await page.getByRole('button', { name: en.provenance.continue }).click()
    }

    const bringIn = (page: Page) => page.getByRole('button', { name: /^Bring in \d/ }).click()
    const row = (page: Page, name: string) => page.locator('.bring-row', { hasText: name })
    const inState = (page: Page, name: string, state: string) =>
      row(page, name)
        .and(page.locator(`[data-state=${state}]`))
        .waitFor({ timeout: 120_000 })
    const sent = (page: Page) =>
      page
        .locator('progress')
        .first()
        .evaluate(bar => (bar as HTMLProgressElement).value)

    /** A line so slow that a file can be interrupted on it; null: as fast as it is; 0: none. */
    async function line({ page }: Visit, mibPerSecond: number | null): Promise<void> {
      const session = lines.get(page) ?? (await page.context().newCDPSession(page))
      lines.set(page, session)
      const uploadThroughput = mibPerSecond === null ? -1 : mibPerSecond * MIB
      const conditions = { offline: mibPerSecond === 0, latency: 0, downloadThroughput: -1, uploadThroughput }
      await session.send('Network.emulateNetworkConditions', conditions)
    }
    // One session a page: of two that slow the same line, nobody knows which one does.
    const lines = new Map<Page, CDPSession>()

    async function begun(visiting: Visit, file: Footage, camera: string): Promise<void> {
      const { page } = visiting
      await sayWhere(page, camera)
      await page.locator('input[data-choose=files]').first().setInputFiles(file.path)
      await line(visiting, 2)
      await bringIn(page)
      await expect.poll(() => sent(page), { interval: 50 }).toBeGreaterThan(3 * MIB)
    }

    async function sealedOnce(page: Page, file: Footage): Promise<void> {
      await inState(page, file.name, 'done')
      expect(await named(file.name)).toMatchObject([{ sha256: file.sha256, bytes: file.bytes, level: 'received' }])
    }

    test('S3-19 the first recording is sealed by the keyboard alone, and its receipt can be saved and checked', async () => {
      const { page, faults, close } = await signedIn()
      const file = footage('Ærø første.mp4', 3 * MIB + 17)
      await page.getByRole('radio', { name: en.provenance['own-camera'].name }).focus()
      await page.keyboard.press('Space')
      await page.keyboard.press('Tab')
      await page.keyboard.type('C-17')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Space')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      const chooser = page.waitForEvent('filechooser')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await (await chooser).setFiles(file.path)
      await page.getByRole('button', { name: /^Bring in 1 file/ }).focus()
      await page.keyboard.press('Enter')
      await sealedOnce(page, file)
      await page.getByRole('button', { name: /^Receipt:/ }).focus()
      await page.keyboard.press('Enter')
      expect(await axeOn(page)).toEqual([])
      const saved = page.waitForEvent('download')
      await page.getByRole('button', { name: en.receipt.save }).focus()
      await page.keyboard.press('Enter')
      const receipt = join(folder, 'saved.receipt')
      await (await saved).saveAs(receipt)
      const spoken = await vidne(['receipt', receipt, '--trust', here.trust, '--footage', file.path, '--rehearsal'])
      expect(spoken).toMatchObject({ code: 0 })
      const id = (await named(file.name))[0]?.id ?? ''
      const fields = Buffer.from(/^extra (.+)$/m.exec(readFileSync(receipt, 'utf8'))?.[1] ?? '', 'base64').toString()
      for (const said of ['"own-camera"', '"C-17"', '"clock-offset",', '"received"']) expect(fields).toContain(said)
      expect(await page.getByText(id).count()).toBe(1)
      expect(faults).toEqual([])
      await close()
    })

    test('an upload survives the loss of the network and a killed server, and is sealed once', async () => {
      const visiting = await signedIn()
      const { page, close } = visiting
      const file = footage('cut twice.mp4', 24 * MIB + 5)
      await begun(visiting, file, 'C-cut')
      await line(visiting, 0)
      await inState(page, file.name, 'held-up')
      await line(visiting, 2)
      await inState(page, file.name, 'sending')
      const before = await sent(page)
      await expect.poll(() => sent(page), { interval: 50 }).toBeGreaterThan(before)
      await here.stop('SIGKILL')
      await inState(page, file.name, 'held-up')
      await line(visiting, null)
      await here.start()
      await sealedOnce(page, file)
      await close()
    })

    test('after a reload the same file is asked for, another one is not taken for it, and it goes on where it stood', async () => {
      const visiting = await signedIn()
      const { page, close } = visiting
      const [file, other] = [footage('reloaded.mp4', 24 * MIB + 1), footage('other.mp4', 100)]
      await begun(visiting, file, 'C-reload')
      const uploads: string[] = []
      page.on('request', request => {
        if (request.method() === 'POST' && request.url().endsWith('/upload/')) uploads.push(request.url())
      })
      await page.reload()
      await inState(page, file.name, 'asks-file')
      await expect.poll(() => sent(page)).toBeGreaterThan(0)
      expect(await axeOn(page)).toEqual([])
      const again = page.locator('.notice input[data-choose=files]')
      await again.setInputFiles(other.path)
      await page.getByText(en.again.other).waitFor()
      await line(visiting, null)
      await again.setInputFiles(file.path)
      await sealedOnce(page, file)
      expect(uploads).toEqual([])
      await close()
    })

    test('with a handle it goes on by itself after a reload, and after the window was closed', async () => {
      const visiting = await signedIn({}, ownPicker)
      const { page, context, close } = visiting
      await sayWhere(page, 'C-handle')
      await page.getByRole('button', { name: en.choose.files }).click()
      await line(visiting, 2)
      await bringIn(page)
      await expect.poll(() => sent(page), { interval: 50 }).toBeGreaterThan(2 * MIB)
      await page.reload()
      await inState(page, 'kept.mp4', 'sending')
      await page.close()
      const next = await context.newPage()
      await next.goto(`${here.url}/bring-in`)
      await inState(next, 'kept.mp4', 'done')
      expect(await named('kept.mp4')).toMatchObject([{ bytes: 20 * MIB, level: 'received' }])
      await close()
    })

    test('half of one file and half of another of the same name, length and date are never sealed as one', async () => {
      const visiting = await signedIn()
      const { page, close } = visiting
      const file = footage('twin.mp4', 24 * MIB)
      utimesSync(file.path, 1_700_000_000, 1_700_000_000)
      await begun(visiting, file, 'C-twin')
      await page.reload()
      await inState(page, file.name, 'asks-file')
      const changed = footage('twin.mp4', 24 * MIB)
      utimesSync(changed.path, 1_700_000_000, 1_700_000_000)
      await line(visiting, null)
      await page.locator('.notice input[data-choose=files]').setInputFiles(changed.path)
      await inState(page, file.name, 'refused')
      await page.getByText(en.refused['digest-mismatch']).waitFor()
      expect(await named(file.name)).toEqual([])
      await close()
    })
  })

  describe('what is said first', () => {
    let here: Installation
    let clerk: string
    beforeAll(async () => {
      here = await found('dk-politi')
      clerk = here.operatorToken
    })
    afterAll(async () => {
      await here?.stop()
      if (here) rmSync(dirname(here.data), { recursive: true })
    })

    const open = async (wish: Parameters<typeof visit>[1] = {}) => {
      const visiting = await visit(browser, { token: clerk, ...wish })
      await visiting.context.addInitScript(noPickers)
      await visiting.page.goto(`${here.url}/bring-in`)
      return visiting
    }

    test('no file can be chosen before it is said where it comes from; what is missing is named, and focused', async () => {
      const { page, faults, close } = await open()
      const next = page.getByRole('button', { name: en.provenance.continue })
      await next.click()
      await page.getByText(en.provenance.fault.origin).waitFor()
      expect(await page.getByRole('button', { name: en.choose.files }).count()).toBe(0)
      await page.getByRole('radio', { name: en.provenance.seized.name }).press('Space')
      await next.click()
      for (const fault of ['giver', 'legalBasis', 'clock'] as const)
        await page.getByText(en.provenance.fault[fault]).waitFor()
      await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT')
      expect(await axeOn(page)).toEqual([])
      await page.getByLabel(en.provenance.takenFrom).fill('Kiosk Sol')
      await page.getByLabel(en.provenance.legalBasis).fill('§ 803')
      await page.getByRole('radio', { name: en.provenance.clock.behind }).press('Space')
      await page.getByLabel(en.provenance.clock.by).fill('soon')
      await next.click()
      await page.getByText(en.provenance.fault.offset).waitFor()
      await page.getByLabel(en.provenance.clock.by).fill('0:12:30')
      await next.click()
      await page.getByRole('button', { name: en.choose.files }).waitFor()
      await page.getByText('from Kiosk Sol').waitFor()
      expect(faults).toEqual([])
      await close()
    })

    test('what is dropped is brought in, what was left out is not, and nothing is taken twice', async () => {
      const { page, close } = await open()
      await page.getByRole('radio', { name: en.provenance['handed-in'].name }).press('Space')
      await page.getByLabel(en.provenance.giver).fill('Ann Shopkeeper')
      await page.getByRole('radio', { name: en.provenance.clock.unknown }).press('Space')
      await page.getByRole('button', { name: en.provenance.continue }).click()
      const drop = async () => {
        const data = await page.evaluateHandle(() => {
          const dropped = new DataTransfer()
          for (const name of ['a.mp4', 'b.mp4'])
            dropped.items.add(new File([new Uint8Array(5000).fill(name.charCodeAt(0))], name, { lastModified: 1e12 }))
          return dropped
        })
        await page.locator('.bring-drop').first().dispatchEvent('drop', { dataTransfer: data })
      }
      await drop()
      await page.getByRole('button', { name: 'Leave out: b.mp4' }).click()
      await bringIt(page)
      await page.locator('.bring-row[data-state=done]').waitFor()
      await drop()
      await bringIt(page)
      await page.getByText('1 file is on its way already').waitFor()
      await page.locator('.bring-row[data-state=done]').nth(1).waitFor()
      const all = JSON.parse((await here.run(['recordings', '--json'])).out) as Row[]
      for (const name of ['a.mp4', 'b.mp4']) expect(all.filter(({ path }) => path === name)).toHaveLength(1)
      expect(await axeOn(page)).toEqual([])
      await close()
    })

    test('a folder is brought in with the paths in it, by an input and by a picker', async () => {
      mkdirSync(join(folder, 'DCIM', '100'), { recursive: true })
      footage('DCIM/100/deep.mp4', 3000)
      footage('DCIM/flat.mp4', 3000)
      for (const [init, take] of [
        [noPickers, (page: Page) => page.locator('input[data-choose=folder]').setInputFiles(join(folder, 'DCIM'))],
        [ownPicker, (page: Page) => page.getByRole('button', { name: en.choose.folder }).click()],
      ] as const) {
        const { page, context, close } = await visit(browser, { token: clerk })
        await context.addInitScript(init)
        await page.goto(`${here.url}/bring-in`)
        await page.getByRole('radio', { name: en.provenance['own-camera'].name }).press('Space')
        await page.getByRole('radio', { name: en.provenance.clock.right }).press('Space')
        await page.getByRole('button', { name: en.provenance.continue }).click()
        await take(page)
        await bringIt(page)
        await page.locator('.bring-row[data-state=done]').nth(1).waitFor()
        await close()
      }
      const all = JSON.parse((await here.run(['recordings', '--json'])).out) as Row[]
      expect(all.map(({ path }) => path)).toEqual(
        expect.arrayContaining(['DCIM/100/deep.mp4', 'DCIM/flat.mp4', 'card/clips/deep.mp4', 'card/flat.mp4']),
      )
    })

    test('what is stopped is removed from the installation, and two windows do not send the same', async () => {
      const visiting = await open()
      const { page, context, close } = visiting
      const session = await context.newCDPSession(page)
      await page.getByRole('radio', { name: en.provenance['own-camera'].name }).press('Space')
      await page.getByRole('radio', { name: en.provenance.clock.right }).press('Space')
      await page.getByRole('button', { name: en.provenance.continue }).click()
      await page.locator('input[data-choose=files]').setInputFiles(footage('stopped.mp4', 20 * MIB).path)
      const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: MIB }
      await session.send('Network.emulateNetworkConditions', conditions)
      await bringIt(page)
      await page.locator('.bring-row[data-state=sending]').waitFor()
      const second = await context.newPage()
      await second.goto(`${here.url}/bring-in`)
      await second.getByText(en.elsewhere.title).waitFor()
      await page.getByRole('button', { name: 'Stop and remove: stopped.mp4' }).click()
      await page.getByRole('button', { name: en.remove.act }).click()
      await expect.poll(() => page.locator('.bring-row', { hasText: 'stopped.mp4' }).count()).toBe(0)
      await page.close()
      await second.getByRole('button', { name: en.provenance.continue }).waitFor()
      expect(await second.getByText('stopped.mp4').count()).toBe(0)
      await close()
    })

    test.each(['da', 'sv', 'de'])('it fits a telephone, in the dark, in %s', async language => {
      const { page, faults, close } = await open({ language, width: 360, scheme: 'dark' })
      await page.getByRole('radio').nth(2).press('Space')
      await page.locator('form button[type=submit]').click()
      await page.locator('.error').first().waitFor()
      await fits(page)
      expect(await axeOn(page)).toEqual([])
      expect(faults).toEqual([])
      await close()
    })

    const bringIt = (page: Page) => page.getByRole('button', { name: /^Bring in \d/ }).click()
  })
})
