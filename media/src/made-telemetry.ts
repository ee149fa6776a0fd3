// For tests only: what receivers in cameras write, put into an MP4 whose index stands at its end.

/** Where a made camera went, one point a second. Degrees. */
import { box, i32, u16, u32 } from './made-boxes.ts'

export type MadePoint = { at: number; latitude: number; longitude: number }

/** Points northeast from the old harbour of Prøvekommunen, by seconds. */
export function madeWay(seconds: number, start = Date.UTC(2026, 10, 20, 12)): MadePoint[] {
  return Array.from({ length: seconds }, (_, second) => ({
    at: start + second * 1000,
    latitude: 55.676 + second * 0.0005,
    longitude: 12.568 + second * 0.0005,
  }))
}

/** The film with a track of one sample a second beside what it has. */
export function withTrack(
  film: Uint8Array,
  format: 'gpmd' | 'tx3g' | 'text' | 'tmcd',
  samples: readonly Buffer[],
): Buffer {
  const { before, movie } = parted(film)
  const at = before.length + 8
  return Buffer.concat([before, box('mdat', ...samples), box('moov', movie, trak(format, samples, at))])
}

/** The film as a camera with Novatek's chips writes it: blocks in the file, and their list in the movie. */
export function withBlocks(film: Uint8Array, blocks: readonly Buffer[]): Buffer {
  const { before, movie } = parted(film)
  const list: Buffer[] = []
  let at = before.length
  for (const block of blocks) {
    list.push(u32(at), u32(block.length))
    at += block.length
  }
  return Buffer.concat([before, ...blocks, box('moov', movie, box('gps ', u32(0x0101), u32(blocks.length), ...list))])
}

function parted(film: Uint8Array): { before: Buffer; movie: Buffer } {
  const bytes = Buffer.from(film)
  for (let at = 0; at + 8 <= bytes.length; at += bytes.readUInt32BE(at)) {
    const end = at + bytes.readUInt32BE(at)
    if (bytes.toString('latin1', at + 4, at + 8) === 'moov' && end === bytes.length)
      return { before: bytes.subarray(0, at), movie: bytes.subarray(at + 8) }
  }
  throw new Error('the index of this film is not at its end')
}

/** All samples in one chunk. */
function trak(format: string, samples: readonly Buffer[], at: number): Buffer {
  const sizes = samples.map(sample => u32(sample.length))
  const table = box(
    'stbl',
    box('stsd', u32(0), u32(1), box(format, Buffer.alloc(8))),
    box('stts', u32(0), u32(1), u32(samples.length), u32(1000)),
    box('stsc', u32(0), u32(1), u32(1), u32(samples.length), u32(1)),
    box('stsz', u32(0), u32(0), u32(samples.length), ...sizes),
    box('stco', u32(0), u32(1), u32(at)),
  )
  const header = box('mdhd', u32(0), u32(0), u32(0), u32(1000), u32(samples.length * 1000), u32(0))
  const handler = box('hdlr', u32(0), u32(0), Buffer.from(format === 'gpmd' ? 'meta' : 'text'), Buffer.alloc(13))
  const track = box('tkhd', u32(7), u32(0), u32(0), u32(9), u32(0), u32(samples.length * 1000), Buffer.alloc(60))
  return box('trak', track, box('mdia', header, handler, box('minf', box('nmhd', u32(0)), table)))
}

/** A payload of GPMF with GPS5, or with GPS9. `lock`: 0 where the receiver sees no satellites. */
export function gpmfPayload({ at, latitude, longitude }: MadePoint, { lock = 3, nine = false } = {}): Buffer {
  const [north, east] = [i32(latitude * 1e7), i32(longitude * 1e7)]
  const stream = nine
    ? [
        klv('SCAL', 'l', 4, [1e7, 1e7, 1000, 1000, 100, 1, 1000, 100, 1].map(i32)),
        klv('GPS9', '?', 32, [
          Buffer.concat([
            north,
            east,
            Buffer.alloc(12),
            i32(Math.floor((at - Date.UTC(2000, 0, 1)) / 86_400_000)),
            i32(at % 86_400_000),
            u16(100),
            u16(lock),
          ]),
        ]),
      ]
    : [
        klv('GPSF', 'L', 4, [u32(lock)]),
        klv('GPSU', 'U', 16, [Buffer.from(`${new Date(at).toISOString().slice(2, 19).replaceAll(/[-T:]/g, '')}.000`)]),
        klv('SCAL', 'l', 4, [1e7, 1e7, 1000, 1000, 100].map(i32)),
        klv('GPS5', 'l', 20, [Buffer.concat([north, east, i32(14_000), i32(1200), i32(120)])]),
      ]
  const other = klv('STRM', '\0', 1, [klv('ACCL', 's', 6, [Buffer.alloc(6)])])
  return klv('DEVC', '\0', 1, [klv('DVNM', 'c', 1, [Buffer.from('Camera')]), other, klv('STRM', '\0', 1, stream)])
}

function klv(key: string, type: string, size: number, values: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(values)
  const head = Buffer.concat([
    Buffer.from(key),
    Buffer.from([type.codePointAt(0) ?? 0, size]),
    u16(bytes.length / size),
  ])
  return Buffer.concat([head, bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
}

/** A subtitle with a sentence of NMEA. */
export function nmeaSample(point: MadePoint, { state = 'A' } = {}): Buffer {
  const text = Buffer.from(`UNIT 7 ${rmc(point, state)}\r\n`)
  return Buffer.concat([u16(text.length), text])
}

export function rmc({ at, latitude, longitude }: MadePoint, state = 'A'): string {
  const [, year = '', month, day, hour, minute, second] =
    /^\d\d(\d\d)-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(new Date(at).toISOString()) ?? []
  const north = `${minutes(latitude, 2)},${latitude < 0 ? 'S' : 'N'}`
  const east = `${minutes(longitude, 3)},${longitude < 0 ? 'W' : 'E'}`
  const body = `GNRMC,${hour}${minute}${second}.00,${state},${north},${east},2.1,45.0,${day}${month}${year},,,A`
  const sum = [...Buffer.from(body)].reduce((all, byte) => all ^ byte, 0)
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, '0')}`
}

function minutes(degrees: number, digits: number): string {
  const whole = Math.trunc(Math.abs(degrees))
  return `${String(whole).padStart(digits, '0')}${((Math.abs(degrees) - whole) * 60).toFixed(6).padStart(9, '0')}`
}

/** A block of the plain layout. */
export function novatekBlock({ at, latitude, longitude }: MadePoint, state = 'A'): Buffer {
  const block = Buffer.alloc(128)
  block.writeUInt32BE(block.length)
  block.write('freeGPS ', 4)
  const time = new Date(at)
  const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()]
  const day = [time.getUTCFullYear() - 2000, time.getUTCMonth() + 1, time.getUTCDate()]
  for (const [nth, value] of [...clock, ...day].entries()) block.writeUInt32LE(value, 48 + nth * 4)
  block.write(`${state}${latitude < 0 ? 'S' : 'N'}${longitude < 0 ? 'W' : 'E'}`, 72)
  block.writeFloatLE(Number(minutes(latitude, 2)), 76)
  block.writeFloatLE(Number(minutes(longitude, 3)), 80)
  return block
}
