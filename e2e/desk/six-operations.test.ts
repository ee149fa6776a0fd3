// LED article 25(1) by the screens of the desk: collection, alteration, consultation, disclosure, combination and erasure, each with who,
// when, why and to whom. The same six by API, command line and data folder: ../guarantees/six-operations.test.ts.

import { randomBytes } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { may, ROLES } from '@vidne/server/people/people'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import bringing from '../../locales/desk/bring-in/en.json' with { type: 'json' }
import { browserMissing, openBrowser } from '../browser.ts'
import { dock, get, inDays, personIn, statementOf } from '../guarantees/asking.ts'
import { type Inside, inside } from '../guarantees/inside.ts'
import { historyIn } from '../guarantees/told-history.ts'
import { caseWith } from '../case-asking.ts'
import { visit } from './desk.ts'
import { noPickers } from './pickers.ts'
import { settled, type Watched, watched } from './watched.ts'

const clip = readFileSync(join(import.meta.dirname, '../../media/fixtures/recorder.webm'))
const web = join(import.meta.dirname, '../../web/src')

const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
const clerk = { actor: 'Clara Clerk', person: uuid, roles: ['evidence-clerk'] }

/** Written by hand: what the law asks of each of the six, in the words of what is done below. */
const SIX = {
  collection: [{ type: 'sealed', camera: 'C-17', ...clerk }],
  alteration: [{ type: 'categorised', rule: 'uncategorised', basis: 'nothing happened', ...clerk }],
  consultation: [{ type: 'viewed', purpose: 'investigation', case: '41/26', ...clerk }],
  disclosure: [
    { type: 'exported', purpose: 'hearing of 3 March', case: 'K 41/26', recipient: 'Prøvekommunen', ...clerk },
  ],
  combination: [
    { type: 'exhibit-added', ...clerk },
    { type: 'access-granted', 'to-name': 'Ida Investigator', to: uuid, actor: 'Clara Clerk' },
  ],
  erasure: [
    { type: 'deletion-due', rule: 'uncategorised', actor: 'installation' },
    { type: 'key-destroyed', rule: 'uncategorised', actor: 'installation' },
    { type: 'deleted', rule: 'uncategorised', actor: 'installation' },
  ],
}

describe.skipIf(leftOut('the six operations by the screens', browserMissing()))('by the screens', () => {
  let here: Inside
  let browser: Browser
  beforeAll(async () => {
    ;[here, browser] = await Promise.all([inside({ settings: { readMedia: false } }), openBrowser()])
    await personIn(here.clerk, 'Clara Clerk', 'evidence-clerk')
    await personIn(here.clerk, 'Ida Investigator', 'investigator')
  })
  afterAll(async () => {
    await browser?.close()
    await here?.close()
  })

  async function seatOf(name: string) {
    const seat = await visit(browser)
    await seat.context.addInitScript(noPickers)
    const person = (await here.ground.people.signIn.personas()).find(one => one.name === name)?.person
    const wish = { data: { person }, headers: { origin: here.clerk.url } }
    expect((await seat.context.request.post(`${here.clerk.url}/api/sign-in/persona`, wish)).status()).toBe(200)
    return seat
  }

  const open = async (page: Page, path: string) => {
    await page.goto(here.clerk.url + path)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
  }

  async function bringIn(page: Page): Promise<string> {
    await open(page, '/bring-in')
    await page.getByRole('radio', { name: bringing.provenance['own-camera'].name }).press('Space')
    await page.getByLabel(bringing.provenance.camera).fill('C-17')
    await page.getByRole('radio', { name: bringing.provenance.clock.right }).press('Space')
    await page.getByRole('button', { name: bringing.provenance.continue }).click()
    const file = { name: 'six.webm', mimeType: 'video/webm', buffer: clip }
    await page.locator('input[data-choose=files]').first().setInputFiles(file)
    await page.getByRole('button', { name: /^Bring in \d/ }).click()
    await page.locator('.bring-row[data-state=done]', { hasText: 'six.webm' }).waitFor({ timeout: 120_000 })
    const { recordings } = await get<{ recordings: { id: string }[] }>(here.clerk, 'GET', '/api/recordings')
    return recordings[0]?.id ?? ''
  }

  async function categorised(page: Page, seen: Watched): Promise<void> {
    await page.getByRole('tab', { name: 'Category and hold' }).click()
    // The rules to choose from are asked for when the side is opened.
    await settled(seen)
    await page.getByRole('button', { name: /Put it under/ }).click()
    await page.getByRole('option', { name: 'not marked as evidence' }).click()
    await page.getByLabel('Legal basis').fill('nothing happened')
    await page.getByRole('button', { name: 'Put under this category' }).click()
    await page.getByText('Done. The longest of its rules decides.').waitFor()
  }

  async function looked(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Look at the footage …' }).click()
    const purposes = page.getByRole('radio', { name: /investigat/i })
    await purposes.first().check({ force: true })
    await page
      .getByRole('dialog')
      .getByRole('textbox', { name: /^Case number/ })
      .fill('41/26')
    await page.getByRole('button', { name: 'Look at the footage', exact: true }).click()
    await page
      .getByText(/Open until/i)
      .or(page.locator('video'))
      .first()
      .waitFor()
  }

  async function joined(page: Page, recording: string): Promise<void> {
    await open(page, '/cases')
    await page.getByRole('button', { name: 'Open a case' }).click()
    const opening = page.getByRole('dialog')
    await opening.getByLabel(/number/i).fill('K 41/26')
    await opening.getByRole('textbox').nth(1).fill('Burglary in Vestergade')
    await opening.getByRole('button', { name: 'Open a case' }).click()
    await page.getByRole('heading', { level: 1, name: 'Case K 41/26' }).waitFor()
    await page.getByRole('button', { name: 'Add an exhibit' }).click()
    const adding = page.getByRole('dialog')
    await adding.locator('input').first().fill(recording)
    await adding.getByRole('checkbox', { name: 'six.webm' }).check({ force: true })
    await adding.getByLabel('Called').fill('KB/1')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 3, name: 'KB/1' }).waitFor()
    await page.getByRole('tab', { name: 'People' }).click()
    await page.getByRole('button', { name: 'Add a person' }).click()
    const person = page.getByRole('dialog')
    await person.getByLabel('Name').fill('Ida Investigator')
    await person.getByRole('button', { name: 'Add a person' }).click()
    await page.getByRole('rowheader', { name: 'Ida Investigator' }).waitFor()
  }

  async function given(page: Page): Promise<void> {
    await page.getByRole('tab', { name: 'Give away' }).click()
    await page.getByLabel('Purpose', { exact: false }).first().fill('hearing of 3 March')
    await page.getByRole('button', { name: 'Make the package' }).click()
    await page.getByText('The package is ready').or(page.getByText('The log is covering it')).first().waitFor()
  }

  test('I-11 all six by the screens are in the history of the recording, each with who, when, why and to whom', async () => {
    const since = here.ground.clock.now()
    const { page, faults, close } = await seatOf('Clara Clerk')
    const seen = watched(page)
    const recording = await bringIn(page)
    await open(page, `/recordings/${recording}`)
    await settled(seen)
    await categorised(page, seen)
    await looked(page)
    await joined(page, recording)
    await given(page)
    // No page deletes one recording at somebody's wish: what is over goes by its rule, when the run comes or is told to.
    await inDays(here.clerk, 40)
    await open(page, '/retention')
    await page.getByRole('tab', { name: 'Runs and brake' }).click()
    await page.getByRole('button', { name: 'Run now' }).click()
    await page.getByRole('alertdialog').or(page.getByRole('dialog')).getByRole('button', { name: 'Run now' }).click()
    await page.getByText('The run ended; one recording was deleted.').waitFor()
    const now = here.ground.clock.now() + 1000
    const all = await historyIn(await statementOf(here.clerk, recording, { names: true }))
    for (const [operation, rows] of Object.entries(SIX))
      for (const row of rows) {
        const found = all.filter(told => told.type === row.type)
        expect({ operation, found }).toEqual({
          operation,
          found: expect.arrayContaining([expect.objectContaining(row)]),
        })
        for (const { at } of found)
          expect([at > since - 1000, at < now], `${operation} says when`).toEqual([true, true])
      }
    expect(faults).toEqual([])
    await close()
  })

  /** What does one of the six by a page: where it stands, and the act that the table wants for it. */
  const OFFERED = [
    { act: 'categorise', path: '/recordings/ID', tab: 'Category and hold', button: 'Put under this category' },
    { act: 'hold', path: '/recordings/ID', tab: 'Category and hold', button: 'Stop its deletion' },
    { act: 'keep-case', path: '/cases/CASE', tab: null, button: 'Add an exhibit' },
    { act: 'keep-case', path: '/cases/CASE', tab: 'People', button: 'Add a person' },
    { act: 'export', path: '/cases/CASE', tab: 'Give away', button: 'Make the package' },
    { act: 'share-link', path: '/cases/CASE', tab: 'Give away', button: 'Make a link' },
    { act: 'run-nightly', path: '/retention', tab: 'Runs and brake', button: 'Run now' },
  ] as const

  test.each(ROLES.filter(role => may({ roles: [role] }, 'see-work')))(
    'I-11 no page offers %s one of the six that the role does not reach, and each that it does is there',
    async role => {
      const { recording } = await dock(here.camera, { path: `DCIM/${role}.webm`, bytes: randomBytes(3000) })
      const id = await caseWith(here.clerk, [recording], `K 42/26 ${role}`)
      await personIn(here.clerk, `One ${role}`, role)
      // Whoever works on cases sees what is in those that they are on.
      const on = { person: `One ${role}`, duty: 'investigates', until: '2098-01-01' }
      await get(here.clerk, 'POST', `/api/cases/${id}/people`, on)
      const { page, close } = await seatOf(`One ${role}`)
      const seen = watched(page)
      const odd: object[] = []
      for (const { act, path, tab, button } of OFFERED) {
        await open(page, path.replace('ID', recording).replace('CASE', id))
        await settled(seen)
        const side = page.getByRole('tab', { name: tab ?? 'nothing', exact: true })
        if ((await side.count()) > 0) await side.click()
        await settled(seen)
        const found = page.getByRole('button', { name: button, exact: true })
        const granted = may({ roles: [role] }, act)
        if (granted) await found.waitFor({ timeout: 10_000 }).catch(() => null)
        if ((await found.count()) > 0 !== granted) odd.push({ act, button, granted })
      }
      expect(odd).toEqual([])
      await close()
    },
  )

  test('I-11 no page asks for what erases one recording at somebody’s wish, or takes from how long it lives', () => {
    const called = globSync('**/*.{ts,tsx}', { cwd: web }).flatMap(file =>
      [...readFileSync(join(web, file), 'utf8').matchAll(/vidne\.(\w+\.\w+)/g)].map(([, name]) => name ?? ''),
    )
    expect(called).toContain('recordings.categorise')
    const erasing = ['recordings.deleteEarly', 'recordings.downgrade', 'recordings.decide']
    // Each of them takes a second person, who is asked on the page of approvals; none is begun from a page.
    expect(erasing.filter(name => called.includes(name))).toEqual([])
  })
})
