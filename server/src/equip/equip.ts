import type { Actor, People } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/door.ts'
import { capacity, type Day, type DistrictDay, type Plan } from './capacity.ts'
import { readPlan, replacePlan } from './store.ts'

export type { Day, DistrictDay, Lender, Plan, Shift, Stock } from './capacity.ts'

/** A district's stock is counted once for a day: two counts of one day contradict each other. */
export type PlanRefusal = 'not-allowed' | 'counted-twice' | 'ends-before-it-begins'
export type CapacityRefusal = 'not-allowed' | 'no-plan' | 'too-long'

export type EquipGround = {
  readonly database: Database
  readonly clock: Clock
  readonly people: Pick<People, 'allowed' | 'noteListing'>
}

/** Cameras before anything is recorded: whether there are enough of them, and who may take one. */
export interface Equip {
  /** Puts a plan of stock and shifts in place of the one before. */
  plan(actor: Actor, plan: Plan): Promise<'planned' | PlanRefusal>
  /** How each district stands on each day, both ends included; at most a year. Changes nothing. */
  capacity(actor: Actor, from: Day, to: Day): Promise<readonly DistrictDay[] | CapacityRefusal>
  /** Whether somebody may take a camera out now: roles, and what `people` knows of training. A refusal is put on the audit. */
  mayCheckOut(actor: Actor): Promise<boolean>
}

const LONGEST_DAYS = 366

export function openEquip({ database, clock, people }: EquipGround): Equip {
  return {
    async plan(actor, plan) {
      if (!(await people.allowed(actor, 'plan-capacity'))) return 'not-allowed'
      if (plan.shifts.some(({ first, last }) => last < first)) return 'ends-before-it-begins'
      const counts = new Set(plan.stock.map(({ district, since }) => JSON.stringify([district, since])))
      if (counts.size < plan.stock.length) return 'counted-twice'
      const { agency, person } = actor
      await database.asAgency(agency, trx => replacePlan(trx, agency, plan, { by: person, at: clock.now() }))
      return 'planned'
    },
    async capacity(actor, from, to) {
      if (!(await people.allowed(actor, 'see-capacity'))) return 'not-allowed'
      await people.noteListing(actor, 'see-capacity')
      const days = Temporal.PlainDate.from(from).until(Temporal.PlainDate.from(to)).days + 1
      if (days < 1 || days > LONGEST_DAYS) return 'too-long'
      const plan = await database.asAgency(actor.agency, trx => readPlan(trx, actor.agency))
      return plan === null ? 'no-plan' : capacity(plan, from, to)
    },
    mayCheckOut: actor => people.allowed(actor, 'check-out'),
  }
}
