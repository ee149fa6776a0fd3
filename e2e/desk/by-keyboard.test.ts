import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import approvals from '../../locales/desk/approvals/en.json' with { type: 'json' }
import cases from '../../locales/desk/cases/en.json' with { type: 'json' }
import link from '../../locales/desk/link/en.json' with { type: 'json' }
import shell from '../../locales/desk/shell/en.json' with { type: 'json' }
import en from '../../locales/desk/today/en.json' with { type: 'json' }
import { browserMissing, openBrowser } from '../browser.ts'
import { dock, personIn } from '../guarantees/asking.ts'
import { type Inside, inside } from '../guarantees/inside.ts'
import { filesIn, unpacked, verify } from '../guarantees/packages.ts'
import { visit, type Visit } from './desk.ts'
import { choose, dialog, enter, side, tick, type } from './keyboard.ts'

const clip = readFileSync(join(import.meta.dirname, '../../media/fixtures/recorder.webm'))

// From the first key to the last one no mouse is used and nothing is given the focus by the test. The way from the one-time link over
// bringing in, viewing, a hold and a second person to the package stands in whole-way.test.ts, by the keyboard alone too.
describe.skipIf(leftOut('the desk by keyboard', browserMissing()))(
  'by the keyboard alone, from the first page on',
  () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await openBrowser()
    })
    afterAll(() => browser?.close())

    async function footage({ camera }: Inside): Promise<string> {
      return (await dock(camera, { path: '1.webm', bytes: clip, camera: 'Entrance' })).recording
    }

    /** From the first page to somebody's place. */
    async function seatOf(here: Inside, name: string): Promise<Visit> {
      const visiting = await visit(browser)
      const { page } = visiting
      await page.goto(here.clerk.url)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await enter(page, /^Sign in/)
      await page
        .getByRole('button', { name: `Be ${name}`, exact: false })
        .first()
        .waitFor()
      await enter(page, new RegExp(`^Be ${name}`))
      await page.locator('.menu-name', { hasText: name }).waitFor()
      return visiting
    }

    async function confirms(here: Inside, name: string, about: string): Promise<void> {
      const { page, faults, close } = await seatOf(here, name)
      await enter(page, new RegExp(`^${shell.ways.approvals}`))
      await page.getByText(about).first().waitFor()
      await enter(page, /^Confirm:/)
      await dialog(page)
      await enter(page, approvals.confirm)
      await page.getByText(approvals.done.confirmed).waitFor()
      expect(faults).toEqual([])
      await close()
    }

    test('S4-05 something happened: found, kept, handed over with a second person, and the package is whole', async () => {
      const here = await inside({ pack: 'se-skola' })
      try {
        await footage(here)
        await personIn(here.clerk, 'Maja Ek', 'site-head')
        await personIn(here.clerk, 'Per Alm', 'data-protection-officer')
        const { page, faults, close } = await seatOf(here, 'Maja Ek')
        await enter(page, shell.ways.today)
        await enter(page, en.happened.go)
        await page.locator('.radio', { hasText: 'Entrance' }).waitFor()
        await choose(page, /Entrance/)
        await type(page, en.happened.what, 'A window was broken')
        await enter(page, en.happened.keepAct)
        await page.getByText(en.happened.keptNow).waitFor()
        await type(page, en.happened.purpose, 'Report to the police')
        await type(page, en.happened.recipient, 'Polisområde Örebro')
        await enter(page, en.happened.handAct)
        await page.getByText(en.happened.waiting).waitFor()
        await confirms(here, 'Per Alm', 'Polisområde Örebro')
        await page.getByText(en.happened.ready).waitFor({ timeout: 90_000 })
        const saved = page.waitForEvent('download')
        await enter(page, en.happened.download)
        const files = unpacked(await filesIn(readFileSync(await (await saved).path())))
        expect(await verify(files, '--trust', here.trust, '--rehearsal')).toMatchObject({ intact: true })
        expect(faults).toEqual([])
        await close()
      } finally {
        await here.close()
      }
    })

    test('S3-07 a case is opened and filled, and shared by a link that its reader opens and plays', async () => {
      const here = await inside()
      try {
        const recording = await footage(here)
        await personIn(here.clerk, 'Sam Supervisor', 'supervisor')
        const { page, faults, close } = await seatOf(here, 'Operator')
        await openedCase(page, recording)
        const address = await madeLink(page)
        await confirms(here, 'Sam Supervisor', 'Advokat Pia Holm')
        const outside = await visit(browser)
        await outside.page.goto(address)
        await enter(outside.page, link.landing.open)
        await outside.page.getByText('Advokat Pia Holm').first().waitFor()
        await enter(outside.page, link.play)
        await expect
          .poll(() => outside.page.evaluate(`document.querySelector('video')?.videoWidth ?? 0`))
          .toBeGreaterThan(0)
        await enter(outside.page, link.history)
        await outside.page.getByRole('heading', { name: 'Link opened' }).waitFor()
        expect([...faults, ...outside.faults]).toEqual([])
        await Promise.all([close(), outside.close()])
      } finally {
        await here.close()
      }
    })
  },
)

async function openedCase(page: Page, recording: string): Promise<void> {
  await enter(page, shell.ways.cases)
  await page.getByRole('heading', { level: 1, name: cases.title }).waitFor()
  await enter(page, cases.open)
  await dialog(page)
  await type(page, cases.number, 'K 1/26')
  await type(page, cases.caseTitle, 'Burglary in Vestergade')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Case K 1/26' }).waitFor()
  await enter(page, cases.exhibit.add)
  await dialog(page)
  await type(page, cases.picker.find, recording)
  await expect.poll(() => page.getByRole('dialog').getByRole('checkbox').count()).toBe(1)
  await tick(page, /1\.webm/)
  await type(page, cases.exhibit.reference, 'KB/1')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 3, name: 'KB/1' }).waitFor()
}

/** Makes a link for the defence; its address, which is shown once. */
async function madeLink(page: Page): Promise<string> {
  await side(page, cases.sides.give)
  await enter(page, cases.link.make)
  await dialog(page)
  await type(page, cases.link.recipient, 'Advokat Pia Holm')
  await choose(page, cases.roles.defence)
  await enter(page, cases.link.make)
  const address = page.getByLabel(cases.link.address)
  await address.waitFor()
  const made = await address.inputValue()
  await enter(page, cases.link.done)
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  return made
}
