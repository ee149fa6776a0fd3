import { randomBytes } from 'node:crypto'
import { fstatSync, readSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { beforeEach, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { DiskFull } from '../durable/disk.ts'
import { leftOut } from '../../../../checks/left-out.ts'
import { cannotMount, withMortalDisk, withSmallDisk } from '../testing/small-disks.ts'
import { newObjectName, ObjectExists, ObjectMissing, openObjects, ObjectsAway, type Objects } from './objects.ts'

let root = ''
let objects: Objects

beforeEach(async () => {
  root = join(await temporaryFolder(), 'objects')
  objects = await openObjects(root)
})

async function names(): Promise<string[]> {
  const found: string[] = []
  for await (const name of objects.list()) found.push(name)
  return found
}

async function text(name: string, offset = 0, length = 1000): Promise<string> {
  return Buffer.from(await objects.read(name, offset, length)).toString()
}

describe('an object in a folder', () => {
  test('is read back whole and in ranges, is private, and goes when it is removed', async () => {
    const name = newObjectName()
    await objects.write(name, [Buffer.from('sealed '), Buffer.from('bytes')])
    expect(await text(name)).toBe('sealed bytes')
    expect(await text(name, 7, 3)).toBe('byt')
    expect(await text(name, 12, 3)).toBe('')
    expect(await objects.size(name)).toBe(12)
    expect((await stat(join(root, name))).mode & 0o777).toBe(0o600)
    expect((await stat(root)).mode & 0o777).toBe(0o700)
    expect(await names()).toEqual([name])
    expect(await objects.remove(name)).toBe('removed')
    expect(await objects.remove(name)).toBe('absent')
    await expect(objects.read(name, 0, 1)).rejects.toThrow(ObjectMissing)
    expect(await objects.size(name)).toBeNull()
  })

  test('is not there before it is closed, and never when it is given up', async () => {
    const [one, other] = [newObjectName(), newObjectName()]
    const writer = await objects.open(one)
    await writer.append(Buffer.from('half'))
    await expect(objects.read(one, 0, 4)).rejects.toThrow(ObjectMissing)
    expect(await names()).toEqual([])
    await writer.close()
    expect(await text(one)).toBe('half')
    const given = await objects.open(other)
    await given.append(Buffer.from('up'))
    await given.abort()
    expect(await names()).toEqual([one])
    expect(await objects.clearUnfinished()).toBe(0)
    await expect(writer.append(Buffer.from('x'))).rejects.toThrow(/closed/)
  })

  test('is written once: whoever comes second is refused and changes nothing', async () => {
    const name = newObjectName()
    await objects.write(name, [Buffer.from('first')])
    await expect(objects.write(name, [Buffer.from('second')])).rejects.toThrow(ObjectExists)
    expect(await text(name)).toBe('first')
    expect(await objects.clearUnfinished()).toBe(0)
    const raced = newObjectName()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => objects.write(raced, [Buffer.from(`${n}`)])),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('can be written by a worker thread through its file descriptor', async () => {
    const name = newObjectName()
    const writer = await objects.open(name)
    const work = `const { workerData } = require('node:worker_threads'); require('node:fs').writeSync(workerData, 'from afar', 0)`
    await new Promise(resolve => new Worker(work, { eval: true, workerData: writer.file?.fd }).once('exit', resolve))
    await writer.close()
    expect(await text(name)).toBe('from afar')
  })

  test('that is lent for reading stays open, also when it is removed, until it is given back', async () => {
    const name = newObjectName()
    await objects.write(name, [Buffer.from('sealed bytes')])
    const lent = (await objects.lend(name))!
    await objects.remove(name)
    const bytes = Buffer.alloc(6)
    readSync(lent.fd, bytes, 0, 6, 0)
    expect(bytes.toString()).toBe('sealed')
    lent.giveBack()
    await expect.poll(() => isOpen(lent.fd)).toBe(false)
    await expect(objects.lend(name)).rejects.toThrow(ObjectMissing)
  })

  test('that a crash left unfinished is told from the others and cleared at start', async () => {
    await (await objects.open(newObjectName())).append(Buffer.from('never acknowledged'))
    const whole = newObjectName()
    await objects.write(whole, [Buffer.from('whole')])
    expect((await objects.probe()).map(finding => finding.code)).toEqual(['unfinished-files'])
    const again = await openObjects(root)
    expect(await again.clearUnfinished()).toBe(1)
    expect(await names()).toEqual([whole])
    expect(await again.probe()).toEqual([])
  })

  test('can be read by many at once and removed meanwhile', async () => {
    const made = await Promise.all(
      Array.from({ length: 300 }, async (_, n) => {
        const name = newObjectName()
        await objects.write(name, [Buffer.from(`object ${n}`)])
        return name
      }),
    )
    const found = await Promise.all(made.flatMap(name => [text(name), text(name)]))
    expect(found).toEqual(made.flatMap((_, n) => [`object ${n}`, `object ${n}`]))
    const doomed = made.slice(0, 50)
    const racing = doomed.map(async name => {
      const [read] = await Promise.allSettled([text(name), objects.remove(name)])
      if (read.status === 'rejected') expect(read.reason).toBeInstanceOf(ObjectMissing)
    })
    await Promise.all(racing)
    expect((await names()).toSorted()).toEqual(made.slice(50).toSorted())
    await objects.close()
  })

  test('has a name that cannot become another path', async () => {
    for (const name of [
      '../../etc/passwd',
      'ab/../../x',
      '/ab/cd',
      `ab/${'g'.repeat(32)}`,
      'AB/cdef',
      '',
      `ab/${'0'.repeat(32)}/..`,
    ]) {
      await expect(objects.write(name, [])).rejects.toThrow(TypeError)
      await expect(objects.read(name, 0, 1)).rejects.toThrow(TypeError)
      await expect(objects.remove(name)).rejects.toThrow(TypeError)
    }
  })
})

describe('the folder', () => {
  test('is claimed once and recognised', async () => {
    expect(await objects.recognises('installation-1')).toBe('missing')
    expect(await objects.claim('installation-1')).toBe('claimed')
    expect(await objects.claim('installation-1')).toBe('was-ours')
    expect(await objects.claim('installation-2')).toBe('other')
    const again = await openObjects(root)
    expect(await again.recognises('installation-1')).toBe('yes')
    expect(await again.recognises('installation-2')).toBe('other')
    expect(await again.marker()).toBe('installation-1')
    await writeFile(join(root, 'vidne-objects.json'), 'nonsense')
    expect(await again.recognises('installation-1')).toBe('other')
    expect(await names()).toEqual([])
  })

  test('that is unmounted or swapped is away, and none of its objects is called missing', async () => {
    await objects.claim('installation-1')
    const name = newObjectName()
    await objects.write(name, [Buffer.from('here')])
    for (const swap of [async () => undefined, async () => mkdir(root), swappedFolder]) {
      await rename(root, `${root}-away`)
      await swap()
      await expect(objects.read(newObjectName(), 0, 1)).rejects.toThrow(ObjectsAway)
      await expect(objects.size(newObjectName())).rejects.toThrow(ObjectsAway)
      await expect(objects.remove(name)).rejects.toThrow(ObjectsAway)
      await expect(objects.write(`ff/${'1'.repeat(32)}`, [Buffer.from('x')])).rejects.toThrow(ObjectsAway)
      await rm(root, { recursive: true, force: true })
      await rename(`${root}-away`, root)
    }
    expect(await text(name)).toBe('here')
  })

  test('that was put back from before takes new objects, also where it lacks a folder that was made since', async () => {
    await objects.claim('installation-1')
    const [one, other] = [`ff/${'1'.repeat(32)}`, `ff/${'2'.repeat(32)}`]
    await cp(root, `${root}-before`, { recursive: true })
    await objects.write(one, [Buffer.from('lost')])
    await rm(root, { recursive: true })
    await rename(`${root}-before`, root)
    await objects.write(other, [Buffer.from('here')])
    expect([await objects.size(one), await text(other)]).toEqual([null, 'here'])
    // A folder that shows no marker is none of ours, and no folder is made in it.
    await rm(root, { recursive: true })
    await mkdir(root)
    await expect(objects.write(one, [Buffer.from('x')])).rejects.toThrow(ObjectsAway)
    expect(await readdir(root)).toEqual([])
  })

  async function swappedFolder(): Promise<void> {
    await (await openObjects(root)).claim('installation-2')
  }

  test('that others can read is reported', async () => {
    await chmod(root, 0o755)
    expect((await objects.probe()).map(finding => finding.code)).toEqual(['mode-too-open'])
  })
})

const withoutDisks = leftOut('full disks and power cuts under a folder of objects', cannotMount())

test.skipIf(withoutDisks)(
  'a full disk refuses an object, keeps the others, leaves nothing behind, and takes it when there is room',
  async () => {
    await withSmallDisk(1024, async folder => {
      const small = await openObjects(join(folder, 'objects'))
      const kept = newObjectName()
      const bytes = randomBytes(400_000)
      await small.write(kept, [bytes])
      const late = newObjectName()
      await expect(small.write(late, [bytes, bytes])).rejects.toThrow(DiskFull)
      expect(await small.clearUnfinished()).toBe(0)
      expect(bytes.equals(await small.read(kept, 0, bytes.length))).toBe(true)
      await small.write(late, [bytes])
      expect(bytes.equals(await small.read(late, 0, bytes.length))).toBe(true)
      await small.close()
    })
  },
)

test.skipIf(withoutDisks).each(['ext4', 'ext2'] as const)(
  'objects that were acknowledged are there after the power has failed at that very instant, on %s',
  async type => {
    await withMortalDisk(type, async disk => {
      const mortal = await openObjects(join(disk.folder, 'objects'))
      const contents = new Map(Array.from({ length: 16 }, () => [newObjectName(), randomBytes(300_000)]))
      await Promise.all([...contents].map(([name, bytes]) => mortal.write(name, [bytes])))
      await disk.afterPowerCut(async found => expectAll(found, contents))
      const [removed = ''] = contents.keys()
      await mortal.remove(removed)
      await disk.afterPowerCut(async found => {
        expect(await (await openObjects(join(found, 'objects'))).size(removed)).toBeNull()
      })
      // One alone: no later fsync of another object carries it to the disk.
      const alone = new Map([[newObjectName(), randomBytes(1000)]])
      for (const [name, bytes] of alone) await mortal.write(name, [bytes])
      await disk.afterPowerCut(async found => expectAll(found, alone))
      await mortal.close()
    })
  },
)

async function expectAll(found: string, contents: ReadonlyMap<string, Buffer>): Promise<void> {
  for (const [name, bytes] of contents) expect(bytes.equals(await readFile(join(found, 'objects', name)))).toBe(true)
}

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd)
    return true
  } catch (error) {
    expect(error).toMatchObject({ code: 'EBADF' })
    return false
  }
}
