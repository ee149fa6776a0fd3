import type { PolicyPack } from '@vidne/policies/pack'
import { freeze } from '@vidne/policies/freeze'
import { towards } from '@vidne/policies/towards'
import { nameKey, type People, type StaffEntry, type Unit } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import type { Rules } from '../rules/rules.ts'
import { trainingKey, type Configuration, type TrainingEntry } from './files.ts'

/** How an agency is configured now, with what no file says: ids, and what was struck out of the training register. */
export type Standing = Configuration & { readonly struck: readonly TrainingEntry[] }

export type StandingGround = {
  readonly people: Pick<People, 'agency' | 'units' | 'staff' | 'registers'>
  readonly rules: Rules
}

/** Reads it, in an order that only the names decide, so that two agencies configured alike give the same files. */
export async function standingOf(trx: Trx, { people, rules }: StandingGround, id: string): Promise<Standing> {
  const agency = await people.agency(trx, id)
  if (agency === null) throw new Error(`there is no agency ${id}`)
  const units = inOrder(await people.units.standing(trx, id), ({ name }) => nameKey(name))
  const nameOf = new Map(units.map(unit => [unit.id, unit.name]))
  const policy = (await rules.policyInForce(trx, id)).pack
  const trainings = await people.registers.trainings(trx, id)
  const cameras = await people.units.cameras(trx, id)
  return {
    agency: { name: agency.name, zone: agency.zone, pack: agency.pack },
    units: await withPolicies(trx, rules, { agency: id, units, whole: policy }),
    people: inOrder(await people.staff.of(trx, id), ({ name }) => nameKey(name)).map(one => personOf(one, nameOf)),
    cameras: inOrder(cameras, ({ camera }) => camera).map(one => ({
      camera: one.camera,
      unit: nameOf.get(one.unit) ?? one.unit,
    })),
    trainings: registered(trainings.filter(one => !one.revoked)),
    struck: registered(trainings.filter(one => one.revoked)),
    policy,
  }
}

/** Each unit with the policy in force there, null where it says nothing of its own. */
async function withPolicies(trx: Trx, rules: Rules, p: { agency: string; units: readonly Unit[]; whole: PolicyPack }) {
  const ground = freeze(p.whole)
  const found: { name: string; policy: PolicyPack | null }[] = []
  for (const { id, name } of p.units) {
    const { unit, pack } = await rules.policyInForce(trx, p.agency, undefined, id)
    const own = unit !== null && Object.keys(towards(ground, pack)).length > 0
    found.push({ name, policy: own ? pack : null })
  }
  return found
}

function personOf({ name, machine, unit, roles }: StaffEntry, nameOf: ReadonlyMap<string, string>) {
  return { name, machine, unit: unit === null ? null : (nameOf.get(unit) ?? unit), roles }
}

/** What was recorded twice is one entry. */
function registered(trainings: readonly TrainingEntry[]): TrainingEntry[] {
  const entries = trainings.map(({ person, course, completedAt }) => ({ person, course, completedAt }))
  return inOrder([...new Map(entries.map(one => [trainingKey(one), one])).values()], trainingKey)
}

/** By a key, letter by letter: no language's own order, which differs between machines. */
function inOrder<T>(of: readonly T[], key: (one: T) => string): T[] {
  return of.toSorted((one, other) => (key(one) < key(other) ? -1 : 1))
}
