import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { type Server, createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TEST_LOG_SKEY, TEST_START } from '@vidne/evidence/testing/small-log'
import { NoteRefused } from '@vidne/tlog/note'
import { parseTilePath } from '@vidne/tlog/tiles'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { copyLog } from './log-copy.node.ts'
import type { WholeLog } from './log-files.ts'
import { logPrefix, servedLog } from './log-source.node.ts'
import { said } from './testing/said.ts'
import { MAP_CHECKER_SKEY, readerOf } from './testing/sample-log.ts'
import { TRUST, makePackage } from './testing/sample-package.ts'
import { zipped } from './testing/zipped.ts'

const folder = mkdtempSync(join(tmpdir(), 'vidne-kept-'))
const at = (name: string) => join(folder, name)
let server: Server
let url: string
/** What is served beside the tiles. */
const notes: { checkpoint?: string; checked?: string } = {}
let [checkpoint, checked, before] = ['', '', '']
const asked: string[] = []

beforeAll(async () => {
  const made = await makePackage({ skeys: [TEST_LOG_SKEY], meanwhile: log => log.appendFillers(300) })
  writeFileSync(at('case.zip'), await zipped(made.files))
  writeFileSync(at('trust.policy'), TRUST)
  before = await made.log.checkpoint([TEST_LOG_SKEY, MAP_CHECKER_SKEY], TEST_START, 200)
  made.log.appendFillers(300)
  checked = await made.log.checkpoint([TEST_LOG_SKEY, MAP_CHECKER_SKEY], TEST_START)
  made.log.appendFillers(100)
  checkpoint = await made.log.checkpoint([TEST_LOG_SKEY], TEST_START)
  const tiles = readerOf(await made.log.tileFiles())
  server = createServer(async (request, response) => {
    const path = (request.url ?? '').replace('/log/', '')
    asked.push(path)
    const name = parseTilePath(path)
    const tile = name?.kind === 'tile' ? await tiles.tile(name.level, name.index, name.width).catch(() => null) : null
    const body = path === 'checkpoint' ? notes.checkpoint : path === 'checked' ? notes.checked : tile
    response.writeHead(body ? 200 : 404).end(body)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise(done => server.close(done))
  rmSync(folder, { recursive: true })
})
beforeEach(() => Object.assign(notes, { checkpoint, checked }))

async function verdict(...words: string[]) {
  const { code, out } = await said('verify', [at('case.zip'), '--trust', at('trust.policy'), '--json', ...words])
  return { code, ...(JSON.parse(out) as { history: string; later: object | null; reasons: object[] }) }
}

describe('a package that nobody but the log has signed for', () => {
  test('is asserted by itself', async () => {
    expect(await verdict()).toMatchObject({ code: 0, history: 'asserted', later: null })
  })

  test('is checked by what its log serves, at the address of the installation or of the log', async () => {
    for (const log of [url, `${url}/`, `${url}/log`, `${url}/log/`])
      expect(await verdict('--log', log)).toMatchObject({ code: 0, history: 'checked', later: { by: ['mapper'] } })
  })

  test('is checked by a copy, of which nothing more is fetched, and which tells nobody what it is for', async () => {
    asked.length = 0
    const done: number[] = []
    const copied = await copyLog(servedLog(`${url}/log`), at('copy'), (bytes, of) => done.push(bytes / of))
    expect(copied).toEqual({ size: 715, checked: 615, fetched: 4 })
    expect(done.at(-1)).toBe(1)
    expect(asked.toSorted()).toEqual([
      'checked',
      'checkpoint',
      'tile/0/000',
      'tile/0/001',
      'tile/0/002.p/203',
      'tile/1/000.p/2',
    ])
    asked.length = 0
    expect(await verdict('--log', at('copy'))).toMatchObject({ code: 0, history: 'checked' })
    expect(asked).toEqual([])
    expect(await copyLog(servedLog(`${url}/log`), at('copy'), () => {})).toMatchObject({ fetched: 0 })
    expect(readdirSync(at('copy'), { recursive: true }).filter(name => String(name).endsWith('.new'))).toEqual([])
    expect(statSync(at('copy/tile/0/000')).size).toBe(8192)
  })

  test('is compared with the checkpoint that was given rather than with what is served', async () => {
    writeFileSync(at('before'), before)
    expect(await verdict('--log', url, '--checkpoint', at('before'))).toMatchObject({ code: 0, history: 'asserted' })
  })

  test('is compared with the public checkpoint while no map-checker has signed one', async () => {
    notes.checked = ''
    expect(await verdict('--log', url)).toMatchObject({ code: 0, history: 'asserted', later: { size: 715, by: [] } })
  })
})

describe('a log that cannot be read', () => {
  test('is no verdict, and is named', async () => {
    Object.assign(notes, { checkpoint: '', checked: '' })
    const nowhere = 'http://127.0.0.1:9/'
    for (const [log, code] of [
      [nowhere, 'cannot-read'],
      [url, 'checkpoint-unreadable'],
      [at('nothing'), 'checkpoint-unreadable'],
    ] as const) {
      const where: unknown = expect.stringContaining(log)
      expect(await verdict('--log', log)).toMatchObject({ code: 2, reasons: [{ code, where }] })
    }
  })

  test('is not copied', async () => {
    await expect(copyLog(servedLog('http://127.0.0.1:9'), at('none'), () => {})).rejects.toThrow('fetch failed')
    notes.checkpoint = 'no note'
    await expect(copyLog(servedLog(`${url}/log`), at('none'), () => {})).rejects.toThrow(NoteRefused)
    notes.checkpoint = checkpoint.replace('\n715\n', '\n99999\n')
    await expect(copyLog(servedLog(`${url}/log`), at('none'), () => {})).rejects.toThrow('is missing')
  })
})

test('a copy that is given up has stopped writing', async () => {
  const whole = servedLog(`${url}/log`)
  const slow: WholeLog = {
    ...whole,
    async tile(level, index, width) {
      if (level === 0 && index === 0) return null
      await sleep(100)
      return whole.tile(level, index, width)
    },
  }
  const written = () => readdirSync(at('given-up'), { recursive: true, encoding: 'utf8' }).toSorted()
  await expect(copyLog(slow, at('given-up'), () => {})).rejects.toThrow('is missing')
  const then = written()
  expect(then).toContain('tile/0/001')
  await sleep(200)
  expect(written()).toEqual(then)
})

test('an address is one of the web, and nothing else is taken for one', () => {
  expect(['https://a.example', 'https://a.example/b/', 'ftp://a.example', '/srv/log', 'log'].map(logPrefix)).toEqual([
    'https://a.example/log',
    'https://a.example/b',
    null,
    null,
    null,
  ])
})
