import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { ofInstallation } from '@vidne/locales/installation'
import { type Language, languages } from '@vidne/locales/say'
import type { Ground } from '@vidne/server/ground'
import { type Still, stillWords } from '@vidne/server/platform/still'
import { postgresPrograms, startPostgres } from '@vidne/server/platform/testing/postgres-server'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import da from '@vidne/locales/desk/shell/da.json' with { type: 'json' }
import de from '@vidne/locales/desk/shell/de.json' with { type: 'json' }
import en from '@vidne/locales/desk/shell/en.json' with { type: 'json' }
import sv from '@vidne/locales/desk/shell/sv.json' with { type: 'json' }
import { leftOut } from '../../checks/left-out.ts'
import { browserMissing, openBrowser } from '../browser.ts'
import { dock, get, inDays } from '../guarantees/asking.ts'
import { inside, type Inside } from '../guarantees/inside.ts'
import { axeOn, visit, type Visit } from './desk.ts'

const shell = { en, da, sv, de }
const HOUR_MS = 3_600_000

/** A clock that is as wrong as a test makes it, and that nobody set on purpose, as in a normal installation. */
const wrong = { byMs: 0 }
function wrongClock(ground: Ground): Ground {
  const { clock } = ground
  if (wrong.byMs === 0) return ground
  return { ...ground, rehearsal: null, clock: { now: () => clock.now() + wrong.byMs } as Ground['clock'] }
}

/** Every notice that is read out, by its title. */
const said = (page: Page, role: 'alert' | 'status', title: string) =>
  page.locator(`aside [role="${role}"]`).filter({ has: page.getByText(title, { exact: true }) })

describe.skipIf(leftOut('wrong states on the desk', browserMissing()))('wrong states on the desk', () => {
  let here: Inside
  let browser: Browser
  const tokens = new Map<string, string>()
  beforeAll(async () => {
    // A log that shows itself once a day, and a disk that never has the room that was asked for.
    const settings = { warnFreeGb: 1_000_000, cadenceSeconds: 86_400 }
    ;[here, browser] = await Promise.all([inside({ settings, on: wrongClock }), openBrowser()])
    for (const role of ['system-administrator', 'wearer', 'auditor', 'figures-reader']) {
      const wish = { person: `The ${role}`, role, expires: '2099-01-01' }
      tokens.set(role, (await get<{ token: string }>(here.clerk, 'POST', '/api/tokens', wish)).token)
    }
    await dock(here.camera, { path: 'DCIM/one.mp4', bytes: new Uint8Array(40_000).fill(7), camera: 'BC-1' })
  })
  afterAll(async () => {
    await browser?.close()
    await here?.close()
  })

  /** The desk as somebody has it open, in a language. */
  async function at(role: string, language: Language, path = '/today'): Promise<Visit> {
    const seat = await visit(browser, {
      token: tokens.get(role) ?? '',
      language,
      width: language === 'de' ? 360 : 1280,
    })
    await seat.page.goto(`${here.clerk.url}${path}`)
    await seat.page.getByRole('heading', { level: 1 }).first().waitFor()
    return seat
  }

  const title = (language: Language, code: Parameters<typeof ofInstallation>[1]) => ofInstallation(language, code, {})

  test.each(languages)(
    'nobody countersigns, and the storage is nearly full: said to whom it concerns, in %s',
    async language => {
      const seat = await at('system-administrator', language)
      const unsigned = said(seat.page, 'status', title(language, 'wrong.not-countersigned.title'))
      await unsigned.waitFor()
      expect(await unsigned.innerText()).toContain(title(language, 'wrong.not-countersigned.text'))
      const full = said(seat.page, 'status', title(language, 'wrong.storage-low.title'))
      await full.waitFor()
      // How much is left is told as numbers are in that language.
      expect(await full.innerText()).toMatch(language === 'en' ? /\d(?:\.\d)? GB/ : /\d(?:,\d)? GB/)
      expect(await axeOn(seat.page)).toEqual([])
      expect(seat.faults).toEqual([])
      await seat.close()
      // Who reads figures neither brings anything in nor looks after the machine.
      const other = await at('figures-reader', language)
      expect(await other.page.locator('aside [role="status"]').count()).toBe(0)
      await other.close()
    },
  )

  test.each(languages)('the network is gone and comes back, in %s', async language => {
    const seat = await at('wearer', language)
    await seat.context.setOffline(true)
    const offline = said(seat.page, 'status', shell[language].offline.title)
    await offline.waitFor()
    expect(await offline.innerText()).toContain(shell[language].offline.text)
    await seat.context.setOffline(false)
    await offline.waitFor({ state: 'detached' })
    await seat.close()
  })

  test('the log is behind: what is signed is not shown for longer than it should be', async () => {
    const seat = await at('wearer', 'da')
    const behind = title('da', 'wrong.log-behind.title')
    expect(await said(seat.page, 'status', behind).count()).toBe(0)
    await inDays(here.clerk, 3)
    // Asked again by the page itself, once what was found is not fresh any more.
    await said(seat.page, 'status', behind).waitFor({ timeout: 120_000 })
    await seat.close()
  })

  test('the clock is off: nothing is deleted, and it is said by how much, in each language', async () => {
    wrong.byMs = 40 * 24 * HOUR_MS
    await here.again()
    for (const language of languages) {
      const seat = await at('auditor', language)
      const off = said(seat.page, 'status', title(language, 'wrong.clock-off.title'))
      await off.waitFor()
      const words = await off.innerText()
      expect(words).not.toMatch(/[{}]|undefined/)
      expect(words).toMatch(/\d/)
      await seat.close()
    }
    wrong.byMs = 0
    await here.again()
    const right = await at('auditor', 'en')
    await said(right.page, 'status', title('en', 'wrong.not-countersigned.title')).waitFor()
    expect(await said(right.page, 'status', title('en', 'wrong.clock-off.title')).count()).toBe(0)
    await right.close()
  })

  /** Takes a folder of the installation away while it is down, and lets it start without. */
  async function without(folder: string, work: () => Promise<void>): Promise<void> {
    const [place, aside] = [join(here.data, folder), join(here.data, '..', 'aside')]
    await here.again(() => {
      renameSync(place, aside)
      mkdirSync(place, { mode: 0o700 })
    })
    try {
      await work()
    } finally {
      await here.again(() => {
        if (!existsSync(aside)) return
        rmSync(place, { recursive: true })
        renameSync(aside, place)
      })
    }
  }

  const stands: readonly { what: string; folder: string; still: Still }[] = [
    { what: 'the vault is locked away', folder: 'vault', still: { code: 'vault-missing' } },
    { what: 'the signer stands still', folder: 'lock', still: { code: 'lock-missing' } },
  ]
  test.each(stands)('$what: everybody is told why nothing goes on, and what to do', async ({ folder, still }) => {
    await without(folder, async () => {
      for (const language of languages) {
        const seat = await at(folder === 'vault' ? 'wearer' : 'figures-reader', language)
        const alert = said(seat.page, 'alert', shell[language].still.title)
        await alert.waitFor()
        expect(await alert.innerText()).toContain(stillWords(language, still))
        expect(await axeOn(seat.page)).toEqual([])
        await seat.close()
      }
    })
  })

  test('the installation goes down under an open page: what was typed stays, and nothing was lost', async () => {
    const seat = await at('wearer', 'sv')
    await here.again(async () => {
      await said(seat.page, 'alert', sv.away.title).waitFor({ timeout: 120_000 })
      expect(await said(seat.page, 'alert', sv.away.title).innerText()).toContain(sv.away.text)
    })
    await seat.close()
  })
})

const programs = postgresPrograms()
const lacking = browserMissing() ?? (programs === null ? 'PostgreSQL is not installed' : null)
describe.skipIf(leftOut('the database away, on the desk', lacking))('the database away, on the desk', () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>>
  let here: Inside
  let browser: Browser
  beforeAll(async () => {
    postgres = await startPostgres(programs ?? '')
    ;[here, browser] = await Promise.all([inside({ database: postgres.url('postgres') }), openBrowser()])
  })
  afterAll(async () => {
    await browser?.close()
    await here?.close()
    await postgres?.remove()
  })

  test('it is said under an open page that it is the database and that nothing was lost; back, all goes on by itself', async () => {
    const seats = await Promise.all(
      languages.map(async language => {
        const seat = await visit(browser, { token: here.operatorToken, language })
        await seat.page.goto(`${here.clerk.url}/today`)
        await seat.page.getByRole('heading', { level: 1 }).first().waitFor()
        return { language, seat, alert: said(seat.page, 'alert', shell[language].away.title) }
      }),
    )
    await postgres.kill()
    for (const { language, alert } of seats) {
      await alert.waitFor({ timeout: 120_000 })
      expect(await alert.innerText()).toContain(stillWords(language, { code: 'no-answer-database' }))
      expect(await alert.innerText()).toContain(shell[language].away.text)
    }
    await postgres.start()
    for (const { seat, alert } of seats) {
      await alert.waitFor({ state: 'detached', timeout: 120_000 })
      await seat.close()
    }
  })
})
