import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { actorFields } from './actor-fields.ts'
import { nameKey } from './persons.ts'
import type { Grounded } from './ground.ts'
import type { Actor } from './roles.ts'
import { peopleTables } from './store.ts'
import { endUnit, renameUnit, standingUnits, type UnitRefusal, type UnitStanding } from './unit-changes.ts'

/** A part of an agency with rules of its own: a district, a field service, a school. */
export type Unit = { readonly id: string; readonly name: string }

/** What belongs to a unit: a person by id, or a camera by the id it has. */
export type Member = { readonly person: string } | { readonly camera: string }

/** A camera that belongs to a unit now; `unit`: its id. */
export type CameraUnit = { readonly camera: string; readonly unit: string }

/** The units of every agency. */
export interface Units {
  /** Also those that have ended: something was recorded in them. */
  of(trx: Trx, agency: string): Promise<Unit[]>
  /** Those that have not ended, with how many belong to each. */
  standing(trx: Trx, agency: string): Promise<UnitStanding[]>
  /** Null also where it has ended. */
  called(trx: Trx, agency: string, name: string): Promise<Unit | null>
  /** The unit of that name, made when there is none yet; one that has ended is taken up again. */
  named(trx: Trx, actor: Actor, name: string): Promise<Unit>
  rename(trx: Trx, actor: Actor, wish: { unit: string; name: string }): Promise<Unit | UnitRefusal>
  /** Ends a unit that nobody and no camera belongs to. */
  end(trx: Trx, actor: Actor, unit: string): Promise<'ended' | UnitRefusal>
  /** Puts a person or a camera into a unit; null takes them out of any. */
  assign(trx: Trx, actor: Actor, wish: { member: Member; unit: Unit | null }): Promise<void>
  /** Null: of the agency as a whole. */
  ofPerson(trx: Trx, person: string): Promise<string | null>
  /** Whether any camera of the agency was ever put into a unit. */
  haveCameras(trx: Trx, agency: string): Promise<boolean>
  /** The unit whose camera it was at a moment. */
  ofCamera(trx: Trx, p: { agency: string; camera: string; at: number }): Promise<string | null>
  /** The cameras that belong to a unit now. */
  cameras(trx: Trx, agency: string): Promise<CameraUnit[]>
  /** As `ofCamera`, of many in one question, in their order. */
  ofCameras(trx: Trx, p: { agency: string; cameras: readonly CameraAt[] }): Promise<(string | null)[]>
}

type CameraAt = { readonly camera: string; readonly at: number }

export function openUnits(grounded: (trx: Trx, agency: string) => Promise<Grounded>): Units {
  return {
    of: unitsOf,
    standing: standingUnits,
    rename: async (trx, actor, wish) => renameUnit(trx, await grounded(trx, actor.agency), { ...wish, by: actor }),
    end: async (trx, actor, unit) => endUnit(trx, await grounded(trx, actor.agency), { unit, by: actor }),
    called: unitCalled,
    named: async (trx, actor, name) => unitNamed(trx, await grounded(trx, actor.agency), { name, by: actor }),
    assign: async (trx, actor, wish) => assignUnit(trx, await grounded(trx, actor.agency), { ...wish, by: actor }),
    ofPerson: unitOfPerson,
    haveCameras,
    ofCamera: unitOfCamera,
    cameras: camerasOfUnits,
    ofCameras: unitsOfCameras,
  }
}

/** The unit of that name in the agency, made when there is none yet. */
async function unitNamed(trx: Trx, ground: Grounded, wish: { name: string; by: Actor }): Promise<Unit> {
  const { agency } = wish.by
  const name = wish.name.normalize('NFC').trim().replace(/\s+/gu, ' ')
  const made = await peopleTables(trx)
    .insertInto('people_unit')
    .values({
      id: uuidv7(ground.clock),
      agency,
      name,
      name_key: nameKey(name),
      created_at: new Date(ground.clock.now()),
      ended_at: null,
    })
    .onConflict(conflict =>
      conflict
        .columns(['agency', 'name_key'])
        .doUpdateSet({ ended_at: null })
        .where('people_unit.ended_at', 'is not', null),
    )
    .returning('id')
    .execute()
  const unit = await unitCalled(trx, agency, name)
  if (unit === null) throw new Error(`the unit ${name} was made and is not there`)
  if (made.length > 0) {
    const fields = [{ name: 'unit-id', value: unit.id }, { name: 'unit', value: name }, ...actorFields(wish.by)]
    await ground.history.append(trx, { subject: agency, type: 'unit-made', pol: ground.pol, fields })
  }
  return unit
}

/** The unit of that name, or null; also null where it has ended. */
async function unitCalled(trx: Trx, agency: string, name: string): Promise<Unit | null> {
  const row = await peopleTables(trx)
    .selectFrom('people_unit')
    .select(['id', 'name'])
    .where('agency', '=', agency)
    .where('name_key', '=', nameKey(name))
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return row ?? null
}

/** The agency's units by name. */
async function unitsOf(trx: Trx, agency: string): Promise<Unit[]> {
  return peopleTables(trx)
    .selectFrom('people_unit')
    .select(['id', 'name'])
    .where('agency', '=', agency)
    .orderBy('name_key')
    .execute()
}

/** Puts a person or a camera into a unit; null takes them out of any. An event of the agency's chain says so. */
async function assignUnit(
  trx: Trx,
  ground: Grounded,
  wish: { member: Member; unit: Unit | null; by: Actor },
): Promise<void> {
  const { member, unit, by } = wish
  const { agency } = by
  const now = new Date(ground.clock.now())
  if ('person' in member) {
    await peopleTables(trx)
      .updateTable('people_person')
      .set({ unit: unit?.id ?? null })
      .where('agency', '=', agency)
      .where('id', '=', member.person)
      .execute()
  } else {
    const row = { agency, camera: member.camera, since: now, unit: unit?.id ?? null, assigned_by: by.person }
    await peopleTables(trx).insertInto('people_camera_unit').values(row).execute()
  }
  const fields = [
    'person' in member ? { name: 'to', value: member.person } : { name: 'camera', value: member.camera },
    { name: 'unit-id', value: unit?.id ?? null },
    { name: 'unit', value: unit?.name ?? null },
    ...actorFields(by),
  ]
  await ground.history.append(trx, { subject: agency, type: 'unit-assigned', pol: ground.pol, fields })
}

/** The unit a person belongs to; null: to the agency as a whole. */
async function unitOfPerson(trx: Trx, person: string): Promise<string | null> {
  const row = await peopleTables(trx)
    .selectFrom('people_person')
    .select('unit')
    .where('id', '=', person)
    .executeTakeFirst()
  return row?.unit ?? null
}

async function haveCameras(trx: Trx, agency: string): Promise<boolean> {
  const row = await peopleTables(trx)
    .selectFrom('people_camera_unit')
    .select('camera')
    .where('agency', '=', agency)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The unit a camera belonged to at a moment (epoch milliseconds); null: to the agency as a whole. */
async function unitOfCamera(trx: Trx, p: { agency: string; camera: string; at: number }): Promise<string | null> {
  const row = await peopleTables(trx)
    .selectFrom('people_camera_unit')
    .select('unit')
    .where('agency', '=', p.agency)
    .where('camera', '=', p.camera)
    .where('since', '<=', new Date(p.at))
    .orderBy('since', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.unit ?? null
}

async function camerasOfUnits(trx: Trx, agency: string): Promise<CameraUnit[]> {
  const rows = await peopleTables(trx)
    .selectFrom('people_camera_unit')
    .select(['camera', 'unit'])
    .distinctOn('camera')
    .where('agency', '=', agency)
    .orderBy('camera')
    .orderBy('since', 'desc')
    .execute()
  return rows.flatMap(({ camera, unit }) => (unit === null ? [] : [{ camera, unit }]))
}

/** As `unitOfCamera`, of many. */
async function unitsOfCameras(
  trx: Trx,
  { agency, cameras }: { agency: string; cameras: readonly CameraAt[] },
): Promise<(string | null)[]> {
  const asked = cameras.map(({ camera, at }) => ({ camera, at: new Date(at) }))
  const { rows } = await sql<{ unit: string | null }>`
    select (
      select c.unit from people_camera_unit c
      where c.agency = ${agency}::uuid and c.camera = a.camera and c.since <= a.at order by c.since desc limit 1
    ) as unit
    from unnest(${asked.map(one => one.camera)}::text[], ${asked.map(one => one.at)}::timestamptz[])
      with ordinality as a (camera, at, ord)
    order by a.ord`.execute(trx)
  return rows.map(row => row.unit)
}
