import { FIELD } from '@vidne/evidence/event-fields'
import type { OpenEvent } from '@vidne/evidence/event'
import type { EventType } from '@vidne/evidence/event-types'
import type { Json } from '@vidne/evidence/jcs'
import { eventName } from '@vidne/evidence/package-names'
import { Holds } from './holds.ts'
import { checkSecondPerson } from './second-person.ts'
import type { Findings } from './verdict.ts'

/** Clocks are set; a step back of more than this between two events is told. */
const CLOCK_TOLERANCE_MS = 60_000
/** A maximum says "within": the nightly run takes the whole hour that the deadline lies in. */
const HOUR_MS = 3_600_000

/**
 * What needs footage, or the keeping of it. Once the key is gone none of it can happen any more; what only concerns the
 * history, such as the answer to an open question, still can.
 */
const needsFootage: ReadonlySet<EventType> = new Set([
  'indexed',
  'viewed',
  'annotated',
  'categorised',
  'held',
  'hold-released',
  'exported',
  'shared',
  'retention-changed',
  'deletion-due',
])

type Standing = {
  holds: Holds
  at: number
  /** The deadline last set, where it was disclosed. */
  deadline: Json | undefined
  due: boolean
  keyDestroyed: boolean
  deleted: boolean
}

/**
 * Replays the rules over a history, with nothing but its events: no deletion while a hold is open, none before it was due, an
 * order that can be, and two persons where there have to be two. What the events do not disclose cannot be replayed and is
 * not held against them.
 */
export function replay(events: readonly OpenEvent[], found: Findings): void {
  const holds = new Holds()
  const standing: Standing = { holds, at: 0, deadline: undefined, due: false, keyDestroyed: false, deleted: false }
  for (const event of events) {
    const { at, seq, type } = event.core
    const where = eventName(seq)
    if (at < standing.at - CLOCK_TOLERANCE_MS) found.add('clock-ran-back', where)
    if (impossible(standing, type)) found.add('order-impossible', where)
    steps[type]?.(standing, event, found)
    standing.at = at
  }
  checkSecondPerson(events, found)
}

function impossible({ due, keyDestroyed, deleted }: Standing, type: EventType): boolean {
  if (type === 'key-destroyed') return !due || keyDestroyed
  if (type === 'deleted') return !keyDestroyed || deleted
  if (type === 'tombstone-erased') return !deleted
  return keyDestroyed && needsFootage.has(type)
}

type Step = (standing: Standing, event: OpenEvent, found: Findings) => void

/** What an event changes in what can come after it. Types that are not here change nothing. */
const steps: Partial<Record<EventType, Step>> = {
  held({ holds }, event, found) {
    if (!holds.placed(disclosed(event, FIELD.hold))) found.add('order-impossible', eventName(event.core.seq))
  },
  'hold-released'({ holds }, event, found) {
    if (!holds.released(disclosed(event, FIELD.hold))) found.add('order-impossible', eventName(event.core.seq))
  },
  'retention-changed'(standing, event) {
    standing.deadline = disclosed(event, FIELD.deleteAfter)
  },
  'deletion-due'(standing, event, found) {
    standing.due = true
    checkDue(standing, event, found)
    checkHolds(standing, event, found)
  },
  'key-destroyed'(standing, event, found) {
    standing.keyDestroyed = true
    checkHolds(standing, event, found)
  },
  deleted(standing) {
    standing.deleted = true
  },
}

function checkHolds({ holds }: Standing, { core }: OpenEvent, found: Findings): void {
  if (holds.open > 0) found.add('deleted-while-held', eventName(core.seq))
}

function checkDue({ deadline }: Standing, event: OpenEvent, found: Findings): void {
  const { at, seq } = event.core
  const due = disclosed(event, FIELD.deleteAfter)
  if (due === undefined) return
  if (typeof due !== 'number' || at < due - HOUR_MS) found.add('deleted-too-early', eventName(seq))
  if (deadline !== undefined && deadline !== due) found.add('deadline-differs', eventName(seq))
}

/** The value of a field that this reader is shown. */
export function disclosed({ fields }: OpenEvent, name: string): Json | undefined {
  return fields.find(field => field.name === name)?.value
}
