import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { browserMissing, openBrowser } from '../browser.ts'
import { caseWith } from '../case-asking.ts'
import { type GroundKind, groundFor, groundKinds } from '../grounds.ts'
import { get, inDays, run } from '../guarantees/asking.ts'
import { type Inside, inside } from '../guarantees/inside.ts'
import { axeOn, fits, visit } from './desk.ts'
import { pageAs } from './seats.ts'

type Kept = { record: string; ref: string | null; deletedAt: string | null }

describe.skipIf(leftOut('records and cases end on the desk', browserMissing())).each(groundKinds)(
  'records and cases end on the desk (%s)',
  kind => {
    let here: Inside
    let ground: Awaited<ReturnType<typeof groundFor>>
    let browser: Browser
    beforeAll(async () => {
      ;[ground, browser] = await Promise.all([groundFor(kind as GroundKind), openBrowser()])
      const { database, objects } = ground
      here = await inside({ pack: 'se-skola', database, ...(objects === undefined ? {} : { objects }) })
    })
    afterAll(async () => {
      await browser?.close()
      await here?.close()
      await ground?.remove()
    })
    const at = (path: string, wish: Parameters<typeof visit>[1] = {}) => pageAs(browser, here.clerk, path, wish)
    const records = () => get<Kept[]>(here.clerk, 'GET', '/api/records')

    test('a record goes after its minimum under a documented decision, named before it is done; another stays', async () => {
      for (const ref of ['KS 2026/12', 'KS 2026/13'])
        await get(here.clerk, 'POST', '/api/records', { kind: 'balancing_record', ref, about: 'entrance hall' })
      const [first] = await records()
      const on = new Date(here.ground.clock.now() - 86_400_000).toISOString().slice(0, 10)
      await get(here.clerk, 'POST', `/api/records/${first?.record}/monitoring-end`, { on })
      const before = await at('/retention')
      await before.page.getByRole('tab', { name: 'Records' }).click()
      await before.page.getByText('The minimum of no such record is over.').waitFor()
      await before.close()
      await inDays(here.clerk, 6 * 366)
      const { page, faults, close } = await at('/retention')
      await page.getByRole('tab', { name: 'Records' }).click()
      const panel = page.getByRole('region', { name: 'Let records go' })
      await expect.poll(() => panel.getByRole('checkbox').count()).toBe(1)
      await panel.getByLabel('Who decided').fill('Kommunstyrelsen')
      for (const [part, typed] of [
        ['day', '20'],
        ['month', '05'],
        ['year', '2027'],
      ] as const) {
        await panel.getByRole('spinbutton', { name: new RegExp(`^${part}`, 'i') }).focus()
        await page.keyboard.type(typed)
      }
      await panel.getByLabel('Reference of the decision').fill('KS 2027/99 § 4')
      await panel.getByRole('checkbox', { name: 'KS 2026/12' }).focus()
      await page.keyboard.press('Space')
      await expect.poll(() => axeOn(page), { interval: 1000 }).toEqual([])
      await panel.getByRole('button', { name: 'Let 1 record go' }).click()
      await page.getByRole('dialog').getByText('Reference and text of KS 2026/12 are deleted for good').waitFor()
      expect((await records()).every(one => one.deletedAt === null)).toBe(true)
      await page.getByRole('dialog').getByRole('button', { name: 'Let 1 record go' }).click()
      await panel.getByText('1 record was let go').waitFor()
      expect((await records()).map(one => [one.ref, one.deletedAt === null])).toEqual([
        [null, false],
        ['KS 2026/13', true],
      ])
      expect(faults).toEqual([])
      await close()
    })

    test('a closed case says on which day its texts go, and the run of that night takes them', async () => {
      const id = await caseWith(here.clerk, [], 'K 61/26')
      await get(here.clerk, 'POST', `/api/cases/${id}/entries`, { content: { kind: 'note', words: 'Mrs Holm' } })
      const open = await at(`/cases/${id}`)
      expect(await open.page.textContent('main')).not.toContain('By rule, its texts')
      await open.close()
      await get(here.clerk, 'POST', `/api/cases/${id}/state`, { state: 'closed', reason: 'dismissed' })
      const closed = await at(`/cases/${id}`)
      await closed.page.getByText('By rule, its texts').waitFor()
      await closed.close()
      for (const [language, tab] of [
        ['en', 'Closed cases'],
        ['da', 'Lukkede sager'],
        ['sv', 'Avslutade ärenden'],
        ['de', 'Geschlossene Vorgänge'],
      ] as const) {
        const { page, faults, close } = await at('/retention', { language, width: language === 'de' ? 360 : 1280 })
        await page.getByRole('tab', { name: tab }).click()
        await page.getByRole('link', { name: 'K 61/26' }).waitFor()
        await fits(page)
        await expect.poll(() => axeOn(page), { interval: 1000 }).toEqual([])
        expect(faults).toEqual([])
        await close()
      }
      await inDays(here.clerk, 14 * 366)
      expect(await run(here.clerk)).toMatchObject({ state: 'done' })
      const { cases } = await get<{ cases: object[] }>(here.clerk, 'GET', '/api/cases?state=all')
      expect(cases).toEqual([])
      const later = await at('/retention')
      await later.page.getByRole('tab', { name: 'Closed cases' }).click()
      await later.page.getByText('No case is closed').waitFor()
      await later.close()
    })
  },
)
