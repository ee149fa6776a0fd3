import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import approvals from '../../locales/desk/approvals/en.json' with { type: 'json' }
import de from '../../locales/desk/today/de.json' with { type: 'json' }
import en from '../../locales/desk/today/en.json' with { type: 'json' }
import { filesIn, unpacked, verify } from '../guarantees/packages.ts'
import { openBrowser } from '../browser.ts'
import { foundOn } from '../grounds.ts'
import { type Asked, dock, get, personIn } from '../guarantees/asking.ts'
import { axeOn, fits, onEachGround, visit } from './desk.ts'
import { tabTo } from './keyboard.ts'

const HOUR = 3_600_000
const ago = (hours: number) => new Date(Date.now() - hours * HOUR).toISOString()

onEachGround('today on the desk', kind => {
  let here: Awaited<ReturnType<typeof foundOn>>
  let school: Awaited<ReturnType<typeof foundOn>>
  let browser: Browser
  let clerk: Asked
  let wearer: Asked
  let sergeant: Asked
  let recording: string
  beforeAll(async () => {
    ;[here, school, browser] = await Promise.all([foundOn(kind, 'de-nrw-oa'), foundOn(kind, 'se-skola'), openBrowser()])
    clerk = { url: here.url, token: here.operatorToken }
    wearer = await personIn(clerk, 'Bo Holm', 'wearer')
    sergeant = await personIn(clerk, 'Ida Lund', 'supervisor')
    const commander = await personIn(clerk, 'Eva Dahl', 'commander')
    const device = { url: here.url, token: here.deviceToken }
    ;({ recording } = await dock(device, {
      path: '1.mp4',
      bytes: Buffer.from('one'),
      camera: 'C-1',
      wearer: 'Bo Holm',
    }))
    const [task] = await get<{ task: string }[]>(commander, 'GET', '/api/task-types')
    const over = { from: ago(9), until: ago(1), orderedBy: 'Eva Dahl' }
    const participants = [{ wearer: 'Bo Holm', camera: 'C-2' }]
    await get(commander, 'POST', '/api/operations', { title: 'Night watch', task: task?.task, ...over, participants })
    const stage = { reached: 1, wanted: 3 }
    await get(wearer, 'POST', '/api/situations', { recording, wearer: 'Bo Holm', at: ago(0), running: true, stage })
  })
  afterAll(async () => {
    await browser?.close()
    for (const one of [here, school]) await one?.leave()
  })
  const visited = async (who: Asked, path: string, wish: Parameters<typeof visit>[1] = {}) => {
    const seen = await visit(browser, { ...wish, ...(who.token === null ? {} : { token: who.token }) })
    await seen.page.goto(`${who.url}${path}`)
    return seen
  }

  test('nobody is shown anything before they are signed in, but the way in', async () => {
    const { page, faults, close } = await visited({ url: here.url, token: null }, '/today')
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).waitFor()
    expect(faults).toEqual([])
    await close()
  })

  test('a wearer finds their recordings without category, and gives the reason that is asked for', async () => {
    const { page, faults, close } = await visited(wearer, '/today', { width: 360 })
    const mine = page.getByRole('region', { name: en.mine.title })
    await mine.getByRole('row').filter({ hasText: 'C-1' }).waitFor()
    const missing = page.getByRole('region', { name: en.missing.title })
    await missing.getByText(en.kind['stage-skipped']).waitFor()
    expect(await axeOn(page)).toEqual([])
    await fits(page)
    await tabTo(page, en.missing.explain)
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByLabel(en.reason).waitFor()
    await tabTo(page, en.reason)
    await page.keyboard.type('The button on the sleeve was pressed.')
    await tabTo(page, en.missing.explain)
    await page.keyboard.press('Enter')
    await missing.getByText(en.missing.explained).waitFor()
    expect(await page.getByRole('region', { name: en.reviews.title }).count()).toBe(0)
    expect(faults).toEqual([])
    await close()
  })

  test('a sergeant sees which cameras are not in, and closes what was looked at with a reason', async () => {
    const { page, faults, close: leave } = await visited(sergeant, '/today')
    const out = page.getByRole('region', { name: en.cameras.title })
    await out.getByRole('row').filter({ hasText: 'C-2' }).filter({ hasText: 'Night watch' }).waitFor()
    const look = page.getByRole('region', { name: en.reviews.title })
    await look.getByText('The button on the sleeve was pressed.').first().waitFor()
    expect(await axeOn(page)).toEqual([])
    // One report can have to be looked at for more than one reason; each is closed by itself.
    const open = await get<object[]>(sergeant, 'GET', '/api/reviews')
    for (const left of open.map((_, at) => open.length - at)) {
      await expect.poll(() => look.getByRole('listitem').count()).toBe(left)
      const close = look.getByRole('button', { name: new RegExp(`^${en.reviews.close}`) })
      await close.first().click()
      await page.getByRole('dialog').getByLabel(en.reason).fill('Talked it over')
      await page.getByRole('dialog').getByRole('button', { name: en.reviews.close }).click()
    }
    await look.getByText(en.reviews.none).waitFor()
    const closed = await get<object[]>(sergeant, 'GET', '/api/reviews?state=closed')
    expect(closed).toEqual(
      open.map(() => expect.objectContaining({ closedBy: 'Ida Lund', closedBecause: 'Talked it over' })),
    )
    expect(await page.getByRole('region', { name: en.approvals.title }).innerText()).toContain(en.approvals.none)
    expect(faults).toEqual([])
    await leave()
  })

  test('a clerk finds requests, and the hold whose review is near, in German on a telephone', async () => {
    await get(clerk, 'POST', `/api/recordings/${recording}/hold`, {
      reason: 'asked for by a lawyer',
      kind: 'preservation',
      review: new Date(Date.now() + 72 * HOUR).toISOString().slice(0, 10),
    })
    const { page, faults, close } = await visited(clerk, '/today', { width: 360, language: 'de', scheme: 'dark' })
    await page.getByRole('region', { name: de.requests.title }).getByText('asked for by a lawyer').waitFor()
    const holds = page.getByRole('region', { name: de.hold.title })
    await holds.getByText('asked for by a lawyer').waitFor()
    await page.getByRole('region', { name: de.due.title }).waitFor()
    await page.getByRole('region', { name: de.system.title }).getByText(de.system.fine).waitFor()
    await fits(page)
    expect(await axeOn(page)).toEqual([])
    await holds.getByRole('button', { name: de.hold.still }).click()
    await page.getByRole('dialog').getByLabel(de.reason).fill('Das Verfahren läuft.')
    await page.getByRole('dialog').getByRole('button', { name: de.hold.still }).click()
    await holds.getByText(de.hold.none).waitFor()
    expect(faults).toEqual([])
    await close()
  })

  test('S4-05 something happened: time, camera, kept, second person, and a package that can be checked', async () => {
    const office = { url: school.url, token: school.operatorToken }
    const head = await personIn(office, 'Maja Ek', 'site-head')
    const second = await personIn(office, 'Per Alm', 'data-protection-officer')
    const device = { url: school.url, token: school.deviceToken }
    const bytes = Buffer.from('entrance')
    const docked = await dock(device, { path: '1.mp4', bytes, camera: 'Entrance' })
    const [mine, theirs] = await Promise.all([visited(head, '/today', { width: 360 }), visited(second, '/approvals')])
    const { page } = mine
    await page.getByRole('link', { name: en.happened.go }).click()
    await page.getByRole('heading', { level: 1, name: en.happened.title }).waitFor()
    await page.locator('.radio', { hasText: 'Entrance' }).click()
    await page.getByLabel(en.happened.what).fill('A window was broken')
    await page.getByRole('button', { name: en.happened.keepAct }).click()
    await page.getByText(en.happened.keptNow).waitFor()
    await page.getByLabel(en.happened.purpose).fill('Report to the police')
    await page.getByLabel(en.happened.recipient).fill('Polisområde Örebro')
    expect(await axeOn(page)).toEqual([])
    await fits(page)
    await page.getByRole('button', { name: en.happened.handAct }).click()
    await page.getByText(en.happened.waiting).waitFor()

    await theirs.page.getByText('Polisområde Örebro').waitFor()
    await theirs.page.getByRole('button', { name: /^Confirm:/ }).click()
    await theirs.page.getByRole('dialog').getByRole('button', { name: approvals.confirm }).click()
    await theirs.page.getByText(approvals.done.confirmed).waitFor()

    const link = page.getByRole('link', { name: en.happened.download })
    await link.waitFor({ timeout: 90_000 })
    expect(await axeOn(page)).toEqual([])
    const parcel = await page.request.get(school.url + ((await link.getAttribute('href')) ?? ''))
    expect(parcel.status()).toBe(200)
    const files = await filesIn(await parcel.body())
    expect(await verify(unpacked(files), '--trust', school.trust, '--rehearsal')).toMatchObject({ intact: true })
    expect((await get<{ recording: string }[]>(office, 'GET', '/api/holds'))[0]?.recording).toBe(docked.recording)
    expect([...mine.faults, ...theirs.faults]).toEqual([])
    await Promise.all([mine.close(), theirs.close()])
  })
})
