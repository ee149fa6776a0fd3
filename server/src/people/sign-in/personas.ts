import type { Trx } from '../../platform/database/door.ts'
import { isRole, type Role } from '../roles.ts'
import { signInTables } from './store.ts'

/** Somebody of a rehearsal whose place can be taken by one click. */
export type Persona = {
  readonly person: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly unit: string | null
  readonly agency: { readonly id: string; readonly name: string }
}

/** Everybody who has a role, of every agency; machines are nobody. asInstallation. */
export async function personasOf(trx: Trx): Promise<Persona[]> {
  const rows = await signInTables(trx)
    .selectFrom('people_person as person')
    .innerJoin('people_agency as agency', 'agency.id', 'person.agency')
    .innerJoin('people_grant as held', 'held.person', 'person.id')
    .leftJoin('people_unit as unit', 'unit.id', 'person.unit')
    .select(['person.id', 'person.name', 'agency.id as agency', 'agency.name as called', 'unit.name as unit'])
    .select(eb => eb.fn.agg<string[]>('array_agg', ['held.role']).as('roles'))
    .where('person.machine', '=', false)
    .where('held.revoked_at', 'is', null)
    .groupBy(['person.id', 'person.name', 'agency.id', 'agency.name', 'agency.created_at', 'unit.name'])
    .orderBy('agency.created_at')
    .orderBy('person.name')
    .execute()
  return rows.map(({ id, name, agency, called, unit, roles }) => ({
    person: id,
    name,
    unit,
    roles: roles.filter(isRole).toSorted(),
    agency: { id: agency, name: called },
  }))
}
