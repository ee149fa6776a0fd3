import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { realDisk, type Disk } from '../platform/durable/disk.ts'
import { openLockFolder, type LockStore } from './lock-store.ts'

const isSound = async (note: string): Promise<boolean> => note.startsWith('signed')

let root: string
let folder: string
let store: LockStore
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'vidne-lock-'))
  folder = join(root, 'lock')
  store = openLockFolder(folder, isSound)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const at = (size: number, by = ''): { size: number; note: string } => ({ size, note: `signed ${size} ${by}` })

test('the store remembers what was moved to last, and keeps little else', async () => {
  expect(await store.read()).toBeNull()
  await store.begin(at(0))
  for (let size = 1; size <= 10; size++) expect(await store.move(size - 1, at(size))).toBe('moved')
  expect(await openLockFolder(folder, isSound).read()).toEqual(at(10))
  expect(readdirSync(folder)).toHaveLength(3)
})

test('of many processes that move from the same size only one has moved', async () => {
  await store.begin(at(0))
  for (let from = 0; from < 20; from++) {
    const racers = Array.from({ length: 8 }, (_, racer) =>
      openLockFolder(folder, isSound).move(from, at(from + 1, `${racer}`)),
    )
    const outcomes = await Promise.all(racers)
    expect(outcomes.filter(outcome => outcome === 'moved')).toHaveLength(1)
    expect(await store.read()).toEqual(at(from + 1, `${outcomes.indexOf('moved')}`))
  }
})

test('who comes late, with a size that was cleared away long ago, has lost', async () => {
  await store.begin(at(0))
  for (const [from, to] of [
    [0, 5],
    [5, 10],
    [10, 15],
    [15, 20],
  ] as const)
    await store.move(from, at(to))
  expect(await store.move(0, at(3))).toBe('lost')
  expect(await store.move(15, at(18))).toBe('lost')
  expect(await store.move(15, at(25))).toBe('lost')
  expect(await store.read()).toEqual(at(20))
})

test('who is overtaken between looking and moving has lost, also under a name that is free again', async () => {
  await store.begin(at(0))
  const slow: Disk = {
    ...realDisk,
    async open(path, how, mode) {
      for (const [from, to] of [
        [0, 5],
        [5, 10],
        [10, 15],
        [15, 20],
      ] as const)
        if (path.endsWith('3.checkpoint')) await store.move(from, at(to))
      return realDisk.open(path, how, mode)
    },
  }
  expect(await openLockFolder(folder, isSound, slow).move(0, at(3))).toBe('lost')
  expect(await store.read()).toEqual(at(20))
  expect(readdirSync(folder).some(name => name.endsWith('3.checkpoint'))).toBe(false)
})

test('a file torn by a power cut does not count, and does not stand in the way', async () => {
  await store.begin(at(0))
  await store.move(0, at(7))
  writeFileSync(join(folder, '0000000000000009.checkpoint'), 'sig')
  expect(await store.read()).toEqual(at(7))
  expect(await store.move(7, at(8))).toBe('moved')
  expect(await store.read()).toEqual(at(8))
})

test('a folder with nothing sound in it is not taken for an empty one', async () => {
  await store.begin({ size: 0, note: 'of another key' })
  expect(await store.read()).toBe('unreadable')
})

test('a store cannot begin twice, nor move backwards', async () => {
  await store.begin(at(0))
  expect(await store.begin(at(0))).toBe('lost')
  await expect(store.move(4, at(4))).rejects.toThrow(RangeError)
})
