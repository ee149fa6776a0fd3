import type { OpenEvent } from '@vidne/evidence/event'
import { eventName } from '@vidne/evidence/package-names'
import type { Findings } from './verdict.ts'

/** Clocks are set; a step back of more than this between two events is told. */
const tolerance = 60_000

type Standing = { holds: number; due: boolean; keyDestroyed: boolean; deleted: boolean; at: number }

/**
 * Replays the rules over a history, with nothing but its events: no deletion while a hold is open, none before it was due, and
 * an order that can be. What the events do not disclose cannot be replayed and is not held against them.
 */
export function replay(events: readonly OpenEvent[], found: Findings): void {
  const standing: Standing = { holds: 0, due: false, keyDestroyed: false, deleted: false, at: 0 }
  for (const event of events) {
    if (event.core.at < standing.at - tolerance) found.add('clock-ran-back', eventName(event.core.seq))
    step(standing, event, found)
    standing.at = event.core.at
  }
}

function step(standing: Standing, event: OpenEvent, found: Findings): void {
  const where = eventName(event.core.seq)
  if (standing.deleted && event.core.type !== 'tombstone-erased') found.add('order-impossible', where)
  switch (event.core.type) {
    case 'held':
      standing.holds++
      break
    case 'hold-released':
      standing.holds = Math.max(0, standing.holds - 1)
      break
    case 'deletion-due':
      standing.due = true
      if (standing.holds > 0) found.add('deleted-while-held', where)
      if (dueBefore(event)) found.add('deleted-too-early', where)
      break
    case 'key-destroyed':
      if (standing.holds > 0) found.add('deleted-while-held', where)
      if (!standing.due) found.add('order-impossible', where)
      standing.keyDestroyed = true
      break
    case 'deleted':
      if (!standing.keyDestroyed) found.add('order-impossible', where)
      standing.deleted = true
      break
    default:
  }
}

/** A maximum is met by the hour: the key's hour begins up to an hour before the deadline. */
function dueBefore({ core, fields }: OpenEvent): boolean {
  const due = fields.find(field => field.name === 'due')?.value
  return typeof due === 'number' && core.at < due - 3_600_000
}
