import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Frontier, checkConsistency, checkInclusion, leafHash, nodeHash } from './merkle.ts'
import type { Hash } from './merkle.ts'
import { consistencyProof, inclusionProof, rootAt, tilesForAppend } from './tiles.ts'
import type { TileReader } from './tiles.ts'

// A log whose every entry is the same has one hash a level, so its tiles can be given without building 2^40 entries.
const LEVEL: Hash[] = [leafHash(new Uint8Array(0))]
while (LEVEL.length < 54) LEVEL.push(nodeHash(LEVEL.at(-1)!, LEVEL.at(-1)!))

class SameEntryLog implements TileReader {
  readonly asked: string[] = []

  async tile(level: number, index: number, width: number): Promise<Uint8Array> {
    this.asked.push(`${level}/${index}.p/${width}`)
    const bytes = new Uint8Array(width * 32)
    for (let at = 0; at < width; at++) bytes.set(LEVEL[8 * level]!, at * 32)
    return bytes
  }
}

/** The tiles that hold the complete subtrees of these spans, worked out with shifts in BigInt. */
function tilesOf(spans: readonly (readonly [bigint, bigint])[], size: bigint): string[] {
  const tiles = new Set<string>()
  for (const [from, to] of spans) {
    for (let at = from; at < to;) {
      let level = 0n
      while (at + (2n << level) <= to) level += 1n
      const row = level / 8n
      const index = at >> (8n * (row + 1n))
      const hashes = (size >> (8n * row)) - (index << 8n)
      tiles.add(`${row}/${index}.p/${hashes < 256n ? hashes : 256n}`)
      at += 1n << level
    }
  }
  return [...tiles].sort()
}

/** RFC 6962 section 2.1.1, as spans, in BigInt. */
function pathSpans(index: bigint, from: bigint, to: bigint): (readonly [bigint, bigint])[] {
  if (to - from === 1n) return []
  let k = 1n
  while (k * 2n < to - from) k *= 2n
  const middle = from + k
  return index < middle
    ? [...pathSpans(index, from, middle), [middle, to]]
    : [...pathSpans(index, middle, to), [from, middle]]
}

/** RFC 6962 section 2.1.2, as spans, in BigInt. */
function proofSpans(m: bigint, from: bigint, to: bigint, complete: boolean): (readonly [bigint, bigint])[] {
  if (m === to) return complete ? [] : [[from, to]]
  let k = 1n
  while (k * 2n < to - from) k *= 2n
  const middle = from + k
  return m <= middle
    ? [...proofSpans(m, from, middle, complete), [middle, to]]
    : [...proofSpans(m, middle, to, false), [from, middle]]
}

const size = fc.oneof(
  fc.constantFrom(2n ** 32n - 1n, 2n ** 32n, 2n ** 32n + 1n, 2n ** 40n, 2n ** 40n + 12_345n, 2n ** 53n - 1n),
  fc.bigInt({ min: 2n ** 31n, max: 2n ** 53n - 1n }),
)

describe('in a log of more than 2^32 entries', () => {
  test('an inclusion proof reads exactly the tiles it needs and holds', async () => {
    const property = fc.asyncProperty(size, fc.bigInt({ min: 0n, max: 2n ** 53n }), async (n, place) => {
      const log = new SameEntryLog()
      const index = place % n
      const proof = await inclusionProof(log, Number(index), Number(n))
      expect(log.asked.toSorted()).toEqual(tilesOf(pathSpans(index, 0n, n), n))
      const root = await rootAt(log, Number(n))
      const asked = { leafHash: LEVEL[0]!, index: Number(index), size: Number(n), root, proof }
      expect(checkInclusion(asked)).toEqual({ holds: true })
    })
    await fc.assert(property, { numRuns: 150 })
  })

  test('a consistency proof reads exactly the tiles it needs and holds', async () => {
    const property = fc.asyncProperty(size, fc.bigInt({ min: 0n, max: 2n ** 53n }), async (n, place) => {
      const log = new SameEntryLog()
      const old = (place % n) + 1n
      const proof = await consistencyProof(log, Number(old), Number(n))
      expect(log.asked.toSorted()).toEqual(tilesOf(proofSpans(old, 0n, n, true), n))
      const [oldRoot, newRoot] = [await rootAt(log, Number(old)), await rootAt(log, Number(n))]
      const verdict = checkConsistency({ oldSize: Number(old), newSize: Number(n), oldRoot, newRoot, proof })
      expect(verdict).toEqual({ holds: true })
    })
    await fc.assert(property, { numRuns: 150 })
  })

  test('new tiles come at the right places, and the frontier agrees with them', async () => {
    const old = 2 ** 40 + 2 ** 33 + 255
    const log = new SameEntryLog()
    const tiles = await tilesForAppend(log, old, [LEVEL[0]!, LEVEL[0]!])
    expect(tiles.map(({ level, index, width }) => ({ level, index, width }))).toEqual([
      { level: 0, index: 2 ** 32 + 2 ** 25, width: 256 },
      { level: 0, index: 2 ** 32 + 2 ** 25 + 1, width: 1 },
      { level: 1, index: 2 ** 24 + 2 ** 17, width: 1 },
    ])
    expect(log.asked).toEqual([`0/${2 ** 32 + 2 ** 25}.p/255`])
    const peaks = [40, 33, 7, 6, 5, 4, 3, 2, 1, 0].map(level => LEVEL[level]!)
    const frontier = Frontier.of(old, peaks)
    frontier.append(LEVEL[0]!)
    frontier.append(LEVEL[0]!)
    expect(frontier.size).toBe(old + 2)
    expect(frontier.root()).toEqual(await rootAt(log, old + 2))
  })
})
