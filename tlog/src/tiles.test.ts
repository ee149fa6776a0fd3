import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hash } from '../testing/arbitraries.ts'
import { MemoryLog, leavesOf } from '../testing/memory-log.ts'
import { mth, path, proof as rfcProof } from '../testing/rfc6962.ts'
import { EMPTY_ROOT, Frontier, checkConsistency, checkInclusion, treeRoot } from './merkle.ts'
import { TileCache, TileRefused } from './tile-cache.ts'
import {
  BundleRefused,
  bundlePath,
  consistencyProof,
  decodeBundle,
  encodeBundle,
  frontierAt,
  inclusionProof,
  parseTilePath,
  rootAt,
  tilePath,
  tilesForAppend,
} from './tiles.ts'

describe('the path of a tile', () => {
  test.each([
    [tilePath(0, 0, 256), 'tile/0/000'],
    [tilePath(0, 67, 8), 'tile/0/067.p/8'],
    [tilePath(0, 1234067, 256), 'tile/0/x001/x234/067'],
    [tilePath(63, 999, 1), 'tile/63/999.p/1'],
    [tilePath(1, 1000, 255), 'tile/1/x001/000.p/255'],
    [tilePath(0, 2 ** 40, 256), 'tile/0/x001/x099/x511/x627/776'],
    [tilePath(0, 2 ** 53 - 1, 256), 'tile/0/x009/x007/x199/x254/x740/991'],
    [bundlePath(1234067, 256), 'tile/entries/x001/x234/067'],
    [bundlePath(5, 3), 'tile/entries/005.p/3'],
  ])('%s is %s', (made, expected) => {
    expect(made).toBe(expected)
  })

  test('is read back to the same place', () => {
    const level = fc.nat({ max: 63 })
    const index = fc.oneof(fc.nat({ max: 5000 }), fc.maxSafeNat())
    const width = fc.integer({ min: 1, max: 256 })
    const property = fc.property(level, index, width, (l, i, w) => {
      expect(parseTilePath(tilePath(l, i, w))).toEqual({ kind: 'tile', level: l, index: i, width: w })
      expect(parseTilePath(bundlePath(i, w))).toEqual({ kind: 'entries', index: i, width: w })
    })
    fc.assert(property)
  })

  test.each([
    'tile/0/0',
    'tile/0/00',
    'tile/0/0000',
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/0/x000/001',
    'tile/0/001/x002',
    'tile/0/001/002',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/08',
    'tile/0/000.p/',
    'tile/0/000.p',
    'tile/0/000/',
    '/tile/0/000',
    'tile/0/000\n',
    'tile/data/000',
    'tile/entries/0/000',
    'tile/0/x009/x007/x199/x254/x740/992',
    'tile/0/x001/x000/x000/x000/x000/x000/000',
    'tile/0/../000',
    '',
  ])('is refused when it is not the one spelling: %j', odd => {
    expect(parseTilePath(odd)).toBeNull()
  })

  test('does not exist for places no tile has', () => {
    for (const [level, index, width] of [
      [64, 0, 1],
      [-1, 0, 1],
      [0, -1, 1],
      [0, 0.5, 1],
      [0, 2 ** 53, 1],
      [0, 0, 0],
      [0, 0, 257],
    ] as const) {
      expect(() => tilePath(level, index, width)).toThrow(RangeError)
    }
  })
})

describe('a bundle', () => {
  test('gives back the entries it was made of', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 })
    const property = fc.property(entries, all => {
      expect(decodeBundle(encodeBundle(all), all.length)).toEqual(all)
    })
    fc.assert(property)
  })

  test('has the lengths in two bytes, the high one first', () => {
    expect([...encodeBundle([new Uint8Array(258), new Uint8Array([7])]).subarray(0, 2)]).toEqual([1, 2])
    expect([...encodeBundle([new Uint8Array([7])])]).toEqual([0, 1, 7])
    const largest = new Uint8Array(65_535).fill(3)
    expect(decodeBundle(encodeBundle([largest]), 1)).toEqual([largest])
    expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow(RangeError)
  })

  test('holds between 1 and 256 entries', () => {
    expect(() => encodeBundle([])).toThrow(RangeError)
    expect(() => encodeBundle(Array.from({ length: 257 }, () => EMPTY_ROOT))).toThrow(RangeError)
    expect(() => decodeBundle(new Uint8Array(0), 0)).toThrow(RangeError)
    expect(() => decodeBundle(new Uint8Array(0), 257)).toThrow(RangeError)
  })

  test('cut off anywhere, or with something behind it, is refused', () => {
    const bytes = encodeBundle([new Uint8Array([1, 2, 3]), new Uint8Array(0), new Uint8Array([9])])
    for (let length = 0; length < bytes.length; length++) {
      expect(refusalOf(bytes.subarray(0, length), 3)).toBe('cut-off')
    }
    expect(refusalOf(new Uint8Array([...bytes, 0]), 3)).toBe('trailing')
    expect(refusalOf(bytes, 2)).toBe('trailing')
    expect(refusalOf(bytes, 4)).toBe('cut-off')
  })
})

describe('a log of tiles', () => {
  test('has the tiles the specification names for 70 000 entries', async () => {
    const log = await MemoryLog.of(70_000)
    const level0 = [...log.files.keys()].filter(file => file.startsWith('tile/0/'))
    expect(level0).toHaveLength(274)
    expect(log.files.has('tile/0/273.p/112')).toBe(true)
    const above = [...log.files.keys()].filter(file => !file.startsWith('tile/0/'))
    expect(above).toEqual(['tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1'])
  })

  test('of 256 entries has a full tile and a partial one above it', async () => {
    expect([...(await MemoryLog.of(256)).files.keys()]).toEqual(['tile/0/000', 'tile/1/000.p/1'])
  })

  test('has the same root whether grown at once or in steps, by tiles, frontier or definition', async () => {
    const steps = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 })
    const property = fc.asyncProperty(steps, async sizes => {
      const log = new MemoryLog()
      for (const added of sizes) {
        const before = log.leafHashes.length
        await log.append(leavesOf(before + added).slice(before))
        const size = before + added
        const root = await rootAt(log, size)
        expect(root).toEqual(treeRoot(log.leafHashes))
        expect(root).toEqual(mth(log.leafHashes))
        expect((await frontierAt(log, size)).root()).toEqual(root)
      }
      const whole = await MemoryLog.of(log.leafHashes.length)
      for (const [file, bytes] of whole.files) expect(log.files.get(file)).toEqual(bytes)
    })
    await fc.assert(property, { numRuns: 25 })
  })

  test('gives the proofs of RFC 6962, and all of them hold', async () => {
    const log = await MemoryLog.of(1000)
    const sizes = fc.integer({ min: 1, max: 1000 })
    const property = fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, a, b) => {
      const [index, oldSize] = [a % size, (b % size) + 1]
      const leaves = log.leafHashes.slice(0, size)
      // A log keeps partial tiles for the sizes it signed: here, for this one.
      const at = await MemoryLog.of(size)
      const proof = await inclusionProof(at, index, size)
      expect(proof).toEqual(path(index, leaves))
      const root = mth(leaves)
      expect(checkInclusion({ leafHash: leaves[index]!, index, size, root, proof })).toEqual({ holds: true })
      const growth = await consistencyProof(at, oldSize, size)
      expect(growth).toEqual(rfcProof(oldSize, leaves))
      const oldRoot = mth(leaves.slice(0, oldSize))
      expect(checkConsistency({ oldSize, newSize: size, oldRoot, newRoot: root, proof: growth })).toEqual({
        holds: true,
      })
    })
    await fc.assert(property, { numRuns: 60 })
  })

  test('of no entries has the empty root and no tiles, and proves nothing', async () => {
    const log = new MemoryLog()
    expect(await rootAt(log, 0)).toEqual(EMPTY_ROOT)
    expect(await tilesForAppend(log, 0, [])).toEqual([])
    await expect(inclusionProof(log, 0, 0)).rejects.toThrow(RangeError)
    expect(await consistencyProof(log, 0, 0)).toEqual([])
  })

  test('gives the witness who knows nothing of it an empty proof', async () => {
    expect(await consistencyProof(await MemoryLog.of(300), 0, 300)).toEqual([])
    expect(await consistencyProof(await MemoryLog.of(300), 300, 300)).toEqual([])
  })

  test('refuses places that are not in it', async () => {
    const log = await MemoryLog.of(300)
    await expect(inclusionProof(log, 300, 300)).rejects.toThrow(RangeError)
    await expect(inclusionProof(log, -1, 300)).rejects.toThrow(RangeError)
    await expect(inclusionProof(log, 1.5, 300)).rejects.toThrow(RangeError)
    await expect(consistencyProof(log, 301, 300)).rejects.toThrow(RangeError)
    await expect(consistencyProof(log, Number.NaN, 300)).rejects.toThrow(RangeError)
    await expect(rootAt(log, -1)).rejects.toThrow(RangeError)
    await expect(rootAt(log, Number.NaN)).rejects.toThrow(RangeError)
    await expect(tilesForAppend(log, 2 ** 53 - 1, leavesOf(1))).rejects.toThrow(RangeError)
    await expect(tilesForAppend(log, 0, [new Uint8Array(31)])).rejects.toThrow(RangeError)
  })

  test('says so when a tile has not the length asked for', async () => {
    const short = { tile: async () => new Uint8Array(32) }
    await expect(rootAt(short, 2)).rejects.toThrow(TileRefused)
    await expect(tilesForAppend(short, 2, leavesOf(1))).rejects.toThrow(TileRefused)
  })

  test.each([
    ['bytes', (tile: Uint8Array) => tile],
    ['Buffers, as files are read', (tile: Uint8Array) => Buffer.from(tile)],
  ])('is not changed by whoever changes a proof it gave (%s)', async (_, as) => {
    const read = await MemoryLog.of(600)
    const log = new TileCache({ tile: async (...which) => as(await read.tile(...which)) })
    const root = await rootAt(log, 600)
    for (const node of await inclusionProof(log, 5, 600)) node.fill(0)
    root.fill(0)
    expect(await rootAt(log, 600)).toEqual(mth(leavesOf(600)))
    expect(await inclusionProof(log, 5, 600)).toEqual(path(5, leavesOf(600)))
  })

  test('goes on from its frontier', async () => {
    const frontier = await frontierAt(await MemoryLog.of(777), 777)
    frontier.append(leavesOf(778)[777]!)
    expect(frontier.root()).toEqual(mth(leavesOf(778)))
    expect(frontier.size).toBe(778)
  })

  test('takes any hashes, not only those of this test', async () => {
    const property = fc.asyncProperty(fc.array(hash, { minLength: 1, maxLength: 600 }), async hashes => {
      const log = new MemoryLog()
      await log.append(hashes)
      expect(await rootAt(log, hashes.length)).toEqual(mth(hashes))
    })
    await fc.assert(property, { numRuns: 20 })
  })
})

test('a frontier taken from tiles does not hold on to them', async () => {
  const log = await MemoryLog.of(3)
  const frontier = await frontierAt(log, 3)
  for (const bytes of log.files.values()) bytes.fill(0)
  expect(frontier.root()).toEqual(mth(leavesOf(3)))
  expect(frontier).toBeInstanceOf(Frontier)
})

function refusalOf(bytes: Uint8Array, width: number): string | null {
  try {
    decodeBundle(bytes, width)
    return null
  } catch (refused) {
    return refused instanceof BundleRefused ? refused.code : 'something else'
  }
}
