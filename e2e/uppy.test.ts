import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type Uppy from '@uppy/core'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { oneScript } from '../verifier/build.ts'
import { leftOut } from '../checks/left-out.ts'
import { browserMissing, openBrowser } from './browser.ts'
import { type Installation, found, vidne } from './installation.ts'

const MIB = 1_048_576

/** What the page leaves where a test finds it. */
declare const uppy: Uppy

type Row = { path: string | null; sha256: string | null; bytes: number; state: string; level: string }
type Shown = { name: string; upload: string; sent: number | false; done: boolean; error: string | null }

describe.skipIf(leftOut('Uppy in a browser', browserMissing()))('Uppy in a browser, unchanged', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vidne-uppy-'))
  let here: Installation
  let browser: Browser
  let page: Page
  let line: CDPSession
  let html: string
  const errors: string[] = []

  beforeAll(async () => {
    const script = await oneScript(join(import.meta.dirname, 'uppy-page.ts'))
    html = `<!doctype html><meta charset="utf-8"><body><input type="file" multiple><script>${script}</script>`
    here = await found('uk-met')
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await here?.stop()
    rmSync(folder, { recursive: true })
  })
  beforeEach(async () => {
    page = await browser.newPage()
    page.on('pageerror', error => errors.push(error.message))
    // The server has no such page: a browser takes files to it only from its own origin.
    await page.route('**/uppy', route => route.fulfill({ contentType: 'text/html', body: html }))
    await page.goto(`${here.url}/uppy#token=${here.deviceToken}`)
    line = await page.context().newCDPSession(page)
  })
  afterEach(() => page.close())

  function footage(name: string, bytes: number): { name: string; path: string; sha256: string; bytes: number } {
    const content = randomBytes(bytes)
    const path = join(folder, name)
    writeFileSync(path, content)
    return { name, path, sha256: createHash('sha256').update(content).digest('hex'), bytes }
  }

  async function drop(files: readonly { path: string }[]): Promise<void> {
    await page.locator('input').setInputFiles(files.map(file => file.path))
    await page.evaluate(() => {
      const dataTransfer = new DataTransfer()
      for (const file of document.querySelector('input')?.files ?? []) dataTransfer.items.add(file)
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
    })
  }

  const shown = (): Promise<Shown[]> =>
    page.evaluate(() =>
      uppy.getFiles().map(file => ({
        name: file.name,
        upload: new URL(file.tus?.uploadUrl ?? '', location.href).href,
        sent: file.progress.bytesUploaded ?? 0,
        done: file.progress.uploadComplete === true,
        error: file.error ?? null,
      })),
    )

  async function allDone(): Promise<Shown[]> {
    await expect
      .poll(async () => (await shown()).every(file => file.done || file.error), { timeout: 120_000 })
      .toBe(true)
    const files = await shown()
    expect(files.map(file => file.error)).toEqual(files.map(() => null))
    return files
  }

  /** A line so slow that a large file is under way long enough to be interrupted; null: as fast as it is. */
  const lineOf = (mibPerSecond: number | null) =>
    line.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: mibPerSecond === null ? -1 : mibPerSecond * MIB,
    })

  async function underWay(sent: number): Promise<void> {
    await expect.poll(async () => (await shown()).some(file => Number(file.sent) > sent), { interval: 50 }).toBe(true)
  }

  /** What the server says of an upload, asked as any tus client would. */
  function standing(upload: string): Promise<Response> {
    const headers = { 'tus-resumable': '1.0.0', authorization: `Bearer ${here.deviceToken}` }
    return fetch(upload, { method: 'HEAD', headers })
  }

  async function rows(): Promise<Row[]> {
    return JSON.parse((await here.run(['recordings', '--json'])).out) as Row[]
  }

  async function sealedAs(files: readonly { name: string; sha256: string; bytes: number }[]): Promise<void> {
    const names = new Set(files.map(file => file.name))
    await expect
      .poll(async () => (await rows()).filter(row => names.has(row.path ?? '') && row.state !== 'received').length)
      .toBe(files.length)
    for (const { name, sha256, bytes } of files)
      expect((await rows()).filter(row => row.path === name)).toMatchObject([{ sha256, bytes, level: 'received' }])
  }

  test('two files that are dropped become two recordings, with a pause in the middle', async () => {
    const files = [footage('stor indsats Ærø.mp4', 40 * MIB + 17), footage('small.mp4', 3 * MIB + 5)]
    await lineOf(2)
    await drop(files)
    await underWay(4 * MIB)
    await page.evaluate(() => uppy.pauseAll())
    const paused = (await shown()).find(file => file.name === files[0]!.name)!
    const offset = Number((await standing(paused.upload)).headers.get('upload-offset'))
    expect(offset).toBeGreaterThan(0)
    expect(offset).toBeLessThan(files[0]!.bytes)
    await lineOf(null)
    await page.evaluate(() => uppy.resumeAll())
    await allDone()
    await sealedAs(files)
  })

  test('an upload goes on after the page was closed and opened again', async () => {
    const files = [footage('reloaded.mp4', 30 * MIB + 1)]
    await lineOf(2)
    await drop(files)
    await underWay(4 * MIB)
    const [before] = await shown()
    await page.reload()
    await lineOf(null)
    await drop(files)
    const [after] = await allDone()
    expect(after!.upload).toBe(before!.upload)
    await sealedAs(files)
  })

  test('an upload that is cancelled is gone from the server', async () => {
    await lineOf(1)
    await drop([footage('cancelled.mp4', 20 * MIB)])
    await underWay(2 * MIB)
    const [before] = await shown()
    await page.evaluate(() => uppy.cancelAll())
    await expect.poll(async () => (await standing(before!.upload)).status).toBe(410)
    expect((await rows()).filter(row => row.path === 'cancelled.mp4')).toEqual([])
  })

  test('what Uppy sent has a receipt that verifies', async () => {
    const files = [footage('with a receipt.mp4', 17 * MIB)]
    await drop(files)
    const [sent] = await allDone()
    const headers = { authorization: `Bearer ${here.deviceToken}` }
    const ask = () => fetch(`${sent!.upload}/receipt`, { headers })
    await expect.poll(async () => (await ask()).status).toBe(200)
    const receipt = join(folder, 'with a receipt.receipt')
    writeFileSync(receipt, await (await ask()).text())
    const spoken = await vidne(['receipt', receipt, '--trust', here.trust, '--footage', files[0]!.path, '--rehearsal'])
    expect(spoken).toMatchObject({ code: 0 })
  })

  test('nothing went wrong in the page unseen', () => expect(errors).toEqual([]))
})
