import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { dock, exported, get, listed, until } from './asking.ts'
import { type Inside, inside } from './inside.ts'
import { filesIn } from './packages.ts'

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
    const again = await filesIn(await exported(clerk, recording, { purpose: 'again' }))
    const media = [...again].find(([name]) => name.startsWith('data/media/'))?.[1]
    expect({ path, same: media?.equals(bytes) }).toEqual({ path, same: true })
    expect(digests.get(recording)).toBe(createHash('sha256').update(bytes).digest('hex'))
  }
})
