import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseCheckpoint } from '@vidne/tlog/checkpoint'
import { parseNote } from '@vidne/tlog/note'
import { TEST_LOG_SKEY, TEST_ORIGIN, TEST_START, TEST_WITNESS_SKEY } from '@vidne/evidence/testing/small-log'
import { afterAll, describe, expect, test } from 'vitest'
import { folderLog } from './log-source.node.ts'
import { tilesOf } from './log-tiles.ts'
import { checkPinned } from './pinned.ts'
import { SampleLog, readerOf } from './testing/sample-log.ts'
import { TRUST } from './testing/sample-package.ts'
import { readTrust } from './trust.ts'
import { findings } from './verdict.ts'

const folder = mkdtempSync(join(tmpdir(), 'vidne-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

const trust = readTrust(TRUST, findings())
const sign = (log: SampleLog, size: number, skeys = [TEST_LOG_SKEY]) => log.checkpoint(skeys, TEST_START, size)
const read = (note: string) => parseCheckpoint(parseNote(note).text)

function logOf(seed: string, size: number, origin = TEST_ORIGIN): SampleLog {
  const log = new SampleLog(origin, seed)
  log.appendFillers(size)
  return log
}

/** What is said of a checkpoint that was kept at one size and a package at another. */
async function compared(kept: string, shown: string, tiles: Map<string, Uint8Array>, by = trust) {
  const found = findings()
  await checkPinned({ note: kept, tiles: readerOf(tiles) }, read(shown), by, found)
  return found.reasons
}

const log = logOf('one', 700)
const tiles = await log.tileFiles()

describe('a kept checkpoint goes together with', () => {
  test.each([
    [1, 700],
    [255, 256],
    [256, 257],
    [600, 600],
    [699, 3],
    [700, 512],
  ])('one of the same log, at %i and %i', async (kept, shown) => {
    expect(await compared(await sign(log, kept), await sign(log, shown), tiles)).toEqual([])
  })

  test('one that needs no quorum, and without a trust file no signature that can be checked', async () => {
    const strict = readTrust(TRUST.replace('quorum none', 'quorum press'), findings())
    expect(await compared(await sign(log, 300), await sign(log, 700), tiles, strict)).toEqual([])
    expect(await compared(await sign(log, 300), await sign(log, 700), tiles, null)).toEqual([])
  })

  test('tiles that lie in a folder, of which only the wider partial one is left', async () => {
    for (const [path, bytes] of tiles) {
      mkdirSync(join(folder, dirname(path)), { recursive: true })
      writeFileSync(join(folder, path), bytes)
    }
    const found = findings()
    const pinned = { note: await sign(log, 520), tiles: tilesOf(folderLog(folder)) }
    await checkPinned(pinned, read(await sign(log, 690)), trust, found)
    expect(found.reasons).toEqual([])
  })
})

describe('a kept checkpoint does not go together with', () => {
  const forked = logOf('one', 300)
  forked.append(Buffer.from([0x04, 1]))
  forked.appendFillers(399)

  test('a log that parted ways, whichever side the tiles are of', async () => {
    const [kept, shown] = [await sign(log, 650), await sign(forked, 700)]
    const expected = [{ code: 'log-forked', where: 'checkpoint, 650 → 700' }]
    expect(await compared(kept, shown, tiles)).toEqual(expected)
    expect(await compared(kept, shown, await forked.tileFiles())).toEqual(expected)
  })

  test('another root at the same size, tiles or not', async () => {
    const expected = [{ code: 'log-forked', where: 'checkpoint, 700 → 700' }]
    expect(await compared(await sign(log, 700), await sign(forked, 700), new Map())).toEqual(expected)
  })

  test('tiles that are neither’s: they convict nobody', async () => {
    const expected = [{ code: 'log-incomplete', where: 'checkpoint, 650 → 700' }]
    const others = await logOf('two', 700).tileFiles()
    expect(await compared(await sign(log, 650), await sign(log, 700), others)).toEqual(expected)
    expect(await compared(await sign(log, 650), await sign(log, 700), new Map())).toEqual(expected)
  })

  test('a log of another name, one that nobody trusted signed, or a text that is none', async () => {
    const elsewhere = logOf('one', 700, 'vidne.example/elsewhere')
    const shown = await sign(log, 700)
    const untrusted = (origin: string) => [{ code: 'checkpoint-untrusted', where: `checkpoint, ${origin}` }]
    expect(await compared(await sign(elsewhere, 700), shown, tiles)).toEqual(untrusted('vidne.example/elsewhere'))
    expect(await compared(await sign(elsewhere, 700), shown, tiles, null)).toEqual(untrusted('vidne.example/elsewhere'))
    expect(await compared(await sign(log, 600, [TEST_WITNESS_SKEY]), shown, tiles)).toEqual(untrusted(TEST_ORIGIN))
    expect(await compared('kept', shown, tiles)).toEqual([{ code: 'checkpoint-unreadable', where: 'checkpoint' }])
  })
})
