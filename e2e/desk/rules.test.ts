import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import approvals from '../../locales/desk/approvals/en.json' with { type: 'json' }
import de from '../../locales/desk/rules/de.json' with { type: 'json' }
import en from '../../locales/desk/rules/en.json' with { type: 'json' }
import { openBrowser } from '../browser.ts'
import { foundOn } from '../grounds.ts'
import { type Asked, get, personIn } from '../guarantees/asking.ts'
import { axeOn, fits, onEachGround, visit } from './desk.ts'
import { tabTo } from './keyboard.ts'

onEachGround('the policy on the desk', kind => {
  let here: Awaited<ReturnType<typeof foundOn>>
  let browser: Browser
  let admin: Asked
  let second: Asked
  beforeAll(async () => {
    ;[here, browser] = await Promise.all([foundOn(kind, 'dk-politi'), openBrowser()])
    admin = { url: here.url, token: here.operatorToken }
    second = await personIn(admin, 'Second Person', 'data-protection-officer')
  })
  afterAll(async () => {
    await browser?.close()
    await here?.leave()
  })
  const open = async (who: Asked, path: string, wish: Parameters<typeof visit>[1] = {}) => {
    const seen = await visit(browser, { ...wish, ...(who.token === null ? {} : { token: who.token }) })
    await seen.page.goto(`${here.url}${path}`)
    return seen
  }

  test.each(['en', 'da', 'sv', 'de'])(
    'what is in force is read in words, with flags and sources: %s',
    async language => {
      const { page, faults, close } = await open(second, '/rules', { language, width: 360 })
      const { sections, digest } = await get<{ sections: { heading: string }[]; digest: string }>(
        second,
        'GET',
        '/api/policy/words',
      )
      await page.getByText(digest).waitFor()
      expect(await page.locator('.rule').count()).toBeGreaterThan(30)
      expect(await page.locator('.rule-basis .badge').count()).toBe(await page.locator('.rule').count())
      if (language === 'en')
        expect(await page.getByRole('region', { name: sections[0]?.heading ?? '' }).count()).toBe(1)
      await fits(page)
      expect(await axeOn(page)).toEqual([])
      expect(await page.getByRole('tab').count()).toBe(3)
      expect(faults).toEqual([])
      await close()
    },
  )

  test('a list of its sections leads through the long text, beside it on a wide screen and above it on a narrow one', async () => {
    const { page, faults, close } = await open(second, '/rules', { width: 1280 })
    const contents = page.getByRole('navigation', { name: en.contents })
    const { sections } = await get<{ sections: { heading: string }[] }>(second, 'GET', '/api/policy/words')
    const headings = sections.map(({ heading }) => heading)
    await contents.waitFor()
    expect(await contents.getByRole('link').allInnerTexts()).toEqual(headings)
    const last = headings.at(-1) ?? ''
    await tabTo(page, last)
    await page.keyboard.press('Enter')
    const heading = page.getByRole('heading', { level: 2, name: last })
    await expect.poll(() => heading.evaluate(each => each === document.activeElement)).toBe(true)
    // It stays in sight beside the text, however far down that is, and covers nothing of it.
    const [beside, text] = [await contents.boundingBox(), await heading.boundingBox()]
    expect(await page.evaluate(() => scrollY)).toBeGreaterThan(1000)
    expect(beside!.y).toBeGreaterThan(0)
    expect(beside!.x + beside!.width).toBeLessThan(text!.x)
    expect(text!.y).toBeGreaterThan(56)
    expect(await axeOn(page)).toEqual([])
    await page.setViewportSize({ width: 360, height: 800 })
    await fits(page)
    const first = page.getByRole('heading', { level: 2, name: headings[0] ?? '' })
    expect((await contents.boundingBox())!.y).toBeLessThan((await first.boundingBox())!.y)
    // An address with the place in it leads there as well.
    await page.reload()
    await expect.poll(() => heading.evaluate(each => each === document.activeElement)).toBe(true)
    expect(faults).toEqual([])
    await close()
  })

  test('S4-15 a value is made tighter, compared, replayed, published by two, and accepted by reading', async () => {
    const { page, faults, close } = await open(admin, '/rules')
    await page.getByRole('tab', { name: en.sides.draft }).click()
    await page.getByRole('button', { name: new RegExp(en.draft.value) }).click()
    await page.getByRole('option', { name: /^retention\.uncategorised/ }).click()
    await page.getByLabel(en.draft.new).fill('P10D')
    await page.getByLabel(en.draft.basis, { exact: true }).fill('assessment 4')
    expect(await axeOn(page)).toEqual([])
    await page.getByRole('button', { name: en.draft.add }).click()
    await page.getByRole('button', { name: en.draft.compareAct }).click()
    await page.locator('.changes').getByText('10 days').waitFor()
    await page.getByRole('button', { name: en.draft.replayAct }).click()
    await page.getByText('Nothing was reported then.').waitFor()
    await page.getByLabel(en.draft.reason, { exact: true }).fill('an assessment')
    expect(await axeOn(page)).toEqual([])
    await page.getByRole('button', { name: en.draft.publishAct }).click()
    await page.getByText(en.draft.asked).waitFor()

    const theirs = await open(second, '/approvals')
    await theirs.page.locator('.changes').getByText('10 days').waitFor()
    await theirs.page.getByRole('button', { name: /^Confirm:/ }).click()
    await theirs.page.getByRole('dialog').getByRole('button', { name: approvals.confirm }).click()
    await theirs.page.getByText(approvals.done.confirmed).waitFor()
    expect(await axeOn(theirs.page)).toEqual([])

    await theirs.page.goto(`${here.url}/rules`)
    await theirs.page.getByText(en.accept.title).waitFor()
    await theirs.page.getByText(en.accept.end).waitFor()
    await tabTo(theirs.page, en.accept.act)
    await theirs.page.keyboard.press('Enter')
    await theirs.page.getByText(en.accept.done).waitFor()
    expect(await get(second, 'GET', '/api/policy')).toMatchObject({ accepted: true })

    await theirs.page.getByRole('tab', { name: en.sides.versions }).click()
    await expect.poll(() => theirs.page.getByRole('button', { name: /^Read:/ }).count()).toBe(2)
    await theirs.page
      .getByRole('button', { name: /^Read:/ })
      .last()
      .click()
    await theirs.page.locator('.rule').first().waitFor()
    expect(await axeOn(theirs.page)).toEqual([])
    expect([...faults, ...theirs.faults]).toEqual([])
    await Promise.all([close(), theirs.close()])
  })

  test('a draft for one unit is compared with the rules of that unit', async () => {
    await get(admin, 'POST', '/api/units', { name: 'Nord' })
    const { page, faults, close } = await open(admin, '/rules')
    await page.getByRole('tab', { name: en.sides.draft }).click()
    await page.getByRole('button', { name: new RegExp(`${en.unit}$`) }).click()
    await page.getByRole('option', { name: 'Nord' }).click()
    const { policy } = await get<{ policy: { retention: Record<string, object> } }>(admin, 'GET', '/api/policy')
    const { f: _, ...leaf } = policy.retention['uncategorised'] as { f: string }
    const tighter = { ...leaf, v: 'P9D', s: 'assessment 5' }
    await page.getByLabel(en.draft.json).fill(JSON.stringify({ retention: { uncategorised: tighter } }))
    const asked = page.waitForRequest(/\/api\/policy\/drafts$/)
    await page.getByRole('button', { name: en.draft.compareAct }).click()
    expect((await asked).postDataJSON()).toMatchObject({ unit: 'Nord' })
    await page.locator('.changes li').first().waitFor()
    expect(await axeOn(page)).toEqual([])
    expect(faults).toEqual([])
    await close()
  })

  test('a looser draft from a file is refused in words of the desk, and what is no draft is said before it is sent', async () => {
    const { page, faults, close } = await open(admin, '/rules', { language: 'de', width: 360, scheme: 'dark' })
    await page.getByRole('tab', { name: de.sides.draft }).click()
    const { policy } = await get<{ policy: { retention: Record<string, object> } }>(admin, 'GET', '/api/policy')
    const { f: _, ...leaf } = policy.retention['uncategorised'] as { f: string }
    const draft = JSON.stringify({ retention: { uncategorised: { ...leaf, v: 'P90D', s: 'x' } } })
    const file = { name: 'draft.json', mimeType: 'application/json', buffer: Buffer.from(draft) }
    await page.getByLabel(de.draft.file).setInputFiles(file)
    await page.getByRole('button', { name: de.draft.compareAct }).click()
    await page.getByRole('alert').getByText('Eine Fassung darf nur strenger sein als die vorige.').waitFor()
    await fits(page)
    expect(await axeOn(page)).toEqual([])
    await page.getByLabel(de.draft.json).fill('{')
    await page.getByText(de.draft.odd).waitFor()
    expect(await page.getByRole('button', { name: de.draft.publishAct }).count()).toBe(0)
    expect(faults).toEqual([])
    await close()
  })
})
