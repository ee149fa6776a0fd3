import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as bytes from './bytes.ts'
import {
  BytesRefused,
  fromBase64,
  fromHex,
  fromUtf8,
  isHex,
  readU64,
  toBase64,
  toHex,
  u32,
  u64,
  utf8,
} from './bytes.ts'

const refusal = (act: () => unknown) => {
  try {
    act()
  } catch (error) {
    return error instanceof BytesRefused ? error.code : error
  }
  return 'accepted'
}

describe('every value has exactly one spelling', () => {
  test('hexadecimal comes back as it went, and agrees with Node', () => {
    fc.assert(
      fc.property(fc.uint8Array(), value => {
        expect(toHex(value)).toBe(Buffer.from(value).toString('hex'))
        expect(fromHex(toHex(value))).toEqual(value)
      }),
    )
  })

  test('upper case, odd length and foreign characters are no hexadecimal of ours', () => {
    for (const text of ['AB', 'a', '0g', ' 00', '00\n', '0x00']) expect(refusal(() => fromHex(text))).toBe('not-hex')
    expect(isHex('00'.repeat(32), 32)).toBe(true)
    for (const value of ['00'.repeat(31), 'AA'.repeat(32), 7, null]) expect(isHex(value, 32)).toBe(false)
  })

  test('base64 comes back as it went, and agrees with Node', () => {
    fc.assert(
      fc.property(fc.uint8Array(), value => {
        expect(toBase64(value)).toBe(Buffer.from(value).toString('base64'))
        expect(fromBase64(toBase64(value))).toEqual(value)
      }),
    )
  })

  test('any base64 that is taken is the one that would be written', () => {
    const nearly = fc.string({ unit: fc.constantFrom('A', 'B', '/', '+', '=', '-', '\n'), maxLength: 12 })
    fc.assert(
      fc.property(nearly, text => {
        const code = refusal(() => expect(toBase64(fromBase64(text))).toBe(text))
        expect(['accepted', 'not-base64']).toContain(code)
      }),
      { numRuns: 2000 },
    )
  })

  test('base64 without padding, with bits behind its end, or in the URL alphabet is refused', () => {
    for (const text of ['QQ', 'QQ=', 'QR==', 'QUJ=', '-_==', 'QUJD\n']) {
      expect(refusal(() => fromBase64(text))).toBe('not-base64')
    }
  })

  test('UTF-8 keeps a byte order mark and refuses what is not well-formed', () => {
    expect(fromUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\uFEFFa')
    for (const broken of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]]) {
      expect(refusal(() => fromUtf8(Uint8Array.from(broken)))).toBe('not-utf8')
    }
    expect(refusal(() => utf8('\uD800'))).toBe('not-unicode')
  })
})

describe('numbers are big-endian and exact', () => {
  test('a u64 comes back, also above 2^32', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), value => {
        expect(readU64(u64(value))).toBe(value)
        expect(Buffer.from(u64(value)).readBigUInt64BE()).toBe(BigInt(value))
      }),
    )
  })

  test('what a number cannot hold exactly is refused', () => {
    for (const value of [-1, 0.5, 2 ** 53, Number.NaN]) expect(refusal(() => u64(value))).toBe('out-of-range')
    for (const value of [-1, 0.5, 2 ** 32]) expect(refusal(() => u32(value))).toBe('out-of-range')
    expect(refusal(() => readU64(Uint8Array.of(0, 32, 0, 0, 0, 0, 0, 0)))).toBe('out-of-range')
    expect(refusal(() => readU64(new Uint8Array(8), 1))).toBe('out-of-range')
    expect(toHex(u32(0xdead_beef))).toBe('deadbeef')
  })

  test('joined parts keep their order, and equality looks at every byte', () => {
    const [a, b] = [Uint8Array.of(1, 2), Uint8Array.of(3)]
    expect(bytes.concat(a, b)).toEqual(Uint8Array.of(1, 2, 3))
    expect(bytes.equalBytes(a, Uint8Array.of(1, 2))).toBe(true)
    for (const other of [Uint8Array.of(1, 3), Uint8Array.of(1), Uint8Array.of(1, 2, 0)]) {
      expect(bytes.equalBytes(a, other)).toBe(false)
    }
  })
})
