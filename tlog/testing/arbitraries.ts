import fc from 'fast-check'

export const hash: fc.Arbitrary<Uint8Array> = fc.uint8Array({ minLength: 32, maxLength: 32 })

/** Any text, lone surrogates and control characters among it. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map(units => String.fromCharCode(...units)),
)

/** A valid text with a few pieces cut out, doubled, moved or replaced; now and then left as it was. */
export function mutated(valid: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const piece = fc.oneof(
    anyText,
    fc.constantFrom('\n', '\n\n', ' ', '\t', '\r\n', '\0', '+', '=', '— ', '0', '-1', '\u{feff}', '\u{2028}', 'é'),
  )
  const cut = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 12 }), piece, fc.boolean())
  return fc.tuple(valid, fc.array(cut, { maxLength: 3 })).map(([text, cuts]) =>
    cuts.reduce((now, [where, length, replacement, double]) => {
      const at = Math.floor(where * now.length)
      const middle = now.slice(at, at + length)
      return now.slice(0, at) + (double ? middle + middle : replacement) + now.slice(at + length)
    }, text),
  )
}

/** The same bytes with one bit the other way. */
export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = new Uint8Array(bytes)
  const at = bit % (bytes.length * 8)
  copy[at >> 3] = (copy[at >> 3] ?? 0) ^ (1 << (at & 7))
  return copy
}
