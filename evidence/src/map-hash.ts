import { sha256 } from '#crypto'

/** The root of a map that holds nothing: 32 zero bytes. */
export const EMPTY_MAP_ROOT: Uint8Array = new Uint8Array(32)

/** A label has this many bits; bit 0 is the highest bit of its first byte. */
export const LABEL_BITS = 256

// Hashing is synchronous and these never leave the file, so two buffers serve every call.
const leafInput = new Uint8Array(65)
const branchInput = new Uint8Array(99)
branchInput[0] = 0x01

/** The hash of a leaf: SHA-256(0x00 ‖ label ‖ commitment). */
export function mapLeafHash(label: Uint8Array, commitment: Uint8Array): Uint8Array {
  leafInput.set(label, 1)
  leafInput.set(commitment, 33)
  return sha256(leafInput)
}

/**
 * The hash of a branch: SHA-256(0x01 ‖ u16 bit ‖ prefix32 ‖ left ‖ right). The prefix is the first `bit` bits of any label
 * below it and zeros; it is made here, so no caller can hash a branch under a prefix that is not of that form.
 */
export function mapBranchHash(bit: number, labelBelow: Uint8Array, left: Uint8Array, right: Uint8Array): Uint8Array {
  branchInput[1] = bit >> 8
  branchInput[2] = bit
  branchInput.set(labelBelow, 3)
  const cut = 3 + (bit >> 3)
  branchInput[cut] = (branchInput[cut] ?? 0) & (0xff00 >> (bit & 7))
  branchInput.fill(0, cut + 1, 35)
  branchInput.set(left, 35)
  branchInput.set(right, 67)
  return sha256(branchInput)
}

/** The bit of a label at an index from 0 to 255. */
export function labelBit(label: Uint8Array, index: number): 0 | 1 {
  return (((label[index >> 3] ?? 0) >> (7 - (index & 7))) & 1) === 1 ? 1 : 0
}

/** The index of the first bit in which two labels differ; 256 when they are the same. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < 32; at++) {
    const difference = (a[at] ?? 0) ^ (b[at] ?? 0)
    if (difference !== 0) return at * 8 + Math.clz32(difference) - 24
  }
  return LABEL_BITS
}
