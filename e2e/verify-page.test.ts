import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import da from '../locales/da.json' with { type: 'json' }
import de from '../locales/de.json' with { type: 'json' }
import en from '../locales/en.json' with { type: 'json' }
import sv from '../locales/sv.json' with { type: 'json' }
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

  const choose = async (role: string, ...files: string[]) => {
    const input = page.locator(`#${role}`)
    if (role !== 'log' || files.length > 0) return input.setInputFiles(files)
    // Playwright has no way to take a folder back.
    await input.evaluate((one: HTMLInputElement) => {
      one.value = ''
      one.dispatchEvent(new Event('change'))
    })
  }
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

  describe('a package that nobody but its log has signed for', () => {
    const later = join(vectors, 'packages/recording-checked-later')
    const copy = join(folder, 'log-copy')
    beforeAll(async () => {
      cpSync(`${later}.log`, copy, { recursive: true })
      cpSync(`${later}.checkpoint`, join(copy, 'checked'))
      // Of the same log and length, signed by no map-checker: what was checked goes first.
      const bare = readFileSync(`${later}.checkpoint`, 'utf8').replaceAll(/^— (?!vidne\.example\/).*\n/gm, '')
      writeFileSync(join(copy, 'checkpoint'), bare)
      for (const role of ['demands', 'receipt', 'footage', 'checkpoint', 'log']) await choose(role)
      await choose('subject', `${later}.zip`)
      await choose('trust', trust)
    })
    afterEach(async () => {
      for (const role of ['log', 'checkpoint']) await choose(role)
      await page.locator('details').evaluate((details: HTMLDetailsElement) => (details.open = false))
    })
    /** What a reader drags out of a file manager: paths on a disk, not contents. */
    const drop = async (...paths: string[]) => {
      const session = await page.context().newCDPSession(page)
      const data = { items: [], files: paths, dragOperationsMask: 1 }
      for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
        await session.send('Input.dispatchDragEvent', { type, x: 50, y: 50, data })
      await session.detach()
    }
    const checked = async () => {
      await page.getByText(en.verdict.history.checked).waitFor()
      const said = await result()
      expect(said).toContain('covers 36 entries and is signed by mapper')
      expect(said).toContain(en.verdict.holds.yes)
    }

    test('is asserted by itself', async () => {
      expect(await result()).toContain(en.verdict.history.asserted)
    })

    test('is checked by a copy of the log whose folder is chosen', async () => {
      await choose('log', copy)
      await checked()
    })

    test('is checked by the tiles of the log and a checkpoint of one’s own', async () => {
      await choose('log', `${later}.log`)
      expect(await result()).toContain(en.verdict.cannotRead.noLog)
      await choose('checkpoint', join(copy, 'checked'))
      await checked()
    })

    test('is checked by a folder that is dropped, by what is in it, and together with the package', async () => {
      await drop(copy)
      await checked()
      expect(await page.locator('#log').evaluate((input: HTMLInputElement) => input.files?.[0]?.name)).toBe('log-copy')
      await choose('log')
      expect(await result()).toContain(en.verdict.history.asserted)
      await drop(...['checked', 'checkpoint', 'tile'].map(name => join(copy, name)))
      await checked()
      for (const role of ['log', 'subject', 'trust']) await choose(role)
      await drop(`${later}.zip`, copy, trust)
      await checked()
    })

    test('is not checked by a later checkpoint without its log', async () => {
      await drop(join(copy, 'checked'))
      await page.getByText(en.verdict.reason['log-incomplete']).waitFor()
      expect(await page.locator('#checkpoint').evaluate((input: HTMLInputElement) => input.files?.length)).toBe(1)
    })

    test('is not judged by a folder that is no copy of a log, and the folder is named', async () => {
      const other = join(folder, 'holiday')
      mkdirSync(other)
      writeFileSync(join(other, 'beach.jpg'), 'sand')
      for (const give of [() => drop(other), () => choose('log', other)]) {
        await give()
        await page.getByText(en.verdict.cannotRead.noLog).waitFor()
        const said = await result()
        expect(said).toContain('holiday')
        expect(said).not.toContain(en.verdict.holds.yes)
        await choose('log')
      }
      for (const [language, words] of Object.entries({ Dansk: da, Svenska: sv, Deutsch: de, English: en })) {
        await choose('log', other)
        await page.getByRole('button', { name: language }).click()
        expect(await result()).toContain(words.verdict.cannotRead.noLog)
        expect(await page.locator('form').innerText()).toContain(words.verdict.page.log)
      }
    })
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

  test.each(tampered)('refuses $name as the command does', async ({ file, words, because }) => {
    const given = new Map(words.flatMap((word, at) => (word.startsWith('--') ? [[word.slice(2), words[at + 1]]] : [])))
    for (const role of ['trust', 'demands', 'receipt', 'footage', 'checkpoint', 'log']) {
      const path = join(vectors, 'tampered', given.get(role) ?? '')
      // A folder without any file is none for a browser.
      await choose(role, ...(given.has(role) && existsSync(path) ? [path] : []))
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
