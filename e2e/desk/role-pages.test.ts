// Each role, somebody without one, and nobody, at each page of the desk: what the navigation offers, what the typed address shows, and
// what the page asks the installation for. The pages are read from the routes, the roles and what they may from the access table.

import { randomBytes } from 'node:crypto'
import { may, ROLES, type Role } from '@vidne/server/people/people'
import { peopleTables } from '@vidne/server/people/store'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import words from '../../locales/desk/shell/en.json' with { type: 'json' }
import { ways } from '../../web/src/shell/navigation.ts'
import { browserMissing, openBrowser } from '../browser.ts'
import { caseWith } from '../case-asking.ts'
import { dock, get, personIn } from '../guarantees/asking.ts'
import { type Inside, inside } from '../guarantees/inside.ts'
import { visit } from './desk.ts'
import { type Route, routesOfDesk } from './routes.ts'
import { settled, type Watched, watched } from './watched.ts'

const routes = routesOfDesk()

/** `null`: nobody is signed in; `[]`: somebody is, who has no role. */
type Held = readonly Role[] | null

const isFor = (route: Route, held: Held): boolean => {
  if (route.for === 'anybody') return true
  if (held === null) return false
  return route.for === 'signed-in' || route.for.some(act => may({ roles: held }, act))
}

test('the navigation leads to pages, each once', () => {
  const paths = ways.map(way => way.to)
  expect(paths.filter(path => !routes.some(route => route.path === path))).toEqual([])
  expect(new Set(paths).size).toBe(paths.length)
})

describe.skipIf(leftOut('each role at each page', browserMissing()))('each role at each page of the desk', () => {
  let here: Inside
  let browser: Browser
  const ids: Record<string, string> = {}
  beforeAll(async () => {
    ;[here, browser] = await Promise.all([inside({ settings: { readMedia: false } }), openBrowser()])
    const recording = (await dock(here.camera, { path: 'DCIM/1.mp4', bytes: randomBytes(3000) })).recording
    ids['/recordings'] = recording
    ids['/cases'] = await caseWith(here.clerk, [recording], 'K 41/26')
    for (const role of ROLES) if (role !== 'dock') await personIn(here.clerk, `One ${role}`, role)
    await personIn(here.clerk, 'Nell Nothing', 'wearer')
    ids['/people'] = await personOf('Nell Nothing')
  })
  afterAll(async () => {
    await browser?.close()
    await here?.close()
  })

  async function personOf(name: string): Promise<string> {
    const people = await get<{ id: string; name: string }[]>(here.clerk, 'GET', '/api/people')
    return people.find(one => one.name === name)?.id ?? ''
  }

  async function seatOf(name: string | null, token?: string) {
    const seat = await visit(browser, token === undefined ? {} : { token })
    if (name === null) return seat
    const person = (await here.ground.people.signIn.personas()).find(one => one.name === name)?.person
    const { request } = seat.context
    const data = { person }
    const answer = await request.post(`${here.clerk.url}/api/sign-in/persona`, {
      data,
      headers: { origin: here.clerk.url },
    })
    expect(answer.status()).toBe(200)
    return seat
  }

  const addressOf = ({ path }: Route): string =>
    here.clerk.url + path.replace(/\$\w+/, ids[`/${path.split('/')[1] ?? ''}`] ?? '')

  const refusals = () =>
    here.ground.database.asInstallation(async trx => {
      const rows = await peopleTables(trx)
        .selectFrom('people_audit')
        .select('act')
        .where('outcome', '=', 'not-allowed')
        .execute()
      return rows.map(row => row.act)
    })

  /** Opens the page by its address, with all its sides, and says what was found. */
  async function opened(page: Page, seen: Watched, route: Route) {
    Object.assign(seen, { asked: [], refused: [] })
    await page.goto(addressOf(route), { waitUntil: 'commit' })
    const heading = page.getByRole('heading', { level: 1 }).first()
    await heading.waitFor()
    await settled(seen)
    const title = await heading.textContent()
    for (const tab of title === words.notForYou.title ? [] : await page.getByRole('tab').all()) {
      await tab.click()
      await settled(seen)
    }
    return { title, asked: [...new Set(seen.asked)], refused: seen.refused }
  }

  const offered = (page: Page) =>
    page
      .getByRole('navigation', { name: words.navigation })
      .getByRole('link')
      .evaluateAll(all => all.map(one => one.getAttribute('href')))

  async function everyPage(seat: Awaited<ReturnType<typeof seatOf>>, held: Held): Promise<void> {
    const seen = watched(seat.page)
    const before = await refusals()
    const odd: object[] = []
    // What is for anybody is the same for all: looked at by who is nobody, and by who has nothing.
    const wanted = held === null || held.length === 0 ? routes : routes.filter(one => one.for !== 'anybody')
    for (const route of wanted) {
      const found = await opened(seat.page, seen, route)
      const granted = isFor(route, held)
      const title = held === null ? words.first.signIn : words.notForYou.title
      const toldNot = route.path !== '/sign-in' && found.title === title
      const askedMore = found.asked.filter(path => path !== '/api/me')
      if (granted === toldNot || found.refused.length > 0 || (!granted && askedMore.length > 0))
        odd.push({ page: route.path, granted, ...found })
    }
    expect(odd).toEqual([])
    // Not even by the installation's own account did a page ask for what its reader may not have.
    expect(await refusals()).toEqual(before)
    const shown =
      held === null ? [] : ways.map(way => way.to).filter(to => routes.some(one => one.path === to && isFor(one, held)))
    expect(await offered(seat.page)).toEqual(shown)
    expect(seat.faults).toEqual([])
    await seat.close()
  }

  test.each(ROLES.filter(role => role !== 'dock'))(
    'who is %s is offered what is theirs, is told of the rest that it is not, and no page asks for more',
    async role => everyPage(await seatOf(`One ${role}`), [role]),
  )

  test('a dock’s token opens no page that its acts do not', async () =>
    everyPage(await seatOf(null, here.camera.token ?? ''), ['dock']))

  test('who has no role is offered and told nothing of the agency’s', async () => {
    const seat = await seatOf('Nell Nothing')
    await get(here.clerk, 'POST', `/api/people/${ids['/people']}/roles/take`, { role: 'wearer' })
    await everyPage(seat, [])
  })

  test('nobody is shown the way in at every page that is not for all', async () => everyPage(await seatOf(null), null))
})
