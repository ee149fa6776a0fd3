import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { describe, expect } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { browserMissing } from '../browser.ts'
import { type GroundKind, groundKinds } from '../grounds.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Tells the same stories on each ground that an installation can stand on, in Debian's Chromium; left out where there is none. */
export function onEachGround(what: string, stories: (kind: GroundKind) => void): void {
  describe.skipIf(leftOut(what, browserMissing())).each(groundKinds)(`${what}, on %s`, kind => {
    stories(kind)
  })
}

type Violation = { id: string; help: string; nodes: { target: unknown; failureSummary?: string }[] }

/** What is wrong with the page for who cannot see, or cannot point; empty where nothing is. */
export async function axeOn(page: Page): Promise<string[]> {
  // An evaluate of the devtools: the page's own policy for content does not stop it, and is not loosened for it.
  await page.evaluate(axeSource)
  // What React Aria says aloud for a moment, of a button that may be gone by then, is no part of the page.
  const found = await page.evaluate<Violation[]>(
    `axe.run({ exclude: ['[data-live-announcer]'] }, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then(result => result.violations)`,
  )
  return found.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes.map(node => `${String(node.target)} ${node.failureSummary ?? ''}`).join(' | ')}`,
  )
}

/** How a page is looked at. `rest`: its reader has asked for no motion. `forced`: the system chooses the colours. `scale`: pixels of the screen to one of the page. */
type Looks = {
  language?: string
  width?: number
  height?: number
  scheme?: 'light' | 'dark'
  rest?: boolean
  forced?: boolean
  scale?: number
}

export type Visit = { context: BrowserContext; page: Page; faults: string[]; close: () => Promise<void> }

/**
 * A browser of somebody's own, with its page. `token`: acts as its holder, sent by header with every request of the page, footage too.
 * `faults` gathers what the console calls an error, a breach of the policy for content among them.
 */
export async function visit(browser: Browser, wish: { token?: string } & Looks = {}): Promise<Visit> {
  const context = await browser.newContext({
    locale: { en: 'en-GB', da: 'da-DK', sv: 'sv-SE', de: 'de-DE' }[wish.language ?? 'en'] ?? 'en-GB',
    viewport: { width: wish.width ?? 1280, height: wish.height ?? 900 },
    colorScheme: wish.scheme ?? 'light',
    reducedMotion: wish.rest === true ? 'reduce' : 'no-preference',
    forcedColors: wish.forced === true ? 'active' : 'none',
    deviceScaleFactor: wish.scale ?? 1,
    ...(wish.token === undefined ? {} : { extraHTTPHeaders: { authorization: `Bearer ${wish.token}` } }),
  })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', message => {
    // A refusal that the page shows in words is no fault of the page.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(message.text())
  })
  page.on('pageerror', error => faults.push(String(error)))
  return { context, page, faults, close: () => context.close() }
}

/** What reaches beyond the edge, for whoever has to find it. */
const BEYOND = `[...document.body.querySelectorAll('*')]
  .filter(one => one.getBoundingClientRect().right > innerWidth + 0.5)
  .slice(-4)
  .map(one => one.outerHTML.slice(0, 160))`

/** No part of the page reaches beyond its edge, so nobody has to scroll sideways to read. */
export async function fits(page: Page): Promise<void> {
  const [inner, whole] = await page.evaluate<[number, number]>('[innerWidth, document.documentElement.scrollWidth]')
  const beyond = whole <= inner ? [] : await page.evaluate<string[]>(BEYOND)
  expect(whole, `${page.url()} is wider than the window: ${beyond.join(' | ')}`).toBeLessThanOrEqual(inner)
}
