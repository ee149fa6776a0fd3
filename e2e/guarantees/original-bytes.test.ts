import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openZip } from '@vidne/evidence/zip-reader'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dock, exported, get, listed, until } from './asking.ts'
import { type Inside, inside } from './inside.ts'

const clips = join(import.meta.dirname, '../../media/fixtures')

/** Whole clips, clips that end in the middle of their index, and what only calls itself a film. */
const files = [
  ...readdirSync(clips)
    .filter(name => /\.(mp4|mov|webm|mkv|ts|avi)$/.test(name))
    .flatMap(name => {
      const bytes = readFileSync(join(clips, name))
      return [
        { path: name, bytes },
        { path: `cut-${name}`, bytes: bytes.subarray(0, Math.floor(bytes.length * 0.6)) },
      ]
    }),
  { path: 'notes.mp4', bytes: Buffer.from('this is a text\r\n') },
  { path: 'empty.mp4', bytes: Buffer.alloc(0) },
]

let here: Inside
beforeAll(async () => {
  here = await inside()
})
afterAll(() => here?.close())

async function mediaIn(zip: Buffer): Promise<Buffer> {
  const read = async (offset: number, length: number) => zip.subarray(offset, offset + length)
  const entries = await openZip({ size: zip.length, read })
  const media = [...entries].find(([name]) => name.startsWith('data/media/'))?.[1]
  if (media === undefined) throw new Error('a package without footage')
  return zip.subarray(media.at, media.at + media.bytes)
}

test('G1: a file leaves as it came, byte for byte, after it was read, held and exported before', async () => {
  expect(files.length).toBeGreaterThan(4)
  const { clerk, camera } = here
  const docked = await Promise.all(files.map(async file => ({ ...file, ...(await dock(camera, file)) })))
  await until('media that was read', async () => (await listed(clerk)).every(row => row.parsable !== null))
  for (const { recording } of docked)
    await get(clerk, 'POST', `/api/recordings/${recording}/hold`, { reason: 'complaint 12' })
  const digests = new Map((await listed(clerk)).map(row => [row.id, row.sha256]))
  for (const { path, bytes, recording } of docked) {
    await exported(clerk, recording)
    const media = await mediaIn(await exported(clerk, recording, { purpose: 'again' }))
    expect({ path, same: media.equals(bytes) }).toEqual({ path, same: true })
    expect(digests.get(recording)).toBe(createHash('sha256').update(bytes).digest('hex'))
  }
})
