import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../browser.ts'
import { insideOn } from '../grounds.ts'
import { agreedLink, caseWith } from '../case-asking.ts'
import { type Asked, dock, get, personIn } from '../guarantees/asking.ts'
import type { Inside } from '../guarantees/inside.ts'
import { axeOn, fits, onEachGround, visit } from './desk.ts'

const clip = readFileSync(join(import.meta.dirname, '../../media/fixtures/recorder.webm'))

onEachGround('cases on the desk', kind => {
  let here: Inside
  let browser: Browser
  let second: Asked
  let recording: string

  beforeAll(async () => {
    ;[here, browser] = await Promise.all([insideOn(kind), openBrowser()])
    second = await personIn(here.clerk, 'Sam Supervisor', 'supervisor')
    recording = (await dock(here.camera, { path: 'DCIM/1.webm', bytes: clip, camera: 'BC-7', wearer: 'PC 4711 Berg' }))
      .recording
  })
  afterAll(async () => {
    await browser?.close()
    await here?.close()
  })

  /** A page of somebody's, which has to be without fault when it is closed. */
  async function at(path: string, wish: Parameters<typeof visit>[1] & { as?: Asked | null } = {}) {
    const { as = here.clerk, ...rest } = wish
    const found = await visit(browser, { ...rest, ...(typeof as?.token === 'string' ? { token: as.token } : {}) })
    await found.page.goto(here.clerk.url + path)
    await found.page.getByRole('heading', { level: 1 }).waitFor()
    const leave = async () => {
      expect(found.faults).toEqual([])
      await found.close()
    }
    return { ...found, leave }
  }

  const save = (page: Page) => page.getByRole('button', { name: 'Save', exact: true }).click()

  test('a case is opened, filled and closed with the keyboard alone', async () => {
    const { page, leave } = await at('/cases')
    const typed = async (label: string, text: string) => {
      await page.getByLabel(label, { exact: false }).first().focus()
      await page.keyboard.type(text)
    }
    await page.getByRole('button', { name: 'Open a case' }).focus()
    await page.keyboard.press('Enter')
    await toFirstField(page)
    await page.keyboard.type('K 1/26')
    await page.keyboard.press('Tab')
    await page.keyboard.type('Burglary in Vestergade')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Case K 1/26' }).waitFor()
    await page.getByRole('button', { name: 'Add an exhibit' }).focus()
    await page.keyboard.press('Enter')
    await toFirstField(page)
    await page.keyboard.type(`${here.clerk.url}/recordings/${recording}`)
    const choice = page.getByRole('checkbox', { name: '1.webm' })
    await choice.focus()
    await page.keyboard.press('Space')
    await typed('Called', 'KB/1')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 3, name: 'KB/1' }).waitFor()
    await page.getByRole('tab', { name: 'Tasks and notes' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Add a task' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.type('Ask the kiosk for its clip')
    await page.keyboard.press('Enter')
    const task = page.getByRole('checkbox', { name: 'Ask the kiosk for its clip' })
    await task.focus()
    await page.keyboard.press('Space')
    await expect.poll(() => task.isChecked()).toBe(true)
    await page.getByRole('button', { name: 'Close the case' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByText('ends at once').waitFor()
    await toFirstField(page)
    await page.keyboard.type('dismissed')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Open the case again' }).waitFor()
    await sound(page)
    await leave()
  })

  test('S3-07 the label of an exhibit prints item id, hash, times and officer, with a code that says the same', async () => {
    const id = await caseWith(here.clerk, [recording], 'K 2/26')
    const { page, leave } = await at(`/cases/${id}/labels`)
    const label = page.getByRole('article', { name: 'Exhibit K 2/26/1' })
    await label.waitFor()
    const rows = await get<{ recordings: { id: string; sha256: string }[] }>(here.clerk, 'GET', '/api/recordings')
    const sha256 = rows.recordings.find(one => one.id === recording)?.sha256 ?? 'none'
    for (const text of [recording, sha256, 'PC 4711 Berg', 'BC-7', 'K 2/26'])
      expect(await label.textContent()).toContain(text)
    for (const name of ['Recorded', 'Received', 'Sealed']) expect(await label.textContent()).toContain(name)
    expect(await label.locator('time').count()).toBeGreaterThanOrEqual(2)
    await page.getByRole('img', { name: 'Code of exhibit K 2/26/1' }).waitFor()
    await page.emulateMedia({ media: 'print' })
    expect(await page.getByRole('button', { name: 'Print' }).isVisible()).toBe(false)
    expect(await label.isVisible()).toBe(true)
    await label.getByText('Rehearsal. Not evidence.').waitFor()
    await leave()
  })

  test('in two tabs that edit one note nobody loses a word', async () => {
    const one = await at(`/recordings/${recording}/work`)
    await one.page.getByRole('button', { name: 'Write a note' }).click()
    await one.page.getByLabel('Note').last().fill('He ran north.')
    await save(one.page)
    await one.page.getByText('He ran north.').waitFor()
    const two = await at(`/recordings/${recording}/work`, { as: second })
    for (const { page } of [one, two]) {
      const entry = page.getByRole('listitem').filter({ hasText: 'He ran north.' })
      await entry.getByRole('button', { name: 'Change' }).click()
    }
    await one.page.getByLabel('Note').last().fill('He ran south.')
    await save(one.page)
    await one.page.getByText('He ran south.').waitFor()
    await two.page.getByLabel('Note').last().fill('He ran west.')
    await save(two.page)
    const told = two.page.getByRole('status').filter({ hasText: 'Somebody else wrote meanwhile' })
    await told.waitFor()
    for (const text of ['He ran south.', 'He ran west.', 'Operator']) expect(await told.textContent()).toContain(text)
    await sound(two.page)
    await told.getByRole('button', { name: 'Save mine in its place' }).click()
    await two.page.getByRole('listitem').filter({ hasText: 'He ran west.' }).waitFor()
    await two.page.getByRole('button', { name: 'Earlier versions' }).click()
    const earlier = two.page.getByRole('dialog')
    for (const text of ['He ran south.', 'He ran north.']) await earlier.getByText(text).waitFor()
    await two.page.keyboard.press('Escape')
    await one.page.getByText('He ran west.').waitFor({ timeout: 30_000 })
    const entryIn = (page: Page, words: string) => page.getByRole('listitem').filter({ hasText: words })
    await entryIn(two.page, 'He ran west.').getByRole('button', { name: 'Change' }).click()
    await entryIn(one.page, 'He ran west.').getByRole('button', { name: 'Take away' }).click()
    await two.page.getByLabel('Note').last().fill('He ran east.')
    await save(two.page)
    await entryIn(two.page, 'He ran east.').waitFor()
    await one.page.getByRole('dialog').getByRole('button', { name: 'Take away' }).click()
    await one.page.getByRole('status').filter({ hasText: 'It was not taken away' }).waitFor()
    await entryIn(one.page, 'He ran east.').waitFor()
    await one.leave()
    await two.leave()
  })

  test('markers, a transcript and an incident are written at their place in the footage', async () => {
    const { page, leave } = await at(`/recordings/${recording}/work`)
    await page.getByRole('tab', { name: 'Markers' }).click()
    await page.getByRole('button', { name: 'Set a marker' }).click()
    await save(page)
    await page.getByText('Fill this in.').waitFor()
    await page.getByLabel('From').fill('00:61')
    await page.getByText('Write it as minutes and seconds').waitFor()
    await page.getByLabel('From').fill('01:05')
    await page.getByLabel('What is there').fill('the knife')
    await save(page)
    await page
      .getByRole('listitem')
      .filter({ hasText: 'the knife' })
      .getByRole('img', { name: 'Red triangle' })
      .waitFor()
    await page.getByRole('tab', { name: 'Transcript' }).click()
    for (const [place, words] of [
      ['00:30', 'Second.'],
      ['00:10', 'First.'],
    ] as const) {
      await page.getByRole('button', { name: 'Write a line' }).click()
      await page.getByLabel('From').fill(place)
      await page.getByLabel('What is said').fill(words)
      await save(page)
      await page.getByText(words).waitFor()
    }
    const lines = page.getByRole('tabpanel').getByRole('listitem')
    await expect.poll(() => lines.allTextContents()).toHaveLength(2)
    expect((await lines.allTextContents()).map(text => /First|Second/.exec(text)?.[0])).toEqual(['First', 'Second'])
    await sound(page)
    await leave()
  })

  test('I-20 a link is made, shown once, agreed to and revoked; its page plays under the name of its recipient, tells the history and offers the package', async () => {
    const id = await caseWith(here.clerk, [recording], 'K 3/26')
    const { page, leave } = await at(`/cases/${id}`)
    await page.getByRole('tab', { name: 'Give away' }).click()
    await page.getByRole('button', { name: 'Make a link' }).click()
    await page.getByLabel('For whom').fill('Advokat Pia Holm')
    await page.getByRole('dialog').getByRole('button', { name: 'Make a link' }).click()
    const address = page.getByLabel('Address of the link')
    await address.waitFor()
    await page.getByText('It opens when a second person has agreed').waitFor()
    const url = await address.inputValue()
    const secret = url.split('.').at(-1) ?? ''
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText('Waits for a second person').waitFor()
    expect(await page.content()).not.toContain(secret)
    const [question] = await get<{ id: string }[]>(second, 'GET', '/api/approvals')
    await get(second, 'POST', `/api/approvals/${question?.id}/approve`)

    const outside = await at(new URL(url).pathname + new URL(url).hash, { as: null })
    await outside.page.getByRole('button', { name: 'Open the link' }).click()
    await outside.page.getByText('Advokat Pia Holm').first().waitFor()
    expect(outside.page.url()).not.toContain(secret)
    await outside.page.getByRole('button', { name: 'Play' }).click()
    const video = outside.page.locator('video')
    await video.waitFor()
    await expect.poll(() => video.evaluate((one: HTMLVideoElement) => one.videoWidth)).toBeGreaterThan(0)
    expect(await outside.page.locator('.watermark').textContent()).toMatch(/Advokat Pia Holm .*20\d\d/)
    // The agency's zone, wherever the reader sits.
    expect(await outside.page.textContent('main')).toMatch(/GMT|BST/)
    await outside.page.getByText('What has happened to it').click()
    await outside.page.getByRole('heading', { name: 'Link opened' }).waitFor()
    expect(await outside.page.textContent('main')).toContain('Get the verifier from someone other than Prøvekommunen')
    const coming = outside.page.waitForEvent('download')
    await outside.page.getByRole('button', { name: 'Package of K 3/26/1' }).click()
    await outside.page.getByRole('link', { name: /^Download/ }).click()
    expect((await coming).suggestedFilename()).toMatch(/\.zip$/)
    await sound(outside.page)
    await fits(outside.page)
    // The same browser comes back by the address that is left, and uses up nothing.
    await outside.page.reload()
    await outside.page.getByText('Openings left').waitFor()
    expect(await outside.page.textContent('main')).toContain('2')

    await page.getByRole('button', { name: 'Revoke Advokat Pia Holm' }).click()
    await page.getByLabel('Reason').fill('sent to the wrong person')
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('Revoked', { exact: true }).waitFor()
    await outside.page.reload()
    await outside.page.getByText('The agency has revoked this link').waitFor()
    await outside.leave()
    await leave()
  })

  test('a link that is used up, or not whole, says so in the language of the reader', async () => {
    const id = await caseWith(here.clerk, [recording], 'K 4/26')
    const made = await agreedLink(here.clerk, second, id, { openings: 1 })
    const first = await at(made.address, { as: null, language: 'da' })
    await first.page.getByRole('button', { name: 'Åbn linket' }).click()
    await first.page.getByText('Åbninger tilbage').waitFor()
    const late = await at(made.address, { as: null, language: 'sv', width: 360 })
    await late.page.getByRole('button', { name: 'Öppna länken' }).click()
    await late.page.getByText('öppnats så många gånger').waitFor()
    await fits(late.page)
    await sound(late.page)
    const half = await at('/shared#abc', { as: null, language: 'de' })
    await half.page.getByText('Dieser Link ist nicht vollständig').waitFor()
    for (const one of [first, late, half]) await one.leave()
  })

  // How it looks does not depend on where it is kept.
  test.each(kind === 'embedded' ? ['en', 'da', 'sv', 'de'] : [])(
    'every page fits 360 pixels and has no fault for who cannot see: %s',
    async language => {
      const id = await caseWith(here.clerk, [recording], `K ${language}/26`)
      await get(here.clerk, 'POST', `/api/cases/${id}/people`, {
        person: 'Sam Supervisor',
        duty: 'lead',
        until: '2098-01-01',
      })
      const link = await agreedLink(here.clerk, second, id)
      const pages = ['/cases', `/cases/${id}`, `/cases/${id}/labels`, `/recordings/${recording}/work`]
      for (const [width, scheme] of [
        [360, 'light'],
        [1024, 'dark'],
      ] as const) {
        for (const path of pages) {
          const { page, leave } = await at(path, { language, width, scheme })
          const tabs = page.getByRole('tab')
          for (let side = 0; side < Math.max(1, await tabs.count()); side++) {
            if ((await tabs.count()) > 0) await tabs.nth(side).click()
            await page.getByText(/…$/).first().waitFor({ state: 'hidden' })
            await fits(page)
            await sound(page)
            await shot(
              page,
              `${language}-${width}-${path.replaceAll(/[0-9a-f]{8}-[0-9a-f-]+/g, 'id').replaceAll('/', '_')}-${side}`,
            )
          }
          await leave()
        }
        const shared = await at(link.address, { as: null, language, width, scheme })
        await fits(shared.page)
        await shared.page.getByRole('main').getByRole('button').first().click()
        await shared.page.locator('details').waitFor()
        await fits(shared.page)
        await sound(shared.page)
        await shot(shared.page, `${language}-${width}-shared`)
        await shared.leave()
      }
    },
  )
})

/** Where one types in a dialog that has just opened: the focus is in it by itself, on the dialog or on its first field. */
async function toFirstField(page: Page): Promise<void> {
  const focused = (what: string) => page.evaluate<boolean>(`document.activeElement?.matches('${what}') === true`)
  await expect.poll(() => focused('[role=dialog], [role=dialog] *')).toBe(true)
  // The dialog may still be coming in, and takes the focus once more then.
  await expect
    .poll(async () => {
      if (!(await focused('[role=dialog] :is(input, textarea)'))) await page.keyboard.press('Tab')
      return focused('[role=dialog] :is(input, textarea)')
    })
    .toBe(true)
}

/** Without fault for who cannot see, once what was announced of a button that is gone has passed. */
async function sound(page: Page): Promise<void> {
  await expect.poll(() => axeOn(page), { interval: 1000 }).toEqual([])
}

/** Pictures to be looked at, where somebody asks for them. */
async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS']
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true })
}
