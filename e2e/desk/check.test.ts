import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import en from '../../locales/en.json' with { type: 'json' }
import de from '../../locales/de.json' with { type: 'json' }
import { browserMissing, openBrowser } from '../browser.ts'
import { found, type Installation } from '../installation.ts'
import { axeOn, fits, visit } from './desk.ts'

const vectors = join(import.meta.dirname, '../../vectors')
const good = join(vectors, 'packages/recording.zip')
const trust = join(vectors, 'packages/trust.policy')

type Tampered = { name: string; file: string; because: { code: keyof typeof en.verdict.reason; where: string } }
const tampered = JSON.parse(readFileSync(join(vectors, 'tampered/index.json'), 'utf8')) as Tampered[]
/** One byte of the footage is another. */
const altered = tampered.find(one => one.because.code === 'footage-altered' || one.because.code === 'pieces-altered')!

describe.skipIf(leftOut('the check page of the desk', browserMissing()))('the check page of the desk', () => {
  let here: Installation
  let browser: Browser
  beforeAll(async () => {
    ;[here, browser] = await Promise.all([found('de-nrw-oa'), openBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await here?.stop()
    if (here) await rm(dirname(here.data), { recursive: true })
  })

  const choose = (page: Page, label: string, file: string) =>
    page.getByLabel(label, { exact: true }).setInputFiles(file)
  const verdict = async (page: Page) => {
    await page.locator('[data-state=verdict]').waitFor()
    return page.locator('[data-state=verdict]').innerText()
  }

  test('a package is judged in three parts, without a byte of it leaving the browser', async () => {
    const { page, faults, close } = await visit(browser)
    const sent: string[] = []
    page.on('request', request => sent.push(`${request.method()} ${request.postData() ?? ''}`))
    await page.goto(`${here.url}/check`)
    await choose(page, en.verdict.page.subject, good)
    await choose(page, en.verdict.page.trust, trust)
    await page.getByText(en.verdict.history.checked).waitFor()
    const said = await verdict(page)
    for (const words of [en.verdict.intact.sealed, 'By press and mapper.', en.verdict.holds.yes])
      expect(said).toContain(words)
    expect(await page.locator('.verdict-part').count()).toBe(3)
    expect(sent.filter(one => one !== 'GET ')).toEqual([])
    expect(await axeOn(page)).toEqual([])
    expect(faults).toEqual([])
    await close()
  })

  test('one changed byte is found, and the place is named, on a telephone and in German', async () => {
    const { page, close } = await visit(browser, { language: 'de', width: 360, scheme: 'dark' })
    await page.goto(`${here.url}/check`)
    await choose(page, de.verdict.page.subject, join(vectors, 'tampered', altered.file))
    await choose(page, de.verdict.page.trust, trust)
    await page.getByText(de.verdict.reason[altered.because.code]).first().waitFor()
    expect(await verdict(page)).toContain(altered.because.where)
    await fits(page)
    expect(await axeOn(page)).toEqual([])
    await close()
  })

  test('what is dropped anywhere finds its field, and starting over forgets it', async () => {
    const { page, close } = await visit(browser)
    await page.goto(`${here.url}/check`)
    const files = [good, trust].map(file => ({ name: file.split('/').at(-1)!, bytes: [...readFileSync(file)] }))
    const dropped = await page.evaluateHandle(given => {
      const data = new DataTransfer()
      for (const { name, bytes } of given) data.items.add(new File([new Uint8Array(bytes)], name))
      return data
    }, files)
    await page.locator('.drop').dispatchEvent('drop', { dataTransfer: dropped })
    await page.getByText(en.verdict.history.checked).waitFor()
    await page.getByRole('button', { name: 'Start over' }).click()
    // Where nothing was judged, no empty verdict stands.
    await page.locator('[data-state=nothing]').waitFor({ state: 'attached' })
    expect(await page.getByRole('region', { name: en.verdict.page.verdict }).count()).toBe(0)
    await close()
  })

  test('the page says whose it is, and where to get the check from somebody else', async () => {
    const { page, close } = await visit(browser)
    await page.goto(`${here.url}/check`)
    await page.getByText('take the verifier from someone else').waitFor()
    await close()
  })
})
