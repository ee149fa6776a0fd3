import { createHash } from 'node:crypto'
import { canonicalize, type Json } from '@vidne/evidence/jcs'
import { actorFields, nameKey, type Actor, type Member, type People, type Role, type Unit } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import type { DraftRefusal, Publishing, Rules } from '../rules/rules.ts'
import { filesOf, readFiles, type Configuration, type Files, type FilesRefusal } from './files.ts'
import { hindrance, planOf, type Difference, type Kept, type Plan, type PlanRefusal } from './plan.ts'
import { standingOf } from './standing.ts'

export type { Files } from './files.ts'
export type { Difference, Kept } from './plan.ts'

export type ImportRefusal =
  | FilesRefusal
  | PlanRefusal
  /** A policy cannot be asked for; what `rules` says of the draft. */
  | { readonly because: 'not-to-publish'; readonly unit: string | null; readonly draft: DraftRefusal['because'] }

/** A policy that waits for another person. `deadline` in epoch milliseconds. */
export type Publication = {
  readonly unit: string | null
  readonly approval: string
  readonly deadline: number
  readonly digest: string
}

export type Imported =
  | {
      readonly state: 'read'
      /** Whether anything was made or asked for. */
      readonly applied: boolean
      readonly differences: readonly Difference[]
      readonly kept: readonly Kept[]
      readonly publications: readonly Publication[]
    }
  | ({ readonly state: 'refused' } & ImportRefusal)

/** An agency's whole configuration as files: units, persons and roles, cameras' units, trainings and policies. */
export interface Configuring {
  /** The files. They hold no token, key, footage, history or delegation. */
  export(agency: string): Promise<Files>
  /**
   * Brings the actor's agency to a configuration, or only tells what differs (`apply: false`). Makes what is missing in one
   * transaction, takes nothing away, and asks for the policies: another person confirms them. Repeated, it does what is left.
   */
  import(actor: Actor, wish: { files: Files; apply: boolean; reason: string }): Promise<Imported>
}

type Ground = {
  readonly database: Database
  readonly clock: Clock
  readonly history: History
  readonly people: People
  readonly rules: Rules
  readonly publishing: Pick<Publishing, 'askIn'>
}

export function openConfiguring(ground: Ground): Configuring {
  const { database } = ground
  return {
    export: agency => database.asAgency(agency, async trx => filesOf(await standingOf(trx, ground, agency))),
    async import(actor, { files, apply, reason }) {
      const there = readFiles(files)
      if ('because' in there) return { state: 'refused', ...there }
      try {
        return await database.asAgency(actor.agency, trx => bring(trx, ground, { actor, there, apply, reason }))
      } catch (error) {
        if (error instanceof NotToPublish) return { state: 'refused', ...error.refusal }
        throw error
      }
    },
  }
}

type Wish = { readonly actor: Actor; readonly there: Configuration; readonly apply: boolean; readonly reason: string }

async function bring(trx: Trx, ground: Ground, wish: Wish): Promise<Imported> {
  const { actor, there, apply } = wish
  // Before anything is looked at: of two imports at once the second one finds what the first has made, and makes nothing twice.
  if (apply) await ground.history.lock(trx, [actor.agency])
  const here = await standingOf(trx, ground, actor.agency)
  const refused = hindrance(here, there, ground.clock.now())
  if (refused !== null) return { state: 'refused', ...refused }
  const plan = planOf(here, there)
  const { differences, kept } = plan
  const told = { state: 'read', differences, kept } as const
  if (!apply || differences.length === 0) return { ...told, applied: false, publications: [] }
  await makeMissing(trx, ground, wish, differences)
  return { ...told, applied: true, publications: await askFor(trx, ground, wish, plan) }
}

/** Thrown to undo what the transaction has made: an import is done whole or not at all. */
class NotToPublish extends Error {
  readonly refusal: Extract<ImportRefusal, { because: 'not-to-publish' }>
  constructor(unit: string | null, draft: DraftRefusal['because']) {
    super(`a policy cannot be asked for: ${draft}`)
    this.refusal = { because: 'not-to-publish', unit, draft }
  }
}

async function askFor(trx: Trx, ground: Ground, { actor, reason }: Wish, plan: Plan): Promise<Publication[]> {
  const asked: Publication[] = []
  for (const { unit, override } of plan.publications) {
    const one = await ground.publishing.askIn(trx, actor, { unit, override, since: null, reason })
    if (one.state === 'refused') throw new NotToPublish(unit, one.because)
    const { approval, deadline, digest } = one
    asked.push({ unit, approval, deadline, digest })
  }
  return asked
}

async function makeMissing(trx: Trx, ground: Ground, wish: Wish, differences: readonly Difference[]): Promise<void> {
  const missing = differences.filter(({ what }) => what !== 'policy-differs')
  if (missing.length === 0) return
  await sayImported(trx, ground, wish)
  const { units } = ground.people
  const { actor, there } = wish
  for (const one of missing) if (one.what === 'unit-missing') await units.named(trx, actor, one.unit)
  const unitOf = new Map((await units.standing(trx, actor.agency)).map(unit => [nameKey(unit.name), unit]))
  await enlist(trx, ground, wish, missing)
  const assign = (member: Member, unit: string) => units.assign(trx, actor, { member, unit: unitNamed(unitOf, unit) })
  for (const one of missing) {
    if (one.what === 'camera-unassigned') await assign({ camera: one.camera }, one.unit)
    if (one.what === 'person-unassigned') {
      const machine = there.people.some(person => person.name === one.person && person.machine)
      const person = await ground.people.staff.enlist(trx, actor, { name: one.person, machine, roles: [] })
      if (person !== null) await assign({ person: person.id }, one.unit)
    }
    if (one.what === 'training-missing') await ground.people.registers.recordTraining(trx, actor, one)
  }
}

/** Makes the persons that are missing, with their roles; gives the others the roles they lack. */
async function enlist(trx: Trx, ground: Ground, { actor, there }: Wish, missing: readonly Difference[]): Promise<void> {
  const lacking = new Map<string, Role[]>()
  for (const one of missing) {
    if (one.what === 'person-missing') lacking.set(one.person, [])
    if (one.what === 'role-missing') lacking.set(one.person, [...(lacking.get(one.person) ?? []), one.role])
  }
  for (const { name, machine } of there.people) {
    const roles = lacking.get(name)
    if (roles !== undefined) await ground.people.staff.enlist(trx, actor, { name, machine, roles })
  }
}

function unitNamed(unitOf: ReadonlyMap<string, Unit>, name: string): Unit {
  const unit = unitOf.get(nameKey(name))
  if (unit === undefined) throw new Error(`the unit ${name} was made and is not there`)
  return unit
}

/** Why all of it was made: an event of the agency's chain before those of each thing. */
async function sayImported(trx: Trx, { rules, history }: Ground, { actor, there, reason }: Wish): Promise<void> {
  const { agency } = actor
  const { pol } = await rules.policyInForce(trx, agency)
  const files: Json = JSON.parse(JSON.stringify(filesOf(there)))
  const fields = [
    { name: 'configuration', value: createHash('sha256').update(canonicalize(files)).digest('hex') },
    { name: 'reason', value: reason },
    ...actorFields(actor),
  ]
  await history.append(trx, { subject: agency, type: 'configuration-imported', pol, fields })
}
