import { fixture } from '@vidne/media/fixtures'
import { gpmfPayload, madeWay, nmeaSample, withTrack } from '@vidne/media/made-telemetry'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { browserMissing, openBrowser } from '../browser.ts'
import { type GroundKind, groundFor, groundKinds } from '../grounds.ts'
import { type Asked, dock, get, listed, personIn, until } from '../guarantees/asking.ts'
import { type Inside, inside } from '../guarantees/inside.ts'
import { axeOn, fits, visit } from './desk.ts'

const film = fixture('plain.mp4')
/** Ten minutes to the northeast: some 38 km; the film's own header names the place where it begins. */
const way = madeWay(600)
const heading = {
  en: 'Where the camera went',
  da: 'Hvor kameraet bevægede sig hen',
  sv: 'Var kameran rörde sig',
  de: 'Wo die Kamera war',
}

describe.skipIf(leftOut('ways of cameras on the desk', browserMissing())).each(groundKinds)(
  'ways of cameras on the desk (%s)',
  kind => {
    let here: Inside
    let ground: Awaited<ReturnType<typeof groundFor>>
    let browser: Browser
    let sergeant: Asked
    let went: string
    let stayed: string

    beforeAll(async () => {
      ;[ground, browser] = await Promise.all([groundFor(kind as GroundKind), openBrowser()])
      const { database, objects } = ground
      here = await inside({ database, ...(objects === undefined ? {} : { objects }) })
      sergeant = await personIn(here.clerk, 'Sgt. Gray', 'supervisor')
      const moving = withTrack(
        film,
        'gpmd',
        way.map(point => gpmfPayload(point)),
      )
      const near = withTrack(
        film,
        'tx3g',
        way.slice(0, 20).map(point => nmeaSample(point)),
      )
      went = (await dock(here.camera, { path: 'DCIM/1.MP4', bytes: moving, camera: 'BC-1', wearer: 'PC Berg' }))
        .recording
      stayed = (await dock(here.camera, { path: 'DCIM/2.MP4', bytes: near, camera: 'BC-2', wearer: 'PC Ek' })).recording
      await until('all was read', async () => {
        await here.house.dock.readMedia()
        return (await listed(here.clerk)).every(({ parsable }) => parsable === true)
      })
    })
    afterAll(async () => {
      await browser?.close()
      await here?.close()
      await ground?.remove()
    })

    test('what a file says of them is sealed with its source, and told to whoever may see the recording', async () => {
      const events = await here.ground.database.asAgency(here.agency, trx => here.ground.history.of(trx, went))
      const indexed = events.find(({ core }) => core.type === 'indexed')
      const facts = indexed?.fields.find(({ name }) => name === 'facts')?.value as { name: string; source: string }[]
      expect(facts.find(({ name }) => name === 'track')).toMatchObject({ source: 'track 9 gpmd' })
      const account = await get<{ track: object }>(sergeant, 'GET', `/api/recordings/${went}/account`)
      expect(account.track).toMatchObject({
        from: new Date(way[0]?.at ?? 0).toISOString(),
        until: new Date(way.at(-1)?.at ?? 0).toISOString(),
        parser: 'vidne telemetry 1',
      })
    })

    test('a recording is found by any place its camera came through, and by none that only lies between', async () => {
      const { latitude, longitude } = way[400] ?? { latitude: 0, longitude: 0 }
      const around = (north: number, east: number) =>
        [north - 0.001, east - 0.001, north + 0.001, east + 0.001].map(one => one.toFixed(5)).join(',')
      const found = async (area: string) =>
        (await get<{ ids: string[] }>(sergeant, 'GET', `/api/listing/ids?area=${area}`)).ids.toSorted()
      expect(await found(around(latitude, longitude))).toEqual([went])
      // Within what the way lies in, and not on it.
      expect(await found(around(latitude, longitude - 0.1))).toEqual([])
      expect(await found(around(way[10]?.latitude ?? 0, way[10]?.longitude ?? 0))).toEqual([went, stayed].toSorted())
    })

    test.each(['en', 'da', 'sv', 'de'] as const)(
      'is drawn and told on the page of the recording: %s',
      async language => {
        const [width, scheme] =
          language === 'da' || language === 'de' ? ([360, 'dark'] as const) : ([1280, 'light'] as const)
        const { page, faults, close } = await visit(browser, { token: sergeant.token ?? '', language, width, scheme })
        await page.goto(`${here.clerk.url}/recordings/${went}`)
        const section = page.getByRole('region', { name: heading[language] })
        await section.waitFor()
        expect(await section.getByRole('img').getAttribute('aria-label')).toMatch(/38[.,]\d+ km/)
        const words = (await section.textContent()) ?? ''
        expect(words).toContain(language === 'en' ? '55.67600' : '55,67600')
        expect(words).toContain(language === 'en' ? '55.97550' : '55,97550')
        expect(await section.locator('time').count()).toBe(2)
        expect((await section.locator('polyline').getAttribute('points'))?.split(' ')).toHaveLength(600)
        await fits(page)
        await expect.poll(() => axeOn(page)).toEqual([])
        expect(faults).toEqual([])
        await close()
      },
    )

    test('are lines on the map of the list, with their lengths in its table; narrowing leaves those that came through', async () => {
      const { page, faults, close } = await visit(browser, { token: sergeant.token ?? '' })
      await page.goto(`${here.clerk.url}/recordings?view=map`)
      await page.getByRole('region', { name: 'Map of 2 places' }).waitFor()
      await expect.poll(() => page.locator('.map polyline.way').count()).toBe(2)
      await page.getByText('Solid lines are ways of cameras').waitFor()
      expect(await page.getByRole('table').textContent()).toMatch(/38\.\d+ km/)
      await expect.poll(() => axeOn(page)).toEqual([])
      await page.goto(`${here.clerk.url}/recordings?view=map&area=55.95,12.8,56.1,13`)
      await expect.poll(() => page.locator('.map polyline.way').count()).toBe(1)
      expect(faults).toEqual([])
      await close()
    })
  },
)
