import { rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { browserMissing, openBrowser } from '../browser.ts'
import { groundFor, groundKinds } from '../grounds.ts'
import { found, type Installation, vidne } from '../installation.ts'
import { axeOn, fits, visit } from './desk.ts'

describe.skipIf(leftOut('administration on the desk', browserMissing()))('administration on the desk', () => {
  describe.each(groundKinds)('%s', kind => {
    let here: Installation
    let browser: Browser
    let ground: Awaited<ReturnType<typeof groundFor>>
    beforeAll(async () => {
      ground = await groundFor(kind)
      ;[here, browser] = await Promise.all([found('uk-met', ground), openBrowser()])
    })
    afterAll(async () => {
      await browser?.close()
      await here?.stop()
      if (here) await rm(dirname(here.data), { recursive: true })
      await ground?.remove()
    })

    const tokenOf = async (person: string, role: string) => {
      const made = await here.run([
        'token',
        'create',
        '--person',
        person,
        '--role',
        role,
        '--expires',
        '2099-01-01',
        '--json',
      ])
      expect(made.err + made.out).toContain('vdn_')
      return (JSON.parse(made.out) as { token: string }).token
    }

    test('says what needs a hand, what it stands on, and when a restore was last tried', async () => {
      const token = await tokenOf('Sys Admin', 'system-administrator')
      const { page, faults, close } = await visit(browser, { token })
      await page.goto(`${here.url}/administration`)
      await page.getByRole('heading', { name: 'Log and countersigners' }).waitFor()
      await page.getByText('Nobody countersigns').waitFor()
      await page.getByText('No restore has been tried').waitFor()
      await page
        .getByText(kind === 'embedded' ? 'embedded, on this machine' : 'PostgreSQL server', { exact: true })
        .waitFor()
      await page.getByText(/things are well/).waitFor()
      expect(await axeOn(page)).toEqual([])
      await page.getByRole('button', { name: 'Note a trial restore' }).click()
      await page.getByLabel('Which backup, and what came of it').fill('of today, on the spare machine')
      await page.getByRole('button', { name: 'Note it' }).click()
      await page.getByText('Sys Admin: of today, on the spare machine').waitFor()
      expect(await page.getByText('No restore has been tried').count()).toBe(0)
      expect(faults).toEqual([])
      await close()
    })

    test('a backup that was made while it is served is told with its place', async () => {
      const out = `${dirname(here.data)}/backup-1`
      const made = await vidne(['backup', '--data', here.data, '--out', out])
      expect(made.code, made.err).toBe(0)
      const { page, close } = await visit(browser, {
        token: await tokenOf('Sys Admin', 'system-administrator'),
        width: 360,
        scheme: 'dark',
      })
      await page.goto(`${here.url}/administration`)
      await page.getByText(out).waitFor()
      await fits(page)
      expect(await axeOn(page)).toEqual([])
      await close()
    })

    test('the audit is searched for a ground, row by row; the search is a row; nobody else may', async () => {
      const wearer = await tokenOf('Wanda Wearer', 'wearer')
      expect(
        (
          await fetch(`${here.url}/api/tokens`, {
            method: 'POST',
            headers: { authorization: `Bearer ${wearer}`, 'content-type': 'application/json' },
            body: JSON.stringify({ person: 'X', role: 'auditor', expires: '2099-01-01' }),
          })
        ).status,
      ).toBe(403)
      const { page, close } = await visit(browser, { token: await tokenOf('Ada Auditor', 'auditor') })
      await page.goto(`${here.url}/administration/audit`)
      expect(await page.getByRole('button', { name: 'Search' }).isDisabled()).toBe(true)
      // A hint of one field moves no other: labels stand on one line, and so does what is typed.
      for (const parts of [
        '.field > :is(label, .react-aria-Label)',
        '.field > :is(input, .select-button, .day-group)',
      ]) {
        const tops = await page
          .locator(`.audit-form > ${parts}`)
          .evaluateAll(all => all.map(each => Math.round(each.getBoundingClientRect().top)))
        expect([tops.length, new Set(tops).size]).toEqual([4, 1])
      }
      await page.getByRole('button', { name: /What for/ }).click()
      await page.getByRole('option', { name: 'Security of the data' }).click()
      await page.getByRole('button', { name: 'Search' }).click()
      await page.getByRole('row', { name: /Wanda Wearer.*Make a token.*refused: the roles do not allow it/ }).waitFor()
      expect(await axeOn(page)).toEqual([])
      const [saved] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Save as CSV' }).click(),
      ])
      expect(saved.suggestedFilename()).toBe('audit.csv')
      await page.getByRole('button', { name: 'Search' }).click()
      await page
        .getByRole('row', { name: /Ada Auditor.*Search the audit.*for the security of the data/ })
        .first()
        .waitFor()
      await close()
      const asked = await fetch(`${here.url}/api/audit/searches`, {
        method: 'POST',
        headers: { authorization: `Bearer ${here.operatorToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ ground: 'security', from: '2020-01-01', until: '2099-01-01' }),
      })
      expect(asked.status).toBe(403)
    })
  })
})
