import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, toHex, utf8 } from './bytes.ts'
import { eventLeaf, fillerLeaf, LeafRefused, mapRootLeaf, parseLeaf, statementLeaf } from './leaf.ts'
import type { Leaf } from './leaf.ts'
import { any32 } from './testing/arbitrary.ts'
import { seededRandom } from './testing/small-log.ts'
import type { PublicStatement } from './statement.ts'

const statement: PublicStatement = { type: 'deletion-run', v: 1, at: 5, counts: [{ rule: 'uncategorised', items: 41 }] }

/** Writes a parsed leaf again: only its own bytes may have given it. */
function rewritten(leaf: Leaf): Uint8Array | null {
  if (leaf.kind === 'event') return eventLeaf(leaf.label, leaf.commitment)
  if (leaf.kind === 'map-root') return mapRootLeaf(leaf.root, leaf.size)
  return leaf.kind === 'statement' ? statementLeaf(leaf.statement) : null
}

describe('leaves', () => {
  test('of an event are 65 bytes and come back', () => {
    fc.assert(
      fc.property(any32, any32, (label, commitment) => {
        const leaf = eventLeaf(label, commitment)
        expect(leaf).toHaveLength(65)
        expect(parseLeaf(leaf)).toEqual({ kind: 'event', label, commitment })
      }),
    )
  })

  test('that only fill cannot be told from an event', () => {
    const filler = fillerLeaf(seededRandom('filler'))
    expect(filler).toHaveLength(65)
    expect(parseLeaf(filler).kind).toBe('event')
    expect(toHex(fillerLeaf())).not.toBe(toHex(fillerLeaf()))
  })

  test('of a map root are 41 bytes and come back, also above 2^32', () => {
    fc.assert(
      fc.property(any32, fc.maxSafeNat(), (root, size) => {
        const leaf = mapRootLeaf(root, size)
        expect(leaf).toHaveLength(41)
        expect(parseLeaf(leaf)).toEqual({ kind: 'map-root', root, size })
      }),
    )
  })

  test('of a statement are 0x04 and its canonical text', () => {
    const text = '{"at":5,"counts":[{"items":41,"rule":"uncategorised"}],"type":"deletion-run","v":1}'
    expect(statementLeaf(statement)).toEqual(concat(Uint8Array.of(4), utf8(text)))
    expect(parseLeaf(statementLeaf(statement))).toEqual({ kind: 'statement', statement })
  })

  test.each([
    ['nothing', new Uint8Array(0), 'unknown-kind'],
    ['kind 0x03', Uint8Array.of(3, 1), 'unknown-kind'],
    ['a short event', new Uint8Array(64).fill(1), 'wrong-length'],
    ['a long event', new Uint8Array(66).fill(1), 'wrong-length'],
    ['a short map root', new Uint8Array(40).fill(2), 'wrong-length'],
    ['a long map root', concat(Uint8Array.of(2), new Uint8Array(41)), 'wrong-length'],
    [
      'a map root over more than 2^53-1 leaves',
      concat(Uint8Array.of(2), new Uint8Array(40).fill(255)),
      'size-too-large',
    ],
    ['spaced JSON', concat(Uint8Array.of(4), utf8('{ }')), 'not-a-statement'],
    ['bytes that are no text', Uint8Array.of(4, 0xff), 'not-a-statement'],
    ['a statement longer than a log entry', concat(Uint8Array.of(4), new Uint8Array(65_535)), 'wrong-length'],
  ])('%s: refused', (_, bytes, because) => {
    expect(parseLeaf(bytes)).toEqual({ kind: 'refused', because })
  })

  test('are never written with anything but 32-byte hashes', () => {
    const short = new Uint8Array(31)
    const whole = new Uint8Array(32)
    for (const act of [() => eventLeaf(short, whole), () => eventLeaf(whole, short), () => mapRootLeaf(short, 1)]) {
      expect(act).toThrow(LeafRefused)
    }
  })

  test('that are read are the ones that would be written, and reading never throws', () => {
    const nearly = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc
        .tuple(fc.constantFrom(1, 2, 4), fc.uint8Array({ maxLength: 80 }))
        .map(([kind, rest]) => Uint8Array.of(kind, ...rest)),
      fc.tuple(fc.nat({ max: 80 }), fc.nat({ max: 255 })).map(([at, byte]) => statementLeaf(statement).with(at, byte)),
    )
    fc.assert(
      fc.property(nearly, bytes => {
        const again = rewritten(parseLeaf(bytes))
        if (again !== null) expect(again).toEqual(bytes)
      }),
      { numRuns: 3000 },
    )
  })
})
