import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { clipAs } from './clip.ts'

const clips = join(import.meta.dirname, '../clips')
const names = readdirSync(clips).map(name => name.replace('.mp4', ''))
const as = { at: Date.UTC(2026, 9, 3, 21, 4, 5), spot: { latitude: 55.3959, longitude: -10.3883 }, serial: 7 }

test('there are a dozen clips, none of them larger than 60 kB', () => {
  expect(names).toHaveLength(12)
  for (const name of names) expect(statSync(join(clips, `${name}.mp4`)).size).toBeLessThan(60_000)
})

test.each(names)('%s says of itself when and where it was recorded, as a camera would have written it', name => {
  const bytes = clipAs(name, as)
  const spot = Buffer.alloc(8)
  spot.writeInt32BE(Math.round(-10.3883 * 65_536), 0)
  spot.writeInt32BE(Math.round(55.3959 * 65_536), 4)
  expect(bytes.includes(spot)).toBe(true)
  const mvhd = bytes.indexOf('mvhd')
  const seconds = bytes.readUInt32BE(mvhd + 8) - 2_082_844_800
  expect(seconds * 1000).toBe(as.at)
})

test('no two recordings are the same bytes, and the same one is always the same', () => {
  const [name = ''] = names
  expect(clipAs(name, as).equals(clipAs(name, { ...as, serial: 8 }))).toBe(false)
  expect(clipAs(name, as).equals(clipAs(name, as))).toBe(true)
})
