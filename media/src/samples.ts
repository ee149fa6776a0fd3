import { type Box, type Read, boxes, content, text, viewOf } from './boxes.ts'
import { evenly } from './track.ts'

// Where the samples of a track lie (ISO/IEC 14496-12 section 8.5 to 8.7): mediabunny gives no track but of pictures and sound.

export type Sample = { readonly at: number; readonly bytes: number; readonly ms: number }

/** A track that tells something beside pictures and sound. `format`: as its sample description says. */
export type TextTrack = { readonly id: number; readonly format: string; readonly samples: readonly Sample[] }

const INNER_BOXES = 200
/** Two days of one sample a second; more is taken for an attack, and not read. */
const SAMPLES = 200_000
/** As many as are read: each is a range of its own that has to be decrypted. */
const SAMPLES_READ = 1200
const NESTED = new Set(['mdia', 'minf', 'stbl'])

/** The samples of a `trak` of one of these formats; null for any other, and where its tables are broken. */
export function samplesOf(bytes: number, read: Read, trak: Box, formats: ReadonlySet<string>): TextTrack | null {
  const found = new Map<string, Box>()
  gather(read, trak, found, 0)
  const at: At = (type, most) => {
    const box = found.get(type)
    return box === undefined ? new Uint8Array(0) : content(read, box, most)
  }
  const format = text(at('stsd', 16).subarray(12, 16))
  if (!formats.has(format)) return null
  const tables = tablesIn(at)
  if (tables === null) return null
  const there = lay(tables).filter(one => one.bytes > 0 && one.at + one.bytes <= bytes)
  return { id: wordByVersion(at('tkhd', 32)), format, samples: evenly(there, SAMPLES_READ) }
}

/** The content of the box of a type, as far as it is asked for; empty where there is none. */
type At = (type: string, most: number) => Uint8Array

function tablesIn(at: At): Tables | null {
  const most = 12 + SAMPLES * 12
  const timescale = wordByVersion(at('mdhd', 32))
  const [narrow, wide] = [at('stco', most), at('co64', most)]
  const offsets = narrow.length > 0 ? offsetsIn(narrow, 4) : offsetsIn(wide, 8)
  const sizes = sizesIn(at('stsz', most))
  if (timescale === 0 || sizes.length === 0 || offsets.length === 0) return null
  return { sizes, offsets, chunks: at('stsc', most), times: at('stts', most), timescale }
}

/** Headers tell their times in 32 bits or in 64, by their first byte; the number behind them lies there or there. */
function wordByVersion(header: Uint8Array): number {
  return word(header, header[0] === 1 ? 20 : 12)
}

function gather(read: Read, parent: Box, found: Map<string, Box>, depth: number): void {
  for (const box of boxes(read, parent.contentAt, parent.end, INNER_BOXES)) {
    if (box.end > parent.end) return
    if (!found.has(box.type)) found.set(box.type, box)
    if (depth < 3 && NESTED.has(box.type)) gather(read, box, found, depth + 1)
  }
}

/** A 32-bit number; 0 where there is none. */
function word(bytes: Uint8Array, at: number): number {
  return at + 4 <= bytes.length ? viewOf(bytes).getUint32(at) : 0
}

/** How many entries a table has, as far as they are there. */
function entriesIn(bytes: Uint8Array, countAt: number, width: number): number {
  return Math.min(word(bytes, countAt), SAMPLES, Math.floor((bytes.length - countAt - 4) / width))
}

function sizesIn(stsz: Uint8Array): number[] {
  const same = word(stsz, 4)
  if (same > 0) return Array.from({ length: Math.min(word(stsz, 8), SAMPLES) }, () => same)
  return Array.from({ length: Math.max(0, entriesIn(stsz, 8, 4)) }, (_, place) => word(stsz, 12 + place * 4))
}

function offsetsIn(table: Uint8Array, width: number): number[] {
  const one = (at: number) => (width === 4 ? word(table, at) : word(table, at) * 2 ** 32 + word(table, at + 4))
  return Array.from({ length: Math.max(0, entriesIn(table, 4, width)) }, (_, place) => one(8 + place * width))
}

type Tables = {
  sizes: readonly number[]
  chunks: Uint8Array
  offsets: readonly number[]
  times: Uint8Array
  timescale: number
}

/** Chunk by chunk, as many samples in each as the table of chunks says. */
function lay({ sizes, chunks, offsets, times, timescale }: Tables): Sample[] {
  const perChunk = runs(chunks, 12)
  const clock = timesIn(times)
  const samples: Sample[] = []
  let run = 0
  for (const [chunk, offset] of offsets.entries()) {
    while (run + 1 < perChunk && word(chunks, 8 + (run + 1) * 12) <= chunk + 1) run++
    let at = offset
    for (let n = word(chunks, 12 + run * 12); n > 0 && samples.length < sizes.length; n--) {
      const bytes = sizes[samples.length] ?? 0
      samples.push({ at, bytes, ms: Math.round((clock(samples.length) / timescale) * 1000) })
      at += bytes
    }
  }
  return samples
}

function runs(table: Uint8Array, width: number): number {
  return Math.max(0, entriesIn(table, 4, width))
}

/** When each sample begins, asked in order. */
function timesIn(stts: Uint8Array): (sample: number) => number {
  const entries = runs(stts, 8)
  let [entry, first, before] = [0, 0, 0]
  return sample => {
    while (entry < entries && sample >= first + word(stts, 8 + entry * 8)) {
      const count = word(stts, 8 + entry * 8)
      before += count * word(stts, 12 + entry * 8)
      first += count
      entry++
    }
    return before + (sample - first) * word(stts, 12 + entry * 8)
  }
}
