import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex, utf8 } from './bytes.ts'
import * as browser from './crypto.browser.ts'
import * as node from './crypto.node.ts'

describe.each([
  ['in Node', node],
  ['in a browser', browser],
])('%s', (_, { sha256, randomBytes }) => {
  test('the digest of "abc" is that of FIPS 180-4', () => {
    expect(toHex(sha256(utf8('abc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    expect(toHex(sha256())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })

  test('several parts hash as if they were one, short or long', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 4 }), parts => {
        const expected = createHash('sha256')
        for (const part of parts) expected.update(part)
        expect(toHex(sha256(...parts))).toBe(expected.digest('hex'))
      }),
    )
  })

  test('random bytes have the length asked for, beyond one call of the browser too, and do not repeat', () => {
    expect(randomBytes(70_000)).toHaveLength(70_000)
    expect(
      randomBytes(70_000)
        .subarray(65_536)
        .some(byte => byte !== 0),
    ).toBe(true)
    expect(toHex(randomBytes(32))).not.toBe(toHex(randomBytes(32)))
  })

  test('a digest is a plain Uint8Array', () => {
    expect(Object.getPrototypeOf(sha256(utf8('abc')))).toBe(Uint8Array.prototype)
  })
})
