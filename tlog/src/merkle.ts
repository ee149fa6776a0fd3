import { sha256 } from '#crypto'
import { sameBytes } from './bytes.ts'

/** A SHA-256 hash: 32 bytes, demanded wherever one comes from outside. */
export type Hash = Uint8Array

export const HASH_BYTES = 32

/** The root of the tree without entries: SHA-256 of nothing (RFC 6962 section 2.1). */
export const EMPTY_ROOT: Hash = sha256(new Uint8Array(0))

/** SHA-256(0x00 ‖ leaf), RFC 6962 section 2.1. */
export function leafHash(leaf: Uint8Array): Hash {
  const prefixed = new Uint8Array(leaf.length + 1)
  prefixed.set(leaf, 1)
  return sha256(prefixed)
}

// One buffer for all: hashing is synchronous, so no second call can see it half filled.
const NODE_INPUT = new Uint8Array(1 + 2 * HASH_BYTES)
NODE_INPUT[0] = 1

/** SHA-256(0x01 ‖ left ‖ right), RFC 6962 section 2.1. Throws RangeError unless both have 32 bytes. */
export function nodeHash(left: Hash, right: Hash): Hash {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES)
    throw new RangeError('a tree node joins two hashes of 32 bytes')
  NODE_INPUT.set(left, 1)
  NODE_INPUT.set(right, 1 + HASH_BYTES)
  return sha256(NODE_INPUT)
}

/** The root over these leaf hashes in their order; `EMPTY_ROOT` for none. */
export function treeRoot(leafHashes: readonly Hash[]): Hash {
  const frontier = Frontier.empty()
  for (const hash of leafHashes) frontier.append(hash)
  return frontier.root()
}

/**
 * The inclusion proof of one leaf in a tree held in memory, from the leaf's sibling to the child of the root (RFC 6962
 * section 2.1.1). Throws RangeError when there is no such leaf.
 */
export function inclusionPath(leafHashes: readonly Hash[], index: number): Hash[] {
  if (!isCount(index) || index >= leafHashes.length)
    throw new RangeError(`no leaf ${index} in a tree of ${leafHashes.length}`)
  const path: Hash[] = []
  let from = 0
  let to = leafHashes.length
  while (to - from > 1) {
    const middle = from + powerBelow(to - from)
    if (index < middle) {
      path.push(treeRoot(leafHashes.slice(middle, to)))
      to = middle
    } else {
      path.push(treeRoot(leafHashes.slice(from, middle)))
      from = middle
    }
  }
  return path.reverse()
}

export type ProofVerdict = { holds: true } | { holds: false; because: 'malformed' | 'wrong-root' }

const HOLDS: ProofVerdict = { holds: true }
const MALFORMED: ProofVerdict = { holds: false, because: 'malformed' }
const WRONG_ROOT: ProofVerdict = { holds: false, because: 'wrong-root' }

/**
 * Whether the leaf stands at `index` in the tree of `size` entries with that root (RFC 9162 section 2.1.3.2).
 * `malformed`: an index outside the tree, a hash that has not 32 bytes, a proof of the wrong length. Never throws.
 */
export function checkInclusion(p: {
  leafHash: Hash
  index: number
  size: number
  root: Hash
  proof: readonly Hash[]
}): ProofVerdict {
  if (!isCount(p.index) || !isCount(p.size) || p.index >= p.size) return MALFORMED
  if (![p.leafHash, p.root, ...p.proof].every(isHash)) return MALFORMED
  const sides = siblingSides(p.index, p.size - 1)
  if (p.proof.length !== sides.length) return MALFORMED
  const root = p.proof.reduce((hash, sibling, step) => join(sides[step], sibling, hash), p.leafHash)
  return sameBytes(root, p.root) ? HOLDS : WRONG_ROOT
}

/**
 * Whether the tree of `newSize` entries begins with the very entries of the tree of `oldSize` (RFC 9162 section
 * 2.1.4.2). An old size of 0 is `malformed`: an empty tree proves nothing here; the witness protocol, which allows it,
 * treats it before it comes to a proof. Never throws.
 */
export function checkConsistency(p: {
  oldSize: number
  newSize: number
  oldRoot: Hash
  newRoot: Hash
  proof: readonly Hash[]
}): ProofVerdict {
  const { oldSize, newSize, proof } = p
  if (!isCount(oldSize) || !isCount(newSize) || oldSize === 0 || oldSize > newSize) return MALFORMED
  if (oldSize === newSize) return checkSameTree(p.oldRoot, p.newRoot, proof)
  if (![p.oldRoot, p.newRoot, ...proof].every(isHash)) return MALFORMED
  const roots = rootsOfPath(oldSize, newSize, p.oldRoot, proof)
  if (roots === null) return MALFORMED
  return sameBytes(roots.old, p.oldRoot) && sameBytes(roots.new, p.newRoot) ? HOLDS : WRONG_ROOT
}

/**
 * Nothing is hashed here: two roots are one or they are not. So this is the one place that does not ask for 32 bytes,
 * and the published cases of transparency-dev/merkle want it so; but no root at all is still none.
 */
function checkSameTree(oldRoot: Hash, newRoot: Hash, proof: readonly Hash[]): ProofVerdict {
  if (proof.length > 0 || oldRoot.length === 0) return MALFORMED
  return sameBytes(oldRoot, newRoot) ? HOLDS : WRONG_ROOT
}

/** Both roots as the proof gives them; null when it has not the right length. */
function rootsOfPath(
  oldSize: number,
  newSize: number,
  oldRoot: Hash,
  proof: readonly Hash[],
): { old: Hash; new: Hash } | null {
  const { place, last } = lastCompleteSubtree(oldSize, newSize)
  // Step 1 of the algorithm: of a complete old tree the proof leaves out the old root, which the reader has.
  const [first, ...path] = place === 0 ? [oldRoot, ...proof] : proof
  const sides = siblingSides(place, last)
  if (first === undefined || path.length !== sides.length) return null
  const newRoot = path.reduce((hash, sibling, step) => join(sides[step], sibling, hash), first)
  // The old tree ends here, so what stands to the right of the path is not in it.
  const oldPath = path.filter((_, step) => sides[step] === 'left')
  return { old: oldPath.reduce((hash, sibling) => nodeHash(sibling, hash), first), new: newRoot }
}

type Side = 'left' | 'right'

/** On which side each sibling stands, from the node at `place` up to the root; `last` is the last node on that level. */
function siblingSides(place: number, last: number): Side[] {
  const sides: Side[] = []
  while (last > 0) {
    if (isOdd(place)) sides.push('left')
    else if (place < last) sides.push('right')
    // Otherwise it is the odd last node, which moves up unhashed (RFC 6962 section 2.1).
    place = half(place)
    last = half(last)
  }
  return sides
}

/** The smallest complete subtree at the end of the old tree: its place on its level, and the last node there. */
function lastCompleteSubtree(oldSize: number, newSize: number): { place: number; last: number } {
  let place = oldSize - 1
  let last = newSize - 1
  while (isOdd(place)) {
    place = half(place)
    last = half(last)
  }
  return { place, last }
}

function join(side: Side | undefined, sibling: Hash, hash: Hash): Hash {
  return side === 'left' ? nodeHash(sibling, hash) : nodeHash(hash, sibling)
}

/**
 * The right edge of a growing tree: the roots of its complete subtrees, largest first, one for each set bit of the
 * size. Enough to append and to give the root, in memory for any size of log.
 */
export class Frontier {
  #size = 0
  readonly #peaks: Hash[] = []

  static empty(): Frontier {
    return new Frontier()
  }

  /** From what `peaks` gave. Throws RangeError unless there is one hash of 32 bytes for each set bit of `size`. */
  static of(size: number, peaks: readonly Hash[]): Frontier {
    if (!isCount(size) || peaks.length !== setBits(size) || !peaks.every(isHash))
      throw new RangeError(`not the peaks of a tree of ${size}`)
    const frontier = new Frontier()
    frontier.#size = size
    frontier.#peaks.push(...peaks.map(copyOf))
    return frontier
  }

  get size(): number {
    return this.#size
  }

  get peaks(): readonly Hash[] {
    return [...this.#peaks]
  }

  append(leafHash: Hash): void {
    if (!isHash(leafHash)) throw new RangeError('a leaf hash has 32 bytes')
    // A copy: the caller's bytes may be a view into something that changes.
    let hash = copyOf(leafHash)
    for (let rest = this.#size; isOdd(rest); rest = half(rest)) {
      const left = this.#peaks.pop()
      if (left === undefined) throw new Error('a frontier without its peaks')
      hash = nodeHash(left, hash)
    }
    this.#peaks.push(hash)
    this.#size += 1
  }

  root(): Hash {
    return joinPeaks(this.#peaks)
  }
}

/** Bytes of its own. Not `slice`: of the bytes that Node reads from files it gives a view of the same memory. */
export function copyOf(hash: Hash): Hash {
  return new Uint8Array(hash)
}

/** The root over complete subtrees that stand side by side, largest first; `EMPTY_ROOT` for none. */
export function joinPeaks(peaks: readonly Hash[]): Hash {
  const smallest = peaks.at(-1)
  if (smallest === undefined) return EMPTY_ROOT.slice()
  // An odd last node moves up unhashed; hashing it with itself would let two different logs share one root.
  return peaks.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), smallest)
}

/** The largest power of two smaller than `count`, which is at least 2. */
export function powerBelow(count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}

/** A size or an index: a whole number from 0 to 2^53 - 1. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}

export function isHash(bytes: Uint8Array): boolean {
  return bytes.length === HASH_BYTES
}

// Bit operators cut numbers to 32 bits without a word; sizes here go to 2^53.
function isOdd(value: number): boolean {
  return value % 2 === 1
}

function half(value: number): number {
  return Math.floor(value / 2)
}

function setBits(value: number): number {
  let bits = 0
  for (let rest = value; rest > 0; rest = half(rest)) if (isOdd(rest)) bits += 1
  return bits
}
