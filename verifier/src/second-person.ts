import type { OpenEvent } from '@vidne/evidence/event'
import type { Json } from '@vidne/evidence/jcs'
import { eventName } from '@vidne/evidence/package-names'
import type { Findings } from './verdict.ts'

// Fields of `approval-asked`, `approval-given` and of what was approved. Persons are withheld where a package leaves the
// agency; that the question was answered is not.
const APPROVAL = 'approval'
const PERSON = 'person'

/**
 * An act that names the approval it rests on (a hold lifted, a deadline brought forward) comes after the event of that
 * approval; and where the persons are disclosed, whoever asked is not among those who agreed.
 */
export function checkSecondPerson(events: readonly OpenEvent[], found: Findings): void {
  const askedBy = new Map<Json, Json | undefined>()
  const given = new Set<Json>()
  let withheld = false
  for (const event of events) {
    const approval = fieldOf(event, APPROVAL)
    if (approval === undefined) {
      withheld ||= event.core.type === 'approval-given'
      continue
    }
    const person = fieldOf(event, PERSON)
    if (event.core.type === 'approval-asked') askedBy.set(approval, person)
    else if (event.core.type !== 'approval-given') {
      if (!given.has(approval) && !withheld) found.add('one-person', eventName(event.core.seq))
    } else if (person === undefined || person !== askedBy.get(approval)) given.add(approval)
  }
}

function fieldOf({ fields }: OpenEvent, name: string): Json | undefined {
  return fields.find(field => field.name === name)?.value
}
