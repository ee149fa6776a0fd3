import { createHash } from 'node:crypto'

// The checking algorithms of RFC 9162 sections 2.1.3.2 and 2.1.4.2 step by step, in BigInt: exact at any size. They give
// the roots a proof leads to, or null where the RFC says to fail.

type Hash = Uint8Array

function node(left: Hash, right: Hash): Hash {
  return new Uint8Array(
    createHash('sha256')
      .update(new Uint8Array([1]))
      .update(left)
      .update(right)
      .digest(),
  )
}

export function inclusionRoot(leaf: Hash, index: bigint, size: bigint, proof: readonly Hash[]): Hash | null {
  if (index >= size) return null
  let [fn, sn, r] = [index, size - 1n, leaf]
  for (const p of proof) {
    if (sn === 0n) return null
    if ((fn & 1n) === 1n || fn === sn) {
      r = node(p, r)
      while ((fn & 1n) === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n]
    } else {
      r = node(r, p)
    }
    ;[fn, sn] = [fn >> 1n, sn >> 1n]
  }
  return sn === 0n ? r : null
}

/** For 0 < first < second. `firstRoot` stands in when the first tree is complete. */
export function consistencyRoots(
  first: bigint,
  second: bigint,
  firstRoot: Hash,
  proof: readonly Hash[],
): { first: Hash; second: Hash } | null {
  if (proof.length === 0) return null
  const path = (first & (first - 1n)) === 0n ? [firstRoot, ...proof] : [...proof]
  let [fn, sn] = [first - 1n, second - 1n]
  while ((fn & 1n) === 1n) [fn, sn] = [fn >> 1n, sn >> 1n]
  const [seed, ...rest] = path
  if (seed === undefined) return null
  let [fr, sr] = [seed, seed]
  for (const c of rest) {
    if (sn === 0n) return null
    if ((fn & 1n) === 1n || fn === sn) {
      ;[fr, sr] = [node(c, fr), node(c, sr)]
      while ((fn & 1n) === 0n && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n]
    } else {
      sr = node(sr, c)
    }
    ;[fn, sn] = [fn >> 1n, sn >> 1n]
  }
  return sn === 0n ? { first: fr, second: sr } : null
}
