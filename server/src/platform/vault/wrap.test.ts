import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deriveMaster, unwrapKey, wrapKey } from './wrap.ts'

// RFC 3394 section 4.6: 256 bits of key data with a 256-bit key.
const KEK = Buffer.from('000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F', 'hex')
const DATA = Buffer.from('00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F', 'hex')
const WRAPPED = Buffer.from('28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21', 'hex')

test('wrapping gives what RFC 3394 gives', () => {
  expect(wrapKey(KEK, DATA)).toEqual(WRAPPED)
  expect(unwrapKey(KEK, WRAPPED)).toEqual(DATA)
})

test('a wrapped key with any bit changed, or under another key, opens to nothing', () => {
  fc.assert(
    fc.property(fc.nat(WRAPPED.length * 8 - 1), bit => {
      const changed = Buffer.from(WRAPPED)
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
      expect(unwrapKey(KEK, changed)).toBeNull()
    }),
  )
  expect(unwrapKey(DATA, WRAPPED)).toBeNull()
  expect(unwrapKey(KEK, WRAPPED.subarray(1))).toBeNull()
})

test('two vaults share nothing that is derived from one master key', () => {
  const [one, other] = [deriveMaster(KEK, '00'.repeat(16)), deriveMaster(KEK, '01'.repeat(16))]
  expect(one.wrapping.equals(other.wrapping)).toBe(false)
  expect(one.check.equals(other.check)).toBe(false)
  expect(one.check.equals(one.wrapping)).toBe(false)
  expect(() => deriveMaster(KEK.subarray(1), '')).toThrow(RangeError)
})
