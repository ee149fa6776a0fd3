import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seeded, SimulatedDisk } from '../testing/simulated-disk.ts'
import { openAppendFile, RecordsDamaged } from './append-file.ts'
import { DiskFull, FsyncFailed } from './disk.ts'
import { makeFolderDurable } from './durable.ts'

const PATH = '/data/journal'

async function freshDisk(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk()
  await makeFolderDurable('/data', disk)
  return disk
}

function record(number: number, length = 40): Uint8Array {
  return Buffer.alloc(length, `record ${number} `)
}

async function found(disk: SimulatedDisk): Promise<string[]> {
  const { file, records } = await openAppendFile(PATH, { disk })
  await file.close()
  return records.map(bytes => Buffer.from(bytes).toString())
}

describe('a file of records', () => {
  test('gives back what was appended, in order', async () => {
    const disk = await freshDisk()
    const { file } = await openAppendFile(PATH, { disk })
    for (let n = 0; n < 5; n++) await file.append(record(n))
    await file.close()
    expect(await found(disk)).toEqual([0, 1, 2, 3, 4].map(n => Buffer.from(record(n)).toString()))
  })

  test('shares one fsync among all who append together', async () => {
    const disk = await freshDisk()
    const { file } = await openAppendFile(PATH, { disk })
    const before = disk.syncs
    await Promise.all(Array.from({ length: 64 }, (_, n) => file.append(record(n))))
    expect(disk.syncs - before).toBeLessThanOrEqual(2)
    await file.close()
    expect(await found(disk)).toHaveLength(64)
  })

  test('keeps every acknowledged record through a power cut at any step', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(60),
        fc.nat(),
        fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 12 }),
        async (cut, seed, lengths) => {
          const disk = await freshDisk()
          const { file } = await openAppendFile(PATH, { disk })
          disk.cutPowerAfter(cut)
          const acknowledged: string[] = []
          for (const [n, length] of lengths.entries()) {
            const both = [record(2 * n, length), record(2 * n + 1, length)]
            const done = await Promise.allSettled(both.map(one => file.append(one)))
            if (done.some(({ status }) => status === 'rejected')) break
            acknowledged.push(...both.map(one => Buffer.from(one).toString()))
          }
          const after = disk.afterPowerCut(seeded(seed))
          const records = await found(after)
          expect(records.slice(0, acknowledged.length)).toEqual(acknowledged)
          // What was torn off is gone for good: the next record follows the last sound one.
          const { file: again } = await openAppendFile(PATH, { disk: after })
          await again.append(record(999))
          await again.close()
          expect(await found(after)).toEqual([...records, Buffer.from(record(999)).toString()])
        },
      ),
      { numRuns: 200 },
    )
  })

  test('refuses to go on when an acknowledged record is damaged, and does not call it a torn tail', async () => {
    const disk = await freshDisk()
    const { file } = await openAppendFile(PATH, { disk })
    for (let n = 0; n < 4; n++) await file.append(record(n))
    await file.close()
    const length = disk.files().get(PATH)?.length ?? 0
    // The last record has no witness after it; each byte before it has.
    for (let at = 0; at < length - 56; at += 7) {
      disk.damage(PATH, content => {
        content[at] = (content[at] ?? 0) ^ 0xff
        return content
      })
      await expect(openAppendFile(PATH, { disk })).rejects.toThrow(RecordsDamaged)
      disk.damage(PATH, content => {
        content[at] = (content[at] ?? 0) ^ 0xff
        return content
      })
    }
    expect(await found(disk)).toHaveLength(4)
  })

  test('takes a record again once there is room on the disk', async () => {
    const disk = await freshDisk()
    const { file } = await openAppendFile(PATH, { disk })
    await file.append(record(0))
    disk.fault = ({ kind, path }) => {
      if (kind === 'write') throw new DiskFull(path, null)
    }
    await expect(file.append(record(1))).rejects.toThrow(DiskFull)
    disk.fault = () => undefined
    await file.append(record(2))
    await file.close()
    expect(await found(disk)).toEqual([record(0), record(2)].map(bytes => Buffer.from(bytes).toString()))
  })

  test('writes nothing any more after a failed fsync', async () => {
    const disk = await freshDisk()
    const { file } = await openAppendFile(PATH, { disk })
    disk.fault = ({ kind, path }) => {
      if (kind === 'sync') throw new FsyncFailed(path, null)
    }
    await expect(file.append(record(0))).rejects.toThrow(FsyncFailed)
    disk.fault = () => undefined
    await expect(file.append(record(1))).rejects.toThrow(FsyncFailed)
  })
})
