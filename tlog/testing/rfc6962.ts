import { createHash } from 'node:crypto'

// RFC 6962 section 2.1 as it stands there, recursion and all, sharing nothing with the code under test.

type Hash = Uint8Array

function sha256(...parts: Uint8Array[]): Hash {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

function largestPowerOfTwoBelow(n: number): number {
  return 2 ** Math.ceil(Math.log2(n) - 1)
}

/** MTH over hashes of leaves. */
export function mth(leafHashes: readonly Hash[]): Hash {
  const [first] = leafHashes
  if (first === undefined) return sha256()
  if (leafHashes.length === 1) return first
  const k = largestPowerOfTwoBelow(leafHashes.length)
  return sha256(new Uint8Array([1]), mth(leafHashes.slice(0, k)), mth(leafHashes.slice(k)))
}

/** PATH(m, D[n]), section 2.1.1. */
export function path(m: number, leafHashes: readonly Hash[]): Hash[] {
  if (leafHashes.length === 1) return []
  const k = largestPowerOfTwoBelow(leafHashes.length)
  return m < k
    ? [...path(m, leafHashes.slice(0, k)), mth(leafHashes.slice(k))]
    : [...path(m - k, leafHashes.slice(k)), mth(leafHashes.slice(0, k))]
}

/** PROOF(m, D[n]), section 2.1.2. */
export function proof(m: number, leafHashes: readonly Hash[]): Hash[] {
  return subproof(m, leafHashes, true)
}

function subproof(m: number, leafHashes: readonly Hash[], complete: boolean): Hash[] {
  if (m === leafHashes.length) return complete ? [] : [mth(leafHashes)]
  const k = largestPowerOfTwoBelow(leafHashes.length)
  return m <= k
    ? [...subproof(m, leafHashes.slice(0, k), complete), mth(leafHashes.slice(k))]
    : [...subproof(m - k, leafHashes.slice(k), false), mth(leafHashes.slice(0, k))]
}
