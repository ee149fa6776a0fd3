import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import { actorFields } from './actor-fields.ts'
import type { Grounded } from './ground.ts'
import { nameKey } from './persons.ts'
import type { Actor } from './roles.ts'
import { peopleTables } from './store.ts'

/** A unit that has not ended, with how many belong to it now. */
export type UnitStanding = {
  readonly id: string
  readonly name: string
  readonly people: number
  readonly cameras: number
}

export type UnitRefusal = 'no-such-unit' | 'taken' | 'in-use'

/** The agency's units that have not ended, by name. */
export async function standingUnits(trx: Trx, agency: string): Promise<UnitStanding[]> {
  const { rows } = await sql<UnitStanding>`
    with camera as (
      select distinct on (camera) unit from people_camera_unit
      where agency = ${agency}::uuid order by camera, since desc
    )
    select u.id, u.name,
      (select count(*)::int from people_person p where p.agency = u.agency and p.unit = u.id) as people,
      (select count(*)::int from camera c where c.unit = u.id) as cameras
    from people_unit u where u.agency = ${agency}::uuid and u.ended_at is null order by u.name_key`.execute(trx)
  return rows
}

/** Gives a unit another name. What was recorded in it is told under the new one; the old one stands in the agency's history. */
export async function renameUnit(
  trx: Trx,
  ground: Grounded,
  wish: { unit: string; name: string; by: Actor },
): Promise<{ readonly id: string; readonly name: string } | UnitRefusal> {
  const { by } = wish
  const all = await lockedUnits(trx, by.agency)
  const unit = all.find(one => one.id === wish.unit)
  if (unit === undefined || unit.ended_at !== null) return 'no-such-unit'
  const name = wish.name.normalize('NFC').trim().replace(/\s+/gu, ' ')
  const key = nameKey(name)
  if (all.some(one => one.id !== unit.id && one.name_key === key)) return 'taken'
  if (name === unit.name) return { id: unit.id, name }
  await peopleTables(trx).updateTable('people_unit').set({ name, name_key: key }).where('id', '=', unit.id).execute()
  const fields = [
    { name: 'unit-id', value: unit.id },
    { name: 'unit', value: name },
    { name: 'unit-before', value: unit.name },
    ...actorFields(by),
  ]
  await ground.history.append(trx, { subject: by.agency, type: 'unit-renamed', pol: ground.pol, fields })
  return { id: unit.id, name }
}

/** Ends a unit that nobody and no camera belongs to any more. Its rules stay those of what was recorded in it. */
export async function endUnit(
  trx: Trx,
  ground: Grounded,
  { unit, by }: { unit: string; by: Actor },
): Promise<'ended' | UnitRefusal> {
  await lockedUnits(trx, by.agency)
  const found = (await standingUnits(trx, by.agency)).find(one => one.id === unit)
  if (found === undefined) return 'no-such-unit'
  if (found.people > 0 || found.cameras > 0) return 'in-use'
  const ended = { ended_at: new Date(ground.clock.now()) }
  await peopleTables(trx).updateTable('people_unit').set(ended).where('id', '=', unit).execute()
  const fields = [{ name: 'unit-id', value: unit }, { name: 'unit', value: found.name }, ...actorFields(by)]
  await ground.history.append(trx, { subject: by.agency, type: 'unit-ended', pol: ground.pol, fields })
  return 'ended'
}

/** All units of the agency, held until the end of the transaction: nobody takes a name, or joins one that ends, meanwhile. */
async function lockedUnits(trx: Trx, agency: string) {
  return peopleTables(trx)
    .selectFrom('people_unit')
    .select(['id', 'name', 'name_key', 'ended_at'])
    .where('agency', '=', agency)
    .orderBy('id')
    .forUpdate()
    .execute()
}
