import { type Box, type Read, boxes, content, text, viewOf } from './boxes.ts'
import { parseIso6709, place } from './place.ts'
import { readWay, saysWhere } from './telemetry.ts'
import type { Fact, FactName, FactValue } from './facts.ts'

// The header fields of MP4 and MOV (ISO/IEC 14496-12, QuickTime File Format) that say when and where: mediabunny does not give
// them. Every loop is bounded by a count, so no file can keep it busy.

type Say = (name: FactName, value: FactValue | null, source: string) => void

const PARSER = 'vidne isobmff 1'
/** Seconds from 1904-01-01, where ISO base media begin to count, to 1970-01-01. */
const EPOCH_1904 = 2_082_844_800
const FIRST_BOXES = new Set(['ftyp', 'styp', 'moov', 'moof', 'mdat', 'free', 'skip', 'wide', 'pnot'])
const TOP_BOXES = 100_000
const INNER_BOXES = 2_000
const TEXT_BYTES = 1_024

/**
 * Tells the facts in the header of an ISO base media file, as far as it goes. False for another format. Never throws on any
 * bytes; what is broken or absurd is left out.
 */
export function readIsobmff(bytes: number, read: Read, tell: (fact: Fact) => void): boolean {
  const say: Say = (name, value, source) => {
    if (value !== null) tell({ name, value, source, parser: PARSER })
  }
  let known = false
  for (const box of boxes(read, 0, bytes, TOP_BOXES)) {
    if (!known && !FIRST_BOXES.has(box.type)) return false
    known = true
    // Fragments are walked by mediabunny; a day of them would be tens of thousands of reads here.
    if (box.type === 'moof') return true
    if (box.end > bytes) say('missing-bytes', box.end - bytes, `${box.type}.size`)
    if (box.type === 'ftyp') sayBrand(read, box, say)
    if (box.type === 'moov') {
      readWay({ bytes, read, tell }, readMovie(read, { ...box, end: Math.min(box.end, bytes) }, say))
    }
  }
  return known
}

function sayBrand(read: Read, box: Box, say: Say): void {
  if (box.end - box.contentAt >= 4)
    say('container', text(read(box.contentAt, 4)) === 'qt  ' ? 'mov' : 'mp4', 'ftyp.major_brand')
}

/** Gives back the boxes that may say where the camera went. */
function readMovie(read: Read, movie: Box, say: Say): Box[] {
  const ways: Box[] = []
  for (const box of boxes(read, movie.contentAt, movie.end, INNER_BOXES)) {
    if (box.end > movie.end) return ways
    if (saysWhere(box)) ways.push(box)
    if (box.type === 'mvhd') readMovieHeader(content(read, box, 120), say)
    if (box.type === 'udta') readUserData(read, box, say)
    if (box.type === 'meta') readMetadata(read, box, say)
  }
  return ways
}

/** ISO/IEC 14496-12 section 8.2.2. */
function readMovieHeader(bytes: Uint8Array, say: Say): void {
  const view = viewOf(bytes)
  const wide = bytes[0] === 1
  if (bytes.length < (wide ? 32 : 20)) return
  const created = wide ? Number(view.getBigUint64(4)) : view.getUint32(4)
  const timescale = view.getUint32(wide ? 20 : 12)
  const duration = wide ? Number(view.getBigUint64(24)) : view.getUint32(16)
  const unknown = duration === 0 || duration >= (wide ? 2 ** 53 : 0xffff_ffff)
  if (created !== 0) say('created-at', whole((created - EPOCH_1904) * 1000), 'mvhd.creation_time')
  if (timescale > 0 && !unknown) say('duration-ms', whole((duration / timescale) * 1000), 'mvhd.duration')
}

function readUserData(read: Read, udta: Box, say: Say): void {
  for (const box of boxes(read, udta.contentAt, udta.end, INNER_BOXES)) {
    if (box.end > udta.end) return
    if (box.type === '\u00a9xyz')
      say('place', parseIso6709(quickTimeText(content(read, box, TEXT_BYTES))), 'udta.\u00a9xyz')
    if (box.type === 'loci') say('place', parseLocation(content(read, box, TEXT_BYTES)), 'udta.loci')
  }
}

/** QuickTime international text: u16 length, u16 language, text. */
function quickTimeText(bytes: Uint8Array): string {
  if (bytes.length < 4) return ''
  return text(bytes.subarray(4, 4 + viewOf(bytes).getUint16(0)))
}

/** 3GPP TS 26.244 section 8.9: language, name to a NUL, role, then longitude, latitude and altitude as 16.16. */
function parseLocation(bytes: Uint8Array): FactValue {
  const utf16 = bytes[6] === 0xfe && bytes[7] === 0xff
  let at = 6
  while (at < bytes.length && (bytes[at] !== 0 || (utf16 && bytes[at + 1] !== 0))) at += utf16 ? 2 : 1
  at += (utf16 ? 2 : 1) + 1
  if (at + 12 > bytes.length) return null
  const view = viewOf(bytes)
  return place(view.getInt32(at + 4) / 65536, view.getInt32(at) / 65536, view.getInt32(at + 8) / 65536)
}

/** QuickTime metadata (`keys` names them, `ilst` holds the values): where telephones put time and place. */
function readMetadata(read: Read, meta: Box, say: Say): void {
  // In ISO files `meta` begins with version and flags, in QuickTime files with its first box.
  const quickTime = text(content(read, meta, 8).subarray(4)) === 'hdlr'
  let keys: string[] = []
  for (const box of boxes(read, meta.contentAt + (quickTime ? 0 : 4), meta.end, INNER_BOXES)) {
    if (box.end > meta.end) return
    if (box.type === 'keys') keys = readKeys(read, box)
    if (box.type === 'ilst') readItems(read, box, keys, say)
  }
}

function readKeys(read: Read, box: Box): string[] {
  return [...boxes(read, box.contentAt + 8, box.end, INNER_BOXES)].map(key =>
    key.end > box.end ? '' : text(content(read, key, TEXT_BYTES)),
  )
}

function readItems(read: Read, list: Box, keys: readonly string[], say: Say): void {
  for (const item of boxes(read, list.contentAt, list.end, INNER_BOXES)) {
    if (item.end > list.end) return
    const key = keys[viewOf(read(item.at + 4, 4)).getUint32(0) - 1]
    // Each value is a `data` box: size, type, u32 kind, u32 locale, bytes.
    const value = text(content(read, item, TEXT_BYTES).subarray(16))
    if (key === 'com.apple.quicktime.location.ISO6709') say('place', parseIso6709(value), `meta.${key}`)
    if (key === 'com.apple.quicktime.creationdate') say('created-at', parseInstant(value), `meta.${key}`)
  }
}

/** A date with a zone. Without one it is no instant, and is left out. */
function parseInstant(value: string): number | null {
  const [, local, hours, minutes] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d):?(\d\d)?$/.exec(value) ?? []
  if (local === undefined || hours === undefined) return null
  return whole(Date.parse(hours === 'Z' ? `${local}Z` : `${local}${hours}:${minutes ?? '00'}`))
}

function whole(value: number): number | null {
  return Number.isSafeInteger(Math.round(value)) ? Math.round(value) + 0 : null
}
