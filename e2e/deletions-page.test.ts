import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { leftOut } from '../checks/left-out.ts'
import { browserMissing, openBrowser } from './browser.ts'
import { dock, inDays, run, until } from './guarantees/asking.ts'
import { type Inside, inside } from './guarantees/inside.ts'

const folder = mkdtempSync(join(tmpdir(), 'vidne-deletions-'))
const shots = process.env['PICTURES_TO'] ?? folder
let here: Inside
let browser: Browser | undefined
const name = randomBytes(8).toString('hex')
let recording: string

beforeAll(async () => {
  here = await inside({ settings: { readMedia: false } })
  recording = (await dock(here.camera, { path: `DCIM/${name}.mp4`, bytes: randomBytes(500), camera: `BC-${name}` }))
    .recording
  await dock(here.camera, { path: 'DCIM/b.mp4', bytes: randomBytes(500) })
})
afterAll(async () => {
  await browser?.close()
  await here?.close()
  rmSync(folder, { recursive: true, force: true })
})

const page = async (path: string): Promise<{ html: string; policy: string }> => {
  const answer = await fetch(`${here.clerk.url}${path}`)
  return { html: await answer.text(), policy: answer.headers.get('content-security-policy') ?? '' }
}

test('S5-17 what was deleted stands in the open by month and rule, and names nobody and no recording', async () => {
  expect((await page('/deletions?lang=en')).html).toContain('Nothing has been deleted yet.')
  await inDays(here.clerk, 400)
  const { deleted } = await run(here.clerk)
  expect(deleted).not.toEqual([])
  await until(
    'the public checkpoint',
    async () => !(await page('/deletions?lang=en')).html.includes('Nothing has been'),
  )
  const { html, policy } = await page('/deletions?lang=en')
  expect(policy).toContain("default-src 'none'")
  expect(html).toMatch(new RegExp(`<strong>${deleted.length}</strong>`))
  const month = /href="\/deletions\/(\d{4}-\d\d)\?lang=en"/.exec(html)?.[1] ?? ''
  const each = (await page(`/deletions/${month}?lang=en`)).html
  for (const text of [html, each])
    for (const secret of [recording, name, 'Prøvekommunen', ...deleted.map(one => one.recording)])
      expect(text).not.toContain(secret)
})

test.skipIf(leftOut('the page of deletions in a browser', browserMissing()))(
  'S3-11 the public list of deletions fits a screen of 360 pixels in four languages, and paper',
  async () => {
    browser = await openBrowser()
    const context = await browser.newContext({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false })
    const tab = await context.newPage()
    const troubles: string[] = []
    // Browsers ask for an icon by themselves; there is none.
    const isIcon = (url: string) => url.endsWith('/favicon.ico')
    tab.on('console', one => one.type() === 'error' && !isIcon(one.location().url) && troubles.push(one.text()))
    for (const language of ['en', 'da', 'sv', 'de']) {
      await tab.goto(`${here.clerk.url}/deletions?lang=${language}`)
      const box = await tab.locator('main').boundingBox()
      expect(box?.width).toBeLessThanOrEqual(360)
      for (const one of await tab.locator('td, code, h1, p').all())
        expect(((await one.boundingBox())?.x ?? 0) + ((await one.boundingBox())?.width ?? 0)).toBeLessThanOrEqual(360)
      writeFileSync(join(shots, `deletions-${language}.png`), await tab.screenshot({ fullPage: true }))
    }
    await tab.getByRole('link', { name: 'Jede Erklärung dieses Monats' }).click()
    writeFileSync(join(shots, 'deletions-month.png'), await tab.screenshot({ fullPage: true }))
    await tab.emulateMedia({ media: 'print' })
    await tab.goBack()
    expect(await tab.locator('nav.languages').isVisible()).toBe(false)
    expect(await tab.locator('table').first().isVisible()).toBe(true)
    writeFileSync(join(shots, 'deletions-print.png'), await tab.screenshot({ fullPage: true }))
    expect(troubles).toEqual([])
  },
)
