import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fixture, mutant } from './fixtures.ts'
import { readIsobmff } from './isobmff.ts'
import type { Fact } from './facts.ts'
import { box, i32, u16, u32 } from './made-boxes.ts'

const EPOCH_1904 = 2_082_844_800
const ftyp = box('ftyp', Buffer.from('isom\0\0\0\0isom'))

describe('the header of an MP4', () => {
  test('says when it was made and how long it is, in both widths', () => {
    const at = Date.UTC(2026, 10, 22, 12, 0, 0)
    const seconds = at / 1000 + EPOCH_1904
    const expected = [
      ['container', 'mp4', 'ftyp.major_brand'],
      ['created-at', at, 'mvhd.creation_time'],
      ['duration-ms', 2500, 'mvhd.duration'],
    ]
    expect(told(ftyp, box('moov', mvhd32(seconds, 1000, 2500)))).toEqual(expected)
    expect(told(ftyp, box('moov', mvhd64(seconds, 90_000, 225_000)))).toEqual(expected)
  })

  test('says nothing where the camera wrote zero or does not know', () => {
    expect(told(ftyp, box('moov', mvhd32(0, 1000, 0)))).toEqual([['container', 'mp4', 'ftyp.major_brand']])
    expect(told(ftyp, box('moov', mvhd32(0, 1000, 0xffff_ffff)))).toHaveLength(1)
    expect(told(ftyp, box('moov', mvhd32(0, 0, 500)))).toHaveLength(1)
    expect(told(ftyp, box('moov', mvhd64(2 ** 60, 1, 2 ** 60)))).toHaveLength(1)
  })

  test('says what a clock that counts from 1970 by mistake wrote: it is not corrected', () => {
    expect(told(box('moov', mvhd32(1_700_000_000, 1, 1)))[0]).toEqual([
      'created-at',
      (1_700_000_000 - EPOCH_1904) * 1000,
      'mvhd.creation_time',
    ])
  })

  test('says where: ©xyz, loci in both alphabets, and telephones’ metadata', () => {
    const xyz = box('\u00a9xyz', Buffer.concat([u16(18), u16(0x15c7), Buffer.from('+55.6761+012.5683/')]))
    const spot = Buffer.concat([i32(12.5 * 65536), i32(-55.25 * 65536), i32(3 * 65536)])
    const loci8 = box('loci', Buffer.concat([u32(0), u16(0), Buffer.from('Here\0\0'), spot, Buffer.from('earth\0\0')]))
    const utf16 = Buffer.from([0xfe, 0xff, 1, 0, 0, 0x48, 0, 0, 0])
    const loci16 = box('loci', Buffer.concat([u32(0), u16(0), utf16, spot, Buffer.from('\0\0')]))
    const there = { latitudeE7: -552500000, longitudeE7: 125000000, altitudeMm: 3000 }
    expect(told(box('moov', box('udta', xyz, loci8, loci16)))).toEqual([
      ['place', { latitudeE7: 556761000, longitudeE7: 125683000, altitudeMm: null }, 'udta.\u00a9xyz'],
      ['place', there, 'udta.loci'],
      ['place', there, 'udta.loci'],
    ])
  })

  test('says what telephones write into their own metadata, in MP4 and in MOV', () => {
    const keys = [
      'com.apple.quicktime.make',
      'com.apple.quicktime.location.ISO6709',
      'com.apple.quicktime.creationdate',
    ]
    const values = ['Someone', '+48.1374+011.5755+519.000/', '2026-11-22T13:00:00+0100']
    const list = box('keys', u32(0), u32(keys.length), ...keys.map(key => box('mdta', Buffer.from(key))))
    const data = values.map((value, i) =>
      box(u32(i + 1).toString('latin1'), box('data', u32(1), u32(0), Buffer.from(value))),
    )
    const hdlr = box('hdlr', Buffer.alloc(25))
    const expected = [
      ['place', { latitudeE7: 481374000, longitudeE7: 115755000, altitudeMm: 519000 }, `meta.${keys[1]}`],
      ['created-at', Date.UTC(2026, 10, 22, 12), `meta.${keys[2]}`],
    ]
    expect(told(box('moov', box('meta', hdlr, list, box('ilst', ...data))))).toEqual(expected)
    expect(told(box('moov', box('meta', u32(0), hdlr, list, box('ilst', ...data))))).toEqual(expected)
  })

  test('leaves out a date without a zone: it names no instant', () => {
    for (const value of ['2026-11-22T13:00:00', 'yesterday', '2026-13-45T99:00:00Z']) {
      const list = box('keys', u32(0), u32(1), box('mdta', Buffer.from('com.apple.quicktime.creationdate')))
      const item = box(u32(1).toString('latin1'), box('data', u32(1), u32(0), Buffer.from(value)))
      expect(told(box('moov', box('meta', box('hdlr', Buffer.alloc(25)), list, box('ilst', item))))).toEqual([])
    }
  })

  test('says how much is missing of a file that was cut', () => {
    const mdat = box('mdat', Buffer.alloc(1000))
    expect(told(ftyp, mdat.subarray(0, 700)).at(-1)).toEqual(['missing-bytes', 308, 'mdat.size'])
    const large = Buffer.concat([u32(1), Buffer.from('mdat'), u64(5_000_000_016n), Buffer.alloc(16)])
    expect(told(ftyp, large).at(-1)).toEqual(['missing-bytes', 4_999_999_984, 'mdat.size'])
    expect(told(ftyp, Buffer.concat([u32(0), Buffer.from('mdat'), Buffer.alloc(9)]))).toHaveLength(1)
  })

  test('is not read beyond its first fragment', () => {
    const cut = box('mdat', Buffer.alloc(100)).subarray(0, 50)
    expect(told(ftyp, box('moov', mvhd32(0, 1, 1)), box('moof'), cut)).toHaveLength(2)
  })

  test('ends where a box is cut, too large for its parent, or too small for its content', () => {
    const spot = box('loci', Buffer.concat([u32(0), u16(0), Buffer.from('Here\0\0'), Buffer.alloc(12)]))
    expect(told(ftyp, Buffer.concat([u32(1), Buffer.from('mdat')]))).toHaveLength(1)
    expect(told(box('moov', box('udta', spot)))).toHaveLength(1)
    const larger = Buffer.from(spot)
    larger.writeUInt32BE(spot.length + 40)
    expect(told(box('moov', box('udta', larger), box('free', Buffer.alloc(80))))).toEqual([])
    expect(told(box('moov', box('udta', box('loci', Buffer.alloc(12)))))).toEqual([])
    expect(told(box('moov', box('udta', box('\u00a9xyz', Buffer.alloc(3)))))).toEqual([])
    expect(told(box('moov', box('mvhd', Buffer.alloc(12)), box('meta', Buffer.alloc(3))))).toEqual([])
  })

  test('is known by its first box; nothing else is taken for one', () => {
    const is = (bytes: Buffer) => readIsobmff(bytes.length, reader(bytes), () => undefined)
    expect(is(ftyp)).toBe(true)
    expect(is(box('moov'))).toBe(true)
    expect(is(box('RIFF'))).toBe(false)
    expect(is(Buffer.from('text that is long enough'))).toBe(false)
    expect(is(Buffer.alloc(0))).toBe(false)
    expect(is(Buffer.alloc(7))).toBe(false)
  })
})

describe('a hostile header', () => {
  test('never makes the reader throw, read outside the file, or tell what is not a fact', () => {
    const plain = fixture('plain.mp4')
    const moov = plain.subarray(plain.indexOf('moov') - 4)
    const change = fc.tuple(fc.nat(moov.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), fc.nat(moov.length), (changes, length) => {
        told(mutant(moov, changes).subarray(0, length))
      }),
      { numRuns: 2000 },
    )
  })

  test('with a million boxes costs a bounded number of reads', () => {
    let reads = 0
    const empty = box('free')
    const read = (_: number, length: number) => (reads++, Buffer.concat([empty, empty]).subarray(0, length))
    readIsobmff(8_000_000_000, read, () => undefined)
    expect(reads).toBeLessThanOrEqual(100_000)
    const nested = Buffer.concat([u32(0), Buffer.from('moov')])
    reads = 0
    readIsobmff(
      8_000_000_000,
      (at, length) => (
        reads++,
        (at === 0 ? Buffer.concat([nested, empty]) : Buffer.concat([empty, empty])).subarray(0, length)
      ),
      () => undefined,
    )
    expect(reads).toBeLessThanOrEqual(2_001)
  })
})

function told(...parts: Buffer[]): unknown[][] {
  const bytes = Buffer.concat(parts)
  const facts: Fact[] = []
  readIsobmff(bytes.length, reader(bytes), fact => facts.push(fact))
  for (const fact of facts) expect(fact.parser).toBe('vidne isobmff 1')
  return facts.map(fact => [fact.name, fact.value, fact.source])
}

function reader(bytes: Buffer) {
  return (offset: number, length: number): Buffer => {
    if (offset < 0 || length < 0 || offset + length > bytes.length) throw new Error('read outside the file')
    return bytes.subarray(offset, offset + length)
  }
}

function mvhd32(created: number, timescale: number, duration: number): Buffer {
  return box('mvhd', u32(0), u32(created), u32(created), u32(timescale), u32(duration), Buffer.alloc(80))
}

function mvhd64(created: number, timescale: number, duration: number): Buffer {
  const time = u64(BigInt(created))
  return box('mvhd', u32(0x0100_0000), time, time, u32(timescale), u64(BigInt(duration)), Buffer.alloc(80))
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(value)
  return bytes
}
