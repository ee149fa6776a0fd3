import type { OpenEvent } from '@vidne/evidence/event'
import type { EventType } from '@vidne/evidence/event-types'
import type { Json } from '@vidne/evidence/jcs'
import { eventName } from '@vidne/evidence/package-names'
import type { Findings } from './verdict.ts'

// Fields of `approval-asked`, `approval-given`, what ends a question without it, and of what was approved. Persons are withheld where a package leaves the
// agency; that the question was answered is not.
const APPROVAL = 'approval'
const PERSON = 'person'
const ENDINGS: ReadonlySet<EventType> = new Set(['approval-declined', 'approval-withdrawn'])

/**
 * An act that names the approval it rests on (a hold lifted, a deadline brought forward) comes after the event of that
 * approval; and where the persons are disclosed, whoever asked is not among those who agreed. A question that was declined or taken
 * back carries nothing any more.
 */
export function checkSecondPerson(events: readonly OpenEvent[], found: Findings): void {
  const askedBy = new Map<Json, Json | undefined>()
  const given = new Set<Json>()
  const ended = new Set<Json>()
  let withheld = false
  for (const event of events) {
    const approval = fieldOf(event, APPROVAL)
    if (approval === undefined) {
      withheld ||= event.core.type === 'approval-given'
      continue
    }
    const person = fieldOf(event, PERSON)
    if (event.core.type === 'approval-asked') askedBy.set(approval, person)
    else if (ENDINGS.has(event.core.type)) ended.add(approval)
    else if (event.core.type !== 'approval-given') {
      if (ended.has(approval) || (!given.has(approval) && !withheld)) found.add('one-person', eventName(event.core.seq))
    } else if (person === undefined || person !== askedBy.get(approval)) given.add(approval)
  }
}

function fieldOf({ fields }: OpenEvent, name: string): Json | undefined {
  return fields.find(field => field.name === name)?.value
}
