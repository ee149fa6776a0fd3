import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openAtPath } from './files.node.ts'
import { measureFootage } from './pieces.node.ts'
import * as browser from './pieces.browser.ts'
import { TRUST, footage, makePackage } from './testing/sample-package.ts'
import { packageOf, zipped } from './testing/zipped.ts'
import { verifyPackage } from './verify.ts'

const MIB = 1_048_576
const name = 'data/media/recording.mp4'
const folder = mkdtempSync(join(tmpdir(), 'vidne-footage-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Where a verifier finds the footage changed, when these bytes of it are. */
async function changedAt(bytes: number, ...places: number[]): Promise<string[]> {
  const { files, sample } = await makePackage({ media: footage(bytes) })
  const altered = sample.media.slice()
  for (const at of places) altered[at] = (altered[at] ?? 0) ^ 0x80
  const verdict = await verifyPackage(await packageOf(new Map(files).set(name, altered)), { trust: TRUST })
  expect(verdict.intact).toBe(false)
  return verdict.reasons.filter(({ code }) => code === 'footage-altered').map(({ where }) => where)
}

describe('a changed byte is told by the mebibyte it lies in', () => {
  test('the first, the last, one in the middle', async () => {
    expect(await changedAt(3 * MIB + 5, 0)).toEqual([`${name}, bytes 0–1048575`])
    expect(await changedAt(3 * MIB + 5, 3 * MIB + 4)).toEqual([`${name}, bytes 3145728–3145732`])
    expect(await changedAt(3 * MIB + 5, 2 * MIB)).toEqual([`${name}, bytes 2097152–3145727`])
  })

  test('neighbours are told as one range, others each by itself', async () => {
    expect(await changedAt(4 * MIB, MIB - 1, MIB, 3 * MIB)).toEqual([
      `${name}, bytes 0–2097151`,
      `${name}, bytes 3145728–4194303`,
    ])
  })
})

test('without the list of pieces a change is told all the same, only not its place', async () => {
  const { files } = await makePackage({ media: footage(2000) })
  const altered = new Map(files).set(name, footage(4000).subarray(2000))
  altered.delete('data/pieces.bin')
  const { reasons } = await verifyPackage(await packageOf(altered), { trust: TRUST })
  expect(reasons).toEqual([
    { code: 'file-missing', where: 'data/pieces.bin' },
    { code: 'footage-altered', where: name },
    { code: 'pieces-altered', where: 'data/pieces.bin' },
  ])
})

test('footage that was cut is told by its length, not by every piece that is missing', async () => {
  const { files } = await makePackage({ media: footage(3 * MIB) })
  const cut = new Map(files).set(name, footage(2 * MIB))
  const { reasons } = await verifyPackage(await packageOf(cut), { trust: TRUST })
  expect(reasons).toEqual([{ code: 'footage-length', where: `${name}, 2097152 of 3145728 bytes` }])
})

test('threads on a disk measure what one thread in memory measures, from a ZIP as from a folder', async () => {
  const media = Buffer.alloc(70 * MIB + 17, footage(1000))
  const { files } = await makePackage({ media })
  const path = join(folder, 'large.zip')
  writeFileSync(path, await zipped(files))
  const opened = await openAtPath(path)
  if (!('package' in opened)) throw new Error('no package')
  const told: number[] = []
  const threaded = await measureFootage(opened.package, name, media.length, done => told.push(done))
  const here = await measureFootage({ ...opened.package, onDisk: () => null }, name, media.length, () => {})
  await opened.close()
  expect(Buffer.compare(threaded.pieces, here.pieces)).toBe(0)
  expect(Buffer.compare(threaded.sha256, here.sha256)).toBe(0)
  expect(told.at(-1)).toBe(media.length)
  expect(told.toSorted((a, b) => a - b)).toEqual(told)
})

test('a browser measures the same', async () => {
  const { files, sample } = await makePackage({ media: footage(2 * MIB + 3) })
  const source = await packageOf(files)
  const [there, here] = await Promise.all([
    browser.measureFootage(source, name, sample.media.length, () => {}),
    measureFootage(source, name, sample.media.length, () => {}),
  ])
  expect(Buffer.compare(there.pieces, here.pieces)).toBe(0)
  expect(Buffer.compare(there.sha256, here.sha256)).toBe(0)
  expect(Buffer.from(await browser.digestOf(source, name)).equals(here.sha256)).toBe(true)
})
