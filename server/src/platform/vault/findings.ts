// What an operator is told about the vault.

import type { Still } from '../still.ts'
import type { VaultFinding } from './port.ts'
import type { Pair } from './merge.ts'
import type { Merged } from './reconcile.ts'
import { slotState, SLOT_BYTES } from './slot.ts'
import type { SlotTable } from './slot-table.ts'
import type { WrappingName } from './wrapping-file.ts'

/** What opening two sound copies brought to light. */
export function openingFindings(
  pairs: readonly [Pair, Pair],
  commits: readonly [number, number],
  merged: Merged,
  table: SlotTable,
  wrappings: ReadonlyMap<string, WrappingName>,
): VaultFinding[] {
  return [
    ...behind(pairs, commits, merged),
    ...damagedInBoth(pairs[0].content.image, pairs[1].content.image),
    ...withoutWrapping(table, wrappings),
  ]
}

// A crash leaves the copies at most one commit apart, because a commit begins only when the one before is in both.
function behind(
  [a, b]: readonly [Pair, Pair],
  [commitA, commitB]: readonly [number, number],
  merged: Merged,
): VaultFinding[] {
  if (Math.abs(commitA - commitB) <= 1) return []
  const copy = commitA < commitB ? 'a' : 'b'
  const { folder } = copy === 'a' ? a.live : b.live
  const [values, again] = [{ copy, folder, behind: Math.abs(commitA - commitB) } as const, merged.reappeared]
  const still: Still =
    again > 0
      ? { code: 'vault-copy-was-behind-destroyed', values: { ...values, again } }
      : { code: 'vault-copy-was-behind', values }
  return [{ code: 'copy-was-behind', copy, stops: false, still }]
}

function damagedInBoth(a: Buffer, b: Buffer): VaultFinding[] {
  let count = 0
  for (let from = 0; from + SLOT_BYTES <= Math.min(a.length, b.length); from += SLOT_BYTES) {
    const damaged = [a, b].every(image => slotState(image.subarray(from, from + SLOT_BYTES)) === 'damaged')
    if (damaged) count += 1
  }
  if (count === 0) return []
  const still = { code: 'vault-key-unreadable', values: { keys: count } } as const
  return [{ code: 'key-unreadable', copy: null, stops: true, still }]
}

function withoutWrapping(table: SlotTable, wrappings: ReadonlyMap<string, WrappingName>): VaultFinding[] {
  const missing = [...table.wrappings()].filter(id => !wrappings.has(id))
  if (missing.length === 0) return []
  const still = { code: 'vault-wrapping-key-lost', values: { keys: missing.length } } as const
  return [{ code: 'wrapping-key-missing', copy: null, stops: true, still }]
}
