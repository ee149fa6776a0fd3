import { describe, expect, test } from 'vitest'
import { MemoryLog, leavesOf } from '../testing/memory-log.ts'
import { mth, path } from '../testing/rfc6962.ts'
import { TileCache } from './tile-cache.ts'
import { inclusionProof, rootAt } from './tiles.ts'

describe('a tile cache', () => {
  test('reads a tile once for many proofs', async () => {
    const log = await MemoryLog.of(1000)
    log.reads = 0
    const cache = new TileCache(log)
    for (let index = 0; index < 256; index++) {
      expect(await inclusionProof(cache, index, 1000)).toEqual(path(index, leavesOf(1000)))
    }
    expect(log.reads).toBe(3)
  })

  test('reads a grown tile anew, and gives its beginning to those who ask for less', async () => {
    const log = await MemoryLog.of(100)
    const cache = new TileCache(log)
    expect(await rootAt(cache, 100)).toEqual(mth(leavesOf(100)))
    await log.append(leavesOf(200).slice(100))
    expect(await rootAt(cache, 200)).toEqual(mth(leavesOf(200)))
    log.reads = 0
    expect(await rootAt(cache, 100)).toEqual(mth(leavesOf(100)))
    expect(await cache.tile(0, 0, 3)).toEqual(new Uint8Array(Buffer.concat(leavesOf(3))))
    expect(log.reads).toBe(0)
  })

  test('keeps no more tiles than it may, and the ones used last', async () => {
    const log = await MemoryLog.of(256 * 4)
    log.reads = 0
    const cache = new TileCache(log, 2)
    await cache.tile(0, 0, 256)
    await cache.tile(0, 1, 256)
    await cache.tile(0, 0, 256)
    await cache.tile(0, 2, 256)
    expect(log.reads).toBe(3)
    await cache.tile(0, 0, 256)
    expect(log.reads).toBe(3)
    await cache.tile(0, 1, 256)
    expect(log.reads).toBe(4)
  })

  test('does not remember a failure', async () => {
    const log = await MemoryLog.of(10)
    let broken = true
    const cache = new TileCache({
      tile: async (level, index, width) => {
        if (broken) throw new Error('the disk is gone')
        return log.tile(level, index, width)
      },
    })
    await expect(rootAt(cache, 10)).rejects.toThrow('the disk is gone')
    broken = false
    expect(await rootAt(cache, 10)).toEqual(mth(leavesOf(10)))
  })
})
