import type { Clock } from '../../platform/clock.ts'
import type { Trx } from '../../platform/database/door.ts'
import { isRole, type Actor, type Role } from '../roles.ts'
import type { Grounded } from '../ground.ts'
import { grantRole, personById, revokeRole } from '../persons.ts'
import { signInTables } from './store.ts'

/** Somebody who works for an agency, as the list of its people shows them; times in epoch milliseconds. */
export type RosterEntry = {
  readonly id: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly unit: string | null
  /** `none`: they cannot sign in at the desk, unless by a token. */
  readonly account: 'open' | 'invited' | 'none'
  /** Until when the link that they were sent holds. */
  readonly invitedUntil: number | null
  readonly since: number
}

/** Everybody of an agency, by name. Machines are nobody. asAgency. */
export async function rosterOf(trx: Trx, wall: Clock, agency: string): Promise<RosterEntry[]> {
  const tables = signInTables(trx)
  const persons = await tables
    .selectFrom('people_person as person')
    .leftJoin('people_unit as unit', 'unit.id', 'person.unit')
    .leftJoin('people_account as account', join =>
      join.onRef('account.person', '=', 'person.id').on('account.closed_at', 'is', null),
    )
    .leftJoin('people_invitation as invitation', join =>
      join
        .onRef('invitation.person', '=', 'person.id')
        .on('invitation.used_at', 'is', null)
        .on('invitation.withdrawn_at', 'is', null)
        .on('invitation.ends_at', '>', new Date(wall.now())),
    )
    .select(['person.id', 'person.name', 'person.created_at', 'unit.name as unit'])
    .select(['account.id as account', 'invitation.ends_at as invited'])
    .where('person.agency', '=', agency)
    .where('person.machine', '=', false)
    .orderBy('person.name_key')
    .execute()
  const held = Map.groupBy(await grantsOf(trx, agency), one => one.person)
  return persons.map(row => ({
    id: row.id,
    name: row.name,
    roles: (held.get(row.id) ?? []).map(one => one.role).filter(isRole),
    unit: row.unit,
    account: row.account !== null ? 'open' : row.invited !== null ? 'invited' : 'none',
    invitedUntil: row.invited?.getTime() ?? null,
    since: row.created_at.getTime(),
  }))
}

async function grantsOf(trx: Trx, agency: string): Promise<{ person: string; role: string }[]> {
  return signInTables(trx)
    .selectFrom('people_grant')
    .select(['person', 'role'])
    .where('agency', '=', agency)
    .where('revoked_at', 'is', null)
    .orderBy('role')
    .execute()
}

export type RoleRefusal = 'no-such-person' | 'not-held' | 'last-administrator' | 'of-a-machine'

const ADMINISTRATOR: Role = 'agency-administrator'

/** Gives a role to somebody, or takes it back; each is an event of the agency's chain. asAgency. */
export async function changeRole(
  trx: Trx,
  ground: Grounded,
  p: { actor: Actor; person: string; role: Role; how: 'give' | 'take' },
): Promise<'changed' | RoleRefusal> {
  const { actor, role } = p
  const { agency } = actor
  const person = await personById(trx, agency, p.person)
  if (person === null) return 'no-such-person'
  if (role === 'dock') return 'of-a-machine'
  if (p.how === 'give') {
    await grantRole(trx, ground, { agency, person, role, by: actor })
    return 'changed'
  }
  if (role === ADMINISTRATOR && !(await administratorBeside(trx, agency, person.id))) return 'last-administrator'
  return (await revokeRole(trx, ground, { agency, person, role, by: actor })) ? 'changed' : 'not-held'
}

/** Whether somebody else administers the agency. Locks who counts, so that two administrators cannot take it from each other at once. */
async function administratorBeside(trx: Trx, agency: string, person: string): Promise<boolean> {
  const rows = await signInTables(trx)
    .selectFrom('people_grant')
    .select('person')
    .where('agency', '=', agency)
    .where('role', '=', ADMINISTRATOR)
    .where('revoked_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute()
  return rows.some(row => row.person !== person)
}
