import type { Trx } from '../platform/database/door.ts'
import type { Grounded } from './ground.ts'
import { grantRole, personNamed, type Person } from './persons.ts'
import { isRole, type Actor, type Role } from './roles.ts'
import { peopleTables } from './store.ts'

/** Somebody of an agency, or a machine of it, with the roles that were given and not taken back. `unit`: its id, null for none. */
export type StaffEntry = Person & { readonly unit: string | null; readonly roles: readonly Role[] }

/** Who works for an agency, with or without a token. */
export interface Staff {
  /** Everybody and every machine the agency knows. */
  of(trx: Trx, agency: string): Promise<StaffEntry[]>
  /**
   * The person (or machine) of that name with these roles: made where there is none, given the roles they lack. Nobody gets a token by
   * it. Null, and nothing is done, where the name is a machine and should be a person, or the other way round.
   */
  enlist(
    trx: Trx,
    actor: Actor,
    wish: { name: string; machine: boolean; roles: readonly Role[] },
  ): Promise<Person | null>
}

export function openStaff(grounded: (trx: Trx, agency: string) => Promise<Grounded>): Staff {
  return {
    of: staffOf,
    async enlist(trx, actor, { name, machine, roles }) {
      const ground = await grounded(trx, actor.agency)
      const { agency } = actor
      const person = await personNamed(trx, ground.clock, { agency, name, machine })
      if (person.machine !== machine) return null
      for (const role of roles) await grantRole(trx, ground, { agency, person, role, by: actor })
      return person
    },
  }
}

async function staffOf(trx: Trx, agency: string): Promise<StaffEntry[]> {
  const tables = peopleTables(trx)
  const persons = await tables
    .selectFrom('people_person')
    .select(['id', 'name', 'machine', 'unit'])
    .where('agency', '=', agency)
    .orderBy('name_key')
    .execute()
  const grants = await tables
    .selectFrom('people_grant')
    .select(['person', 'role'])
    .where('agency', '=', agency)
    .where('revoked_at', 'is', null)
    .execute()
  const roles = new Map<string, Role[]>(persons.map(({ id }) => [id, []]))
  for (const { person, role } of grants) if (isRole(role)) roles.get(person)?.push(role)
  return persons.map(person => ({ ...person, roles: (roles.get(person.id) ?? []).toSorted() }))
}
