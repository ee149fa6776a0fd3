import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex } from './bytes.ts'
import { DatedMap } from './dated-map.ts'
import { LabelMap } from './map.ts'
import { checkMapProof } from './map-proof.ts'
import { naiveRoot } from './testing/naive-map.ts'

const hashOf = (text: string): Uint8Array => new Uint8Array(createHash('sha256').update(text).digest())

// Few different first bytes and long common beginnings, so that branches come to lie below and above each other.
const label = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 40 })).map(([start, seed]) => {
  const bytes = hashOf(`${seed}`)
  bytes.fill(start, 0, seed % 3 === 0 ? 31 : 1)
  return bytes
})

test('as of every size the log has had, the root is that of a naive map of then, and proofs say what it held', () => {
  fc.assert(
    fc.property(fc.array(label, { maxLength: 60 }), label, (labels, absent) => {
      const dated = new DatedMap()
      labels.forEach((one, place) => dated.insert(one, hashOf(`c${place}`), place * 3))
      for (let count = 0; count <= labels.length; count++) {
        const entries = labels.slice(0, count).map((one, place) => ({ label: one, commitment: hashOf(`c${place}`) }))
        const held = new Map(entries.toReversed().map(entry => [toHex(entry.label), entry]))
        const size = count === 0 ? 0 : (count - 1) * 3 + 1
        const root = dated.rootAt(size)
        expect(toHex(root)).toBe(naiveRoot([...held.values()]))
        for (const asked of [...labels, absent]) {
          const verdict = checkMapProof({ root, label: asked, proof: dated.proveAt(asked, size) })
          const there = held.get(toHex(asked))
          expect(verdict).toEqual(there === undefined ? { absent: true } : { present: there.commitment })
        }
      }
    }),
    { numRuns: 100 },
  )
})

test('asked about the past it answers to the letter as a map that was never told what came later', () => {
  fc.assert(
    fc.property(fc.array(label, { maxLength: 60 }), label, (labels, absent) => {
      const dated = new DatedMap()
      labels.forEach((one, place) => dated.insert(one, hashOf(`c${place}`), place))
      for (let count = 0; count <= labels.length; count++) {
        const then = new LabelMap()
        labels.slice(0, count).forEach((one, place) => then.insert(one, hashOf(`c${place}`)))
        for (const asked of [...labels, absent]) expect(dated.proveAt(asked, count)).toEqual(then.prove(asked))
      }
    }),
    { numRuns: 100 },
  )
})

test('a label logged twice keeps its first commitment, and the second is reported', () => {
  const map = new DatedMap()
  expect(map.insert(hashOf('a'), hashOf('first'), 0)).toBe('new')
  expect(map.insert(hashOf('a'), hashOf('second'), 7)).toBe('duplicate')
  const claim = { root: map.rootAt(8), label: hashOf('a'), proof: map.proveAt(hashOf('a'), 8) }
  expect(checkMapProof(claim)).toEqual({ present: hashOf('first') })
})

test('an event that came later is absent from the map as of before it, and present as of after it', () => {
  const map = new DatedMap()
  for (let place = 0; place < 500; place++) map.insert(hashOf(`l${place}`), hashOf(`c${place}`), place)
  const asked = hashOf('l400')
  const before = { root: map.rootAt(400), label: asked, proof: map.proveAt(asked, 400) }
  const after = { root: map.rootAt(401), label: asked, proof: map.proveAt(asked, 401) }
  expect(checkMapProof(before)).toEqual({ absent: true })
  expect(checkMapProof(after)).toEqual({ present: hashOf('c400') })
  expect(checkMapProof({ ...before, root: after.root })).toEqual({ refused: 'wrong-root' })
})

test('leaves out of order are refused: their date would be wrong', () => {
  const map = new DatedMap()
  map.insert(hashOf('a'), hashOf('1'), 5)
  expect(() => map.insert(hashOf('b'), hashOf('2'), 5)).toThrow(RangeError)
  expect(() => map.insert(hashOf('b').subarray(1), hashOf('2'), 6)).toThrow(RangeError)
})

test('hashing in steps gives the same root as hashing at once', () => {
  const [stepwise, atOnce] = [new DatedMap(), new LabelMap()]
  for (let place = 0; place < 3000; place++) {
    stepwise.insert(hashOf(`l${place}`), hashOf(`c${place}`), place)
    atOnce.insert(hashOf(`l${place}`), hashOf(`c${place}`))
  }
  expect([...stepwise.hashing()].length).toBeGreaterThan(1)
  expect(stepwise.rootAt(3000)).toEqual(atOnce.root())
  expect([...new DatedMap().hashing()]).toEqual([])
})
