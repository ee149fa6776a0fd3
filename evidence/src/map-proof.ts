import { BytesRefused, concat, equalBytes, fromBase64, fromHex, toHex } from './bytes.ts'
import type { Json } from './jcs.ts'
import { EMPTY_MAP_ROOT, firstDifference, labelBit, LABEL_BITS, mapBranchHash, mapLeafHash } from './map-hash.ts'
import { FormatRefused, hex32, integer, list, members, oneOf } from './shape.ts'

/** Where the walk for a label ends. */
export type MapProofEnd =
  | { kind: 'leaf'; label: string; commitment: string }
  | { kind: 'branch'; bit: number; prefix: string; left: string; right: string }
  | { kind: 'empty' }

/**
 * The walk from the root down to where a label is or would be: for each branch on it the bit it splits at (`bits`, rising)
 * and the hash of the child not taken (`hashes`: 32 bytes each, joined, base64). Prefixes on the walk are the label's own.
 */
export type MapProof = { v: 1; bits: number[]; hashes: string; end: MapProofEnd }

/** Why a proof proves nothing. */
export type MapProofFault = 'malformed' | 'off-the-path' | 'wrong-root'

export type MapVerdict = { present: Uint8Array } | { absent: true } | { refused: MapProofFault }

/** A map proof from an untrusted value. Throws FormatRefused. */
export function parseMapProof(value: Json): MapProof {
  const read = members(value, ['v', 'bits', 'hashes', 'end'], 'proof')
  const bits = list(read.bits, 'proof.bits', LABEL_BITS).map((bit, at) => integer(bit, `proof.bits[${at}]`, 0, 255))
  // Every branch splits at a later bit than the one above it.
  if (bits.some((bit, at) => at > 0 && bit <= (bits[at - 1] ?? 0))) throw new FormatRefused('not-sorted', 'proof.bits')
  if (typeof read.hashes !== 'string') throw new FormatRefused('wrong-value', 'proof.hashes')
  if (siblings(read.hashes).length !== bits.length) throw new FormatRefused('wrong-value', 'proof.hashes')
  const end = parseEnd(read.end)
  if (end.kind === 'empty' && bits.length > 0) throw new FormatRefused('wrong-value', 'proof.bits')
  return { v: oneOf(read.v, [1], 'proof.v'), bits, hashes: read.hashes, end }
}

/**
 * What a proof shows about a label under a map root (both 32 bytes). Every branch is hashed again with its bit and with the
 * label's own prefix, so under one root a label has at most one walk and one outcome, even in a map built wrongly on purpose.
 */
export function checkMapProof(claim: { root: Uint8Array; label: Uint8Array; proof: Json }): MapVerdict {
  const { root, label } = claim
  if (root.length !== 32 || label.length !== 32) return { refused: 'malformed' }
  const proof = parsedOrNull(claim.proof)
  if (proof === null) return { refused: 'malformed' }
  if (proof.end.kind === 'empty') return equalBytes(root, EMPTY_MAP_ROOT) ? { absent: true } : { refused: 'wrong-root' }
  const end = judgeEnd(label, proof.end, proof.bits.at(-1) ?? -1)
  if (end === null) return { refused: 'off-the-path' }
  return equalBytes(rootAbove(end.hash, label, proof), root) ? end.verdict : { refused: 'wrong-root' }
}

type JudgedEnd = { hash: Uint8Array; verdict: MapVerdict }

// Null when the end could not lie below the walk, or is no end because the walk would go on through it.
function judgeEnd(label: Uint8Array, end: Exclude<MapProofEnd, { kind: 'empty' }>, lastBit: number): JudgedEnd | null {
  if (end.kind === 'leaf') {
    const [found, commitment] = [fromHex(end.label), fromHex(end.commitment)]
    const parting = firstDifference(label, found)
    if (parting <= lastBit) return null
    const verdict: MapVerdict = parting === LABEL_BITS ? { present: commitment } : { absent: true }
    return { hash: mapLeafHash(found, commitment), verdict }
  }
  const prefix = fromHex(end.prefix)
  const parting = firstDifference(label, prefix)
  if (parting <= lastBit || parting >= end.bit) return null
  return { hash: mapBranchHash(end.bit, prefix, fromHex(end.left), fromHex(end.right)), verdict: { absent: true } }
}

function rootAbove(end: Uint8Array, label: Uint8Array, proof: MapProof): Uint8Array {
  const beside = siblings(proof.hashes)
  let hash = end
  for (let at = proof.bits.length - 1; at >= 0; at--) {
    const bit = proof.bits[at] ?? 0
    const sibling = beside[at] ?? EMPTY_MAP_ROOT
    hash =
      labelBit(label, bit) === 0 ? mapBranchHash(bit, label, hash, sibling) : mapBranchHash(bit, label, sibling, hash)
  }
  return hash
}

function parsedOrNull(value: Json): MapProof | null {
  try {
    return parseMapProof(value)
  } catch (refusal) {
    if (refusal instanceof FormatRefused) return null
    throw refusal
  }
}

function parseEnd(value: Json): MapProofEnd {
  const where = 'proof.end'
  const kind = value !== null && typeof value === 'object' && !Array.isArray(value) ? value['kind'] : undefined
  if (kind === 'leaf') {
    const read = members(value, ['kind', 'label', 'commitment'], where)
    return {
      kind,
      label: hex32(read.label, `${where}.label`),
      commitment: hex32(read.commitment, `${where}.commitment`),
    }
  }
  if (kind === 'branch') return parseBranch(value)
  members(value, ['kind'], where)
  return { kind: oneOf(kind ?? null, ['empty'], `${where}.kind`) }
}

function parseBranch(value: Json): MapProofEnd {
  const where = 'proof.end'
  const read = members(value, ['kind', 'bit', 'prefix', 'left', 'right'], where)
  const bit = integer(read.bit, `${where}.bit`, 0, 255)
  const prefix = hex32(read.prefix, `${where}.prefix`)
  if (toHex(firstBits(fromHex(prefix), bit)) !== prefix) throw new FormatRefused('wrong-value', `${where}.prefix`)
  const [left, right] = [hex32(read.left, `${where}.left`), hex32(read.right, `${where}.right`)]
  return { kind: 'branch', bit, prefix, left, right }
}

/** The first `bits` bits of a label, the rest zero: what a branch is hashed under. */
export function firstBits(label: Uint8Array, bits: number): Uint8Array {
  const cut = bits >> 3
  const partial = (label[cut] ?? 0) & (0xff00 >> (bits & 7))
  return concat(label.subarray(0, cut), Uint8Array.of(partial), new Uint8Array(32)).slice(0, 32)
}

function siblings(base64: string): Uint8Array[] {
  try {
    const joined = fromBase64(base64)
    if (joined.length % 32 !== 0) throw new FormatRefused('wrong-value', 'proof.hashes')
    return Array.from({ length: joined.length / 32 }, (_, at) => joined.subarray(at * 32, at * 32 + 32))
  } catch (refusal) {
    if (refusal instanceof BytesRefused) throw new FormatRefused('wrong-value', 'proof.hashes')
    throw refusal
  }
}
