import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import type { Role } from '@vidne/server/people/people'
import { sayPlace } from '@vidne/server/review/testing/a-place'
import { manyRecordings } from '@vidne/server/review/testing/many-recordings'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import da from '../../locales/desk/recordings/da.json' with { type: 'json' }
import de from '../../locales/desk/recordings/de.json' with { type: 'json' }
import en from '../../locales/desk/recordings/en.json' with { type: 'json' }
import sv from '../../locales/desk/recordings/sv.json' with { type: 'json' }
import { browserMissing, openBrowser } from '../browser.ts'
import { groundKinds, insideOn } from '../grounds.ts'
import { type Asked, dock, get, personIn, until } from '../guarantees/asking.ts'
import type { Inside } from '../guarantees/inside.ts'
import { axeOn, fits, visit } from './desk.ts'

const words = { en, da, sv, de }
/** The trial of London: so many recordings in a year. */
const LONDON = 48_281

describe.skipIf(leftOut('the list of recordings on the desk', browserMissing())).each(groundKinds)(
  'the list of recordings on the desk, on %s',
  kind => {
    let here: Inside
    let browser: Browser
    let sergeant: Asked
    const began = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 86_400_000 + 8 * 3_600_000

    beforeAll(async () => {
      ;[here, browser] = await Promise.all([insideOn(kind), openBrowser()])
      sergeant = await personIn(here.clerk, 'Sgt. Gray', 'supervisor')
      await aShift()
    })
    afterAll(async () => {
      await browser?.close()
      await here?.close()
    })

    /** Two officers on a shift; of a third recording nobody knows whose it is. */
    async function aShift(): Promise<void> {
      const iso = (hours: number) => new Date(began + hours * 3_600_000).toISOString()
      const commander = await personIn(here.clerk, 'Chief', 'commander')
      await get(commander, 'POST', '/api/operations', {
        title: 'Early shift, Camden',
        task: 'arrest',
        from: iso(0),
        until: iso(8),
        orderedBy: 'Insp. Hall',
        participants: [{ wearer: 'PC Anna Berg' }, { wearer: 'PC Bo Ek' }],
      })
      const film = (hour: number, who: { camera?: string; wearer?: string }) =>
        dock(here.camera, {
          path: `DCIM/100/GX01${String(hour).padStart(4, '0')}.MP4`,
          bytes: randomBytes(1000),
          at: began + hour * 3_600_000,
          ...who,
        })
      await film(1, { camera: 'BC-1', wearer: 'PC Anna Berg' })
      await film(3, { camera: 'BC-1', wearer: 'PC Anna Berg' })
      await film(4, { camera: 'BC-2', wearer: 'PC Bo Ek' })
      await film(5, {})
      await until('the seals', async () => {
        const { recordings } = await get<{ recordings: object[] }>(here.clerk, 'GET', '/api/recordings?state=received')
        return recordings.length === 0
      })
    }

    const open = async (
      wish: Parameters<typeof visit>[1] = {},
      address = '/recordings',
      token = sergeant.token ?? '',
    ) => {
      const opened = await visit(browser, { token, ...wish })
      await opened.page.goto(`${here.clerk.url}${address}`)
      return opened
    }
    const rows = (page: Page) => page.locator('.grid-body [role=row]')
    const listed = async (page: Page, count: number) => {
      await page.getByText(new RegExp(`^${count} recordings?$`)).waitFor()
      await expect.poll(() => rows(page).count()).toBe(count)
    }

    const shapes = [
      ['en', 360, 'light'],
      ['da', 768, 'dark'],
      ['sv', 1280, 'light'],
      ['de', 360, 'dark'],
      ['de', 1920, 'light'],
    ] as const
    // How it looks does not depend on where it is kept.
    const looks = kind === 'embedded' ? shapes : []
    test.each(looks)('is whole in %s at %i px, %s: list, day and map', async (language, width, scheme) => {
      const t = words[language]
      const { page, faults, close } = await open({ language, width, scheme })
      await page.getByRole('heading', { level: 1, name: t.title }).waitFor()
      await expect.poll(() => rows(page).count()).toBe(4)
      expect(await axeOn(page)).toEqual([])
      await fits(page)
      await page.getByRole('tab', { name: t.view.day }).click()
      await page.getByText(t.day.choose).waitFor()
      await page.getByRole('button', { name: 'PC Anna Berg' }).click()
      await page.getByRole('table', { name: t.day.table }).waitFor()
      expect(await axeOn(page)).toEqual([])
      await fits(page)
      await page.getByRole('tab', { name: t.view.map }).click()
      await page.getByText(t.map.none).waitFor()
      expect(await axeOn(page)).toEqual([])
      await fits(page)
      expect(faults).toEqual([])
      await close()
    })

    test('S3-01 what lacks its camera, its wearer or its shift is found by one filter, and nothing else is', async () => {
      const { page, close } = await open()
      await listed(page, 4)
      await page.getByRole('button', { name: new RegExp(`${en.filter.without}$`) }).click()
      await page.getByRole('option', { name: en.without.any }).click()
      await listed(page, 1)
      expect(await rows(page).first().innerText()).toContain(en.row.unknown)
      await page.getByRole('button', { name: en.filter.clear }).first().click()
      await listed(page, 4)
      await close()
    })

    test('is narrowed and searched, the address keeps it, and going away and back shows the same', async () => {
      const { page, close } = await open()
      await listed(page, 4)
      await page.getByRole('combobox', { name: en.filter.wearer }).fill('pc anna berg')
      await page.keyboard.press('Enter')
      await listed(page, 2)
      await page.getByLabel(en.search.label).fill('gx010003')
      await page.keyboard.press('Enter')
      await listed(page, 1)
      expect(page.url()).toContain('q=gx010003')
      await page.reload()
      await listed(page, 1)
      await page.getByRole('button', { name: `Remove filter ${en.search.label}: gx010003` }).click()
      await listed(page, 2)
      await close()
    })

    test('with the keyboard alone: through the list, several chosen, a hold placed on them', async () => {
      const { page, close } = await open()
      await listed(page, 4)
      await rows(page).first().focus()
      await page.keyboard.press('ArrowDown')
      await expect.poll(() => page.evaluate('document.activeElement.dataset.index')).toBe('1')
      await page.keyboard.press('Home')
      await page.keyboard.press('Shift+ArrowDown')
      await page.getByText('2 selected').waitFor()
      expect(await page.locator('[role=row][aria-selected=true]').count()).toBe(2)
      await page.getByRole('button', { name: en.selection.hold }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('dialog', { name: 'Place a hold on 2 recordings' }).waitFor()
      expect(await axeOn(page)).toEqual([])
      await page.getByLabel(en.bulk.reason).focus()
      await page.keyboard.type('Complaint 12 of 2026')
      await page.getByRole('button', { name: en.bulk.holdAct }).focus()
      await page.keyboard.press('Enter')
      await page.getByText('Done for 2 recordings.').waitFor()
      await page.keyboard.press('Escape')
      await expect.poll(() => rows(page).filter({ hasText: en.row.hold }).count()).toBe(2)
      const { recordings } = await get<{ recordings: object[] }>(here.clerk, 'GET', '/api/recordings?held=true')
      expect(recordings).toHaveLength(2)
      await close()
    })

    test('what cannot be done to some is said with the reason, and is done to the others', async () => {
      const { page, close } = await open()
      await listed(page, 4)
      await page.getByRole('button', { name: 'Select all 4' }).click()
      await page.getByRole('button', { name: en.selection.categorise }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: new RegExp(`${en.bulk.rule}$`) }).click()
      await page.getByRole('option', { name: en.category.evidence }).click()
      await page.getByLabel(en.bulk.basis).fill('Needed for case 41')
      const { ids } = await get<{ ids: string[] }>(here.clerk, 'GET', '/api/listing/ids?state=present')
      const sentence = 'This recording is being deleted already.'
      const said = { defined: true, code: 'CONFLICT', status: 409, message: sentence, data: { sentence } }
      await page.route(`**/${ids[1]}/categories`, route => route.fulfill({ status: 409, json: said }))
      await page.getByRole('button', { name: en.bulk.categoriseAct }).click()
      await page.getByText('Done for 3 recordings.').waitFor()
      await page.getByText(sentence).waitFor()
      expect(await axeOn(page)).toEqual([])
      await page.getByRole('button', { name: en.bulk.close }).click()
      await expect.poll(() => rows(page).filter({ hasText: en.category.evidence }).count()).toBe(3)
      await close()
    })

    test('a day is drawn with the shift and its gaps, and told in words', async () => {
      const { page, close } = await open({}, '/recordings?view=day&wearer=PC+Anna+Berg')
      const table = page.getByRole('table', { name: en.day.table })
      await table.waitFor()
      expect(await table.innerText()).toContain('Early shift, Camden')
      expect(await page.locator('.day-span').count()).toBe(2)
      expect(await page.locator('.day-gap').count()).toBeGreaterThan(0)
      await page.getByRole('button', { name: en.day.after }).click()
      await page.getByText(en.day.nothing).waitFor()
      await close()
    })

    test('places are drawn on a map of our own, gone closer to with the keyboard, and the list is narrowed to what is in sight', async () => {
      const { ids } = await get<{ ids: string[] }>(here.clerk, 'GET', '/api/listing/ids?state=present')
      const { agency, ground } = here
      await ground.database.asInstallation(async trx => {
        // Three in one street, and one far off.
        for (const [i, recording] of ids.entries())
          await sayPlace(trx, {
            agency,
            recording,
            latitudeE7: i === 3 ? 530_000_000 : 515_390_000 + i,
            longitudeE7: -1_420_000 + i,
          })
      })
      const { page, faults, close } = await open({}, '/recordings?view=map')
      const map = page.getByRole('region', { name: 'Map of 4 places' })
      await map.waitFor()
      expect(await map.getByRole('link').count()).toBe(1)
      expect(await axeOn(page)).toEqual([])
      await map.getByRole('button', { name: /^3 recordings here/ }).focus()
      for (let closer = 0; closer < 4; closer++) {
        await page.keyboard.press('Enter')
        await map.getByRole('button', { name: /^3 recordings here/ }).focus()
      }
      await page.getByRole('button', { name: en.map.here }).click()
      await listed(page, 3)
      expect(page.url()).toContain('area=')
      await page.getByRole('button', { name: new RegExp(`^Remove filter ${en.filter.area}`) }).click()
      await listed(page, 4)
      expect(faults).toEqual([])
      await close()
    })

    test('the table of the list is saved by the session of the browser, with heads in the language of the desk', async () => {
      const { page, close } = await visit(browser, { language: 'sv' })
      await page.goto(here.clerk.url)
      await page.evaluate(async () => {
        const personas = (await (await fetch('/api/sign-in/personas')).json()) as { name: string; person: string }[]
        const person = personas.find(one => one.name === 'Sgt. Gray')?.person
        const headers = { 'content-type': 'application/json' }
        await fetch('/api/sign-in/persona', { method: 'POST', headers, body: JSON.stringify({ person }) })
      })
      await page.goto(`${here.clerk.url}/recordings?wearer=PC+Anna+Berg`)
      await page.getByText('2 inspelningar').waitFor()
      const saved = page.waitForEvent('download')
      await page.getByRole('link', { name: sv.table }).click()
      const download = await saved
      expect(download.suggestedFilename()).toBe('inspelningar.csv')
      const lines = (await readFile(await download.path(), 'utf8')).split('\r\n')
      expect(lines[0]).toContain('Inspelning,Inspelad')
      expect(lines.filter(line => line.includes('PC Anna Berg'))).toHaveLength(2)
      expect(lines).toHaveLength(4)
      await close()
    })

    test('somebody whom the policy lets see only his own sees his own, in the list and in its numbers', async () => {
      const bo = await personIn(here.clerk, 'PC Bo Ek', 'wearer')
      const { page, close } = await open({}, '/recordings', bo.token ?? '')
      await listed(page, 1)
      expect(await page.textContent('body')).not.toContain('Anna Berg')
      expect(await page.getByRole('button', { name: en.selection.hold }).count()).toBe(0)
      await close()
    })

    test(`S3-13 of ${LONDON} recordings a screenful is drawn, each of them can be reached, and a filter finds its few`, async () => {
      const { ground, agency } = here
      const inAgency = <T>(work: Parameters<typeof ground.database.asAgency<T>>[1]) =>
        ground.database.asAgency(agency, work)
      const person = async (name: string, role: Role) => {
        const { token } = await personIn(here.clerk, name, role)
        const found = await ground.people.authenticate(`Bearer ${token ?? ''}`)
        if (!found.holds) throw new Error(found.because)
        return found.actor
      }
      await manyRecordings({ agency, clock: ground.clock, place: ground, inAgency, person }, LONDON - 4)
      const { page, close } = await open()
      await page.getByText('48,281 recordings').waitFor()
      expect(await page.getByRole('grid').getAttribute('aria-rowcount')).toBe(String(LONDON + 1))
      expect(await rows(page).count()).toBeLessThan(60)
      await rows(page).first().focus()
      const last = () => page.evaluate<number>('Number(document.activeElement.dataset.index)')
      // Each End goes to the end of what came so far, and brings more.
      for (let pages = 1; pages < 4; pages++) {
        await page.keyboard.press('End')
        await expect.poll(last).toBeGreaterThanOrEqual(pages * 100 - 1)
        await expect
          .poll(() => page.evaluate('document.querySelector(".grid-body").offsetHeight'))
          .toBeGreaterThan(pages * 4400)
      }
      await page.getByRole('combobox', { name: en.filter.camera }).fill('BC-2')
      await page.keyboard.press('Enter')
      await listed(page, 1)
      await page.getByRole('button', { name: en.filter.clear }).click()
      await page.getByRole('button', { name: 'Select all 48,281' }).click()
      await page.getByText('48,281 selected').waitFor()
      await close()
    })
  },
)
