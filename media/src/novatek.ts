import { type Box, type Read, content, text, viewOf } from './boxes.ts'
import { fixInNmea, minutesAt } from './nmea.ts'
import { type Fix, evenly } from './track.ts'

// The box `gps ` of cameras with Novatek's chips: a list of blocks (`free`, then `GPS `), one a second. There are many layouts, some
// scrambled by their makers. Two are read: an NMEA sentence within, and the plain one. Of another nothing is said.

const BLOCKS = 200_000
const BLOCKS_READ = 1200
const BLOCK_BYTES = 4096
/** Where the plain layout begins: hour, minute, second, year, month, day, then state and halves as letters, then two angles. */
const PLAIN = 48

/** The positions that a `gps ` box leads to. Never throws on any bytes. */
export function fixesOfNovatek(bytes: number, read: Read, box: Box): Fix[] {
  const list = content(read, box, 8 + BLOCKS * 8)
  const view = viewOf(list)
  const entries = Array.from({ length: Math.max(0, Math.floor((list.length - 8) / 8)) }, (_, place) => ({
    at: view.getUint32(8 + place * 8),
    size: view.getUint32(12 + place * 8),
    // They have no time in the file; there is one each second.
    ms: place * 1000,
  }))
  const there = entries.filter(({ at, size }) => size >= PLAIN + 36 && at > 0 && at + size <= bytes)
  return evenly(there, BLOCKS_READ).flatMap(({ at, size, ms }) => {
    const fix = fixInBlock(read(at, Math.min(size, BLOCK_BYTES)), ms)
    return fix === null ? [] : [fix]
  })
}

function fixInBlock(block: Uint8Array, ms: number): Fix | null {
  if (text(block.subarray(4, 12)) !== 'freeGPS ') return null
  return fixInNmea(text(block), ms) ?? plain(block, ms)
}

function plain(block: Uint8Array, ms: number): Fix | null {
  const view = viewOf(block)
  const number = (nth: number) => view.getUint32(PLAIN + nth * 4, true)
  const [state, north, east] = text(block.subarray(PLAIN + 24, PLAIN + 27))
  if (state !== 'A') return null
  const [latitude, longitude] = [view.getFloat32(PLAIN + 28, true), view.getFloat32(PLAIN + 32, true)]
  // The time comes before the day.
  const at = instant([3, 4, 5, 0, 1, 2].map(number))
  return at === null ? null : minutesAt({ latitude, north, longitude, east }, { ms, at })
}

/** What each part of a clock may be: year, month, day, hour, minute, second. */
const BOUNDS = [
  [0, 2100],
  [1, 12],
  [1, 31],
  [0, 23],
  [0, 59],
  [0, 60],
] as const

/** Years of two digits or four. Null for what no clock says: then it is another layout. */
function instant(parts: readonly number[]): number | null {
  if (!BOUNDS.every(([least, most], nth) => least <= (parts[nth] ?? -1) && (parts[nth] ?? -1) <= most)) return null
  const [year = 0, month = 1, ...rest] = parts
  return Date.UTC(year < 100 ? 2000 + year : year, month - 1, ...rest)
}
