import { concat, toBase64, toHex } from './bytes.ts'
import { EMPTY_MAP_ROOT, firstDifference, labelBit, LABEL_BITS, mapBranchHash, mapLeafHash } from './map-hash.ts'
import { BytePages, NumberPages } from './map-pages.ts'
import { firstBits } from './map-proof.ts'
import type { MapProof, MapProofEnd } from './map-proof.ts'

// A child is a branch's number, or the bitwise complement (always negative) of a leaf's.
type Child = number

/**
 * The map from labels to commitments: insert-only, the first commitment of a label wins. It is a function of the log alone,
 * kept as a compressed binary trie whose shape depends on which labels it holds, not on their order.
 *
 * Memory: about 150 bytes a label, in pages. Hashing is put off until a root or a proof is asked for, so a batch of inserts
 * hashes each branch above it once.
 */
export class LabelMap {
  readonly #labels = new BytePages(32)
  readonly #commitments = new BytePages(32)
  readonly #branchHashes = new BytePages(32)
  readonly #leafHashes = new BytePages(32)
  readonly #bits = new NumberPages('uint16')
  readonly #dirty = new NumberPages('uint8')
  readonly #left = new NumberPages('int32')
  readonly #right = new NumberPages('int32')
  // Insert-only: the leaf that made a branch stays below it for ever, and lends it its prefix.
  readonly #leafBelow = new NumberPages('int32')
  #leaves = 0
  #branches = 0
  #top: Child = 0

  /** How many labels it holds. */
  get size(): number {
    return this.#leaves
  }

  /** Adds a label (both 32 bytes). A label it has already is left as it is and reported: `duplicate` is public misconduct. */
  insert(label: Uint8Array, commitment: Uint8Array): 'new' | 'duplicate' {
    if (label.length !== 32 || commitment.length !== 32)
      throw new RangeError('a label and a commitment are 32 bytes each')
    if (this.#leaves === 0) {
      this.#top = this.#addLeaf(label, commitment)
      return 'new'
    }
    const parting = firstDifference(label, this.#labels.at(this.#nearestLeaf(label)))
    if (parting === LABEL_BITS) return 'duplicate'
    this.#addBranch(parting, label, this.#addLeaf(label, commitment))
    return 'new'
  }

  /** The commitment of a label, or null when the map does not hold it. */
  get(label: Uint8Array): Uint8Array | null {
    if (this.#leaves === 0) return null
    const leaf = this.#nearestLeaf(label)
    return firstDifference(label, this.#labels.at(leaf)) === LABEL_BITS ? this.#commitments.at(leaf).slice() : null
  }

  /** The root over everything inserted so far; hashes only what changed since it was last asked for. */
  root(): Uint8Array {
    return this.#leaves === 0 ? EMPTY_MAP_ROOT.slice() : this.#hashed(this.#top).slice()
  }

  /** The proof, under the present root, that a label (32 bytes) is in the map or is not. */
  prove(label: Uint8Array): MapProof {
    if (label.length !== 32) throw new RangeError('a label is 32 bytes')
    if (this.#leaves === 0) return { v: 1, bits: [], hashes: '', end: { kind: 'empty' } }
    this.#hashed(this.#top)
    const bits: number[] = []
    const siblings: Uint8Array[] = []
    const parting = firstDifference(label, this.#labels.at(this.#nearestLeaf(label)))
    let child = this.#top
    // The nearest leaf lies below every branch of the walk, so the label has a branch's prefix up to where it parts from it.
    while (child >= 0 && this.#bits.get(child) < parting) {
      const bit = this.#bits.get(child)
      const [left, right] = [this.#left.get(child), this.#right.get(child)]
      const goesRight = labelBit(label, bit) === 1
      bits.push(bit)
      siblings.push(this.#hashed(goesRight ? left : right))
      child = goesRight ? right : left
    }
    return { v: 1, bits, hashes: toBase64(concat(...siblings)), end: this.#endAt(child) }
  }

  #endAt(child: Child): MapProofEnd {
    if (child < 0) {
      const [label, commitment] = [this.#labels.at(~child), this.#commitments.at(~child)]
      return { kind: 'leaf', label: toHex(label), commitment: toHex(commitment) }
    }
    const bit = this.#bits.get(child)
    return {
      kind: 'branch',
      bit,
      prefix: toHex(firstBits(this.#labels.at(this.#leafBelow.get(child)), bit)),
      left: toHex(this.#hashed(this.#left.get(child))),
      right: toHex(this.#hashed(this.#right.get(child))),
    }
  }

  #addLeaf(label: Uint8Array, commitment: Uint8Array): Child {
    const leaf = this.#leaves++
    this.#labels.at(leaf).set(label)
    this.#commitments.at(leaf).set(commitment)
    this.#leafHashes.at(leaf).set(mapLeafHash(label, commitment))
    return ~leaf
  }

  // Puts a branch at `bit` where the walk for the label passes that bit, the new leaf on its own side of it.
  #addBranch(bit: number, label: Uint8Array, leaf: Child): void {
    let above: Child = -1
    let below: Child = this.#top
    while (below >= 0 && this.#bits.get(below) < bit) {
      this.#dirty.set(below, 1)
      above = below
      below = this.#step(below, label)
    }
    const branch = this.#branches++
    const goesRight = labelBit(label, bit) === 1
    this.#bits.set(branch, bit)
    this.#dirty.set(branch, 1)
    this.#leafBelow.set(branch, ~leaf)
    this.#left.set(branch, goesRight ? below : leaf)
    this.#right.set(branch, goesRight ? leaf : below)
    if (above < 0) this.#top = branch
    else if (labelBit(label, this.#bits.get(above)) === 1) this.#right.set(above, branch)
    else this.#left.set(above, branch)
  }

  #step(branch: number, label: Uint8Array): Child {
    return labelBit(label, this.#bits.get(branch)) === 1 ? this.#right.get(branch) : this.#left.get(branch)
  }

  // The leaf that following the label's bits leads to: if any leaf holds the label, this one does.
  #nearestLeaf(label: Uint8Array): number {
    let child = this.#top
    while (child >= 0) child = this.#step(child, label)
    return ~child
  }

  // Depth is at most 256, a label's bits, so recursion is safe. Returns the stored hash itself: do not keep or change it.
  #hashed(child: Child): Uint8Array {
    if (child < 0) return this.#leafHashes.at(~child)
    const stored = this.#branchHashes.at(child)
    if (this.#dirty.get(child) === 0) return stored
    const left = this.#hashed(this.#left.get(child))
    const right = this.#hashed(this.#right.get(child))
    stored.set(mapBranchHash(this.#bits.get(child), this.#labels.at(this.#leafBelow.get(child)), left, right))
    this.#dirty.set(child, 0)
    return stored
  }
}
