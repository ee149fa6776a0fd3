import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromBase64, toBase64, toHex } from './bytes.ts'
import { sha256 } from './crypto.node.ts'
import type { Json } from './jcs.ts'
import { LabelMap } from './map.ts'
import { checkMapProof, parseMapProof } from './map-proof.ts'
import type { MapProof, MapVerdict } from './map-proof.ts'
import { any32, anyJson, anyLabels, flipped, mutatedJson } from './testing/arbitrary.ts'
import { naiveBranchHash, naiveLeafHash, naivePrefix } from './testing/naive-map.ts'
import { formatFault } from './testing/refusal.ts'
import { seededRandom } from './testing/small-log.ts'

function mapOf(labels: readonly Uint8Array[]): LabelMap {
  const map = new LabelMap()
  for (const label of labels) map.insert(label, sha256(label))
  return map
}

const random = seededRandom('map-proof')
const labels = Array.from({ length: 64 }, () => random(32))
const map = mapOf(labels)
const root = map.root()
const [a, b] = [labels[0]!, labels[1]!]
const stranger = random(32)
const refused = { refused: expect.any(String) }

/** The siblings of a proof, changed. */
function withHashes(proof: MapProof, change: (hashes: Uint8Array[]) => Uint8Array[]): MapProof {
  const joined = fromBase64(proof.hashes)
  const hashes = Array.from({ length: joined.length / 32 }, (_, at) => joined.slice(at * 32, at * 32 + 32))
  return { ...proof, hashes: toBase64(Buffer.concat(change(hashes))) }
}

describe('a proof shown for what it does not prove is refused', () => {
  const shown = (label: Uint8Array, proof: Json, under = root) => checkMapProof({ root: under, label, proof })

  test('the proof of one label shown for another', () => {
    expect(shown(a, map.prove(b))).toEqual(refused)
    expect(shown(stranger, map.prove(a))).toEqual(refused)
    expect(shown(a, map.prove(stranger))).toEqual(refused)
  })

  test('a present label claimed absent: by its neighbour, by a branch above it, by an empty map', () => {
    const proof = map.prove(a)
    const neighbour = map.prove(b)
    expect(shown(a, { ...proof, end: neighbour.end })).toEqual(refused)
    expect(shown(a, { v: 1, bits: [], hashes: '', end: { kind: 'empty' } })).toEqual({ refused: 'wrong-root' })
    for (let cut = 0; cut < proof.bits.length; cut++) {
      const above = branchOnTheWalk(proof, a, cut)
      expect(shown(a, above)).toEqual({ refused: 'off-the-path' })
    }
  })

  test('an absent label claimed present', () => {
    const proof = map.prove(stranger)
    const end = { kind: 'leaf', label: toHex(stranger), commitment: '00'.repeat(32) } as const
    expect(shown(stranger, { ...proof, end })).toEqual({ refused: 'wrong-root' })
  })

  test('another commitment for a present label', () => {
    const proof = map.prove(a)
    const end = { kind: 'leaf', label: toHex(a), commitment: toHex(sha256(b)) } as const
    expect(shown(a, { ...proof, end })).toEqual({ refused: 'wrong-root' })
  })

  test('a walk cut short, at the top or at the bottom', () => {
    const proof = map.prove(a)
    const bottom = withHashes({ ...proof, bits: proof.bits.slice(0, -1) }, hashes => hashes.slice(0, -1))
    const top = withHashes({ ...proof, bits: proof.bits.slice(1) }, hashes => hashes.slice(1))
    expect(shown(a, bottom)).toEqual({ refused: 'wrong-root' })
    expect(shown(a, top)).toEqual({ refused: 'wrong-root' })
    expect(shown(a, { ...proof, bits: proof.bits.slice(0, -1) })).toEqual({ refused: 'malformed' })
  })

  test('siblings that changed places', () => {
    const swapped = withHashes(map.prove(a), ([first, second, ...rest]) => [second!, first!, ...rest])
    expect(shown(a, swapped)).toEqual({ refused: 'wrong-root' })
  })

  test('bits that do not rise, or are not those of the branches', () => {
    const proof = map.prove(a)
    expect(shown(a, { ...proof, bits: proof.bits.toReversed() })).toEqual({ refused: 'malformed' })
    expect(shown(a, { ...proof, bits: proof.bits.map(() => proof.bits[0]!) })).toEqual({ refused: 'malformed' })
    const later = proof.bits.with(-1, proof.bits.at(-1)! + 1)
    expect(shown(a, { ...proof, bits: later })).toEqual({ refused: 'wrong-root' })
  })

  test('a leaf or branch that could not lie below the walk', () => {
    const proof = map.prove(a)
    const lastBit = proof.bits.at(-1)!
    const elsewhere = flipped(a, lastBit)
    const leaf = { kind: 'leaf', label: toHex(elsewhere), commitment: '00'.repeat(32) } as const
    expect(shown(a, { ...proof, end: leaf })).toEqual({ refused: 'off-the-path' })
    const [left, right] = ['00'.repeat(32), '11'.repeat(32)]
    const branch = { kind: 'branch', bit: 255, prefix: toHex(naivePrefix(elsewhere, 255)), left, right } as const
    expect(shown(a, { ...proof, end: branch })).toEqual({ refused: 'off-the-path' })
    const higher = { kind: 'branch', bit: lastBit, prefix: toHex(naivePrefix(a, lastBit)), left, right } as const
    expect(shown(a, { ...proof, end: higher })).toEqual({ refused: 'off-the-path' })
  })

  test('a branch whose prefix has bits behind its own', () => {
    const branch = {
      kind: 'branch',
      bit: 8,
      prefix: '01'.repeat(32),
      left: '00'.repeat(32),
      right: '00'.repeat(32),
    } as const
    expect(formatFault(() => parseMapProof({ v: 1, bits: [], hashes: '', end: branch }))).toBe(
      'wrong-value proof.end.prefix',
    )
  })

  test('under another root, under an empty one, or under one of another length', () => {
    expect(shown(a, map.prove(a), sha256())).toEqual({ refused: 'wrong-root' })
    expect(shown(a, map.prove(a), new Uint8Array(32))).toEqual({ refused: 'wrong-root' })
    expect(shown(a, map.prove(a), new Uint8Array(0))).toEqual({ refused: 'malformed' })
    expect(shown(new Uint8Array(31), map.prove(a))).toEqual({ refused: 'malformed' })
  })

  test('whatever is changed in a proof, it shows the truth or nothing', () => {
    fc.assert(
      fc.property(
        anyLabels.chain(held => {
          const honest = mapOf(held)
          const proofs = held.map(label => mutatedJson(honest.prove(label)))
          return fc.tuple(fc.constant({ held, honest }), fc.nat(), fc.oneof(...proofs, anyJson))
        }),
        fc.nat({ max: 256 }),
        ([{ held, honest }, which, proof], bit) => {
          const of = held[which % held.length]!
          const label = bit === 256 ? of : flipped(of, bit)
          const verdict = checkMapProof({ root: honest.root(), label, proof })
          if ('refused' in verdict) return
          expect(verdict).toEqual(checkMapProof({ root: honest.root(), label, proof: honest.prove(label) }))
        },
      ),
      { numRuns: 2000 },
    )
  })
})

describe('a map built wrongly on purpose', () => {
  type Node =
    { hash: Uint8Array; entry: Uint8Array } | { hash: Uint8Array; bit: number; prefix: Uint8Array; kids: [Node, Node] }

  // Any tree over these leaves, wherever they belong: leaves on the wrong side, bits that fall, prefixes of other labels.
  const anyTrie: fc.Arbitrary<Node> = fc
    .tuple(fc.array(any32, { minLength: 1, maxLength: 3 }), fc.infiniteStream(fc.nat({ max: 9 })))
    .map(([pool, dice]) => crooked(pool, () => dice.next().value ?? 0, 4))

  function crooked(pool: Uint8Array[], roll: () => number, depth: number): Node {
    const near = flipped(pool[roll() % pool.length]!, roll())
    if (depth === 0 || roll() === 0)
      return { entry: near, hash: naiveLeafHash({ label: near, commitment: sha256(near) }) }
    const [bit, kids] = [roll(), [crooked(pool, roll, depth - 1), crooked(pool, roll, depth - 1)] as [Node, Node]]
    const prefix = naivePrefix(near, bit)
    return { bit, prefix, kids, hash: naiveBranchHash(bit, prefix, kids[0].hash, kids[1].hash) }
  }

  /** Every proof that anyone could cut from the tree: each walk down it, ended at each node. */
  function proofsIn(node: Node, bits: number[] = [], beside: Uint8Array[] = []): MapProof[] {
    const walk = { v: 1 as const, bits, hashes: toBase64(Buffer.concat(beside)) }
    if ('entry' in node) {
      const end = { kind: 'leaf' as const, label: toHex(node.entry), commitment: toHex(sha256(node.entry)) }
      return [{ ...walk, end }]
    }
    const [left, right] = node.kids
    const sides = { left: toHex(left.hash), right: toHex(right.hash) }
    const end = { kind: 'branch' as const, bit: node.bit, prefix: toHex(node.prefix), ...sides }
    const deeper = [...bits, node.bit]
    return [
      { ...walk, end },
      ...proofsIn(left, deeper, [...beside, right.hash]),
      ...proofsIn(right, deeper, [...beside, left.hash]),
    ]
  }

  function leavesIn(node: Node): Uint8Array[] {
    return 'entry' in node ? [node.entry] : node.kids.flatMap(leavesIn)
  }

  test('still has at most one outcome for each label', () => {
    let proven = 0
    fc.assert(
      fc.property(anyTrie, fc.nat({ max: 12 }), (trie, bit) => {
        const proofs = proofsIn(trie)
        for (const leaf of leavesIn(trie)) {
          const outcomes = new Set<string>()
          for (const proof of proofs) outcomes.add(outcome(checkMapProof({ root: trie.hash, label: leaf, proof })))
          outcomes.delete('refused')
          proven += outcomes.size
          expect(outcomes.size).toBeLessThanOrEqual(1)
          const beside = proofs.map(proof => checkMapProof({ root: trie.hash, label: flipped(leaf, bit), proof }))
          expect(new Set(beside.map(outcome).filter(one => one !== 'refused')).size).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns: 500 },
    )
    expect(proven).toBeGreaterThan(100)
  })

  function outcome(verdict: MapVerdict): string {
    if ('refused' in verdict) return 'refused'
    return 'present' in verdict ? toHex(verdict.present) : 'absent'
  }
})

describe('the text of a proof', () => {
  test('is refused by name, never by another error, whatever is offered', () => {
    const judged = (value: Json) => formatFault(() => parseMapProof(value)) !== ''
    const any = fc.oneof(anyJson, mutatedJson(map.prove(a)), mutatedJson(map.prove(stranger)))
    fc.assert(fc.property(any, judged), { numRuns: 3000 })
  })

  test('comes back as it was', () => {
    for (const label of [a, stranger])
      expect(parseMapProof(structuredClone(map.prove(label)))).toEqual(map.prove(label))
  })

  test('has no siblings that are not whole, and none in an empty map', () => {
    const proof = map.prove(a)
    const fault = (change: Partial<Record<keyof MapProof, Json>>) =>
      formatFault(() => parseMapProof({ ...proof, ...change }))
    expect(fault({ hashes: toBase64(new Uint8Array(33)) })).toBe('wrong-value proof.hashes')
    expect(fault({ hashes: `${proof.hashes} ` })).toBe('wrong-value proof.hashes')
    expect(fault({ hashes: 1 })).toBe('wrong-value proof.hashes')
    expect(fault({ end: { kind: 'empty' } })).toBe('wrong-value proof.bits')
    expect(fault({ end: { kind: 'leaf' } })).toBe('missing-member proof.end.label')
    expect(fault({ end: { kind: 'twig' } })).toBe('wrong-value proof.end.kind')
    expect(fault({ bits: [256] })).toBe('wrong-value proof.bits[0]')
    expect(fault({ v: 2 })).toBe('wrong-value proof.v')
  })
})

/** An honest proof of the branch that stands above a label, as if the walk ended there. */
function branchOnTheWalk(proof: MapProof, label: Uint8Array, cut: number): MapProof {
  const bit = proof.bits[cut]!
  const joined = fromBase64(proof.hashes)
  const beside = joined.slice(cut * 32, cut * 32 + 32)
  const below = hashBelow(proof, label, cut, joined)
  const goesRight = ((label[bit >> 3]! >> (7 - (bit & 7))) & 1) === 1
  const [left, right] = goesRight ? [beside, below] : [below, beside]
  const end = {
    kind: 'branch' as const,
    bit,
    prefix: toHex(naivePrefix(label, bit)),
    left: toHex(left),
    right: toHex(right),
  }
  return { v: 1, bits: proof.bits.slice(0, cut), hashes: toBase64(joined.slice(0, cut * 32)), end }
}

function hashBelow(proof: MapProof, label: Uint8Array, cut: number, joined: Uint8Array): Uint8Array {
  let hash: Uint8Array = naiveLeafHash({ label, commitment: sha256(label) })
  for (let at = proof.bits.length - 1; at > cut; at--) {
    const bit = proof.bits[at]!
    const beside = joined.slice(at * 32, at * 32 + 32)
    const goesRight = ((label[bit >> 3]! >> (7 - (bit & 7))) & 1) === 1
    const prefix = naivePrefix(label, bit)
    hash = goesRight ? naiveBranchHash(bit, prefix, beside, hash) : naiveBranchHash(bit, prefix, hash, beside)
  }
  return hash
}
