import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toHex } from '@vidne/evidence/bytes'
import { packById, packs } from '@vidne/policies/packs'
import { valuesOf } from '@vidne/policies/values'
import { policyDigest } from '@vidne/server/rules/rules'
import { leftOut } from '../checks/left-out.ts'
import { browserMissing, openBrowser } from './browser.ts'
import { type Installation, found } from './installation.ts'

const pack = packById('se-skola')!

describe('the public pages about rules, of an installation that is served', () => {
  let here: Installation
  beforeAll(async () => {
    here = await found('se-skola')
  })
  afterAll(() => here?.stop())

  const get = async (path: string) => {
    const answer = await fetch(here.url + path)
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }

  test('S3-17 anybody reads the policy that is in force, in its own language, under the digest that was published', async () => {
    const { status, text } = await get('/policy')
    expect(status).toBe(200)
    expect(text).toContain('<html lang="sv">')
    expect(text).toContain('Prøvekommunen: regler för kameror')
    expect(text).toContain(toHex(policyDigest(pack, pack.zone.v)))
    const shown = [...text.matchAll(/data-value="([^"]+)"/g)].map(([, path = '']) => path)
    expect(shown.toSorted()).toEqual(
      valuesOf(pack)
        .map(({ path }) => path)
        .toSorted(),
    )
    expect((await get('/policy?lang=en')).text).toContain('<html lang="en">')
  })

  test('S4-04 a pack is read as it holds on a day: a permit in March 2025, an assessment from April on', async () => {
    const on = async (day: string, language = 'en') =>
      (await get(`/policy/packs/se-skola?at=${day}&lang=${language}`)).text
    const values = (text: string) => [...text.matchAll(/data-value="gates\.([^"]+)"/g)].map(([, gate]) => gate)
    expect(values(await on('2025-03-15'))).toEqual(['permit', 'sign', 'union_negotiation'])
    expect(values(await on('2025-03-31'))).toContain('permit')
    const april = await on('2025-04-01')
    expect(values(april)).toEqual(['documented_assessment', 'register_entry', 'sign', 'union_negotiation'])
    expect(april).toContain('As the rules hold on 1 April 2025')
    expect(april).toContain('?lang=sv&amp;at=2025-04-01')
    expect(await on('2025-03-15', 'sv')).toContain('Reglerna som de gäller 15 mars 2025')
    expect(values((await get('/policy/packs/se-skola')).text)).toHaveLength(5)
    for (const odd of ['yesterday', '2025-02-30', '']) {
      const { status, text } = await get(`/policy/packs/se-skola?at=${odd}`)
      expect({ odd, status }).toEqual({ odd, status: 400 })
      expect(text).toContain('2025-03-15')
    }
  })

  test('S4-04 the command says what a camera has to show that starts then', async () => {
    const shown = await here.run(['policy', 'show'])
    expect(shown.out).toContain('there has to be: a documented balancing test. (law: KBL 8-9 §§')
    expect(shown.out).not.toContain('there has to be: a permit')
    const before = await here.run(['policy', 'show', '--at', '2025-03-15'])
    expect(before.code).not.toBe(0)
    expect(before.err).toContain('No policy was in force then')
  })

  test('S3-17 every pack of the release can be read in every language, under the same rules for content as the rest', async () => {
    const front = await get('/status')
    for (const id of packs.keys())
      for (const language of ['en', 'da', 'sv', 'de']) {
        const { status, headers, text } = await get(`/policy/packs/${id}?lang=${language}`)
        expect({ id, language, status }).toEqual({ id, language, status: 200 })
        expect(headers.get('content-security-policy')).toBe(front.headers.get('content-security-policy'))
        expect(text).not.toContain('<script')
      }
    expect((await get('/policy/packs/atlantis')).status).toBe(404)
  })

  describe.skipIf(leftOut('the public pages about rules in a browser', browserMissing()))('in a browser', () => {
    let browser: Browser
    beforeAll(async () => {
      browser = await openBrowser()
    })
    afterAll(() => browser?.close())

    const open = async (path: string, width: number) => {
      const page = await browser.newPage({ viewport: { width, height: 800 } })
      const refused: string[] = []
      // A browser asks for an icon by itself, and there is none.
      const said = (text: string, url: string) => url.endsWith('/favicon.ico') || refused.push(`${text} ${url}`)
      page.on('console', message => message.type() === 'error' && said(message.text(), message.location().url))
      page.on('requestfailed', failed => said('failed', failed.url()))
      await page.goto(here.url + path)
      return { page, refused }
    }

    test.each(['/policy', '/policy/packs', ...[...packs.keys()].map(id => `/policy/packs/${id}?lang=de`)])(
      '%s is readable on a telephone and on paper: nothing sticks out, and the style is ours',
      async path => {
        const { page, refused } = await open(path, 360)
        const standsOut = () => document.documentElement.scrollWidth - document.documentElement.clientWidth
        expect(await page.evaluate(standsOut)).toBe(0)
        expect(await page.evaluate(() => getComputedStyle(document.querySelector('main')!).maxWidth)).toBe('736px')
        await page.emulateMedia({ media: 'print' })
        expect(await page.locator('.languages').isVisible()).toBe(false)
        expect(await page.locator('h1').isVisible()).toBe(true)
        expect(refused).toEqual([])
        await page.close()
      },
    )

    test.each(['/policy', '/policy/packs', '/policy/packs/dk-politi'])(
      '%s has no finding of axe, in the light and in the dark',
      async path => {
        for (const colorScheme of ['light', 'dark'] as const) {
          const context = await browser.newContext({ colorScheme, bypassCSP: true })
          const page = await context.newPage()
          await page.goto(here.url + path)
          await page.evaluate(axe.source)
          const found = await page.evaluate(async () => {
            const { axe: here } = globalThis as unknown as { axe: typeof axe }
            return (await here.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)
          })
          expect({ path, colorScheme, found }).toEqual({ path, colorScheme, found: [] })
          await context.close()
        }
      },
    )
  })
})
