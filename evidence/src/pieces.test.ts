import { checkInclusion, inclusionPath, leafHash } from '@vidne/tlog/merkle'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import vectors from '../../vectors/evidence/pieces.json' with { type: 'json' }
import { parsePieceLeaf, PIECE_BYTES, PieceHasher, pieceLeaf, piecesRoot, splitLeaves } from './pieces.ts'
import { sha256Stream as sha256Browser } from './sha256-stream.browser.ts'
import { sha256Stream as sha256Node } from './sha256-stream.node.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const content = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i % 251)

describe('the pieces of a recording', () => {
  test.each(vectors.cases)('of $bytes bytes are as the vectors say', vector => {
    const hasher = new PieceHasher()
    hasher.update(content(vector.bytes))
    const { sha256, leaves } = hasher.finish()
    expect(hex(sha256)).toBe(vector.sha256)
    expect(leaves.map(hex)).toEqual(vector.leaves)
    expect(hex(piecesRoot(leaves))).toBe(vector.root)
  })

  test('do not depend on how the bytes arrive', () => {
    const whole = content(3 * PIECE_BYTES + 17)
    const once = new PieceHasher()
    once.update(whole)
    const expected = once.finish()
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 * PIECE_BYTES }), { maxLength: 12 }), cuts => {
        const borders = [0, ...cuts.toSorted((a, b) => a - b), whole.length]
        const hasher = new PieceHasher()
        for (let i = 1; i < borders.length; i++) hasher.update(whole.subarray(borders[i - 1], borders[i]))
        expect(hasher.bytes).toBe(whole.length)
        expect(hasher.finish()).toEqual(expected)
      }),
      { numRuns: 20 },
    )
  })

  test('each prove that they belong to the root, at their place', () => {
    const hasher = new PieceHasher()
    hasher.update(content(5 * PIECE_BYTES + 1))
    const { leaves } = hasher.finish()
    const root = piecesRoot(leaves)
    const hashes = leaves.map(leafHash)
    const proof = inclusionPath(hashes, 3)
    expect(checkInclusion({ leafHash: hashes[3]!, index: 3, size: 6, root, proof })).toEqual({ holds: true })
    expect(checkInclusion({ leafHash: hashes[2]!, index: 3, size: 6, root, proof }).holds).toBe(false)
    const moved = pieceLeaf(PIECE_BYTES, PIECE_BYTES, parsePieceLeaf(leaves[3]!)!.sha256)
    expect(checkInclusion({ leafHash: leafHash(moved), index: 3, size: 6, root, proof }).holds).toBe(false)
  })
})

describe('a leaf', () => {
  test('holds offset, length and digest, and gives them back', () => {
    const leaf = pieceLeaf(2 ** 40 + 1, 513, new Uint8Array(32).fill(0xee))
    expect(hex(leaf)).toBe(`0000010000000001${'00000201'}${'ee'.repeat(32)}`)
    expect(parsePieceLeaf(leaf)).toEqual({ offset: 2 ** 40 + 1, length: 513, sha256: new Uint8Array(32).fill(0xee) })
  })

  test('is refused where a number or the digest does not fit', () => {
    const digest = new Uint8Array(32)
    expect(() => pieceLeaf(-1, 1, digest)).toThrow(RangeError)
    expect(() => pieceLeaf(2 ** 53, 1, digest)).toThrow(RangeError)
    expect(() => pieceLeaf(0, 2 ** 32, digest)).toThrow(RangeError)
    expect(() => pieceLeaf(0, 1.5, digest)).toThrow(RangeError)
    expect(() => pieceLeaf(0, 1, digest.subarray(1))).toThrow(RangeError)
    expect(parsePieceLeaf(new Uint8Array(43))).toBeNull()
    expect(parsePieceLeaf(new Uint8Array(44).fill(255))).toBeNull()
  })

  test('comes back from the leaves stored on end', () => {
    const leaves = [pieceLeaf(0, 1, new Uint8Array(32)), pieceLeaf(1, 2, new Uint8Array(32).fill(1))]
    expect(splitLeaves(Buffer.concat(leaves)).map(hex)).toEqual(leaves.map(hex))
    expect(() => splitLeaves(new Uint8Array(45))).toThrow(RangeError)
  })
})

test('the streaming digest is the same in Node and in browsers', () => {
  const [node, browser] = [sha256Node(), sha256Browser()]
  for (const length of [0, 1, 63, 64, 65, 100_000]) {
    node.update(content(length))
    browser.update(content(length))
  }
  expect(hex(node.digest())).toBe(hex(browser.digest()))
})
