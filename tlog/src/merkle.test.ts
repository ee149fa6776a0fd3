import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { flipped, hash } from '../testing/arbitraries.ts'
import { leavesOf } from '../testing/memory-log.ts'
import { mth, path, proof as rfcProof } from '../testing/rfc6962.ts'
import { consistencyRoots, inclusionRoot } from '../testing/rfc9162.ts'
import {
  EMPTY_ROOT,
  Frontier,
  checkConsistency,
  checkInclusion,
  inclusionPath,
  leafHash,
  nodeHash,
  treeRoot,
} from './merkle.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']

describe('the tree hash', () => {
  test('of nothing is the SHA-256 of nothing', () => {
    expect(hex(EMPTY_ROOT)).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(treeRoot([])).toEqual(EMPTY_ROOT)
  })

  test('of the eight entries used across Certificate Transparency is the known one at each size', () => {
    const hashes = LEAVES.map(leaf => leafHash(new Uint8Array(Buffer.from(leaf, 'hex'))))
    const roots = [1, 2, 3, 8].map(size => hex(treeRoot(hashes.slice(0, size))))
    expect(roots).toEqual([
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
      'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    ])
  })

  test('grows in a frontier to the same root as the definition gives, at every size to 300', () => {
    const frontier = Frontier.empty()
    for (const [index, leaf] of leavesOf(300).entries()) {
      frontier.append(leaf)
      expect(frontier.size).toBe(index + 1)
      expect(frontier.root()).toEqual(mth(leavesOf(index + 1)))
    }
  })

  test.each([
    ['bytes', (of: Uint8Array) => new Uint8Array(of)],
    ['a Buffer', (of: Uint8Array) => Buffer.from(of)],
  ])('goes on from the peaks of a frontier, which keeps its own copy of them (%s)', (_, from) => {
    const frontier = Frontier.empty()
    for (const leaf of leavesOf(6)) frontier.append(leaf)
    const peaks = frontier.peaks.map(peak => from(peak))
    const copy = Frontier.of(6, peaks)
    for (const peak of peaks) peak.fill(0)
    const seventh = from(leavesOf(7)[6]!)
    copy.append(seventh)
    seventh.fill(0)
    expect(copy.root()).toEqual(mth(leavesOf(7)))
  })

  test('takes hashes of 32 bytes only', () => {
    const short = new Uint8Array(31)
    expect(() => nodeHash(short, EMPTY_ROOT)).toThrow(RangeError)
    expect(() => nodeHash(EMPTY_ROOT, new Uint8Array(33))).toThrow(RangeError)
    expect(() => Frontier.empty().append(short)).toThrow(RangeError)
    expect(() => Frontier.of(3, [EMPTY_ROOT])).toThrow(RangeError)
    expect(() => Frontier.of(1, [short])).toThrow(RangeError)
    expect(() => inclusionPath(leavesOf(3), 3)).toThrow(RangeError)
  })

  test('handed out for an empty tree does not change for others when one reader writes into it', () => {
    treeRoot([]).fill(7)
    expect(treeRoot([])).toEqual(mth([]))
  })
})

describe('an inclusion proof', () => {
  test('from memory is the one of RFC 6962, and holds, for every leaf of every tree to 40', () => {
    for (let size = 1; size <= 40; size++) {
      const leaves = leavesOf(size)
      const root = mth(leaves)
      for (let index = 0; index < size; index++) {
        const proof = inclusionPath(leaves, index)
        expect(proof).toEqual(path(index, leaves))
        expect(checkInclusion({ leafHash: leaves[index]!, index, size, root, proof })).toEqual({ holds: true })
      }
    }
  })

  test('with any bit changed, or at another index or size, is refused', () => {
    const tree = fc.integer({ min: 2, max: 200 }).chain(size => fc.tuple(fc.constant(size), fc.nat({ max: size - 1 })))
    const property = fc.property(tree, fc.nat(), fc.nat(), ([size, index], which, bit) => {
      const leaves = leavesOf(size)
      const good = { leafHash: leaves[index]!, index, size, root: mth(leaves), proof: path(index, leaves) }
      const at = which % good.proof.length
      const proof = good.proof.map((node, step) => (step === at ? flipped(node, bit) : node))
      const other = (index + 1 + (which % (size - 1))) % size
      expect(checkInclusion(good)).toEqual({ holds: true })
      expect(checkInclusion({ ...good, proof })).toEqual({ holds: false, because: 'wrong-root' })
      expect(checkInclusion({ ...good, root: flipped(good.root, bit) }).holds).toBe(false)
      expect(checkInclusion({ ...good, leafHash: flipped(good.leafHash, bit) }).holds).toBe(false)
      expect(checkInclusion({ ...good, index: other }).holds).toBe(false)
      expect(checkInclusion({ ...good, proof: good.proof.slice(1) }).holds).toBe(false)
      expect(checkInclusion({ ...good, proof: [...good.proof, good.root] }).holds).toBe(false)
    })
    fc.assert(property, { numRuns: 300 })
  })

  test.each([
    { index: -1 },
    { index: 8 },
    { index: 0.5 },
    { index: Number.NaN },
    { size: 0 },
    { size: 2 ** 53 },
    { size: Number.POSITIVE_INFINITY },
    { leafHash: new Uint8Array(0) },
    { leafHash: new Uint8Array(31) },
    { root: new Uint8Array(33) },
    { proof: [new Uint8Array(0), EMPTY_ROOT, EMPTY_ROOT] },
  ])('of odd shape is malformed: %j', odd => {
    const leaves = leavesOf(8)
    const good = { leafHash: leaves[3]!, index: 3, size: 8, root: mth(leaves), proof: path(3, leaves) }
    expect(checkInclusion({ ...good, ...odd })).toEqual({ holds: false, because: 'malformed' })
  })

  test('of an empty leaf hash for an empty root, in a tree of one, is refused', () => {
    const empty = new Uint8Array(0)
    expect(checkInclusion({ leafHash: empty, index: 0, size: 1, root: empty, proof: [] }).holds).toBe(false)
  })

  test('is judged as RFC 9162 says at sizes beyond 2^32, by an algorithm in BigInt', () => {
    const place = fc
      .bigInt({ min: 1n, max: 2n ** 53n - 1n })
      .chain(size => fc.tuple(fc.constant(size), fc.bigInt({ min: 0n, max: size - 1n })))
    const property = fc.property(place, hash, fc.array(hash, { maxLength: 56 }), ([size, index], leaf, hashes) => {
      const lengths = hashes.map((_, length) => length)
      const proof =
        lengths.map(n => hashes.slice(0, n)).find(p => inclusionRoot(leaf, index, size, p) !== null) ?? hashes
      const root = inclusionRoot(leaf, index, size, proof)
      const asked = { leafHash: leaf, index: Number(index), size: Number(size), root: root ?? leaf, proof }
      expect(checkInclusion(asked).holds).toBe(root !== null)
      expect(checkInclusion({ ...asked, root: flipped(asked.root, 5) }).holds).toBe(false)
    })
    fc.assert(property, { numRuns: 300 })
  })
})

describe('a consistency proof', () => {
  test('of RFC 6962 holds for every pair of sizes to 40, and with equal sizes must be empty', () => {
    for (let newSize = 1; newSize <= 40; newSize++) {
      const leaves = leavesOf(newSize)
      for (let oldSize = 1; oldSize <= newSize; oldSize++) {
        const roots = { oldRoot: mth(leaves.slice(0, oldSize)), newRoot: mth(leaves) }
        const proof = rfcProof(oldSize, leaves)
        expect(checkConsistency({ oldSize, newSize, ...roots, proof })).toEqual({ holds: true })
        const longer = checkConsistency({ oldSize, newSize, ...roots, proof: [...proof, EMPTY_ROOT] })
        expect(longer).toEqual({ holds: false, because: 'malformed' })
      }
    }
  })

  test('with any bit of proof or roots changed is refused', () => {
    const sizes = fc
      .integer({ min: 2, max: 200 })
      .chain(size => fc.tuple(fc.integer({ min: 1, max: size - 1 }), fc.constant(size)))
    const property = fc.property(sizes, fc.nat(), fc.nat(), ([oldSize, newSize], which, bit) => {
      const leaves = leavesOf(newSize)
      const good = {
        oldSize,
        newSize,
        oldRoot: mth(leaves.slice(0, oldSize)),
        newRoot: mth(leaves),
        proof: rfcProof(oldSize, leaves),
      }
      const at = which % good.proof.length
      const proof = good.proof.map((node, step) => (step === at ? flipped(node, bit) : node))
      expect(checkConsistency({ ...good, proof })).toEqual({ holds: false, because: 'wrong-root' })
      expect(checkConsistency({ ...good, oldRoot: flipped(good.oldRoot, bit) }).holds).toBe(false)
      expect(checkConsistency({ ...good, newRoot: flipped(good.newRoot, bit) }).holds).toBe(false)
      expect(checkConsistency({ ...good, proof: good.proof.slice(1) }).holds).toBe(false)
    })
    fc.assert(property, { numRuns: 300 })
  })

  test('from an empty tree is refused: it would vouch for any tree', () => {
    const asked = { oldSize: 0, newSize: 5, oldRoot: EMPTY_ROOT, newRoot: mth(leavesOf(5)), proof: [] }
    expect(checkConsistency(asked)).toEqual({ holds: false, because: 'malformed' })
    const nothing = { oldSize: 0, newSize: 0, oldRoot: EMPTY_ROOT, newRoot: EMPTY_ROOT, proof: [] }
    expect(checkConsistency(nothing)).toEqual({ holds: false, because: 'malformed' })
  })

  test('of a tree with itself holds only for one and the same root', () => {
    const [root, other] = [mth(leavesOf(6)), mth(leavesOf(5))]
    expect(checkConsistency({ oldSize: 6, newSize: 6, oldRoot: root, newRoot: root, proof: [] })).toEqual({
      holds: true,
    })
    const forked = checkConsistency({ oldSize: 6, newSize: 6, oldRoot: root, newRoot: other, proof: [] })
    expect(forked).toEqual({ holds: false, because: 'wrong-root' })
    const none = new Uint8Array(0)
    const rootless = checkConsistency({ oldSize: 6, newSize: 6, oldRoot: none, newRoot: none, proof: [] })
    expect(rootless).toEqual({ holds: false, because: 'malformed' })
  })

  test('is judged as RFC 9162 says at sizes beyond 2^32, by an algorithm in BigInt', () => {
    const sizes = fc
      .bigInt({ min: 2n, max: 2n ** 53n - 1n })
      .chain(size => fc.tuple(fc.bigInt({ min: 1n, max: size - 1n }), fc.constant(size)))
    const property = fc.property(sizes, hash, fc.array(hash, { maxLength: 60 }), ([first, second], root, hashes) => {
      const tries = hashes.map((_, length) => hashes.slice(0, length + 1))
      const proof = tries.find(p => consistencyRoots(first, second, root, p) !== null) ?? hashes
      const roots = consistencyRoots(first, second, root, proof)
      const asked = {
        oldSize: Number(first),
        newSize: Number(second),
        oldRoot: roots?.first ?? root,
        newRoot: roots?.second ?? root,
        proof,
      }
      expect(checkConsistency(asked).holds).toBe(roots !== null)
      expect(checkConsistency({ ...asked, newRoot: flipped(asked.newRoot, 9) }).holds).toBe(false)
    })
    fc.assert(property, { numRuns: 300 })
  })
})
