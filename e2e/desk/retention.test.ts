import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import de from '../../locales/desk/retention/de.json' with { type: 'json' }
import en from '../../locales/desk/retention/en.json' with { type: 'json' }
import { openBrowser } from '../browser.ts'
import { foundOn } from '../grounds.ts'
import { type Asked, dock, get, inDays, run } from '../guarantees/asking.ts'
import { filesIn, unpacked, verify } from '../guarantees/packages.ts'
import { axeOn, fits, onEachGround, visit } from './desk.ts'

onEachGround('retention on the desk', kind => {
  let here: Awaited<ReturnType<typeof foundOn>>
  let browser: Browser
  let clerk: Asked
  const recordings: string[] = []
  beforeAll(async () => {
    ;[here, browser] = await Promise.all([foundOn(kind, 'dk-politi'), openBrowser()])
    clerk = { url: here.url, token: here.operatorToken }
    const device = { url: here.url, token: here.deviceToken }
    for (const name of ['one', 'two', 'three']) {
      const docked = await dock(device, { path: `${name}.mp4`, bytes: Buffer.from(name), camera: 'C-1' })
      recordings.push(docked.recording)
    }
    await get(clerk, 'POST', `/api/recordings/${recordings[0]}/hold`, { reason: 'a complaint came in' })
  })
  afterAll(async () => {
    await browser?.close()
    await here?.leave()
  })
  const open = async (wish: Parameters<typeof visit>[1] = {}) => {
    const seen = await visit(browser, { ...wish, token: here.operatorToken })
    await seen.page.goto(`${here.url}/retention`)
    return seen
  }

  test('the calendar says what goes on which day, and what keeps which back', async () => {
    const { page, faults, close } = await open()
    await page.getByText('2 recordings go until then.').waitFor()
    const kept = page.getByRole('region', { name: en.blocked })
    await kept
      .getByRole('row')
      .filter({ hasText: recordings[0]!.slice(-8) })
      .filter({ hasText: en.because.held })
      .getByRole('link', { name: / · C-1/ })
      .waitFor()
    expect(await axeOn(page)).toEqual([])
    await page.getByRole('button', { name: new RegExp(en.span) }).click()
    await page.getByRole('option', { name: '7 days' }).click()
    await page.getByText('Nothing goes until then.').waitFor()
    expect(faults).toEqual([])
    await close()
  })

  test('a record is entered, and its minimum begins when the monitoring is said to have ended, in German on a telephone', async () => {
    const { page, faults, close } = await open({ language: 'de', width: 360, scheme: 'dark' })
    await page.getByRole('tab', { name: de.sides.records }).click()
    await page.getByText(de.records.none).waitFor()
    expect(await axeOn(page)).toEqual([])
    await fits(page)
    await page.getByLabel(de.records.ref).fill('Akte 7')
    await page.getByLabel(de.records.about).fill('Bahnhof')
    await page.getByRole('button', { name: de.records.enter }).click()
    // This policy has no minimum for such records, and says so in the language of the desk.
    await page.getByText('Die Regeln haben keine Regel für Unterlagen dieser Art.').waitFor()
    await fits(page)
    expect(faults).toEqual([])
    await close()
  })

  test('what was deleted stands there with a statement that can be checked, and so do the runs', async () => {
    await inDays(clerk, 40)
    for (let runs = 0; (await run(clerk)).deleted.length === 0 && runs < 3; runs++);
    const { page, faults, close } = await open({ width: 360 })
    await page.getByRole('tab', { name: en.sides.gone }).click()
    const gone = page.getByRole('row').filter({ hasText: recordings[1]!.slice(-8) })
    await gone.getByRole('button', { name: /Statement/ }).click()
    const link = gone.getByRole('link', { name: en.gone.download })
    await link.waitFor({ timeout: 90_000 })
    expect(await axeOn(page)).toEqual([])
    await fits(page)
    const statement = await page.request.get(here.url + ((await link.getAttribute('href')) ?? ''))
    const files = unpacked(await filesIn(await statement.body()))
    expect(await verify(files, '--trust', here.trust, '--rehearsal')).toMatchObject({ intact: true })
    await page.getByRole('tab', { name: en.sides.runs }).click()
    await page.getByRole('region', { name: en.runs.all }).getByText(en.runs.state.done).first().waitFor()
    expect(await axeOn(page)).toEqual([])
    await fits(page)
    expect(faults).toEqual([])
    await close()
  })
})
