import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historyKeyId, isUuid, uuidBytes, uuidFromBytes, uuidv7 } from './identifiers.ts'

test('an identifier is a UUID of version 7 whose first 48 bits are the clock’s milliseconds', () => {
  const at = Date.UTC(2026, 10, 22)
  const id = uuidv7({ now: () => at })
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at)
})

test('identifiers are never the same, and later ones sort later', () => {
  let at = 1_700_000_000_000
  const ids = Array.from({ length: 1000 }, () => uuidv7({ now: () => at++ }))
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(Array.from({ length: 1000 }, () => uuidv7({ now: () => at }))).size).toBe(1000)
})

test('bytes and text of a UUID are the same thing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), bytes => {
      expect(uuidBytes(uuidFromBytes(bytes))).toEqual(bytes)
    }),
  )
  expect(() => uuidBytes('not a uuid')).toThrow(RangeError)
  expect(() => uuidFromBytes(new Uint8Array(15))).toThrow(RangeError)
  expect(isUuid('0198F0A0-0000-7000-8000-000000000001')).toBe(false)
})

test('the id of a history key is fixed by its subject and is not the subject', () => {
  // Computed apart: printf 'vidne/history-key/v1\0' ‖ the 16 bytes, through sha256sum.
  expect(historyKeyId('0198f0a0-0000-7000-8000-000000000001')).toBe('1cef55e6-cf30-a5a4-f6bd-b1636078ab6b')
})
