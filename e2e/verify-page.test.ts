import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import en from '../locales/en.json' with { type: 'json' }
import { makePage } from '../verifier/build.ts'
import { footage, makePackage } from '../verifier/src/testing/sample-package.ts'
import { zipped } from '../verifier/src/testing/zipped.ts'
import { leftOut } from '../checks/left-out.ts'
import { browserMissing, openBrowser } from './browser.ts'

const vectors = join(import.meta.dirname, '../vectors')
const folder = mkdtempSync(join(tmpdir(), 'vidne-page-'))

type Vector = {
  name: string
  file: string
  words: string[]
  because: { code: keyof typeof en.verdict.reason; where: string }
}
const tampered = JSON.parse(readFileSync(join(vectors, 'tampered/index.json'), 'utf8')) as Vector[]

test('verify.html carries the licence of all it has from others, since people pass it on', async () => {
  const page = await makePage()
  const notice = page.slice(page.lastIndexOf('<!--'))
  for (const folder of ['verifier', 'node_modules/@noble/hashes', 'node_modules/@noble/post-quantum']) {
    const licence = readFileSync(join(import.meta.dirname, '..', folder, 'LICENSE'), 'utf8').trim()
    expect(licence.length).toBeGreaterThan(500)
    expect(notice).toContain(licence)
  }
  expect(notice.match(/^@\S+$/gm)).toEqual(expect.arrayContaining(['@noble/hashes', '@noble/post-quantum']))
})

describe.skipIf(leftOut('verify.html in a browser', browserMissing()))('verify.html, opened from a disk', () => {
  let browser: Browser
  let page: Page
  const asked: string[] = []
  const errors: string[] = []

  beforeAll(async () => {
    const file = join(folder, 'verify.html')
    writeFileSync(file, await makePage())
    browser = await openBrowser()
    page = await browser.newPage({ locale: 'en-GB' })
    page.on('request', request => asked.push(request.url()))
    page.on('pageerror', error => errors.push(error.message))
    page.on('console', message => errors.push(message.text()))
    await page.goto(`file://${file}`)
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(folder, { recursive: true })
  })

  const choose = (role: string, ...files: string[]) => page.locator(`#${role}`).setInputFiles(files)
  const result = async () => {
    await page.locator('#result[aria-busy=false]').waitFor()
    return page.locator('#result').innerText()
  }
  const good = join(vectors, 'packages/recording.zip')
  const trust = join(vectors, 'packages/trust.policy')

  test('a good package is told in three parts, in four languages', async () => {
    await choose('subject', good)
    await choose('trust', trust)
    const said = await result()
    for (const words of [en.verdict.intact.sealed, en.verdict.history.checked, 'By press and mapper.'])
      expect(said).toContain(words)
    expect(await page.locator('.part').count()).toBe(3)
    for (const [language, word] of [
      ['Dansk', 'Efterprøvet.'],
      ['Svenska', 'Kontrollerad.'],
      ['Deutsch', 'Nachgeprüft.'],
      ['English', 'Checked.'],
    ] as const) {
      await page.getByRole('button', { name: language }).click()
      expect(await result()).toContain(word)
    }
  })

  test('without a trust file nobody vouches for it', async () => {
    await choose('trust')
    const said = await result()
    expect(said).toContain(en.verdict.intact.itself)
    expect(said).toContain(en.verdict.reason['no-trust-file'])
    expect(said).toMatch(/key fingerprint [0-9a-f]{64}/)
    await choose('trust', trust)
  })

  test('one changed byte is told by its place', async () => {
    const { files, sample } = await makePackage({ media: footage(3_500_000) })
    const media = sample.media.map((byte, at) => (at === 2_000_000 ? byte ^ 1 : byte))
    const altered = join(folder, 'altered.zip')
    writeFileSync(altered, await zipped(new Map(files).set('data/media/recording.mp4', media)))
    await choose('subject', altered)
    const said = await result()
    expect(said).toContain(en.verdict.intact.no)
    expect(said).toContain('data/media/recording.mp4, bytes 1048576–2097151')
  })

  test('it reads statements, receipts, and what comes from a rehearsal when told to', async () => {
    await choose('subject', join(vectors, 'packages/statement.zip'))
    expect(await result()).toContain(en.verdict.intact.statement)
    await choose('subject', join(vectors, 'packages/receipt.txt'))
    expect(await result()).toContain(en.verdict.intact.receipt)
    await page.getByText(en.verdict.page.more).click()
    for (const file of ['rehearsal.zip', 'receipt-of-a-rehearsal.txt']) {
      await choose('subject', join(vectors, 'packages', file))
      expect(await result()).toContain(en.verdict.reason.rehearsal)
      await page.getByLabel(en.verdict.page.rehearsal).check()
      expect(await result()).toContain(en.verdict.holds.yes)
      expect(await result()).toContain(en.verdict.rehearsal)
      await page.getByLabel(en.verdict.page.rehearsal).uncheck()
    }
  })

  test('files that are dropped find their place by what they hold', async () => {
    for (const role of ['subject', 'trust']) await choose(role)
    const dropped = await page.evaluateHandle(
      ([zip, policy]) => {
        const data = new DataTransfer()
        data.items.add(new File([Uint8Array.from(zip)], 'case.zip'))
        data.items.add(new File([policy], 'court.txt'))
        return data
      },
      [[...readFileSync(good)], readFileSync(trust, 'utf8')] as const,
    )
    await page.dispatchEvent('body', 'drop', { dataTransfer: dropped })
    await page.getByText('By press and mapper.').waitFor()
    expect(await result()).toContain(en.verdict.holds.yes)
  })

  test('footage that reappears is dropped beside its statement, and convicts it', async () => {
    for (const role of ['subject', 'trust', 'demands', 'receipt', 'footage']) await choose(role)
    const [zip, film] = ['deleted-yet-elsewhere.zip', 'deleted-yet-elsewhere.footage'].map(name => [
      ...readFileSync(join(vectors, 'tampered', name)),
    ])
    const dropped = await page.evaluateHandle(
      ([statement = [], footage = [], policy]) => {
        const data = new DataTransfer()
        data.items.add(new File([Uint8Array.from(statement)], 'statement.zip'))
        data.items.add(new File([Uint8Array.from(footage)], '0001.MP4'))
        data.items.add(new File([policy], 'court.txt'))
        return data
      },
      [zip, film, readFileSync(trust, 'utf8')] as const,
    )
    await page.dispatchEvent('body', 'drop', { dataTransfer: dropped })
    await page.getByText(en.verdict.reason['footage-reappeared']).waitFor()
    expect(await result()).toContain(en.verdict.intact.statementRefuted)
    expect(await page.locator('#footage').isVisible()).toBe(true)
    await choose('footage')
    expect(await result()).toContain(en.verdict.holds.yes)
  })

  // The page has no place for a folder of tiles.
  const without = tampered.filter(({ words }) => !words.includes('--log'))
  test.each(without)('refuses $name as the command does', async ({ file, words, because }) => {
    const given = new Map(words.flatMap((word, at) => (word.startsWith('--') ? [[word.slice(2), words[at + 1]]] : [])))
    for (const role of ['trust', 'demands', 'receipt', 'footage']) {
      const path = given.get(role)
      await choose(role, ...(path === undefined ? [] : [join(vectors, 'tampered', path)]))
    }
    await choose('subject', join(vectors, 'tampered', file))
    const said = await result()
    expect(said).toContain(en.verdict.reason[because.code])
    expect(said).toContain(because.where)
    expect(said).not.toContain(en.verdict.holds.yes)
  })

  test('can be used by everyone (axe)', async () => {
    await choose('subject', join(folder, 'altered.zip'))
    await result()
    await page.evaluate(axe.source)
    const found = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run())
    expect(found.violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(node => node.html) }))).toEqual([])
  })

  test('nothing was asked of any network, and nothing went wrong unseen', () => {
    expect(asked.filter(url => !url.startsWith('file://'))).toEqual([])
    expect(asked).toHaveLength(1)
    expect(errors).toEqual([])
  })
})
