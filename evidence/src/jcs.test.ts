import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { leftOut } from '../../checks/left-out.ts'
import { canonicalize, DEEPEST, JcsRefused, parseCanonical } from './jcs.ts'
import type { Json, JcsFault } from './jcs.ts'
import { anyJson, mutated } from './testing/arbitrary.ts'
import { conformanceFolder } from './testing/conformance.ts'

function faultOf(act: () => unknown): JcsFault | 'accepted' {
  try {
    act()
    return 'accepted'
  } catch (error) {
    if (error instanceof JcsRefused) return error.code
    throw error
  }
}

const { folder, missing } = conformanceFolder('jcs')

describe.skipIf(leftOut('the vectors of RFC 8785', missing))('the vectors of RFC 8785', () => {
  const read = (kind: string, name: string) => readFileSync(join(folder, kind, name), 'utf8')
  const names = missing !== null ? [] : readdirSync(join(folder, 'input'))

  test('are all there', () => {
    expect(names).toHaveLength(6)
  })

  test.each(names.filter(name => name !== 'values.json'))('%s comes out byte for byte', name => {
    const canonical = canonicalize(JSON.parse(read('input', name)))
    expect(canonical).toBe(read('output', name))
    const hex = read('outhex', name.replace('.json', '.txt')).replaceAll(/\s/g, '')
    expect(Buffer.from(canonical).toString('hex')).toBe(hex)
    expect(canonicalize(parseCanonical(canonical))).toBe(canonical)
  })

  test('values.json is refused on purpose: it holds fractions', () => {
    expect(faultOf(() => canonicalize(JSON.parse(read('input', 'values.json'))))).toBe('not-an-integer')
    expect(faultOf(() => parseCanonical(read('output', 'values.json')))).toBe('not-an-integer')
  })
})

describe('one value, one text', () => {
  test('a value comes back from its canonical text', () => {
    fc.assert(
      fc.property(anyJson, value => {
        const text = canonicalize(value)
        expect(canonicalize(parseCanonical(text))).toBe(text)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 1000 },
    )
  })

  test('the order in which members were set makes no difference', () => {
    const entries = fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary' }), fc.integer()), {
      selector: ([name]) => name,
    })
    fc.assert(
      fc.property(entries, set => {
        expect(canonicalize(Object.fromEntries(set))).toBe(canonicalize(Object.fromEntries(set.toReversed())))
      }),
    )
  })

  test('members stand in the order of their UTF-16 units, so 😀 comes before U+FB33', () => {
    expect(canonicalize({ '\uFB33': 1, '😀': 2, '10': 3, '9': 4 })).toBe('{"10":3,"9":4,"😀":2,"\uFB33":1}')
  })

  test('every other spelling of the same value is refused', () => {
    const others = [
      ' 1',
      '1 ',
      '1.0',
      '1e0',
      '-0',
      '01',
      '+1',
      '"\\u0061"',
      '"\\/"',
      '"\\u000A"',
      '[1, 2]',
      '{"b":1,"a":2}',
    ]
    for (const text of others) expect(['not-canonical', 'not-json']).toContain(faultOf(() => parseCanonical(text)))
    expect(faultOf(() => parseCanonical('\uFEFF1'))).toBe('not-json')
  })

  test('a member named twice is refused, whichever of the two a reader would take', () => {
    for (const text of ['{"a":1,"a":1}', '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"__proto__":1,"__proto__":2}']) {
      expect(faultOf(() => parseCanonical(text))).toBe('not-canonical')
    }
  })

  test('a text with one mutation is refused or is itself canonical', () => {
    const valid = canonicalize({ a: [1, -2, { b: 'x\n"é😀' }], c: null, d: true, e: 9007199254740991 })
    fc.assert(
      fc.property(fc.oneof(mutated(valid), fc.string({ unit: 'binary' })), text => {
        const fault = faultOf(() => expect(canonicalize(parseCanonical(text))).toBe(text))
        expect(typeof fault).toBe('string')
      }),
      { numRuns: 5000 },
    )
  })
})

describe('what has no one spelling is refused', () => {
  test('fractions, infinities and numbers beyond 2^53-1', () => {
    for (const value of [0.5, 1e21, 2 ** 53, -(2 ** 53), Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(faultOf(() => canonicalize(value))).toBe('not-an-integer')
    }
    for (const text of ['9007199254740993', '9007199254740992', '1e400']) {
      expect(faultOf(() => parseCanonical(text))).toBe('not-an-integer')
    }
    expect(canonicalize([-(2 ** 53 - 1), 2 ** 53 - 1])).toBe('[-9007199254740991,9007199254740991]')
  })

  test('a lone surrogate, as value or as member name, written out or escaped', () => {
    expect(faultOf(() => canonicalize('\uD800'))).toBe('lone-surrogate')
    expect(faultOf(() => canonicalize({ 'a\uDC00': 1 }))).toBe('lone-surrogate')
    expect(faultOf(() => parseCanonical('"\\ud800"'))).toBe('lone-surrogate')
    expect(faultOf(() => parseCanonical('"\uD800"'))).toBe('lone-surrogate')
    expect(canonicalize('😀')).toBe('"😀"')
  })

  test('what is no JSON: undefined, holes, functions, dates, maps, bigint', () => {
    const values: unknown[] = [
      undefined,
      [1, undefined],
      Object.assign([], { length: 2 }),
      () => 1,
      new Date(0),
      new Map(),
      1n,
      { a: undefined },
    ]
    for (const value of values) expect(faultOf(() => canonicalize(value as Json))).toBe('not-a-value')
  })

  test('nesting is bounded, however deep the text', () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
    expect(faultOf(() => parseCanonical(nested(DEEPEST)))).toBe('accepted')
    expect(faultOf(() => parseCanonical(nested(DEEPEST + 1)))).toBe('too-deep')
    expect(faultOf(() => parseCanonical(nested(1_000_000)))).toBe('too-deep')
    expect(faultOf(() => parseCanonical('{"a":'.repeat(500_000)))).toBe('not-json')
    const itself: Json[] = []
    itself.push(itself)
    expect(faultOf(() => canonicalize(itself))).toBe('too-deep')
  })
})
