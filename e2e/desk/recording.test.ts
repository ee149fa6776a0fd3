import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFootage, missingPrograms } from '@vidne/media/fixtures'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { browserMissing, openBrowser } from '../browser.ts'
import { type Asked, ask, dock, get, listed, personIn, until } from '../guarantees/asking.ts'
import { type GroundKind, groundFor, groundKinds } from '../grounds.ts'
import { type Installation, found } from '../installation.ts'
import { type Visit, axeOn, fits, visit } from './desk.ts'

const H264 = ['-c:v', 'libx264', '-bf', '2', '-c:a', 'aac']
const missing = browserMissing() ?? missingPrograms('ffmpeg')

type Place = { here: Installation; operator: Asked; camera: Asked; ground: Awaited<ReturnType<typeof groundFor>> }

async function place(pack: string, kind: GroundKind = 'embedded'): Promise<Place> {
  const ground = await groundFor(kind)
  const here = await found(pack, ground)
  const as = (token: string): Asked => ({ url: here.url, token })
  return { here, ground, operator: as(here.operatorToken), camera: as(here.deviceToken) }
}

async function leave(at: Place | undefined): Promise<void> {
  await at?.here.stop()
  await at?.ground.remove()
  if (at) await rm(dirname(at.here.data), { recursive: true })
}

/** Docks a clip, and waits until its media has been read, whatever came of that. */
async function docked(
  { camera, operator }: Place,
  path: string,
  bytes: Uint8Array,
  wearer = 'Anna Berg',
): Promise<string> {
  const { recording } = await dock(camera, { path, bytes, wearer, camera: 'BC-7' })
  await until('its media was read', async () =>
    (await listed(operator)).some(({ id, parsable }) => id === recording && parsable !== null),
  )
  return recording
}

/** Somebody at the page of a recording, in a browser of their own. */
async function at(
  browser: Browser,
  who: Asked,
  recording: string,
  wish: Parameters<typeof visit>[1] = {},
): Promise<Visit> {
  const visited = await visit(browser, { ...wish, ...(who.token === null ? {} : { token: who.token }) })
  await visited.page.goto(`${who.url}/recordings/${recording}`)
  await visited.page.getByRole('heading', { level: 1 }).waitFor()
  return visited
}

/** Says what for, with a case number. */
async function look(page: Page, purpose: RegExp, number = '0100-12/26'): Promise<void> {
  await page.getByRole('button', { name: 'Look at the footage …' }).click()
  await page.getByRole('radio', { name: purpose }).check({ force: true })
  await page.getByRole('textbox', { name: /^Case number/ }).fill(number)
  await page.getByRole('button', { name: /^(Look at the footage|Ask a second person)$/ }).click()
}

const secondsOf = (page: Page) => page.evaluate<number>(`document.querySelector('video').currentTime`)

/** It plays: the picture has a size, and its time goes on. */
async function plays(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await expect.poll(() => page.evaluate(`document.querySelector('video').videoWidth`)).toBeGreaterThan(0)
  const before = await secondsOf(page)
  await expect.poll(() => secondsOf(page)).toBeGreaterThan(before + 0.2)
}

const placeOf = (page: Page) => page.locator('.place').textContent()

describe.skipIf(leftOut('one recording at the desk', missing)).each(groundKinds)(
  'at a public-order office on %s',
  kind => {
    let office: Place
    let browser: Browser
    let recording: string
    let clerk: Asked
    let supervisor: Asked
    let wearer: Asked
    beforeAll(async () => {
      ;[office, browser] = await Promise.all([place('de-nrw-oa', kind), openBrowser()])
      ;[clerk, supervisor, wearer] = await Promise.all([
        personIn(office.operator, 'Klara Holm', 'evidence-clerk'),
        personIn(office.operator, 'Sven Dahl', 'supervisor'),
        personIn(office.operator, 'Anna Berg', 'wearer'),
      ])
      recording = await docked(office, 'DCIM/1.mp4', makeFootage('1.mp4', H264))
    })
    afterAll(async () => {
      await browser?.close()
      await leave(office)
    })

    test('S5-16 wearer and supervisor are told that nothing opens for them, and are offered no way', async () => {
      for (const who of [wearer, supervisor]) {
        const { page, faults, close } = await at(browser, who, recording)
        await page.getByText('opens this footage to nobody with your roles').waitFor()
        expect(await page.getByRole('button', { name: /Look at the footage/ }).count()).toBe(0)
        expect(await page.locator('video').count()).toBe(0)
        expect(faults).toEqual([])
        await close()
      }
    })

    test('S5-16 with the keyboard alone: a case number and a second person, who answers in a browser of their own, before the first picture', async () => {
      const { page, faults, close } = await at(browser, clerk, recording)
      const footage: string[] = []
      page.on('request', request => request.url().includes('/media/') && footage.push(request.url()))
      await page.getByRole('button', { name: 'Look at the footage …' }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('radio', { name: 'prosecuting an offence' }).focus()
      await page.keyboard.press('Space')
      await page.getByText('A second person has to agree before the first picture').waitFor()
      expect(await axeOn(page)).toEqual([])
      await page.getByRole('textbox', { name: 'Case number' }).focus()
      await page.keyboard.press('Enter')
      await page.getByText('wants a case number for this').waitFor()
      await page.keyboard.type('Js 41/26')
      await page.keyboard.press('Enter')
      await page.getByText('A second person has been asked').waitFor()
      expect(footage).toEqual([])

      const second = await visit(browser, { token: supervisor.token ?? '' })
      await second.page.goto(`${supervisor.url}/approvals`)
      await second.page.getByRole('region', { name: 'For you to answer' }).getByText('Js 41/26').waitFor()
      await second.page.getByRole('button', { name: /^Confirm:/ }).click()
      await second.page.getByRole('dialog').getByRole('button', { name: 'Confirm', exact: true }).click()
      await page.getByText('Sven Dahl has agreed').waitFor()
      await second.close()

      const open = page.getByRole('button', { name: 'Look at the footage', exact: true })
      await open.waitFor()
      expect(footage).toEqual([])
      await open.focus()
      await page.keyboard.press('Enter')
      // The button that was pressed is gone; the keys are the player's at once.
      await page.getByRole('button', { name: 'Play', exact: true }).waitFor()
      await page.keyboard.press('l')
      await expect.poll(() => secondsOf(page)).toBeGreaterThan(0.2)
      await expect.poll(() => page.locator('.watermark').textContent()).toContain('Klara Holm')
      await page.keyboard.press('k')
      await expect.poll(() => page.evaluate(`document.querySelector('video').paused`)).toBe(true)

      await page.getByRole('tab', { name: 'Who has seen it' }).focus()
      await page.keyboard.press('Enter')
      await page.getByRole('cell', { name: 'Js 41/26' }).waitFor()
      await expect.poll(() => axeOn(page)).toEqual([])
      expect(faults).toEqual([])
      await close()
    })

    test('a second person who says no is told of, with the reason, and nothing opens', async () => {
      const { page, close } = await at(browser, clerk, recording)
      await look(page, /answering an access request/, 'A 7')
      await page.getByText('A second person has been asked').waitFor()
      const [question] = await get<{ id: string }[]>(supervisor, 'GET', '/api/approvals')
      await get(supervisor, 'POST', `/api/approvals/${question?.id}/decline`, { reason: 'there is no such request' })
      await page.getByText('Sven Dahl has said no').waitFor()
      await page.getByText('there is no such request').waitFor()
      expect(await page.getByRole('button', { name: 'Look at the footage', exact: true }).count()).toBe(0)
      expect(await page.locator('video').count()).toBe(0)
      await close()
    })
  },
)

describe.skipIf(leftOut('one recording at the desk', missing))('at the schools', () => {
  test('S4-05 no purpose is attendance: the desk does not offer it, and who asks all the same is refused', async () => {
    const [school, browser] = await Promise.all([place('se-skola'), openBrowser()])
    try {
      const head = await personIn(school.operator, 'Rektor Lind', 'site-head')
      const recording = await docked(school, 'DCIM/1.mp4', makeFootage('1.mp4', H264))
      const closed = await at(browser, head, recording)
      await closed.page.getByText('opens footage only after an incident').waitFor()
      await closed.close()
      await get(head, 'POST', `/api/recordings/${recording}/hold`, { reason: 'a fire at the toilets' })
      const { page, close } = await at(browser, head, recording)
      await page.getByRole('button', { name: 'Look at the footage …' }).click()
      const offered = await page.getByRole('radiogroup').textContent()
      expect(offered).toContain('preventing and solving crime')
      expect(offered?.toLowerCase()).not.toContain('attendance')
      await close()
      const wish = await ask(head, 'POST', `/api/recordings/${recording}/views`, { purpose: 'attendance' })
      expect(wish).toMatchObject({ status: 403, said: { data: { because: 'unknown-purpose' } } })
    } finally {
      await browser.close()
      await leave(school)
    }
  })
})

describe.skipIf(leftOut('one recording at the desk', missing))('at the police', () => {
  let police: Place
  let browser: Browser
  let clerk: Asked
  beforeAll(async () => {
    ;[police, browser] = await Promise.all([place('dk-politi'), openBrowser()])
    clerk = await personIn(police.operator, 'Klara Holm', 'evidence-clerk')
  })
  afterAll(async () => {
    await browser?.close()
    await leave(police)
  })

  const INVESTIGATING = /investigating a case/

  async function opened(path: string, bytes: Uint8Array): Promise<Visit> {
    const recording = await docked(police, path, bytes)
    const visited = await at(browser, clerk, recording)
    await look(visited.page, INVESTIGATING)
    await visited.page.getByRole('group', { name: 'Player' }).waitFor()
    return visited
  }

  test('I-10 the address of somebody’s open footage is refused to everybody else, copied as it is', async () => {
    const { page, close } = await opened('DCIM/10.mp4', makeFootage('10.mp4', H264))
    await plays(page)
    const source = await page.evaluate<string>(`document.querySelector('video').src`)
    const other = await personIn(police.operator, 'Karl Berg', 'evidence-clerk')
    for (const visited of [await visit(browser, { token: other.token ?? '' }), await visit(browser)]) {
      const answer = await visited.page.goto(source)
      expect(answer?.status()).toBe(403)
      for (const part of ['strip.jpg', 'about.json', 'play.m3u8', 'copy.mp4'])
        expect((await visited.page.goto(source.replace('?', `/${part}?`)))?.status()).toBe(403)
      await visited.close()
    }
    // Reloading the page is no second view.
    const views = () => page.getByRole('row').count()
    await page.getByRole('tab', { name: 'Who has seen it' }).click()
    await expect.poll(views).toBe(2)
    await page.reload()
    await plays(page)
    await page.getByRole('tab', { name: 'Who has seen it' }).click()
    await expect.poll(views).toBe(2)
    await close()
  })

  test('I-10 the footage of a browser’s session is refused to another session, also of the same person', async () => {
    const recording = await docked(police, 'DCIM/19.mp4', makeFootage('19.mp4', H264))
    const session = async (): Promise<Visit> => {
      const visited = await visit(browser)
      await visited.page.goto(police.here.url)
      await visited.page.evaluate(`(async () => {
        const personas = await (await fetch('/api/sign-in/personas')).json()
        const { person } = personas.find(one => one.name === 'Klara Holm')
        const headers = { 'content-type': 'application/json' }
        await fetch('/api/sign-in/persona', { method: 'POST', headers, body: JSON.stringify({ person }) })
      })()`)
      await visited.page.goto(`${police.here.url}/recordings/${recording}`)
      return visited
    }
    const [one, other] = [await session(), await session()]
    await look(one.page, INVESTIGATING)
    await plays(one.page)
    const source = await one.page.evaluate<string>(`document.querySelector('video').src`)
    await other.page.getByRole('button', { name: 'Look at the footage …' }).waitFor()
    const asked = (page: Page) => page.evaluate<number>(`fetch('${source}').then(({ status }) => status)`)
    expect([await asked(one.page), await asked(other.page)]).toEqual([200, 403])
    expect([...one.faults, ...other.faults]).toEqual([])
    await one.close()
    await other.close()
  })

  test('moves by picture, by seconds and by speed, with an editor’s keys', async () => {
    const { page, faults, close } = await opened('DCIM/11.mp4', makeFootage('11.mp4', H264))
    await plays(page)
    await page.keyboard.press('k')
    await page.keyboard.press('Home')
    await expect.poll(() => placeOf(page)).toContain('0:00.0 /')
    // Fifteen pictures a second: three further on is a fifth of a second.
    for (let frame = 0; frame < 3; frame++) {
      const before = await secondsOf(page)
      await page.keyboard.press('.')
      await expect.poll(() => secondsOf(page)).toBeGreaterThan(before)
      await expect.poll(() => page.evaluate(`document.querySelector('video').seeking`)).toBe(false)
    }
    await expect.poll(() => placeOf(page)).toContain('0:00.2 /')
    await page.keyboard.press('i')
    await page.keyboard.press(',')
    await expect.poll(() => secondsOf(page)).toBeLessThan(0.2)
    await page.keyboard.press('l')
    await page.keyboard.press('l')
    await expect.poll(() => page.evaluate(`document.querySelector('video').playbackRate`)).toBe(1.5)
    await page.keyboard.press('k')
    await page.getByRole('combobox', { name: 'Speed' }).selectOption('0.25')
    await expect.poll(() => page.evaluate(`document.querySelector('video').playbackRate`)).toBe(0.25)
    await page.getByRole('slider', { name: 'Place in the recording' }).focus()
    await page.keyboard.press('End')
    await expect.poll(() => secondsOf(page)).toBeGreaterThan(2.5)
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await page.locator('.selected').count()).toBe(1)
    expect(faults).toEqual([])
    await close()
  })

  test('what was marked stands on its time, goes there with the keyboard, and a part is played by itself', async () => {
    const recording = await docked(police, 'DCIM/18.mp4', makeFootage('18.mp4', H264))
    const content = {
      kind: 'marker',
      from: 2000,
      until: null,
      sign: 'amber-diamond',
      words: 'a knife in the left hand',
    }
    await get(clerk, 'POST', `/api/recordings/${recording}/work`, { content })
    const { page, faults, close } = await at(browser, clerk, recording)
    await look(page, INVESTIGATING)
    const mark = page.getByRole('button', { name: 'a knife in the left hand, at 0:02.0' })
    await mark.focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => placeOf(page)).toContain('0:02.0 /')
    await page.keyboard.press('o')
    await page.keyboard.press('Home')
    await expect.poll(() => placeOf(page)).toContain('0:00.0 /')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => placeOf(page)).toContain('0:00.0 /')
    await page.keyboard.press('i')
    await page.getByText('Marked: 0:00.0 to 0:02.0').waitFor()
    await page.getByRole('button', { name: 'Play this part' }).click()
    await expect.poll(async () => (await secondsOf(page)) >= 2).toBe(true)
    await expect.poll(() => page.evaluate(`document.querySelector('video').paused`)).toBe(true)
    await expect.poll(() => axeOn(page)).toEqual([])
    expect(faults).toEqual([])
    await close()
  })

  test.each([
    ['an MKV, in segments', '12.mkv', H264, false],
    ['an MPEG transport stream, in segments', '13.ts', H264, false],
    [
      'H.265, as a marked viewing copy',
      '14.mp4',
      ['-c:v', 'libx265', '-tag:v', 'hvc1', '-x265-params', 'log-level=none', '-c:a', 'aac'],
      true,
    ],
    ['an AVI, as a marked viewing copy', '15.avi', ['-c:v', 'mpeg4', '-c:a', 'libmp3lame'], true],
  ])('plays what a browser cannot open by itself: %s', async (_, file, args, isCopy) => {
    const { page, faults, close } = await opened(`DCIM/${file}`, makeFootage(file, args))
    await plays(page)
    expect(await page.getByText('Viewing copy', { exact: true }).count()).toBe(isCopy ? 1 : 0)
    await page.keyboard.press('k')
    await page.getByRole('slider', { name: 'Place in the recording' }).fill('2')
    await expect.poll(() => placeOf(page)).toContain('0:02.0 /')
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await expect.poll(async () => (await placeOf(page))?.match(/0:02\.[1-9]/) !== null).toBe(true)
    expect(faults).toEqual([])
    await close()
  })

  test('says in a sentence where nothing can be shown, and that nothing is lost', async () => {
    const { page, close } = await opened('DCIM/16.mp4', randomBytes(40_000))
    await page.getByText('Nothing is lost: the recording is sealed as it came').waitFor()
    await close()
  })

  test('reads in four languages, light and dark, narrow and wide, without a fault', async () => {
    const recording = await docked(police, 'DCIM/17.mp4', makeFootage('17.mp4', H264))
    const opener = { en: /Look at/, da: /^Se på/, sv: /^Titta/, de: /ansehen/ } as const
    for (const [language, width, scheme] of [
      ['en', 1920, 'light'],
      ['da', 360, 'dark'],
      ['sv', 1280, 'dark'],
      ['de', 320, 'light'],
    ] as const) {
      const { page, faults, close } = await at(browser, clerk, recording, { language, width, scheme })
      await page.getByRole('button', { name: opener[language] }).click()
      await page.getByRole('radio').first().check({ force: true })
      await page.getByRole('textbox').fill('0100-12/26')
      expect({ language, axe: await axeOn(page) }).toEqual({ language, axe: [] })
      await page.keyboard.press('Enter')
      await page.locator('.player video').waitFor()
      await page.locator('.strip .tile').first().waitFor()
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click()
        await page.locator('.tab-panel .panel').waitFor()
        await expect.poll(() => axeOn(page)).toEqual([])
        await fits(page)
      }
      expect({ language, faults }).toEqual({ language, faults: [] })
      await close()
    }
  })
})
