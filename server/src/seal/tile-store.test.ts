import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { leafHash, treeRoot } from '@vidne/tlog/merkle'
import { rootAt, tilesForAppend } from '@vidne/tlog/tiles'
import { bundlesForAppend, openTileFolder, readEntries, TileMissing, type TileStore } from './tile-store.ts'

let folder: string
let store: TileStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vidne-tiles-'))
  store = openTileFolder(folder)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const leaf = (index: number): Uint8Array => new TextEncoder().encode(`leaf ${index}`)
const leaves = (from: number, to: number): Uint8Array[] => Array.from({ length: to - from }, (_, at) => leaf(from + at))

async function grow(from: number, to: number): Promise<void> {
  const fresh = leaves(from, to)
  const bundles = await bundlesForAppend(store, from, fresh)
  await store.write({ bundles, tiles: await tilesForAppend(store, from, fresh.map(leafHash)) })
}

test('what was written step by step reads back at every size it had', async () => {
  const sizes = [0, 1, 5, 255, 256, 257, 600, 700, 1024, 70_000]
  for (const [at, size] of sizes.entries()) if (at > 0) await grow(sizes[at - 1]!, size)
  for (const size of [1, 5, 100, 255, 256, 600, 69_999, 70_000]) {
    expect(await rootAt(store, size)).toEqual(treeRoot(leaves(0, size).map(leafHash)))
  }
  expect(await readEntries(store, 250, 300)).toEqual(leaves(250, 300))
})

test('a narrow tile is read from a wider one when it was tidied away', async () => {
  await grow(0, 10)
  await grow(10, 20)
  await store.tidy({ former: [10], keep: [20] })
  expect(readdirSync(join(folder, 'tile/entries/000.p'))).toEqual(['20'])
  expect(await store.entries(0, 10)).toEqual(leaves(0, 10))
  expect(await rootAt(store, 7)).toEqual(treeRoot(leaves(0, 7).map(leafHash)))
})

test('tidying keeps the tiles of a public size, and leaves no empty folder', async () => {
  await grow(0, 10)
  await grow(10, 20)
  await grow(20, 300)
  await store.tidy({ former: [10, 20], keep: [300, 10] })
  expect(readdirSync(join(folder, 'tile/0/000.p'))).toEqual(['10'])
  await store.tidy({ former: [10], keep: [300] })
  expect(existsSync(join(folder, 'tile/0/000.p'))).toBe(false)
  expect(readdirSync(join(folder, 'tile/entries/001.p'))).toEqual(['44'])
})

test('the extent is how far the entries reach in one stretch', async () => {
  expect(await store.extent(0)).toBe(0)
  await grow(0, 600)
  expect(await store.extent(0)).toBe(600)
  expect(await store.extent(600)).toBe(600)
  rmSync(join(folder, 'tile/entries/001'))
  expect(await store.extent(0)).toBe(256)
  expect(await store.extent(300)).toBeLessThan(300)
})

test('a tile that is gone is named', async () => {
  await grow(0, 600)
  rmSync(join(folder, 'tile/0/001'))
  await expect(store.tile(0, 1, 256)).rejects.toThrow(TileMissing)
  await expect(store.tile(0, 1, 256)).rejects.toThrow('tile/0/001')
})

test('an entry changed on the disk is not carried into the next bundle', async () => {
  await grow(0, 10)
  const forged = [...leaves(0, 9), leaf(99)]
  await store.write({ bundles: [{ index: 0, entries: forged }], tiles: [] })
  await expect(bundlesForAppend(store, 10, leaves(10, 11))).rejects.toThrow('not what its tile says')
})

test('writing the same again changes nothing', async () => {
  await grow(0, 300)
  const before = await rootAt(store, 300)
  await grow(0, 300)
  expect(await rootAt(store, 300)).toEqual(before)
})

test('the public checkpoint is replaced whole', async () => {
  expect(await store.published()).toBeNull()
  await store.publish('first')
  await store.publish('second')
  expect(await store.published()).toBe('second')
})
