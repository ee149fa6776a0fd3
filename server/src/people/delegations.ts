import { sql } from 'kysely'
import type { Clock } from '../platform/clock.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { actorFields } from './actor-fields.ts'
import type { Grounded } from './ground.ts'
import { personCalled } from './persons.ts'
import { isRole, type Actor, type Role } from './roles.ts'
import { peopleTables } from './store.ts'

/** In whose place somebody may confirm, with the roles that person holds now. */
export type Principal = { readonly person: string; readonly name: string; readonly roles: readonly Role[] }

/** A delegation as it is listed; times in epoch milliseconds. */
export type Delegation = {
  readonly id: string
  readonly principal: string
  readonly delegate: string
  readonly since: number
  readonly until: number
  readonly ended: boolean
}

export type DelegationRefusal = 'nobody' | 'yourself' | 'already-over'

/** Who may confirm in whose place. */
export interface Delegations {
  /** Lets another person confirm in the actor's place until a moment. */
  delegate(trx: Trx, actor: Actor, wish: { to: string; until: number }): Promise<{ id: string } | DelegationRefusal>
  /** Ends one of the actor's delegations; false: there is none of that id that still runs. */
  end(trx: Trx, actor: Actor, delegation: string): Promise<boolean>
  /** The agency's delegations that have not run out. */
  of(trx: Trx, agency: string): Promise<Delegation[]>
  /** In whose place the actor may confirm. */
  principals(trx: Trx, actor: Actor): Promise<Principal[]>
}

export function openDelegations(clock: Clock, grounded: (trx: Trx, agency: string) => Promise<Grounded>): Delegations {
  return {
    delegate: async (trx, actor, wish) => delegate(trx, await grounded(trx, actor.agency), { ...wish, by: actor }),
    end: async (trx, actor, delegation) =>
      endDelegation(trx, await grounded(trx, actor.agency), { delegation, by: actor }),
    of: (trx, agency) => delegationsOf(trx, { agency, now: clock.now() }),
    principals: (trx, { agency, person }) => principalsOf(trx, { agency, delegate: person, now: clock.now() }),
  }
}

/** Lets another person confirm in one's own place until a moment: holiday, illness, night shift. */
async function delegate(
  trx: Trx,
  ground: Grounded,
  wish: { to: string; until: number; by: Actor },
): Promise<{ readonly id: string } | DelegationRefusal> {
  const { to, until, by } = wish
  const now = ground.clock.now()
  const person = await personCalled(trx, by.agency, to)
  if (person === null) return 'nobody'
  if (person.id === by.person) return 'yourself'
  if (until <= now) return 'already-over'
  const id = uuidv7(ground.clock)
  await peopleTables(trx)
    .insertInto('people_delegation')
    .values({
      id,
      agency: by.agency,
      principal: by.person,
      delegate: person.id,
      since: new Date(now),
      until: new Date(until),
      ended_at: null,
    })
    .execute()
  const fields = [
    { name: 'delegation', value: id },
    { name: 'to', value: person.id },
    { name: 'to-name', value: person.name },
    { name: 'until', value: until },
    ...actorFields(by),
  ]
  await ground.history.append(trx, { subject: by.agency, type: 'delegated', pol: ground.pol, fields })
  return { id }
}

/** Ends one's own delegation before its time. False: there is none of that id that still runs. */
async function endDelegation(
  trx: Trx,
  ground: Grounded,
  { delegation, by }: { delegation: string; by: Actor },
): Promise<boolean> {
  const ended = await peopleTables(trx)
    .updateTable('people_delegation')
    .set({ ended_at: new Date(ground.clock.now()) })
    .where('id', '=', delegation)
    .where('principal', '=', by.person)
    .where('ended_at', 'is', null)
    .returning('id')
    .execute()
  if (ended.length === 0) return false
  const fields = [{ name: 'delegation', value: delegation }, ...actorFields(by)]
  await ground.history.append(trx, { subject: by.agency, type: 'delegation-ended', pol: ground.pol, fields })
  return true
}

/** In whose place the person may confirm at `now`. A delegate cannot pass on what was delegated to them. */
export async function principalsOf(
  trx: Trx,
  p: { agency: string; delegate: string; now: number },
): Promise<Principal[]> {
  const rows = await peopleTables(trx)
    .selectFrom('people_delegation as given')
    .innerJoin('people_person as person', 'person.id', 'given.principal')
    .select(['given.principal', 'person.name'])
    .select(
      sql<string[]>`array(select role from people_grant where person = given.principal and revoked_at is null)`.as(
        'roles',
      ),
    )
    .where('given.agency', '=', p.agency)
    .where('given.delegate', '=', p.delegate)
    .where('given.since', '<=', new Date(p.now))
    .where('given.until', '>', new Date(p.now))
    .where('given.ended_at', 'is', null)
    .orderBy('given.since')
    .execute()
  return rows.map(({ principal, name, roles }) => ({ person: principal, name, roles: roles.filter(isRole) }))
}

/** Delegations of the agency that have not run out, newest first. */
async function delegationsOf(trx: Trx, p: { agency: string; now: number }): Promise<Delegation[]> {
  const rows = await peopleTables(trx)
    .selectFrom('people_delegation as given')
    .innerJoin('people_person as principal', 'principal.id', 'given.principal')
    .innerJoin('people_person as delegate', 'delegate.id', 'given.delegate')
    .select(['given.id', 'given.since', 'given.until', 'given.ended_at'])
    .select(['principal.name as from', 'delegate.name as to'])
    .where('given.agency', '=', p.agency)
    .where('given.until', '>', new Date(p.now))
    .orderBy('given.since', 'desc')
    .execute()
  return rows.map(row => ({
    id: row.id,
    principal: row.from,
    delegate: row.to,
    since: row.since.getTime(),
    until: row.until.getTime(),
    ended: row.ended_at !== null,
  }))
}
