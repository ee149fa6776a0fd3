import fc from 'fast-check'
import type { Json } from '../jcs.ts'

/** Any value that has a canonical form: whole numbers, well-formed texts, awkward member names. */
export const anyJson: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(
        fc.tuple(fc.oneof(fc.string({ unit: 'binary' }), fc.constant('__proto__'), fc.constant('10')), tie('value')),
        {
          maxLength: 4,
        },
      )
      .map(entries => Object.fromEntries(entries)),
  ),
})).value

/** Thirty-two bytes. */
export const any32 = fc.uint8Array({ minLength: 32, maxLength: 32 })

/** A text with one change: a character dropped, doubled, replaced or two swapped, or the text cut. */
export function mutated(text: string): fc.Arbitrary<string> {
  const at = fc.nat({ max: Math.max(0, text.length - 1) })
  const replacement = fc.constantFrom(
    '0',
    '1',
    'a',
    'f',
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '\n',
    ' ',
    '\\',
    '\uD800',
    '=',
  )
  return fc.oneof(
    at.map(index => text.slice(0, index) + text.slice(index + 1)),
    at.map(index => text.slice(0, index) + text.charAt(index) + text.slice(index)),
    fc.tuple(at, replacement).map(([index, character]) => text.slice(0, index) + character + text.slice(index + 1)),
    at.map(index => text.slice(0, index) + text.charAt(index + 1) + text.charAt(index) + text.slice(index + 2)),
    at.map(index => text.slice(0, index)),
  )
}

/** A JSON value with one change somewhere inside it: a member dropped, added or replaced by any other value. */
export function mutatedJson(value: Json): fc.Arbitrary<Json> {
  return fc.tuple(fc.nat(), anyJson, fc.constantFrom('drop', 'add', 'replace')).map(([where, other, how]) => {
    const copy = structuredClone(value)
    const holders = holdersIn(copy)
    const [holder, name] = holders[where % holders.length] ?? [{}, 'x']
    if (how === 'drop') Reflect.deleteProperty(holder, name)
    else Reflect.set(holder, how === 'add' ? `${name}x` : name, other)
    // Through JSON once more: what a parser meets came from a text, and a text has no holes.
    return JSON.parse(JSON.stringify(copy)) as Json
  })
}

function holdersIn(value: Json): [object, string][] {
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([name, member]) => [[value, name], ...holdersIn(member)] as [object, string][])
}

/** Labels that crowd together: many differ from another in one late bit only, so branches stand at every depth. */
export const anyLabels: fc.Arbitrary<Uint8Array[]> = fc
  .tuple(
    fc.array(any32, { minLength: 1, maxLength: 6 }),
    fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 24 }),
  )
  .map(([seeds, flips]) => {
    const labels: Uint8Array[] = [...seeds]
    for (const [of, bit] of flips) labels.push(flipped(labels[of % labels.length] ?? new Uint8Array(32), bit))
    return [...new Map(labels.map(label => [label.join(), label])).values()]
  })

/** The label with one bit (0 to 255) turned over. */
export function flipped(label: Uint8Array, bit: number): Uint8Array {
  return label.with(bit >> 3, (label[bit >> 3] ?? 0) ^ (0x80 >> (bit & 7)))
}
