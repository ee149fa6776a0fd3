import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHex } from './bytes.ts'
import { randomBytes, sha256 } from './crypto.node.ts'
import { LabelMap } from './map.ts'
import { checkMapProof } from './map-proof.ts'
import { any32, anyLabels, flipped } from './testing/arbitrary.ts'
import { naiveRoot } from './testing/naive-map.ts'
import type { Entry } from './testing/naive-map.ts'
import { seededRandom } from './testing/small-log.ts'

const entriesOf = (labels: Uint8Array[]): Entry[] => labels.map(label => ({ label, commitment: sha256(label) }))

function filled(entries: readonly Entry[]): LabelMap {
  const map = new LabelMap()
  for (const { label, commitment } of entries) map.insert(label, commitment)
  return map
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
}

describe('the map', () => {
  test('of nothing has thirty-two zeros for its root, and proves that anything is absent', () => {
    const map = new LabelMap()
    const label = randomBytes(32)
    expect(toHex(map.root())).toBe('00'.repeat(32))
    expect(map.get(label)).toBe(null)
    expect(checkMapProof({ root: map.root(), label, proof: map.prove(label) })).toEqual({ absent: true })
  })

  test('has the root that a naive reading of the specification gives', () => {
    fc.assert(
      fc.property(anyLabels, labels => {
        expect(toHex(filled(entriesOf(labels)).root())).toBe(naiveRoot(entriesOf(labels)))
      }),
    )
  })

  test('has the same root whatever the order in which labels came', () => {
    fc.assert(
      fc.property(
        anyLabels.chain(labels =>
          fc.tuple(fc.constant(labels), fc.shuffledSubarray(labels, { minLength: labels.length })),
        ),
        ([labels, shuffled]) => {
          expect(filled(entriesOf(shuffled)).root()).toEqual(filled(entriesOf(labels)).root())
        },
      ),
    )
  })

  test('keeps its root right when it is asked for between inserts', () => {
    fc.assert(
      fc.property(anyLabels, fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }), (labels, asked) => {
        const map = new LabelMap()
        const entries = entriesOf(labels)
        for (const [at, { label, commitment }] of entries.entries()) {
          map.insert(label, commitment)
          if (asked[at] === true) expect(toHex(map.root())).toBe(naiveRoot(entries.slice(0, at + 1)))
        }
        expect(toHex(map.root())).toBe(naiveRoot(entries))
      }),
    )
  })

  test('keeps the first commitment of a label and reports every later one', () => {
    fc.assert(
      fc.property(anyLabels, any32, (labels, other) => {
        const map = filled(entriesOf(labels))
        const before = map.root()
        for (const label of labels) expect(map.insert(label, other)).toBe('duplicate')
        expect(map.root()).toEqual(before)
        expect(map.size).toBe(labels.length)
        for (const label of labels) expect(map.get(label)).toEqual(sha256(label))
      }),
    )
  })

  test('proves every label it holds, and the absence of its nearest neighbours', () => {
    fc.assert(
      fc.property(anyLabels, fc.nat({ max: 255 }), (labels, bit) => {
        const map = filled(entriesOf(labels))
        const held = new Set(labels.map(toHex))
        const root = map.root()
        for (const label of labels) {
          expect(checkMapProof({ root, label, proof: map.prove(label) })).toEqual({ present: sha256(label) })
          const neighbour = flipped(label, bit)
          if (held.has(toHex(neighbour))) continue
          expect(map.get(neighbour)).toBe(null)
          expect(checkMapProof({ root, label: neighbour, proof: map.prove(neighbour) })).toEqual({ absent: true })
        }
      }),
    )
  })

  test('proves under its present root without being asked for the root first', () => {
    const random = seededRandom('late')
    const map = new LabelMap()
    for (let at = 0; at < 50; at++) {
      const label = random(32)
      map.insert(label, sha256(label))
      const proof = map.prove(label)
      expect(checkMapProof({ root: map.root(), label, proof })).toEqual({ present: sha256(label) })
    }
  })

  test('can stand at every depth: labels that differ in their first bit and in their last', () => {
    const zero = new Uint8Array(32)
    const chain = [zero, ...Array.from({ length: 256 }, (_, bit) => flipped(zero, bit))]
    const map = filled(entriesOf(chain))
    expect(toHex(map.root())).toBe(naiveRoot(entriesOf(chain)))
    const proof = map.prove(zero)
    expect(proof.bits).toEqual(Array.from({ length: 256 }, (_, bit) => bit))
    expect(checkMapProof({ root: map.root(), label: zero, proof })).toEqual({ present: sha256(zero) })
  })

  test('does not take labels or commitments of another length', () => {
    const map = new LabelMap()
    expect(() => map.insert(new Uint8Array(31), new Uint8Array(32))).toThrow(RangeError)
    expect(() => map.insert(new Uint8Array(32), new Uint8Array(33))).toThrow(RangeError)
    expect(() => map.prove(new Uint8Array(0))).toThrow(RangeError)
    expect(map.size).toBe(0)
  })

  test('hands out copies: nobody can change the map through what it returned', () => {
    const [entry] = entriesOf([sha256()])
    const map = filled([entry!])
    map.root().fill(0)
    map.get(entry!.label)!.fill(0)
    expect(map.get(entry!.label)).toEqual(entry!.commitment)
    expect(toHex(map.root())).toBe(naiveRoot([entry!]))
  })

  test('of many labels stays under 170 bytes a label and 1.2 kB a proof', () => {
    const labels = 131_072
    const random = seededRandom('many')
    collectGarbage()
    const before = process.memoryUsage().arrayBuffers
    const map = new LabelMap()
    const label = new Uint8Array(32)
    for (let at = 0; at < labels; at++) {
      label.set(random(32))
      map.insert(label, label)
    }
    const root = map.root()
    collectGarbage()
    const held = process.memoryUsage().arrayBuffers - before
    expect(held / labels).toBeLessThan(170)
    const proofs = Array.from({ length: 200 }, () => random(32)).map(absent => [absent, map.prove(absent)] as const)
    for (const [absent, proof] of proofs)
      expect(checkMapProof({ root, label: absent, proof })).toEqual({ absent: true })
    const characters = proofs.map(([, proof]) => JSON.stringify(proof).length)
    expect(characters.reduce((sum, one) => sum + one, 0) / characters.length).toBeLessThan(1200)
  })
})
