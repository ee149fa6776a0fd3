import { randomBytes } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { seeded, SimulatedDisk } from '../testing/simulated-disk.ts'
import { DiskFull, fsyncFailed, FsyncFailed, whenFsyncFails } from './disk.ts'
import { eraseFileDurable, makeFolderDurable, readFileIfThere, removeFileDurable, writeFileDurable } from './durable.ts'

const PATH = '/data/lock/checkpoint'

async function diskWith(content: string): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk()
  await makeFolderDurable('/data/lock', disk)
  await writeFileDurable(PATH, content, { disk })
  return disk
}

async function text(disk: SimulatedDisk): Promise<string> {
  return new TextDecoder().decode((await disk.read(PATH)) ?? new Uint8Array())
}

describe('a file that is written durably', () => {
  test('holds the old or the new content after a power cut at any step, and the new one once it was acknowledged', async () => {
    const seen = new Set<string>()
    for (let cut = 0; cut < 12; cut++) {
      for (let seed = 0; seed < 20; seed++) {
        const disk = await diskWith('old')
        disk.cutPowerAfter(cut)
        const acknowledged = await writeFileDurable(PATH, 'new', { disk }).then(
          () => true,
          () => false,
        )
        const found = await text(disk.afterPowerCut(seeded(seed * 100 + cut)))
        expect(acknowledged ? ['new'] : ['old', 'new']).toContain(found)
        seen.add(found)
      }
    }
    expect(seen).toEqual(new Set(['old', 'new']))
  })

  test('is left as it was, and nothing beside it, when the disk is full', async () => {
    const disk = await diskWith('old')
    disk.fault = ({ kind, path }) => {
      if (kind === 'write') throw new DiskFull(path, null)
    }
    await expect(writeFileDurable(PATH, 'new', { disk })).rejects.toThrow(DiskFull)
    expect(await text(disk)).toBe('old')
    expect([...disk.files().keys()]).toEqual([PATH])
  })

  test('lies on the real disk with the mode that was asked for', async () => {
    const folder = await temporaryFolder()
    await makeFolderDurable(join(folder, 'deep', 'er'))
    const path = join(folder, 'deep', 'er', 'settings')
    await writeFileDurable(path, 'one')
    await writeFileDurable(path, 'two')
    expect(await readFile(path, 'utf8')).toBe('two')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(folder, 'deep'))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(folder, 'deep', 'er'))).toEqual(['settings'])
    expect(await removeFileDurable(path)).toBe('removed')
    expect(await removeFileDurable(path)).toBe('absent')
    expect(await readFileIfThere(path)).toBeNull()
  })
})

test('an erased file is overwritten before its name goes, whatever step the power fails at', async () => {
  const secret = randomBytes(700)
  for (let cut = 0; cut < 10; cut++) {
    const disk = new SimulatedDisk()
    await makeFolderDurable('/data/lock', disk)
    await writeFileDurable(PATH, secret, { disk })
    disk.cutPowerAfter(cut)
    const erased = await eraseFileDurable(PATH, disk).then(
      () => true,
      () => false,
    )
    const found = await disk.afterPowerCut(seeded(cut)).read(PATH)
    if (erased) expect(found).toBeNull()
    // Once the name may be gone the content must be gone.
    if (found === null) expect(cut).toBeGreaterThan(4)
  }
})

test('a failed fsync calls what stops the process before anything can catch it', () => {
  const calls: FsyncFailed[] = []
  whenFsyncFails(failure => calls.push(failure))
  expect(() => fsyncFailed('/x', new Error('EIO'))).toThrow(FsyncFailed)
  whenFsyncFails(() => undefined)
  expect(calls.map(call => call.path)).toEqual(['/x'])
})
