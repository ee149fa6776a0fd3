import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import da from '../../locales/desk/approvals/da.json' with { type: 'json' }
import de from '../../locales/desk/approvals/de.json' with { type: 'json' }
import en from '../../locales/desk/approvals/en.json' with { type: 'json' }
import { openBrowser } from '../browser.ts'
import { foundOn } from '../grounds.ts'
import { type Asked, dock, get, personIn } from '../guarantees/asking.ts'
import { axeOn, fits, onEachGround, visit } from './desk.ts'
import { tabTo } from './keyboard.ts'

onEachGround('the approvals of the desk', kind => {
  let here: Awaited<ReturnType<typeof foundOn>>
  let browser: Browser
  let clerk: Asked
  let second: Asked
  let recording: string
  let docked = 0
  beforeAll(async () => {
    ;[here, browser] = await Promise.all([foundOn(kind, 'de-nrw-oa'), openBrowser()])
    clerk = { url: here.url, token: here.operatorToken }
    second = await personIn(clerk, 'Second Person', 'supervisor')
  })
  afterAll(async () => {
    await browser?.close()
    await here?.leave()
  })
  // Each story has a recording of its own, and one question about it.
  beforeEach(async () => {
    const bytes = Buffer.from(`footage ${docked++}`)
    const device = { url: here.url, token: here.deviceToken }
    ;({ recording } = await dock(device, { path: `${docked}.mp4`, bytes, camera: 'C-1' }))
    await get(clerk, 'POST', `/api/recordings/${recording}/hold`, { reason: 'a complaint came in' })
    await get(clerk, 'POST', `/api/recordings/${recording}/release`, { reason: 'the complaint was withdrawn' })
  })
  afterEach(async () => {
    for (const { id } of await get<{ id: string }[]>(clerk, 'GET', '/api/approvals'))
      await get(clerk, 'POST', `/api/approvals/${id}/withdraw`)
  })
  const open = async (who: Asked, wish: Parameters<typeof visit>[1] = {}) => {
    const seen = await visit(browser, { ...wish, ...(who.token === null ? {} : { token: who.token }) })
    await seen.page.goto(`${here.url}/approvals`)
    return seen
  }
  const held = async () =>
    (await get<{ recording: string }[]>(clerk, 'GET', '/api/holds')).some(one => one.recording === recording)

  test('asked by one, confirmed by another on a device of their own, by the keyboard alone', async () => {
    const [asking, answering] = await Promise.all([open(clerk), open(second)])
    const mine = asking.page.getByRole('region', { name: en.asked })
    await mine.getByText('the complaint was withdrawn').waitFor()
    expect(await asking.page.getByRole('button', { name: /^Confirm/ }).count()).toBe(0)

    const theirs = answering.page.getByRole('region', { name: en.yours })
    await theirs.getByText('the complaint was withdrawn').waitFor()
    // By what tells it from another, not by an id alone.
    const about = theirs.getByRole('link', { name: / · C-1/ })
    expect(await about.getAttribute('href')).toBe(`/recordings/${recording}`)
    for (const words of [en.will['hold-release'], 'the hold stays', en.facts.deadline, 'Operator'])
      expect(await theirs.innerText()).toContain(words)
    expect(await axeOn(answering.page)).toEqual([])
    await tabTo(answering.page, /^Confirm:/)
    await answering.page.keyboard.press('Enter')
    const dialog = answering.page.getByRole('dialog', { name: en.confirmTitle })
    await dialog.getByText(en.last).waitFor()
    expect(await axeOn(answering.page)).toEqual([])
    await tabTo(answering.page, en.confirm)
    await answering.page.keyboard.press('Enter')
    await answering.page.getByText(en.done.confirmed).waitFor()
    expect(await held()).toBe(false)

    // The asker's page was not touched, and tells it by itself.
    await asking.page.getByRole('region', { name: en.ended }).getByText(en.state.done).first().waitFor()
    expect([...asking.faults, ...answering.faults]).toEqual([])
    await Promise.all([asking.close(), answering.close()])
  })

  test('declined with a reason that the asker reads; without one nothing is sent', async () => {
    const answering = await open(second, { language: 'de', width: 360, scheme: 'dark' })
    await answering.page.getByRole('button', { name: new RegExp(`^${de.decline}:`) }).click()
    const dialog = answering.page.getByRole('dialog', { name: de.declineTitle })
    await dialog.getByRole('button', { name: de.decline }).click()
    await dialog.locator('.error').getByText(de.whyHint).waitFor()
    expect(await axeOn(answering.page)).toEqual([])
    await fits(answering.page)
    await dialog.getByLabel(de.why).fill('Die Beschwerde läuft noch.')
    await dialog.getByRole('button', { name: de.decline }).click()
    await answering.page.getByText(de.done.declined).waitFor()
    expect(await axeOn(answering.page)).toEqual([])
    await fits(answering.page)
    expect(await held()).toBe(true)

    const asking = await open(clerk, { language: 'da' })
    const ended = asking.page.getByRole('region', { name: da.ended })
    await ended.getByText('Die Beschwerde läuft noch.').waitFor()
    expect(await ended.innerText()).toContain(da.state.declined)
    expect([...asking.faults, ...answering.faults]).toEqual([])
    await Promise.all([asking.close(), answering.close()])
  })

  test('taken back by whoever asked, at 360 px', async () => {
    const asking = await open(clerk, { width: 360 })
    await asking.page.getByRole('button', { name: /^Take back:/ }).click()
    await asking.page.getByRole('dialog').getByRole('button', { name: en.withdraw }).click()
    await asking.page.getByText(en.done.withdrawn).waitFor()
    await fits(asking.page)
    expect(await axeOn(asking.page)).toEqual([])
    expect(await get<unknown[]>(second, 'GET', '/api/approvals')).toEqual([])
    expect(asking.faults).toEqual([])
    await asking.close()
  })

  test('what was answered meanwhile on another device is told in words, in the language of the desk', async () => {
    const answering = await open(second, { language: 'da' })
    await answering.page.getByRole('button', { name: new RegExp(`^${da.confirm}:`) }).click()
    const [question] = await get<{ id: string }[]>(clerk, 'GET', '/api/approvals')
    // Held back, so that the page does not find out by itself before the button is pressed.
    await answering.page.route('**/api/approvals', route =>
      route.request().method() === 'GET' ? undefined : route.continue(),
    )
    await get(clerk, 'POST', `/api/approvals/${question?.id ?? ''}/withdraw`)
    await answering.page.getByRole('dialog').getByRole('button', { name: da.confirm, exact: true }).click()
    await answering.page.getByText('Dette er allerede besvaret.').waitFor()
    await answering.close()
  })
})
