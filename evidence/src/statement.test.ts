import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from './jcs.ts'
import { decodeStatement, encodeStatement, FORMATS, isOrigin, parseStatement } from './statement.ts'
import type { PublicStatement } from './statement.ts'
import { anyJson, mutated, mutatedJson } from './testing/arbitrary.ts'
import { formatFault } from './testing/refusal.ts'

const digest = 'ab'.repeat(32)

/** One of each: the compiler sees to it that none is forgotten. */
const one: { [Type in PublicStatement['type']]: Extract<PublicStatement, { type: Type }> } = {
  'log-opened': {
    type: 'log-opened',
    v: 1,
    origin: 'log.example.org/agency',
    mode: 'normal',
    formats: { ...FORMATS },
    cadenceSeconds: 300,
    at: 1,
  },
  'policy-in-force': { type: 'policy-in-force', v: 1, policy: digest, pack: 'uk-met', at: 2 },
  'deletion-run': { type: 'deletion-run', v: 1, at: 3, counts: [{ rule: 'use_of_force', items: 4 }] },
  'log-continued': {
    type: 'log-continued',
    v: 1,
    previous: { origin: 'log.example.org/2025', size: 9_000_000_000, root: digest },
    at: 4,
  },
  'key-enrolled': { type: 'key-enrolled', v: 1, role: 'witness', key: digest, at: 5 },
  'key-revoked': { type: 'key-revoked', v: 1, role: 'map-checker', key: digest, at: 6 },
  'software-in-use': { type: 'software-in-use', v: 1, version: '0.1.0', build: digest, at: 7 },
  'figures-published': { type: 'figures-published', v: 1, figures: digest, from: 1, until: 2, at: 8 },
}
const all = Object.values(one)
const fault = (statement: Json) => formatFault(() => parseStatement(statement))

describe('what is said in public', () => {
  test.each(all)('$type comes back from its canonical text', statement => {
    expect(decodeStatement(encodeStatement(statement))).toEqual(statement)
  })

  test.each(all)('$type has exactly its members', statement => {
    const members = Object.keys(statement).filter(name => name !== 'type')
    for (const name of members) {
      const without = Object.fromEntries(Object.entries(statement).filter(([kept]) => kept !== name))
      expect(fault(without)).toBe(`missing-member statement.${name}`)
    }
    expect(fault({ ...statement, remark: 'Deleted the footage of J. Hansen' })).toBe('unknown-member statement.remark')
    expect(fault({ ...statement, v: 2 })).toBe('wrong-value statement.v')
  })

  test.each(all)('$type has no member that could hold a sentence', statement => {
    const sentence = 'the footage of J. Hansen'
    const texts = (value: Json, path: string[]): string[][] =>
      value !== null && typeof value === 'object'
        ? Object.entries(value).flatMap(([name, member]) => texts(member, [...path, name]))
        : typeof value === 'string'
          ? [path]
          : []
    for (const path of texts(statement, [])) {
      const changed: Record<string, Json> = structuredClone(statement)
      const holder = path.slice(0, -1).reduce<object>((inner, name) => Reflect.get(inner, name) as object, changed)
      Reflect.set(holder, path.at(-1)!, sentence)
      expect(fault(changed)).toBe(`wrong-value statement.${path.join('.').replace('counts.0', 'counts[0]')}`)
    }
  })

  test('a kind of statement that does not exist is refused, also those every object inherits', () => {
    for (const type of ['remark', 'constructor', '__proto__', '', 1, null]) {
      expect(fault({ type, v: 1, at: 1 })).toBe('wrong-value statement.type')
    }
    for (const value of [null, 'log-opened', [], 1]) expect(fault(value)).toBe('wrong-value statement.type')
  })

  test('an origin is a name like a host and path, without spaces, plus signs or letters that look like others', () => {
    for (const name of ['log.example.org', 'localhost:8420/x', 'a', 'a'.repeat(255)]) expect(isOrigin(name)).toBe(true)
    for (const name of ['', ' a', 'a b', 'a+b', 'æ.dk', 'a\n', '/a', 'a'.repeat(256)])
      expect(isOrigin(name)).toBe(false)
  })

  test('a cadence is between a second and a day', () => {
    for (const cadenceSeconds of [0, 86_401, 0.5]) {
      expect(fault({ ...one['log-opened'], cadenceSeconds })).toBe('wrong-value statement.cadenceSeconds')
    }
  })

  test('a period of figures does not end before it begins', () => {
    expect(fault({ ...one['figures-published'], from: 3 })).toBe('wrong-value statement.until')
  })

  test('is refused by name, never by another error, whatever is offered', () => {
    const changed = fc.oneof(...all.map(statement => mutatedJson(statement)))
    fc.assert(
      fc.property(fc.oneof(anyJson, changed), value => fault(value) !== ''),
      { numRuns: 3000 },
    )
    const texts = fc.oneof(...all.map(statement => mutated(encodeStatement(statement))))
    fc.assert(
      fc.property(texts, text => {
        formatFault(() => expect(encodeStatement(decodeStatement(text))).toBe(text))
      }),
      { numRuns: 3000 },
    )
  })
})
