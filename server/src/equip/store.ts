import { sql, type Transaction } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import type { Plan, Shift, Stock } from './capacity.ts'

/** The tables that equip alone writes. Days are read and written as text: a date has no zone. */
type EquipTables = {
  equip_plan: { agency: string; spare_percent: number; set_by: string; set_at: Date }
  equip_stock: { agency: string; district: string; since: string; cameras: number }
  equip_shift: {
    agency: string
    ord: number
    district: string
    name: string
    first_day: string
    last_day: string
    weekdays: number[]
    posts: number
  }
}

function equipTables(trx: Trx): Transaction<EquipTables> {
  return trx.$extendTables<EquipTables>()
}

/** Puts a plan in place of the one before. */
export async function replacePlan(
  trx: Trx,
  agency: string,
  plan: Plan,
  set: { by: string; at: number },
): Promise<void> {
  const tables = equipTables(trx)
  await tables.deleteFrom('equip_stock').where('agency', '=', agency).execute()
  await tables.deleteFrom('equip_shift').where('agency', '=', agency).execute()
  const head = { spare_percent: plan.sparePercent, set_by: set.by, set_at: new Date(set.at) }
  await tables
    .insertInto('equip_plan')
    .values({ agency, ...head })
    .onConflict(conflict => conflict.column('agency').doUpdateSet(head))
    .execute()
  if (plan.stock.length > 0)
    await tables
      .insertInto('equip_stock')
      .values(plan.stock.map(one => ({ agency, ...one })))
      .execute()
  if (plan.shifts.length > 0)
    await tables
      .insertInto('equip_shift')
      .values(plan.shifts.map((shift, ord) => ({ agency, ord, ...rowOf(shift) })))
      .execute()
}

function rowOf({ district, name, first, last, weekdays, posts }: Shift) {
  return { district, name, first_day: first, last_day: last, weekdays: [...weekdays], posts }
}

/** The plan of the agency; null while nobody has made one. */
export async function readPlan(trx: Trx, agency: string): Promise<Plan | null> {
  const tables = equipTables(trx)
  const head = await tables
    .selectFrom('equip_plan')
    .select('spare_percent')
    .where('agency', '=', agency)
    .executeTakeFirst()
  if (head === undefined) return null
  const stock: Stock[] = await tables
    .selectFrom('equip_stock')
    .select(['district', sql<string>`since::text`.as('since'), 'cameras'])
    .where('agency', '=', agency)
    .orderBy('district')
    .orderBy('since')
    .execute()
  const shifts: Shift[] = await tables
    .selectFrom('equip_shift')
    .select(['district', 'name', 'weekdays', 'posts'])
    .select([sql<string>`first_day::text`.as('first'), sql<string>`last_day::text`.as('last')])
    .where('agency', '=', agency)
    .orderBy('ord')
    .execute()
  return { stock, shifts, sparePercent: head.spare_percent }
}
