import { createHash } from 'node:crypto'

export type Entry = { label: Uint8Array; commitment: Uint8Array }

const ROOT_OF_NOTHING = '00'.repeat(32)

/** The map's root as docs/spec/map.md defines it, over a sorted list and without any cleverness. Hexadecimal. */
export function naiveRoot(entries: readonly Entry[]): string {
  if (entries.length === 0) return ROOT_OF_NOTHING
  return naiveNode(entries.toSorted((a, b) => Buffer.compare(a.label, b.label))).toString('hex')
}

function naiveNode(sorted: readonly Entry[]): Buffer {
  const [first, last] = [sorted.at(0), sorted.at(-1)]
  if (first === undefined || last === undefined) throw new Error('a node stands over at least one label')
  if (first === last) return naiveLeafHash(first)
  const bit = binary(first.label).findIndex((digit, at) => digit !== binary(last.label)[at])
  const left = sorted.filter(entry => binary(entry.label)[bit] === '0')
  const right = sorted.filter(entry => binary(entry.label)[bit] === '1')
  return naiveBranchHash(bit, naivePrefix(first.label, bit), naiveNode(left), naiveNode(right))
}

export function naiveLeafHash(entry: Entry): Buffer {
  return createHash('sha256').update(Uint8Array.of(0)).update(entry.label).update(entry.commitment).digest()
}

export function naiveBranchHash(bit: number, prefix: Uint8Array, left: Uint8Array, right: Uint8Array): Buffer {
  const header = Buffer.alloc(3)
  header.writeUInt8(1, 0)
  header.writeUInt16BE(bit, 1)
  return createHash('sha256').update(header).update(prefix).update(left).update(right).digest()
}

export function naivePrefix(label: Uint8Array, bits: number): Uint8Array {
  const kept = binary(label).map((digit, at) => (at < bits ? digit : '0'))
  return Uint8Array.from({ length: 32 }, (_, at) => Number.parseInt(kept.slice(at * 8, at * 8 + 8).join(''), 2))
}

function binary(label: Uint8Array): string[] {
  return Array.from(label, byte => byte.toString(2).padStart(8, '0')).flatMap(digits => digits.split(''))
}
