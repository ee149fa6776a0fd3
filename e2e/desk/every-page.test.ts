import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { browserMissing, openBrowser } from '../browser.ts'
import { newFolder, startDemo, type Started } from './demo.ts'
import { axeOn, fits, visit } from './desk.ts'
import { covered, edgeless, moving, unmarked, unseenFocus } from './needs.ts'
import { addressOf, type DeskPage, deskPages, takePlace } from './pages.ts'

type Messages = { [key: string]: string | Messages }

const desk = join(import.meta.dirname, '../../locales/desk')

function flat(messages: Messages): string[] {
  return Object.values(messages).flatMap(one => (typeof one === 'string' ? [one] : flat(one)))
}

const messagesIn = (language: string): string[] =>
  readdirSync(desk).flatMap(room =>
    flat(JSON.parse(readFileSync(join(desk, room, `${language}.json`), 'utf8')) as Messages),
  )

/** Whole sentences of the desk in English, without places to fill in, that read otherwise in the other language. */
function englishOnly(language: string): Set<string> {
  const theirs = new Set(messagesIn(language))
  return new Set(
    messagesIn('en').filter(text => text.split(' ').length >= 3 && !/[{<]/.test(text) && !theirs.has(text)),
  )
}

/** What can be read on a page, piece by piece. What is marked as another language is meant to be. */
const readable = (page: Page) =>
  page.evaluate<string[]>(`(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const found = []
    while (walker.nextNode()) {
      const text = walker.currentNode.textContent.trim()
      const own = walker.currentNode.parentElement.closest('[lang]')
      if (text !== '' && (own === null || own === document.documentElement)) found.push(text)
    }
    return found
  })()`)

const shapes = [
  { language: 'en', width: 1280, scheme: 'dark' },
  { language: 'da', width: 360, scheme: 'light' },
  { language: 'sv', width: 1920, scheme: 'light' },
  { language: 'de', width: 320, scheme: 'dark' },
] as const

describe.skipIf(leftOut('every page of the desk', browserMissing()))('every page of the desk', () => {
  const place = newFolder()
  let demo: Started
  let browser: Browser
  beforeAll(async () => {
    ;[demo, browser] = await Promise.all([startDemo(place.folder), openBrowser()])
  }, 300_000)
  afterAll(async () => {
    await browser?.close()
    await demo?.stop()
    place.remove()
  })

  const looked = async (page: DeskPage, shape: NonNullable<Parameters<typeof visit>[1]>) => {
    const visiting = await visit(browser, shape)
    if (page.as !== null) expect(await takePlace(visiting.context, demo.url, page.as)).toBe(true)
    const address = await addressOf(visiting.context, demo.url, page)
    expect(address, `the demo has no ${page.first}`).not.toBeNull()
    await visiting.page.goto(address ?? '')
    await visiting.page.getByRole('heading', { level: 1 }).first().waitFor()
    await visiting.page.waitForLoadState('networkidle')
    return visiting
  }

  describe.each(shapes)('in $language at $width px, $scheme', shape => {
    const foreign = englishOnly(shape.language)
    test.each(deskPages.map(page => [page.name, page] as const))('%s', async (_, page) => {
      const visiting = await looked(page, shape)
      expect(await visiting.page.getAttribute('html', 'lang')).toBe(shape.language)
      expect(await axeOn(visiting.page)).toEqual([])
      await fits(visiting.page)
      if (shape.language !== 'en') expect((await readable(visiting.page)).filter(text => foreign.has(text))).toEqual([])
      // A word that is missing is an error in the console, and so is a breach of the policy for content.
      expect(visiting.faults).toEqual([])
      await visiting.close()
    })
  })

  // A window of 1280 by 900 at twice the size, which leaves 640 by 450 for the page.
  const needs = { language: 'en', width: 640, height: 450, scale: 2, rest: true, forced: true }
  describe('at 200 % zoom, in the colours of the system, without motion', () => {
    test.each(deskPages.map(page => [page.name, page] as const))('%s', async (_, page) => {
      const visiting = await looked(page, needs)
      await fits(visiting.page)
      expect(await covered(visiting.page)).toBeLessThan(0.5)
      const faults = {
        moving: await moving(visiting.page),
        edgeless: await edgeless(visiting.page),
        unmarked: await unmarked(visiting.page),
        unseenFocus: await unseenFocus(visiting.page),
      }
      expect(faults).toEqual({ moving: [], edgeless: [], unmarked: [], unseenFocus: [] })
      await visiting.close()
    })
  })
})
