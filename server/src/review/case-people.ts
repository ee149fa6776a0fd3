import type { Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { endGrants, grantLacking } from './case-access.ts'
import { type CaseGround, type Refused, noteChange, refused, writable } from './case-ground.ts'
import { type Duty, insertCasePerson, peopleOfCase, updateCase, updateCasePerson } from './cases-store.ts'

export type PersonWish = {
  readonly case: string
  readonly person: string
  readonly duty: Duty
  /** Epoch milliseconds: nobody is on a case without an end. */
  readonly until: number
  readonly name: (person: string) => string
}

export type PersonAdded = { state: 'added'; person: string; granted: number } | Refused

/** Puts a person on a case, by name, or changes duty and time of one who is on it. They see its recordings from then on. */
export async function addPerson(ground: CaseGround, trx: Trx, actor: Actor, wish: PersonWish): Promise<PersonAdded> {
  const row = await writable(ground, trx, actor, { id: wish.case })
  if ('because' in row) return row
  const now = ground.clock.now()
  if (wish.until <= now) return refused('already-over')
  const found = await ground.people.person(trx, actor.agency, wish.person)
  if (found === null) return refused('nobody')
  const { duty } = wish
  const [until, at] = [new Date(wish.until), new Date(now)]
  const there = (await peopleOfCase(trx, row.id)).find(({ person }) => person === found.id)
  if (there === undefined) {
    const { agency, person } = actor
    await insertCasePerson(trx, {
      id: uuidv7(ground.clock),
      agency,
      case_id: row.id,
      person: found.id,
      duty,
      until,
      added_by: person,
      added_at: at,
      removed_at: null,
    })
  } else await updateCasePerson(trx, there.id, { duty, until })
  await updateCase(trx, row.id, { changed_by: actor.person, changed_at: at })
  const name = (person: string): string => (person === found.id ? found.name : wish.name(person))
  const granted = await grantLacking(ground, trx, actor, { row, name })
  const fields = [
    { name: 'to', value: found.id },
    { name: 'until', value: wish.until },
  ]
  const change = there === undefined ? 'person-added' : 'person-changed'
  await noteChange(ground, trx, actor, { id: row.id, change, fields })
  return { state: 'added', person: found.id, granted }
}

/** Takes a person off a case; what they were let to see by it ends at once. */
export async function removePerson(
  ground: CaseGround,
  trx: Trx,
  actor: Actor,
  wish: { case: string; person: string; reason: string },
): Promise<{ state: 'removed'; revoked: number } | Refused> {
  const row = await writable(ground, trx, actor, { id: wish.case })
  if ('because' in row) return row
  const there = (await peopleOfCase(trx, row.id)).find(({ person }) => person === wish.person)
  if (there === undefined) return refused('no-such-person')
  const at = new Date(ground.clock.now())
  await updateCasePerson(trx, there.id, { removed_at: at })
  const { reason } = wish
  const revoked = await endGrants(ground, trx, actor, { id: row.id, reason, of: { person: wish.person } })
  await updateCase(trx, row.id, { changed_by: actor.person, changed_at: at })
  const fields = [{ name: 'to', value: wish.person }]
  await noteChange(ground, trx, actor, { id: row.id, change: 'person-removed', fields })
  return { state: 'removed', revoked }
}
