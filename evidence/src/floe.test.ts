import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import {
  blobAad,
  FloeOpener,
  FloeRefused,
  FloeSealer,
  HEADER_BYTES,
  openHeader,
  openMessage,
  openRange,
  openSegmentWith,
  SEGMENT_BYTES,
  SEGMENT_PLAIN_BYTES,
  sealedLength,
} from './floe.ts'
import { conformanceFolder } from './testing/conformance.ts'

const KEY = new Uint8Array(32).fill(7)
const AAD = new TextEncoder().encode('where it belongs')
const { folder: KAT_FOLDER, missing } = conformanceFolder('floe')
const KAT = { key: new Uint8Array(32), aad: new TextEncoder().encode('This is AAD') }

// The rotation vector was made with a key for every 4 segments: 2 bits masked.
const KNOWN_ANSWERS = [
  { name: 'go_GCM256_IV256_64', segmentBytes: 64, rotationBits: 20 },
  { name: 'go_GCM256_IV256_4K', segmentBytes: 4096, rotationBits: 20 },
  { name: 'go_rotation', segmentBytes: 40, rotationBits: 2 },
]

describe.skipIf(leftOut('the known answers of FLOE', missing))('FLOE known answers of the specification', () => {
  for (const { name, ...parameters } of KNOWN_ANSWERS) {
    test(`${name} opens to its plaintext`, () => {
      const { sealed, plain } = vector(name)
      expect(hex(openMessage({ ...KAT, ...parameters, sealed }))).toBe(hex(plain))
    })

    test(`${name} opens segment by segment from the last to the first`, () => {
      const { sealed, plain } = vector(name)
      const opener = new FloeOpener({ ...KAT, ...parameters, header: sealed.subarray(0, HEADER_BYTES) })
      const segments = split(sealed.subarray(HEADER_BYTES), parameters.segmentBytes)
      const opened = segments
        .map((_, i) => i)
        .toReversed()
        .map(i => opener.openSegment(segments[i]!, i, i === segments.length - 1))
      expect(hex(Buffer.concat(opened.toReversed()))).toBe(hex(plain))
    })

    test(`${name} comes out byte for byte when its plaintext is sealed with its IVs`, () => {
      const { sealed, plain } = vector(name)
      const nonces = split(sealed.subarray(HEADER_BYTES), parameters.segmentBytes).map(segment =>
        segment.subarray(4, 16),
      )
      const drawn = [sealed.subarray(10, 42), ...nonces]
      expect(hex(seal(plain, { ...KAT, ...parameters, random: () => drawn.shift()! }))).toBe(hex(sealed))
    })
  }
})

describe('a sealed message', () => {
  test('opens to what was sealed, whatever its length, and is as long as announced', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 33, max: 90 }), (plain, segmentBytes) => {
        const sealed = seal(plain, { key: KEY, aad: AAD, segmentBytes })
        expect(sealed.length).toBe(sealedLength(plain.length, segmentBytes))
        expect(hex(openMessage({ key: KEY, aad: AAD, sealed, segmentBytes }))).toBe(hex(plain))
      }),
    )
  })

  test('has 1 048 608 bytes a full segment, and a last segment that may be full', () => {
    const sealed = seal(new Uint8Array(2 * SEGMENT_PLAIN_BYTES), { key: KEY, aad: AAD })
    expect(sealed.length).toBe(HEADER_BYTES + 2 * SEGMENT_BYTES)
    expect(sealedLength(2 * SEGMENT_PLAIN_BYTES)).toBe(sealed.length)
    expect(sealedLength(0)).toBe(106)
  })

  test('is the same whether the plaintext comes in one piece or in chunks', () => {
    const plain = bytesOf(300_000)
    const chunks = [plain.subarray(0, 1), plain.subarray(1, 1), plain.subarray(1, 200_001), plain.subarray(200_001)]
    const fixed = (n: number) => new Uint8Array(n).fill(n)
    const whole = new FloeSealer({ key: KEY, aad: AAD, random: fixed }).sealFinal(plain)
    expect(hex(new FloeSealer({ key: KEY, aad: AAD, random: fixed }).sealFinal(chunks))).toBe(hex(whole))
  })

  test('can be sealed into a buffer that is already there', () => {
    const sealer = new FloeSealer({ key: KEY, aad: AAD, segmentBytes: 64 })
    const target = new Uint8Array(HEADER_BYTES + 64 + 35 + 5)
    target.set(sealer.header)
    expect(sealer.sealInternalInto(bytesOf(32), target, HEADER_BYTES)).toBe(64)
    expect(sealer.sealFinalInto(bytesOf(3), target, HEADER_BYTES + 64)).toBe(35)
    expect(target.subarray(-5)).toEqual(new Uint8Array(5))
    const opened = openMessage({ key: KEY, aad: AAD, sealed: target.subarray(0, -5), segmentBytes: 64 })
    expect(hex(opened)).toBe(hex(Buffer.concat([bytesOf(32), bytesOf(3)])))
  })

  test('draws a new nonce for every segment and a new IV for every message', () => {
    const drawn = new Set(
      Array.from({ length: 50 }, () => hex(seal(bytesOf(64), { key: KEY, aad: AAD, segmentBytes: 64 }).subarray(10))),
    )
    expect(drawn.size).toBe(50)
    const sealed = seal(new Uint8Array(320), { key: KEY, aad: AAD, segmentBytes: 64 })
    const nonces = split(sealed.subarray(HEADER_BYTES), 64).map(segment => hex(segment.subarray(4, 16)))
    expect(new Set(nonces).size).toBe(10)
  })

  test('does not change when the caller reuses the buffers of key and associated data', () => {
    const key = Buffer.from(KEY)
    const aad = Buffer.from(AAD)
    const sealer = new FloeSealer({ key, aad, rotationBits: 0, segmentBytes: 64 })
    key.fill(0)
    aad.fill(0)
    const sealed = Buffer.concat([sealer.header, sealer.sealInternal(bytesOf(32)), sealer.sealFinal(bytesOf(1))])
    const opener = { key: KEY, aad: AAD, sealed, segmentBytes: 64, rotationBits: 0 }
    expect(openMessage(opener)).toHaveLength(33)
  })
})

describe('a sealer keeps its promises', () => {
  const sealer = () => new FloeSealer({ key: KEY, aad: AAD, segmentBytes: 64 })

  test('no segment but the last is other than full', () => {
    expect(() => sealer().sealInternal(bytesOf(31))).toThrow(RangeError)
    expect(() => sealer().sealInternal(bytesOf(33))).toThrow(RangeError)
    expect(() => sealer().sealFinal(bytesOf(33))).toThrow(RangeError)
  })

  test('a message that holds something does not end with an empty segment, so length tells the last one', () => {
    const started = sealer()
    started.sealInternal(bytesOf(32))
    expect(() => started.sealFinal(new Uint8Array(0))).toThrow(RangeError)
    expect(started.sealFinal(bytesOf(1))).toHaveLength(33)
  })

  test('nothing follows the last segment', () => {
    const ended = sealer()
    ended.sealFinal(bytesOf(1))
    expect(() => ended.sealFinal(bytesOf(1))).toThrow('closed')
    expect(() => ended.sealInternal(bytesOf(32))).toThrow('closed')
  })

  test('a target without room is refused before anything is written', () => {
    const target = new Uint8Array(63)
    expect(() => sealer().sealInternalInto(bytesOf(32), target, 0)).toThrow(RangeError)
    expect(target).toEqual(new Uint8Array(63))
  })

  test('a key of the wrong length is refused', () => {
    expect(() => new FloeSealer({ key: new Uint8Array(33), aad: AAD })).toThrow(RangeError)
    expect(() => new FloeSealer({ key: new Uint8Array(16), aad: AAD })).toThrow(RangeError)
  })
})

describe('what is not the sealed message is refused by name', () => {
  const plain = bytesOf(100)
  const sealed = seal(plain, { key: KEY, aad: AAD, segmentBytes: 64 })
  const open = (bytes: Uint8Array) => openMessage({ key: KEY, aad: AAD, sealed: bytes, segmentBytes: 64 })
  const at = (segment: number) => HEADER_BYTES + segment * 64

  test('another key', () => {
    const key = KEY.with(31, 8)
    expect(refusal(() => openMessage({ key, aad: AAD, sealed, segmentBytes: 64 }))).toBe('key-or-aad')
  })

  test('other associated data', () => {
    const aad = AAD.with(0, 0)
    expect(refusal(() => openMessage({ key: KEY, aad, sealed, segmentBytes: 64 }))).toBe('key-or-aad')
    expect(refusal(() => openMessage({ key: KEY, aad: AAD.subarray(1), sealed, segmentBytes: 64 }))).toBe('key-or-aad')
  })

  test('an altered IV or header tag', () => {
    expect(refusal(() => open(sealed.with(10, sealed[10]! ^ 1)))).toBe('key-or-aad')
    expect(refusal(() => open(sealed.with(73, sealed[73]! ^ 128)))).toBe('key-or-aad')
  })

  test('another segment length, cipher or KDF', () => {
    expect(refusal(() => openMessage({ key: KEY, aad: AAD, sealed, segmentBytes: 65 }))).toBe('parameters')
    expect(refusal(() => open(sealed.with(0, 1)))).toBe('parameters')
    expect(refusal(() => open(sealed.with(1, 1)))).toBe('parameters')
    const header = sealed.subarray(0, 73)
    expect(refusal(() => new FloeOpener({ key: KEY, aad: AAD, header, segmentBytes: 64 }))).toBe('header')
  })

  test('a message cut anywhere', () => {
    for (let length = 0; length < sealed.length; length++)
      expect(refusal(() => open(sealed.subarray(0, length)))).toBe('truncated')
  })

  test('a message with bytes behind it', () => {
    for (const more of [1, 4, 63, 64, 200]) {
      expect(refusal(() => open(Buffer.concat([sealed, new Uint8Array(more)])))).toBe('extended')
    }
    expect(refusal(() => open(Buffer.concat([sealed, sealed.subarray(at(0))])))).toBe('extended')
  })

  test('segments in another order, twice, or left out', () => {
    const [a, b, c, d] = split(sealed.subarray(HEADER_BYTES), 64)
    const header = sealed.subarray(0, HEADER_BYTES)
    expect(refusal(() => open(Buffer.concat([header, b!, a!, c!, d!])))).toBe('altered')
    expect(refusal(() => open(Buffer.concat([header, a!, a!, c!, d!])))).toBe('altered')
    expect(refusal(() => open(Buffer.concat([header, a!, c!, d!])))).toBe('altered')
  })

  test('a segment of another message under the same key', () => {
    const other = seal(plain, { key: KEY, aad: AAD, segmentBytes: 64 })
    const mixed = Buffer.concat([sealed.subarray(0, at(1)), other.subarray(at(1))])
    expect(refusal(() => open(mixed))).toBe('altered')
  })

  test('every single flipped bit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: sealed.length * 8 - 1 }), bit => {
        const byte = Math.floor(bit / 8)
        expect(refusal(() => open(sealed.with(byte, sealed[byte]! ^ (1 << (bit % 8)))))).not.toBeNull()
      }),
      { numRuns: 500 },
    )
  })

  test('a segment said to be the last that is not, and the other way round', () => {
    const opener = new FloeOpener({ key: KEY, aad: AAD, header: sealed.subarray(0, HEADER_BYTES), segmentBytes: 64 })
    const first = sealed.subarray(at(0), at(1))
    expect(refusal(() => opener.openSegment(first, 0, true))).toBe('segment-marker')
    expect(refusal(() => opener.openSegment(sealed.subarray(at(3)), 3, false))).toBe('segment-length')
    expect(refusal(() => opener.openSegment(first.subarray(1), 0, false))).toBe('segment-length')
    // Even with the length field put right: the flag is authenticated.
    const posing = Uint8Array.from(first)
    new DataView(posing.buffer).setUint32(0, 64)
    expect(refusal(() => opener.openSegment(posing, 0, true))).toBe('altered')
  })

  test('and no byte of an altered segment stays in the target', () => {
    const opener = new FloeOpener({ key: KEY, aad: AAD, header: sealed.subarray(0, HEADER_BYTES), segmentBytes: 64 })
    const segment = sealed.slice(at(0), at(1)).with(63, 0).with(62, 0)
    const target = new Uint8Array(40).fill(9)
    expect(refusal(() => opener.openSegmentInto(segment, 0, false, { from: 0, to: 32 }, target, 4))).toBe('altered')
    expect([...target]).toEqual([9, 9, 9, 9, ...new Uint8Array(32), 9, 9, 9, 9])
  })

  test('also where only the key of its segment is known; that is a copy, and zeroing it harms nobody', () => {
    const opener = new FloeOpener({ key: KEY, aad: AAD, header: sealed.subarray(0, HEADER_BYTES), segmentBytes: 64 })
    const key = opener.segmentKey(1)
    const segment = { sealed: sealed.slice(at(1), at(2)), index: 1, final: false, segmentBytes: 64 }
    const target = new Uint8Array(32)
    openSegmentWith({ ...segment, key }, { from: 0, to: 32 }, target, 0)
    expect([...target]).toEqual([...opener.openSegment(segment.sealed, 1, false)])
    expect(refusal(() => openSegmentWith({ ...segment, index: 2, key }, { from: 0, to: 32 }, target, 0))).toBe(
      'altered',
    )
    expect([...target]).toEqual([...new Uint8Array(32)])
    key.fill(0)
    expect(refusal(() => openSegmentWith({ ...segment, key }, { from: 0, to: 32 }, target, 0))).toBe('altered')
    expect(opener.openSegment(segment.sealed, 1, false)).toHaveLength(32)
  })
})

describe('reading a range', () => {
  test('gives exactly those bytes and reads only the segments that hold them', async () => {
    const plain = bytesOf(1000)
    const sealed = seal(plain, { key: KEY, aad: AAD, segmentBytes: 64 })
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.nat(1000), async (a, b) => {
        const [offset, end] = a < b ? [a, b] : [b, a]
        let readBytes = 0
        const read = async (from: number, length: number) => {
          readBytes += length
          return sealed.subarray(from, from + length)
        }
        const opener = await openHeader({ key: KEY, aad: AAD, read, segmentBytes: 64 })
        const range = await openRange({ opener, plainBytes: plain.length, offset, length: end - offset, read })
        expect(hex(range)).toBe(hex(plain.subarray(offset, end)))
        expect(readBytes).toBeLessThanOrEqual(HEADER_BYTES + 64 * (Math.ceil((end - offset) / 32) + 1))
      }),
    )
  })

  test('refuses a message that was cut, or that has another length than it should', async () => {
    const sealed = seal(bytesOf(100), { key: KEY, aad: AAD, segmentBytes: 64 })
    const read = async (from: number, length: number) => sealed.subarray(from, from + length)
    const opener = await openHeader({ key: KEY, aad: AAD, read, segmentBytes: 64 })
    const last = (plainBytes: number, source = read) =>
      openRange({ opener, plainBytes, offset: plainBytes - 1, length: 1, read: source })
    await expect(last(100)).resolves.toHaveLength(1)
    await expect(last(99)).rejects.toMatchObject({ code: 'segment-marker' })
    await expect(last(101)).rejects.toMatchObject({ code: 'truncated' })
    await expect(last(96)).rejects.toMatchObject({ code: 'segment-marker' })
    const cut = async (from: number, length: number) => sealed.subarray(from, Math.min(from + length, 300))
    await expect(last(100, cut)).rejects.toMatchObject({ code: 'truncated' })
    await expect(openHeader({ key: KEY, aad: AAD, read: async () => new Uint8Array(5) })).rejects.toMatchObject({
      code: 'header',
    })
  })

  test('outside the message is the caller’s mistake', async () => {
    const sealed = seal(bytesOf(10), { key: KEY, aad: AAD })
    const read = async (from: number, length: number) => sealed.subarray(from, from + length)
    const opener = await openHeader({ key: KEY, aad: AAD, read })
    await expect(openRange({ opener, plainBytes: 10, offset: 5, length: 6, read })).rejects.toThrow(RangeError)
    await expect(openRange({ opener, plainBytes: 10, offset: 10, length: 0, read })).resolves.toHaveLength(0)
  })
})

describe('the associated data of a blob', () => {
  const place = { agency: new Uint8Array(16).fill(1), recording: new Uint8Array(16).fill(2), kind: 3, part: 4 }

  test('are the domain, agency, recording, kind and part on end', () => {
    expect(hex(blobAad(place))).toBe(
      hex(new TextEncoder().encode('vidne/blob/v1\0')) + '01'.repeat(16) + '02'.repeat(16) + '03' + '0000000000000004',
    )
  })

  test('refuse what does not fit', () => {
    expect(() => blobAad({ ...place, agency: new Uint8Array(15) })).toThrow(RangeError)
    expect(() => blobAad({ ...place, kind: 256 })).toThrow(RangeError)
    expect(() => blobAad({ ...place, part: -1 })).toThrow(RangeError)
    expect(() => blobAad({ ...place, part: 2 ** 53 })).toThrow(RangeError)
  })
})

function seal(plain: Uint8Array, p: ConstructorParameters<typeof FloeSealer>[0]): Uint8Array {
  const sealer = new FloeSealer(p)
  const held = (p.segmentBytes ?? SEGMENT_BYTES) - 32
  const parts: Uint8Array[] = [sealer.header]
  let at = 0
  for (; plain.length - at > held; at += held) parts.push(sealer.sealInternal(plain.subarray(at, at + held)))
  parts.push(sealer.sealFinal(plain.subarray(at)))
  return Uint8Array.from(Buffer.concat(parts))
}

function refusal(act: () => unknown): string | null {
  try {
    act()
    return null
  } catch (error) {
    if (error instanceof FloeRefused) return error.code
    throw error
  }
}

function vector(name: string): { sealed: Uint8Array; plain: Uint8Array } {
  const read = (file: string) => Buffer.from(readFileSync(join(KAT_FOLDER, file), 'utf8').trim(), 'hex')
  return { sealed: read(`${name}_ct.txt`), plain: read(`${name}_pt.txt`) }
}

function split(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}

function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255)
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
