import { viewOf } from './boxes.ts'
import { place } from './place.ts'
import type { Fix } from './track.ts'

// GoPro's metadata format (github.com/gopro/gpmf-parser): key of four letters, type, size of one structure, how many, then the
// values, big-endian, filled up to four bytes; type 0 holds further ones.

type Item = { readonly key: string; readonly type: number; readonly size: number; readonly bytes: Uint8Array }

const ITEMS = 2_000
const DEPTH = 4
const SECOND = 1000
const DAY = 86_400_000
/** GPS9 counts days from here. */
const EPOCH_2000 = Date.UTC(2000, 0, 1)

/** The first position of a payload, which is about a second long; null where the receiver had none. Never throws on any bytes. */
export function fixInGpmf(payload: Uint8Array, ms: number): Fix | null {
  for (const stream of streamsIn(payload, 0)) {
    const fix = byGps9(stream, ms) ?? byGps5(stream, ms)
    if (fix !== null) return fix
  }
  return null
}

type Stream = ReadonlyMap<string, Item>

function* streamsIn(bytes: Uint8Array, depth: number): Generator<Stream> {
  for (const item of itemsIn(bytes)) {
    if (item.type !== 0 || depth === DEPTH) continue
    if (item.key === 'STRM') yield new Map([...itemsIn(item.bytes)].map(one => [one.key, one]))
    else yield* streamsIn(item.bytes, depth + 1)
  }
}

function* itemsIn(bytes: Uint8Array): Generator<Item> {
  const view = viewOf(bytes)
  for (let at = 0, count = 0; at + 8 <= bytes.length && count < ITEMS; count++) {
    const key = String.fromCharCode(...bytes.subarray(at, at + 4))
    const [type, size, times] = [view.getUint8(at + 4), view.getUint8(at + 5), view.getUint16(at + 6)]
    const long = size * times
    if (at + 8 + long > bytes.length) return
    yield { key, type, size, bytes: bytes.subarray(at + 8, at + 8 + long) }
    at += 8 + Math.ceil(long / 4) * 4
  }
}

/** Latitude, longitude, altitude and two speeds; the clock and the state of the receiver stand beside them. */
function byGps5(stream: Stream, ms: number): Fix | null {
  const scale = scales(stream)
  const [found, lock] = [stream.get('GPS5'), stream.get('GPSF')]
  if (found === undefined || found.size !== 20 || found.bytes.length < 20) return null
  if (lock !== undefined && lock.bytes.length >= 4 && viewOf(lock.bytes).getUint32(0) < 2) return null
  return fixAt(found.bytes, scale, { ms, at: utc(stream.get('GPSU')) })
}

/** As GPS5, with the clock and the state in each of them: days since 2000, seconds of the day. */
function byGps9(stream: Stream, ms: number): Fix | null {
  const found = stream.get('GPS9')
  if (found === undefined || found.size !== 32 || found.bytes.length < 32) return null
  const [view, scale] = [viewOf(found.bytes), scales(stream)]
  if (view.getUint16(30) / scale(8) < 2) return null
  const at = EPOCH_2000 + (view.getInt32(20) / scale(5)) * DAY + (view.getInt32(24) / scale(6)) * SECOND
  return fixAt(found.bytes, scale, { ms, at: wholeOrNull(at) })
}

function fixAt(bytes: Uint8Array, scale: (nth: number) => number, when: Pick<Fix, 'ms' | 'at'>): Fix | null {
  const view = viewOf(bytes)
  const [latitude, longitude] = [view.getInt32(0) / scale(0), view.getInt32(4) / scale(1)]
  // What a receiver without satellites writes.
  if (latitude === 0 && longitude === 0) return null
  const found = place(latitude, longitude, null)
  if (found === null) return null
  return { ...when, latitudeE7: found.latitudeE7, longitudeE7: found.longitudeE7 }
}

/** By what each value is to be divided: one for all, or one each; 16 or 32 bits. */
function scales(stream: Stream): (nth: number) => number {
  const item = stream.get('SCAL')
  if (item === undefined || (item.size !== 4 && item.size !== 2)) return () => 1
  const [view, count] = [viewOf(item.bytes), item.bytes.length / item.size]
  return nth => {
    const at = (count === 1 ? 0 : nth) * item.size
    if (at + item.size > item.bytes.length) return 1
    const value = item.size === 4 ? view.getInt32(at) : view.getInt16(at)
    return value === 0 ? 1 : value
  }
}

/** `yymmddhhmmss.sss` */
function utc(item: Item | undefined): number | null {
  const said = item === undefined ? '' : String.fromCharCode(...item.bytes.subarray(0, 16))
  const [, year, month, day, hour, minute, second] = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d\.\d{1,3})/.exec(said) ?? []
  if (year === undefined) return null
  return wholeOrNull(Date.parse(`20${year}-${month}-${day}T${hour}:${minute}:${second?.padEnd(6, '0')}Z`))
}

function wholeOrNull(value: number): number | null {
  const rounded = Math.round(value)
  return Number.isSafeInteger(rounded) ? rounded : null
}
