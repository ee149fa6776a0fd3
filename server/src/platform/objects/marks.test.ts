import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startFlakyS3, type FlakyS3 } from '../testing/flaky-s3.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { MARK, nameOfMark } from './marker.ts'
import { newObjectName, openObjects, ObjectsAway, type Objects } from './objects.ts'
import { parseS3Url } from './s3-address.ts'
import { PATIENCE } from './s3-client.ts'
import { openS3 } from './s3.ts'

async function names(objects: Objects): Promise<string[]> {
  const found: string[] = []
  for await (const name of objects.list()) found.push(name)
  return found
}

async function expectMovesOnlyOn(objects: Objects): Promise<void> {
  expect(await objects.mark()).toBeNull()
  await objects.moveMark(1_800_000_000_000)
  expect(await objects.mark()).toBe(1_800_000_000_000)
  await objects.moveMark(1_800_000_000_001)
  await objects.moveMark(1_800_000_000_001)
  await objects.moveMark(17)
  expect(await objects.mark()).toBe(1_800_000_000_001)
  expect(await names(objects)).toEqual([])
  for (const odd of [0, -1, 1.5, Number.NaN, 2 ** 53]) await expect(objects.moveMark(odd)).rejects.toThrow(TypeError)
}

describe('the mark of a folder', () => {
  let root = ''
  let objects: Objects
  beforeEach(async () => {
    root = join(await temporaryFolder(), 'objects')
    objects = await openObjects(root)
    await objects.claim('an-installation')
  })

  test('moves on and never back, and is no object', () => expectMovesOnlyOn(objects))

  test('goes back with a folder that is put back, and with nothing else', async () => {
    await objects.moveMark(1000)
    await cp(root, `${root}.before`, { recursive: true })
    await objects.write(newObjectName(), [Buffer.from('sealed')])
    await objects.moveMark(2000)
    await rm(root, { recursive: true })
    await cp(`${root}.before`, root, { recursive: true })
    expect(await objects.mark()).toBe(1000)
  })

  test('is none where something else stands in its place, and is not written into a folder that is not ours', async () => {
    await writeFile(join(root, MARK), '{"v":1,"mark":12')
    expect(await objects.mark()).toBeNull()
    await rm(join(root, 'vidne-objects.json'))
    await expect(objects.moveMark(3000)).rejects.toThrow(ObjectsAway)
  })
})

describe('the mark of a bucket', () => {
  let store: FlakyS3
  let objects: Objects
  beforeEach(async () => {
    store = await startFlakyS3()
    objects = openS3(parseS3Url(store.url, {}), { ...PATIENCE, pauseMs: 5 })
    await objects.claim('an-installation')
  })
  afterEach(async () => {
    await objects.close()
    await store.stop()
  })

  test('moves on and never back, and is no object', async () => {
    await expectMovesOnlyOn(objects)
    expect([...store.objects.keys()]).toEqual(['vidne-objects.json', nameOfMark(1_800_000_000_001)])
  })

  test('is only ever created, so that of two processes none puts it back', async () => {
    const overwritten: string[] = []
    store.misbehave = ({ method, path }) => {
      if (method === 'PUT' && store.objects.has(path.split('/').slice(2).join('/'))) overwritten.push(path)
      return null
    }
    await objects.moveMark(5000)
    await Promise.all([objects.moveMark(6000), objects.moveMark(5500)])
    expect(await objects.mark()).toBe(6000)
    expect(overwritten).toEqual([])
  })

  test('is found on the last of many pages, where old ones could not be taken away', async () => {
    store.misbehave = ({ method }) =>
      method === 'DELETE' ? { kind: 'answer', status: 403, code: 'AccessDenied' } : null
    store.pageSize = 2
    for (const mark of [100, 200, 300, 400, 500]) await objects.moveMark(mark)
    expect(await objects.mark()).toBe(500)
  })

  test('is not told by a store that is away', async () => {
    await objects.moveMark(100)
    store.bucketGone = true
    await expect(objects.mark()).rejects.toThrow(ObjectsAway)
    await expect(objects.moveMark(200)).rejects.toThrow(ObjectsAway)
  })
})
