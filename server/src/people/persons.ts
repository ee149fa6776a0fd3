import type { Clock } from '../platform/clock.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { actorFields } from './actor-fields.ts'
import type { Grounded } from './ground.ts'
import type { Actor, Role } from './roles.ts'
import { peopleTables } from './store.ts'

export type Person = { readonly id: string; readonly name: string; readonly machine: boolean }

/** Under which a name is one person: Unicode NFC, single spaces, no difference between capitals and small letters. */
export function nameKey(name: string): string {
  return name.normalize('NFC').trim().replace(/\s+/gu, ' ').toLocaleLowerCase('und').normalize('NFC')
}

/** The person of that name in the agency, made when there is none yet. */
export async function personNamed(
  trx: Trx,
  clock: Clock,
  { agency, name, machine }: { agency: string; name: string; machine: boolean },
): Promise<Person> {
  const tables = peopleTables(trx)
  const clean = name.normalize('NFC').trim().replace(/\s+/gu, ' ')
  await tables
    .insertInto('people_person')
    .values({
      id: uuidv7(clock),
      agency,
      name: clean,
      name_key: nameKey(name),
      machine,
      unit: null,
      created_at: new Date(clock.now()),
    })
    .onConflict(conflict => conflict.columns(['agency', 'name_key']).doNothing())
    .execute()
  return tables
    .selectFrom('people_person')
    .select(['id', 'name', 'machine'])
    .where('agency', '=', agency)
    .where('name_key', '=', nameKey(name))
    .executeTakeFirstOrThrow()
}

/** The person of that name in the agency, or null. Machines are none. */
export async function personCalled(trx: Trx, agency: string, name: string): Promise<Person | null> {
  const row = await peopleTables(trx)
    .selectFrom('people_person')
    .select(['id', 'name', 'machine'])
    .where('agency', '=', agency)
    .where('name_key', '=', nameKey(name))
    .where('machine', '=', false)
    .executeTakeFirst()
  return row ?? null
}

/** Gives a person a role of the agency, with its event on the agency's chain; nothing when the person has it already. */
export async function grantRole(
  trx: Trx,
  { clock, history, pol }: Grounded,
  grant: { agency: string; person: Person; role: Role; by: Actor | null },
): Promise<void> {
  const { agency, person, role, by } = grant
  const made = await peopleTables(trx)
    .insertInto('people_grant')
    .values({
      id: uuidv7(clock),
      agency,
      person: person.id,
      role,
      granted_at: new Date(clock.now()),
      granted_by: by?.person ?? null,
      revoked_at: null,
    })
    .onConflict(conflict => conflict.columns(['agency', 'person', 'role']).where('revoked_at', 'is', null).doNothing())
    .returning('id')
    .execute()
  if (made.length === 0) return
  const fields = [
    { name: 'to', value: person.id },
    { name: 'to-name', value: person.name },
    { name: 'role', value: role },
    ...actorFields(by),
  ]
  await history.append(trx, { subject: agency, type: 'role-granted', pol, fields })
}

/** Takes a role back from a person, with its event; false: they do not hold it. From this commit on nothing they have gives it. */
export async function revokeRole(
  trx: Trx,
  { clock, history, pol }: Grounded,
  p: { agency: string; person: Pick<Person, 'id' | 'name'>; role: Role; by: Actor },
): Promise<boolean> {
  const { agency, person, role, by } = p
  const revoked = await peopleTables(trx)
    .updateTable('people_grant')
    .set({ revoked_at: new Date(clock.now()) })
    .where('agency', '=', agency)
    .where('person', '=', person.id)
    .where('role', '=', role)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute()
  if (revoked.length === 0) return false
  const fields = [
    { name: 'to', value: person.id },
    { name: 'to-name', value: person.name },
    { name: 'role', value: role },
    ...actorFields(by),
  ]
  await history.append(trx, { subject: agency, type: 'role-revoked', pol, fields })
  return true
}

/** The person of that id in the agency, or null. Machines are none. */
export async function personById(trx: Trx, agency: string, id: string): Promise<Person | null> {
  const row = await peopleTables(trx)
    .selectFrom('people_person')
    .select(['id', 'name', 'machine'])
    .where('agency', '=', agency)
    .where('id', '=', id)
    .where('machine', '=', false)
    .executeTakeFirst()
  return row ?? null
}
