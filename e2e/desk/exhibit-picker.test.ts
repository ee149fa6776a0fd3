import { randomBytes } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { browserMissing, openBrowser } from '../browser.ts'
import { caseWith } from '../case-asking.ts'
import { type GroundKind, groundFor, groundKinds } from '../grounds.ts'
import { dock, get, until } from '../guarantees/asking.ts'
import { type Inside, inside } from '../guarantees/inside.ts'
import { axeOn, fits, visit } from './desk.ts'
import { pageAs } from './seats.ts'

const MORNING = Date.UTC(2026, 9, 12, 8)

describe.skipIf(leftOut('exhibits are picked on the desk', browserMissing())).each(groundKinds)(
  'exhibits are picked on the desk (%s)',
  kind => {
    let here: Inside
    let ground: Awaited<ReturnType<typeof groundFor>>
    let browser: Browser
    /** By their hour; docked in another order than they were recorded in. */
    const made = new Map<number, string>()

    beforeAll(async () => {
      ;[ground, browser] = await Promise.all([groundFor(kind as GroundKind), openBrowser()])
      const { database, objects } = ground
      here = await inside({ database, ...(objects === undefined ? {} : { objects }) })
      for (const hour of [3, 1, 2, 4]) {
        const film = { path: `DCIM/GX0${hour}.MP4`, bytes: randomBytes(900), at: MORNING + hour * 3_600_000 }
        const wearer = hour === 4 ? 'PC Bo Ek' : 'PC Anna Berg'
        made.set(hour, (await dock(here.camera, { ...film, wearer })).recording)
      }
      await until('the seals', async () => {
        const { recordings } = await get<{ recordings: object[] }>(here.clerk, 'GET', '/api/recordings?state=received')
        return recordings.length === 0
      })
    })
    afterAll(async () => {
      await browser?.close()
      await here?.close()
      await ground?.remove()
    })

    const at = (path: string, wish: Parameters<typeof visit>[1] = {}) => pageAs(browser, here.clerk, path, wish)
    async function sound(page: Page): Promise<void> {
      await expect.poll(() => axeOn(page), { interval: 1000 }).toEqual([])
    }

    type Shown = { exhibits: { number: number; reference: string; footage: { recording: string } }[] }
    const exhibitsOf = async (id: string) =>
      (await get<Shown>(here.clerk, 'GET', `/api/cases/${id}`)).exhibits.map(one => [one.number, one.footage.recording])

    test('several are found by words, chosen with the keyboard, added oldest first, and taken out again by undo', async () => {
      const id = await caseWith(here.clerk, [made.get(4) ?? ''], 'K 7/26')
      const { page, faults, close } = await at(`/cases/${id}`)
      await page.getByRole('button', { name: 'Add an exhibit' }).focus()
      await page.keyboard.press('Enter')
      const dialog = page.getByRole('dialog')
      const boxes = dialog.getByRole('checkbox')
      await expect.poll(() => boxes.count()).toBe(4)
      // What stands in the case already is told, and is offered all the same: another stretch of it may be wanted.
      await dialog.getByText('Exhibit K 7/26/1').waitFor()
      await dialog.getByLabel('Find recordings').focus()
      await page.keyboard.type('berg')
      await expect.poll(() => boxes.count()).toBe(3)
      for (const hour of [3, 1]) {
        const box = dialog.getByRole('checkbox', { name: `GX0${hour}.MP4` })
        await box.focus()
        await page.keyboard.press('Space')
        await expect.poll(() => box.isChecked()).toBe(true)
      }
      // What was chosen stays, whatever is sought next.
      await dialog.getByLabel('Find recordings').fill('GX02')
      await dialog.getByText('Chosen before').waitFor()
      await dialog.getByRole('checkbox', { name: 'GX02.MP4' }).focus()
      await page.keyboard.press('Space')
      await dialog.getByText('3 recordings chosen').waitFor()
      await sound(page)
      await dialog.getByRole('button', { name: 'Add 3 exhibits' }).focus()
      await page.keyboard.press('Enter')
      await page.getByText('3 exhibits were added').waitFor()
      await page.getByText('K 7/26/2, K 7/26/3, K 7/26/4').waitFor()
      expect(await exhibitsOf(id)).toEqual([
        [1, made.get(4)],
        [2, made.get(1)],
        [3, made.get(2)],
        [4, made.get(3)],
      ])
      await sound(page)
      await page.getByRole('button', { name: 'Undo' }).focus()
      await page.keyboard.press('Enter')
      await page.getByText('3 exhibits were taken out again').waitFor()
      expect(await exhibitsOf(id)).toEqual([[1, made.get(4)]])
      await expect.poll(() => page.getByRole('heading', { level: 3 }).allTextContents()).toEqual(['K 7/26/1'])
      const events = await here.ground.database.asAgency(here.agency, trx =>
        here.ground.history.of(trx, made.get(1) ?? ''),
      )
      expect(events.map(({ core }) => core.type).slice(-2)).toEqual(['exhibit-added', 'exhibit-removed'])
      expect(faults).toEqual([])
      await close()
    })

    test('a number that is pasted finds its recording, and one of nobody’s says so', async () => {
      const id = await caseWith(here.clerk, [], 'K 8/26')
      const { page, close } = await at(`/cases/${id}`, { width: 360, language: 'de', scheme: 'dark' })
      await page.getByRole('button', { name: 'Asservat hinzufügen' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Aufzeichnungen finden').fill(`https://vidne.example/recordings/${made.get(2)}`)
      await expect.poll(() => dialog.getByRole('checkbox').count()).toBe(1)
      await dialog.getByRole('checkbox', { name: 'GX02.MP4' }).focus()
      await page.keyboard.press('Space')
      await dialog.getByLabel('Bezeichnung').waitFor()
      await fits(page)
      await sound(page)
      await dialog.getByLabel('Aufzeichnungen finden').fill('01900000-0000-7000-8000-000000000000')
      await dialog.getByText('Keine Aufzeichnung, die Sie sehen dürfen, passt dazu.').waitFor()
      await close()
    })

    test('what is chosen in the list is added to a case from there', async () => {
      const id = await caseWith(here.clerk, [], 'K 9/26')
      const { page, faults, close } = await at('/recordings')
      const rows = page.locator('.grid-body [role=row]')
      await expect.poll(() => rows.count()).toBe(4)
      await rows.nth(0).focus()
      await page.keyboard.press('Space')
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('Space')
      await page.getByText('2 selected').waitFor()
      await page.getByRole('button', { name: 'Add to a case' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Find by number or title').fill('K 9')
      await expect.poll(() => dialog.getByRole('radio').count()).toBe(1)
      await dialog.getByRole('radio').check({ force: true })
      await sound(page)
      await dialog.getByRole('button', { name: 'Add 2 exhibits' }).click()
      await dialog.getByText('2 exhibits were added').waitFor()
      // The list has the newest first; the case begins with the oldest.
      expect(await exhibitsOf(id)).toEqual([
        [1, made.get(3)],
        [2, made.get(4)],
      ])
      await dialog.getByRole('link', { name: 'Open the case' }).click()
      await page.getByRole('heading', { level: 1, name: 'Case K 9/26' }).waitFor()
      expect(faults).toEqual([])
      await close()
    })
  },
)
