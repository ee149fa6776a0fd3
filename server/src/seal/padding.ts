import { randomInt } from 'node:crypto'
import { fillerLeaf } from '@vidne/evidence/leaf'
import type { NewLeaf } from './store.ts'

const STEPS = [16, 64, 256, 1024] as const
const LARGEST_STEP = 1024

/**
 * How many event-shaped leaves an interval between two public checkpoints shows when `events` happened in it: the next of
 * 16, 64, 256, 1024, then whole multiples of 1024. A quiet night and a busy minute look alike up to these steps.
 */
export function paddedCount(events: number): number {
  return STEPS.find(step => step >= events) ?? Math.ceil(events / LARGEST_STEP) * LARGEST_STEP
}

/** How many fillers an interval with `events` event-shaped leaves still lacks. */
export function fillersFor(events: number): number {
  return paddedCount(events) - events
}

/**
 * Strews `count` fillers among leaves that keep their order, since a chain's events must follow each other. From here on
 * nothing tells a filler from an event: same bytes, same row, same place in the map.
 */
export function amongFillers(leaves: readonly NewLeaf[], count: number): NewLeaf[] {
  const mixed: NewLeaf[] = []
  let [events, fillers] = [0, count]
  while (events < leaves.length || fillers > 0) {
    const next = leaves[events]
    // Each of the leaves still to come is as likely to be next as any other.
    if (next !== undefined && randomInt(leaves.length - events + fillers) >= fillers) {
      mixed.push(next)
      events += 1
    } else {
      mixed.push(filler())
      fillers -= 1
    }
  }
  return mixed
}

function filler(): NewLeaf {
  const leaf = fillerLeaf()
  return { leaf, label: leaf.slice(1, 33) }
}
