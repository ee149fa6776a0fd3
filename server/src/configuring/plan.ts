import { diff, type Change } from '@vidne/policies/diff'
import type { Override } from '@vidne/policies/directions'
import { freeze } from '@vidne/policies/freeze'
import { merge } from '@vidne/policies/merge'
import type { PolicyPack } from '@vidne/policies/pack'
import type { Loosening } from '@vidne/policies/rule'
import { towards } from '@vidne/policies/towards'
import { nameKey, type Role } from '../people/people.ts'
import { unitPolicyFile } from './file-names.ts'
import { trainingKey, type Configuration, type PersonEntry, type TrainingEntry } from './files.ts'
import type { Standing } from './standing.ts'

/** What the files have and the agency has not. `later`: asked for once the agency's own policy is confirmed. */
export type Difference =
  | { readonly what: 'unit-missing'; readonly unit: string }
  | { readonly what: 'person-missing'; readonly person: string; readonly machine: boolean }
  | { readonly what: 'role-missing'; readonly person: string; readonly role: Role }
  | { readonly what: 'person-unassigned'; readonly person: string; readonly unit: string }
  | { readonly what: 'camera-unassigned'; readonly camera: string; readonly unit: string }
  | ({ readonly what: 'training-missing' } & TrainingEntry)
  | { readonly what: 'policy-differs'; readonly unit: string | null; readonly change: Change; readonly later: boolean }

/** What the agency has and the files have not, or have otherwise. It stays; `there` null: the files say nothing of it. */
export type Kept =
  | { readonly what: 'zone-differs'; readonly here: string; readonly there: string }
  | { readonly what: 'unit-more'; readonly unit: string }
  | { readonly what: 'person-more'; readonly person: string }
  | { readonly what: 'role-more'; readonly person: string; readonly role: Role }
  | { readonly what: 'person-elsewhere'; readonly person: string; readonly unit: string; readonly there: string | null }
  | { readonly what: 'camera-elsewhere'; readonly camera: string; readonly unit: string; readonly there: string | null }
  | ({ readonly what: 'training-more' | 'training-struck-out' } & TrainingEntry)
  | { readonly what: 'policy-stricter'; readonly unit: string | null; readonly loosening: Loosening }
  | { readonly what: 'unit-policy-more'; readonly unit: string }

/** A policy to be asked for; `unit`: its name, null for the agency. */
export type Wanted = { readonly unit: string | null; readonly override: Override }

/** What an import tells and does. */
export type Plan = {
  readonly differences: readonly Difference[]
  readonly kept: readonly Kept[]
  readonly publications: readonly Wanted[]
}

/** Why an agency cannot be brought to a configuration that is sound in itself. */
export type PlanRefusal =
  | { readonly because: 'pack-differs'; readonly file: string; readonly here: string; readonly there: string }
  | { readonly because: 'machine-and-person'; readonly file: string; readonly path: string; readonly name: string }
  | { readonly because: 'in-the-future'; readonly file: string; readonly path: string }

/** What stands in the way of bringing the agency there; null where nothing does. `now` in epoch milliseconds. */
export function hindrance(here: Standing, there: Configuration, now: number): PlanRefusal | null {
  const packs: [string, string][] = [
    ['agency.json', there.agency.pack],
    ['policy/agency.json', there.policy.id],
    ...there.units.flatMap(({ name, policy }): [string, string][] =>
      policy === null ? [] : [[unitPolicyFile(name), policy.id]],
    ),
  ]
  const other = packs.find(([, pack]) => pack !== here.policy.id)
  if (other !== undefined) return { because: 'pack-differs', file: other[0], here: here.policy.id, there: other[1] }
  const machines = new Map(here.people.map(person => [nameKey(person.name), person.machine]))
  const both = there.people.findIndex(({ name, machine }) => (machines.get(nameKey(name)) ?? machine) !== machine)
  const name = there.people[both]?.name
  if (name !== undefined) return { because: 'machine-and-person', file: 'people.json', path: `${both}.machine`, name }
  const early = there.trainings.findIndex(({ completedAt }) => completedAt > now)
  if (early >= 0) return { because: 'in-the-future', file: 'trainings.json', path: `${early}.completedAt` }
  return null
}

/** What differs, which of it is made, and what stays. */
export function planOf(here: Standing, there: Configuration): Plan {
  const parts = [units(here, there), people(here, there), cameras(here, there), trainings(here, there)]
  const policies = policiesOf(here, there)
  const zone: Kept[] =
    here.agency.zone === there.agency.zone
      ? []
      : [{ what: 'zone-differs', here: here.agency.zone, there: there.agency.zone }]
  return {
    differences: [...parts.flatMap(part => part.differences), ...policies.differences],
    kept: [...zone, ...parts.flatMap(part => part.kept), ...policies.kept],
    publications: policies.publications,
  }
}

type Part = { readonly differences: readonly Difference[]; readonly kept: readonly Kept[] }

function units(here: Standing, there: Configuration): Part {
  const [known, wanted] = [byName(here.units), byName(there.units)]
  return {
    differences: there.units.flatMap(({ name }): Difference[] =>
      known.has(nameKey(name)) ? [] : [{ what: 'unit-missing', unit: name }],
    ),
    kept: here.units.flatMap(({ name }): Kept[] =>
      wanted.has(nameKey(name)) ? [] : [{ what: 'unit-more', unit: name }],
    ),
  }
}

function people(here: Standing, there: Configuration): Part {
  const [known, wanted] = [byName(here.people), byName(there.people)]
  return {
    differences: there.people.flatMap(person => missingOf(known.get(nameKey(person.name)), person)),
    kept: here.people.flatMap(person => moreOf(person, wanted.get(nameKey(person.name)))),
  }
}

function missingOf(here: PersonEntry | undefined, there: PersonEntry): Difference[] {
  const person = there.name
  const { unit, machine } = there
  const made: Difference[] = here === undefined ? [{ what: 'person-missing', person, machine }] : []
  const roles = there.roles.filter(role => here?.roles.includes(role) !== true)
  const given = roles.map((role): Difference => ({ what: 'role-missing', person, role }))
  const free = (here?.unit ?? null) === null
  return [...made, ...given, ...(unit !== null && free ? [{ what: 'person-unassigned', person, unit } as const] : [])]
}

function moreOf(here: PersonEntry, there: PersonEntry | undefined): Kept[] {
  const person = here.name
  if (there === undefined) return [{ what: 'person-more', person }]
  const roles = here.roles.filter(role => !there.roles.includes(role))
  return [
    ...roles.map((role): Kept => ({ what: 'role-more', person, role })),
    ...(here.unit === null || sameUnit(here.unit, there.unit)
      ? []
      : [{ what: 'person-elsewhere', person, unit: here.unit, there: there.unit } as const]),
  ]
}

function cameras(here: Standing, there: Configuration): Part {
  const known = new Set(here.cameras.map(({ camera }) => camera))
  const wanted = new Map(there.cameras.map(({ camera, unit }) => [camera, unit]))
  return {
    differences: there.cameras.flatMap(({ camera, unit }): Difference[] =>
      known.has(camera) ? [] : [{ what: 'camera-unassigned', camera, unit }],
    ),
    kept: here.cameras.flatMap(({ camera, unit }): Kept[] => {
      const other = wanted.get(camera) ?? null
      return sameUnit(unit, other) ? [] : [{ what: 'camera-elsewhere', camera, unit, there: other }]
    }),
  }
}

/** What was struck out here stays struck out: somebody looked at it and found that it does not count. */
function trainings(here: Standing, there: Configuration): Part {
  const [known, struck] = [new Set(here.trainings.map(trainingKey)), new Set(here.struck.map(trainingKey))]
  const wanted = new Set(there.trainings.map(trainingKey))
  const lacking = there.trainings.filter(one => !known.has(trainingKey(one)))
  const more = here.trainings.filter(one => !wanted.has(trainingKey(one)))
  return {
    differences: lacking
      .filter(one => !struck.has(trainingKey(one)))
      .map((one): Difference => ({ what: 'training-missing', ...one })),
    kept: [
      ...more.map((one): Kept => ({ what: 'training-more', ...one })),
      ...lacking
        .filter(one => struck.has(trainingKey(one)))
        .map((one): Kept => ({ what: 'training-struck-out', ...one })),
    ],
  }
}

/**
 * The agency's policy first: a unit's is built upon it, so it is asked for in a later import, once the agency's is confirmed.
 * What is stricter here stays.
 */
function policiesOf(here: Standing, there: Configuration): Plan {
  const whole = reach(here.policy, there.policy)
  const later = whole.changes.length > 0
  const ground = freeze(whole.policy)
  const known = byName(here.units)
  const parts = there.units.map((unit): Plan => {
    const own = known.get(nameKey(unit.name))?.policy ?? null
    if (unit.policy === null)
      return { ...NOTHING, kept: own === null ? [] : [{ what: 'unit-policy-more', unit: unit.name }] }
    const base = own === null ? ground : merge(own, towards(own, ground)).policy
    return planned(unit.name, reach(base, unit.policy), later)
  })
  const all = [planned(null, whole, false), ...parts]
  return {
    differences: all.flatMap(({ differences }) => differences),
    kept: all.flatMap(({ kept }) => kept),
    publications: all.flatMap(({ publications }) => publications),
  }
}

const NOTHING: Plan = { differences: [], kept: [], publications: [] }

type Reached = {
  readonly policy: PolicyPack
  readonly override: Override
  readonly changes: readonly Change[]
  readonly stricter: readonly Loosening[]
}

/** How near to the other policy a new version may come: the time zone is the agency's own, and nothing gets looser. */
function reach(base: PolicyPack, target: PolicyPack): Reached {
  const { policy, refused } = merge(base, towards(base, { ...target, zone: base.zone }))
  return { policy, override: towards(base, policy), changes: diff(base, policy), stricter: refused }
}

function planned(unit: string | null, { override, changes, stricter }: Reached, later: boolean): Plan {
  return {
    differences: changes.map(change => ({ what: 'policy-differs', unit, change, later })),
    kept: stricter.map(loosening => ({ what: 'policy-stricter', unit, loosening })),
    publications: changes.length === 0 || later ? [] : [{ unit, override }],
  }
}

function byName<T extends { readonly name: string }>(of: readonly T[]): ReadonlyMap<string, T> {
  return new Map(of.map(one => [nameKey(one.name), one]))
}

function sameUnit(one: string, other: string | null): boolean {
  return other !== null && nameKey(one) === nameKey(other)
}
