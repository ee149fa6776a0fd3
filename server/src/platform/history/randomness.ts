import { randomFillSync } from 'node:crypto'

const POOL_BYTES = 8192

let pool = new Uint8Array(0)
let used = 0

/**
 * `bytes` bytes from the system's random source, each given out once. An event takes five small portions; fetching them
 * one by one costs more than the hashing does.
 */
export function randomPortion(bytes: number): Uint8Array {
  if (bytes > POOL_BYTES) return randomFillSync(new Uint8Array(bytes))
  if (pool.length - used < bytes) {
    pool = randomFillSync(new Uint8Array(POOL_BYTES))
    used = 0
  }
  const portion = pool.slice(used, used + bytes)
  pool.fill(0, used, used + bytes) // a salt that was given out must not lie about a second time
  used += bytes
  return portion
}
