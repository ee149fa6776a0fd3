import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { walk } from './walk.ts'
import type { CameraFile } from './walk.ts'
import { wipe } from './wiping.ts'

const DOCKED = 'what was docked'
const sha256 = createHash('sha256').update(DOCKED).digest('hex')
let [folder, clip] = ['', '']
let file: CameraFile

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vidne-wiping-'))
  clip = join(folder, 'clip.mp4')
  writeFileSync(clip, DOCKED)
  const [found] = (await walk(folder, [])).files
  if (found === undefined) throw new Error('the file was not found')
  file = found
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The file as found; `meanwhile` happens between its second reading and the look at what lies there then. */
function andThen(meanwhile: () => void): CameraFile {
  let asked = 0
  return {
    ...file,
    get place() {
      if (++asked === 2) meanwhile()
      return file.place
    },
  }
}

test('what is byte for byte what was docked is removed', async () => {
  expect(await wipe(file, sha256)).toEqual({ wiped: true })
  expect(() => readFileSync(clip)).toThrow('ENOENT')
})

test.each([
  ['put in its place', 'WHAT WAS DOCKED'],
  ['that is longer', `${DOCKED} and more`],
])('another file %s after it was read the second time is kept', async (_, content) => {
  const swapped = andThen(() => {
    writeFileSync(`${clip}.new`, content)
    renameSync(`${clip}.new`, clip)
  })
  expect(await wipe(swapped, sha256)).toEqual({ wiped: false, kept: 'it changed before it could be wiped' })
  expect(readFileSync(clip, 'utf8')).toBe(content)
})
