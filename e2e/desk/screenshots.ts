// Pictures of every page of the desk, light and dark, wide and narrow, in four languages, on a demo made for it: npm run screenshots.
// They are looked at by people, lie in an ignored folder, and are no test.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { openBrowser } from '../browser.ts'
import { newFolder, startDemo } from './demo.ts'
import { visit } from './desk.ts'
import { addressOf, type DeskPage, deskPages, takePlace } from './pages.ts'

const out = join(import.meta.dirname, '../../.tmp/screenshots')
const wished = process.argv.slice(2)
const SETTLED_MS = 1500

const shapes = [
  { name: 'wide-light', width: 1280, scheme: 'light' },
  { name: 'narrow-dark', width: 360, scheme: 'dark' },
] as const

const place = newFolder()
const [demo, browser] = await Promise.all([startDemo(place.folder), openBrowser()])
try {
  for (const language of ['en', 'da', 'sv', 'de'])
    for (const shape of shapes) {
      const folder = join(out, language, shape.name)
      mkdirSync(folder, { recursive: true })
      for (const page of deskPages.filter(one => wished.length === 0 || wished.includes(one.name)))
        await shoot(browser, page, { ...shape, language, file: join(folder, `${page.name}.png`) })
    }
  process.stdout.write(`${out}\n`)
} finally {
  await browser.close()
  await demo.stop()
  place.remove()
}

type Wish = { language: string; width: number; scheme: 'light' | 'dark'; file: string }

async function shoot(on: Browser, page: DeskPage, { file, ...wish }: Wish): Promise<void> {
  const visiting = await visit(on, wish)
  if (page.as !== null && !(await takePlace(visiting.context, demo.url, page.as))) return visiting.close()
  const address = await addressOf(visiting.context, demo.url, page)
  if (address !== null) {
    await visiting.page.goto(address)
    await visiting.page.getByRole('heading', { level: 1 }).first().waitFor()
    await visiting.page.waitForTimeout(SETTLED_MS)
    await visiting.page.screenshot({ path: file, fullPage: true })
  }
  return visiting.close()
}
