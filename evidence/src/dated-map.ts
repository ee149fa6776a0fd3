import { concat, toBase64, toHex } from './bytes.ts'
import { EMPTY_MAP_ROOT, firstDifference, labelBit, LABEL_BITS, mapBranchHash, mapLeafHash } from './map-hash.ts'
import { BytePages, NumberPages } from './map-pages.ts'
import { firstBits } from './map-proof.ts'
import type { MapProof, MapProofEnd } from './map-proof.ts'

// A child is a branch's number, or the bitwise complement (always negative) of a leaf's.
type Child = number

const MOST_LEAVES = 2 ** 31 - 1
const STEP_BITS = 10
const MOST_PAST_HASHES = 200_000

/**
 * The map from labels to commitments, provable as of every size the log has had: insert-only, the first commitment of a label
 * wins. It is a function of the log alone, kept as a compressed binary trie whose shape depends on which labels it holds, not
 * on their order.
 *
 * It rests on two facts of an insert-only compressed trie: the n-th branch comes to be with the (n+1)-th leaf and stays
 * above it for ever, so a branch is older than a moment exactly if that leaf is; and where a later branch was put in, its
 * other side leads to what stood there before. A proof of the past hashes again only the branches that have changed since.
 *
 * Memory: about 160 bytes a label, in pages. Hashing is put off until a root or a proof is asked for, so a batch of inserts
 * hashes each branch above it once.
 */
export class DatedMap {
  readonly #labels = new BytePages(32)
  readonly #commitments = new BytePages(32)
  readonly #branchHashes = new BytePages(32)
  readonly #leafHashes = new BytePages(32)
  readonly #bits = new NumberPages('uint16')
  readonly #dirty = new NumberPages('uint8')
  readonly #left = new NumberPages('int32')
  readonly #right = new NumberPages('int32')
  // Of a branch: the youngest leaf below it. Of a leaf: its place in the log.
  readonly #youngest = new NumberPages('int32')
  readonly #places = new NumberPages('int32')
  #leaves = 0
  #top: Child = 0
  // Hashes of branches as they were at one moment of the past; the proofs of one export share nearly all of them.
  #past: { count: number; hashes: Map<number, Uint8Array> } = { count: 0, hashes: new Map() }

  /** How many labels it holds. */
  get labels(): number {
    return this.#leaves
  }

  /**
   * Adds the label and commitment (32 bytes each) of the log's leaf at `place`. Leaves come in the log's order. A label it
   * has already keeps its first commitment and is reported: `duplicate` is public misconduct.
   */
  insert(label: Uint8Array, commitment: Uint8Array, place: number): 'new' | 'duplicate' {
    if (label.length !== 32 || commitment.length !== 32)
      throw new RangeError('a label and a commitment have 32 bytes each')
    if (place > MOST_LEAVES) throw new RangeError('this map places leaves below 2^31 only')
    if (this.#leaves > 0 && place <= this.#places.get(this.#leaves - 1)) throw new RangeError('leaves come in order')
    if (this.#leaves === 0) {
      this.#top = this.#addLeaf(label, commitment, place)
      return 'new'
    }
    const parting = firstDifference(label, this.#labels.at(this.#nearestLeaf(label, this.#leaves)))
    if (parting === LABEL_BITS) return 'duplicate'
    this.#addBranch(parting, label, this.#addLeaf(label, commitment, place))
    return 'new'
  }

  /** The first commitment of a label, or null when the map does not hold it. */
  get(label: Uint8Array): Uint8Array | null {
    if (this.#leaves === 0) return null
    const leaf = this.#nearestLeaf(label, this.#leaves)
    return firstDifference(label, this.#labels.at(leaf)) === LABEL_BITS ? this.#commitments.at(leaf).slice() : null
  }

  /** The root over the labels among the log's first `size` leaves. */
  rootAt(size: number): Uint8Array {
    const count = this.#labelsBefore(size)
    return count === 0 ? EMPTY_MAP_ROOT.slice() : this.#hashAt(this.#top, count).slice()
  }

  /** The proof under `rootAt(size)` that a label (32 bytes) is in the map or is not. */
  proveAt(label: Uint8Array, size: number): MapProof {
    if (label.length !== 32) throw new RangeError('a label has 32 bytes')
    const count = this.#labelsBefore(size)
    if (count === 0) return { v: 1, bits: [], hashes: '', end: { kind: 'empty' } }
    const bits: number[] = []
    const siblings: Uint8Array[] = []
    const parting = firstDifference(label, this.#labels.at(this.#nearestLeaf(label, count)))
    let child = this.#asOf(this.#top, count)
    // The nearest leaf lies below every branch of the walk, so the label has a branch's prefix up to where it parts from it.
    while (child >= 0 && this.#bits.get(child) < parting) {
      const goesRight = labelBit(label, this.#bits.get(child)) === 1
      bits.push(this.#bits.get(child))
      siblings.push(this.#hashAt(goesRight ? this.#left.get(child) : this.#right.get(child), count))
      child = this.#asOf(goesRight ? this.#right.get(child) : this.#left.get(child), count)
    }
    return { v: 1, bits, hashes: toBase64(concat(...siblings)), end: this.#endAt(child, count) }
  }

  /** Hashes what has changed, in steps of about a thousand labels, for whoever must not stand still in between. */
  *hashing(): Generator<void> {
    const depth = Math.max(0, Math.ceil(Math.log2(this.#leaves + 1)) - STEP_BITS)
    const waiting: Child[] = this.#leaves === 0 ? [] : [this.#top]
    for (let child = waiting.pop(); child !== undefined; child = waiting.pop()) {
      if (child >= 0 && this.#bits.get(child) < depth) {
        waiting.push(this.#left.get(child), this.#right.get(child))
      } else {
        this.#hashAt(child, this.#leaves)
        yield
      }
    }
  }

  /** How many labels stand among the log's first `size` leaves: labels are kept in the log's order, so halving finds it. */
  #labelsBefore(size: number): number {
    let [low, high] = [0, this.#leaves]
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (this.#places.get(middle) < size) low = middle + 1
      else high = middle
    }
    return low
  }

  #endAt(child: Child, count: number): MapProofEnd {
    if (child < 0) {
      const [label, commitment] = [this.#labels.at(~child), this.#commitments.at(~child)]
      return { kind: 'leaf', label: toHex(label), commitment: toHex(commitment) }
    }
    const bit = this.#bits.get(child)
    return {
      kind: 'branch',
      bit,
      prefix: toHex(firstBits(this.#labels.at(child + 1), bit)),
      left: toHex(this.#hashAt(this.#left.get(child), count)),
      right: toHex(this.#hashAt(this.#right.get(child), count)),
    }
  }

  #addLeaf(label: Uint8Array, commitment: Uint8Array, place: number): Child {
    const leaf = this.#leaves++
    this.#labels.at(leaf).set(label)
    this.#commitments.at(leaf).set(commitment)
    this.#leafHashes.at(leaf).set(mapLeafHash(label, commitment))
    this.#places.set(leaf, place)
    return ~leaf
  }

  // Puts a branch at `bit` where the walk for the label passes that bit, the new leaf on its own side of it.
  #addBranch(bit: number, label: Uint8Array, leaf: Child): void {
    let above: Child = -1
    let below: Child = this.#top
    while (below >= 0 && this.#bits.get(below) < bit) {
      this.#dirty.set(below, 1)
      this.#youngest.set(below, ~leaf)
      above = below
      below = this.#step(below, label)
    }
    const branch = ~leaf - 1
    const goesRight = labelBit(label, bit) === 1
    this.#bits.set(branch, bit)
    this.#dirty.set(branch, 1)
    this.#youngest.set(branch, ~leaf)
    this.#left.set(branch, goesRight ? below : leaf)
    this.#right.set(branch, goesRight ? leaf : below)
    if (above < 0) this.#top = branch
    else if (labelBit(label, this.#bits.get(above)) === 1) this.#right.set(above, branch)
    else this.#left.set(above, branch)
  }

  #step(branch: number, label: Uint8Array): Child {
    return labelBit(label, this.#bits.get(branch)) === 1 ? this.#right.get(branch) : this.#left.get(branch)
  }

  /** What stood in a child's place when the map held `count` labels: branches put in since then are passed by. */
  #asOf(child: Child, count: number): Child {
    let found = child
    while (found >= 0 && found + 1 >= count) {
      const newerIsRight = this.#labels.bit(found + 1, this.#bits.get(found)) === 1
      found = newerIsRight ? this.#left.get(found) : this.#right.get(found)
    }
    return found
  }

  // The leaf that following the label's bits leads to: if any leaf holds the label, this one does.
  #nearestLeaf(label: Uint8Array, count: number): number {
    let child = this.#asOf(this.#top, count)
    while (child >= 0) child = this.#asOf(this.#step(child, label), count)
    return ~child
  }

  // Depth is at most 256, a label's bits, so recursion is safe. May return the stored hash itself: do not keep or change it.
  #hashAt(child: Child, count: number): Uint8Array {
    const node = this.#asOf(child, count)
    if (node < 0) return this.#leafHashes.at(~node)
    if (this.#youngest.get(node) >= count) return this.#pastHash(node, count)
    const stored = this.#branchHashes.at(node)
    if (this.#dirty.get(node) === 0) return stored
    stored.set(this.#branchHash(node, count))
    this.#dirty.set(node, 0)
    return stored
  }

  #pastHash(node: number, count: number): Uint8Array {
    if (this.#past.count !== count) this.#past = { count, hashes: new Map() }
    const known = this.#past.hashes.get(node)
    if (known !== undefined) return known
    const hash = this.#branchHash(node, count)
    if (this.#past.hashes.size < MOST_PAST_HASHES) this.#past.hashes.set(node, hash)
    return hash
  }

  #branchHash(node: number, count: number): Uint8Array {
    const left = this.#hashAt(this.#left.get(node), count)
    const right = this.#hashAt(this.#right.get(node), count)
    return mapBranchHash(this.#bits.get(node), this.#labels.at(node + 1), left, right)
  }
}
