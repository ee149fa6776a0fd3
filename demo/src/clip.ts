import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where a recording began, in degrees. */
export type Spot = { readonly latitude: number; readonly longitude: number }

const read = new Map<string, Buffer>()

/**
 * A clip of the repository as a camera would have written it: with the time and the place of this recording in its own metadata, and a
 * number of its own, so that no two recordings are the same bytes.
 */
export function clipAs(name: string, as: { at: number; spot: Spot; serial: number }): Buffer {
  const there = read.get(name) ?? readFileSync(join(import.meta.dirname, '../clips', `${name}.mp4`))
  read.set(name, there)
  const bytes = Buffer.concat([there, serialBox(as.serial)])
  writeTimes(bytes, 0, there.length, Math.floor(as.at / 1000) + SINCE_1904)
  writeSpot(bytes, as.spot)
  return bytes
}

/** Media files count seconds from 1904. */
const SINCE_1904 = 2_082_844_800

const HOLDERS = new Set(['moov', 'trak', 'mdia'])
const TIMED = new Set(['mvhd', 'tkhd', 'mdhd'])

/** Writes creation and change into every header between two places of the file. The clips have 32-bit headers only. */
function writeTimes(bytes: Buffer, from: number, to: number, seconds: number): void {
  for (let at = from; at + 8 <= to;) {
    const size = bytes.readUInt32BE(at)
    const type = bytes.toString('latin1', at + 4, at + 8)
    if (HOLDERS.has(type)) writeTimes(bytes, at + 8, at + size, seconds)
    if (TIMED.has(type)) for (const field of [12, 16]) bytes.writeUInt32BE(seconds, at + field)
    at += Math.max(size, 8)
  }
}

function serialBox(serial: number): Buffer {
  const box = Buffer.alloc(24)
  box.writeUInt32BE(box.length, 0)
  box.write('free', 4, 'latin1')
  box.write(`vidne demo ${String(serial).padStart(5, '0')}`, 8, 'latin1')
  return box
}

/** Cameras of telephones write it like this: `loci` of 3GPP, its name empty, degrees in 16.16. */
function writeSpot(bytes: Buffer, { latitude, longitude }: Spot): void {
  const box = bytes.indexOf('loci', 0, 'latin1')
  if (box < 0) throw new Error('the clip has no room for a place')
  const name = box + 4 + 4 + 2
  const role = bytes.indexOf(0, name) + 1
  bytes.writeInt32BE(Math.round(longitude * 65_536), role + 1)
  bytes.writeInt32BE(Math.round(latitude * 65_536), role + 5)
}
