import { randomBytes } from '#crypto'
import { BytesRefused, concat, fromUtf8, readU64, u64, utf8 } from './bytes.ts'
import { FormatRefused } from './shape.ts'
import { decodeStatement, encodeStatement } from './statement.ts'
import type { PublicStatement } from './statement.ts'

const EVENT_KIND = 0x01
const MAP_ROOT_KIND = 0x02
const STATEMENT_KIND = 0x04

const EVENT_LEAF_BYTES = 65
const MAP_ROOT_LEAF_BYTES = 41

// C2SP tlog-tiles writes an entry's length as a u16.
const LONGEST_LEAF_BYTES = 65_535

/** Thrown when our own code would log what no reader could take: a broken promise, not an expected refusal. */
export class LeafRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'LeafRefused'
  }
}

export type Leaf =
  | { kind: 'event'; label: Uint8Array; commitment: Uint8Array }
  | { kind: 'map-root'; root: Uint8Array; size: number }
  | { kind: 'statement'; statement: PublicStatement }
  | { kind: 'refused'; because: 'unknown-kind' | 'wrong-length' | 'size-too-large' | 'not-a-statement' }

/** The leaf of an event: `0x01 ‖ label ‖ commitment`, 65 bytes. Throws LeafRefused unless both are 32 bytes. */
export function eventLeaf(label: Uint8Array, commitment: Uint8Array): Uint8Array {
  demand32(label, 'label')
  demand32(commitment, 'commitment')
  return concat(Uint8Array.of(EVENT_KIND), label, commitment)
}

/** A leaf that looks like an event's and stands for none: it hides how much happened between two public checkpoints. */
export function fillerLeaf(random: (bytes: number) => Uint8Array = randomBytes): Uint8Array {
  return eventLeaf(random(32), random(32))
}

/** The leaf of a map root: `0x02 ‖ root ‖ u64 size`; the map covers the log's first `coveredSize` leaves. Throws LeafRefused. */
export function mapRootLeaf(root: Uint8Array, coveredSize: number): Uint8Array {
  demand32(root, 'map root')
  return concat(Uint8Array.of(MAP_ROOT_KIND), root, u64(coveredSize))
}

/** The leaf of a public statement: `0x04 ‖ JCS`. Throws FormatRefused for a wrong statement, LeafRefused for one too long. */
export function statementLeaf(statement: PublicStatement): Uint8Array {
  const leaf = concat(Uint8Array.of(STATEMENT_KIND), utf8(encodeStatement(statement)))
  if (leaf.length > LONGEST_LEAF_BYTES) throw new LeafRefused('the statement is longer than a leaf can be')
  return leaf
}

/** What a leaf says. Never throws: a leaf that is none of ours is `refused`. */
export function parseLeaf(leaf: Uint8Array): Leaf {
  switch (leaf.at(0) ?? -1) {
    case EVENT_KIND:
      if (leaf.length !== EVENT_LEAF_BYTES) return { kind: 'refused', because: 'wrong-length' }
      return { kind: 'event', label: leaf.slice(1, 33), commitment: leaf.slice(33) }
    case MAP_ROOT_KIND:
      return parseMapRoot(leaf)
    case STATEMENT_KIND:
      return parseStatementLeaf(leaf)
    default:
      return { kind: 'refused', because: 'unknown-kind' }
  }
}

function parseMapRoot(leaf: Uint8Array): Leaf {
  if (leaf.length !== MAP_ROOT_LEAF_BYTES) return { kind: 'refused', because: 'wrong-length' }
  try {
    return { kind: 'map-root', root: leaf.slice(1, 33), size: readU64(leaf, 33) }
  } catch (refusal) {
    if (refusal instanceof BytesRefused) return { kind: 'refused', because: 'size-too-large' }
    throw refusal
  }
}

function parseStatementLeaf(leaf: Uint8Array): Leaf {
  if (leaf.length > LONGEST_LEAF_BYTES) return { kind: 'refused', because: 'wrong-length' }
  try {
    return { kind: 'statement', statement: decodeStatement(fromUtf8(leaf.subarray(1))) }
  } catch (refusal) {
    if (refusal instanceof BytesRefused || refusal instanceof FormatRefused) {
      return { kind: 'refused', because: 'not-a-statement' }
    }
    throw refusal
  }
}

function demand32(bytes: Uint8Array, what: string): void {
  if (bytes.length !== 32) throw new LeafRefused(`a ${what} is 32 bytes, not ${bytes.length}`)
}
