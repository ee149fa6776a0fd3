import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anyText, mutated } from '../testing/arbitraries.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'

test('bytes come back from base64, which is the usual one', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
    expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
    expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes)
  })
  fc.assert(property)
})

test('long data comes back too', () => {
  const bytes = new Uint8Array(1_000_003).map((_, index) => index % 251)
  expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes)
})

test.each(['A', 'AA', 'AAA', 'AA=', 'AA=A', 'AB==', 'AAB=', 'AA==\n', ' AA==', 'A A==', 'A-_=', 'AAAA====', '===='])(
  'a second spelling is refused: %j',
  odd => {
    expect(decodeBase64(odd)).toBeNull()
  },
)

test('whatever is read encodes to the very same text again', () => {
  const valid = fc.uint8Array({ maxLength: 40 }).map(encodeBase64)
  const property = fc.property(fc.oneof(anyText, mutated(valid)), text => {
    const bytes = decodeBase64(text)
    if (bytes !== null) expect(encodeBase64(bytes)).toBe(text)
  })
  fc.assert(property, { numRuns: 2000 })
})
