import { periodWords } from '@vidne/locales/forms'
import { ofInstallation } from '@vidne/locales/installation'
import type { Language } from '@vidne/locales/say'
import { api } from '../api.ts'
import type { Actor, People } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import { countsUntil, onTraining } from './gate.ts'
import type { PolicyInForce } from './published.ts'
import { type Readiness, readinessOf } from './readiness.ts'
import type { Rules } from './rules.ts'

const iso = (at: number) => new Date(at).toISOString()
const isoOrNull = (at: number | null) => (at === null ? null : iso(at))

type Doors = {
  readonly rules: Rules
  readonly people: People
  readonly database: Database
  readonly clock: Clock
}

/** Who has accepted what and is trained in what, and what they are refused meanwhile. */
export function readinessRoutes(doors: Doors) {
  const { people, database, rules } = doors
  const notAllowed = (language: Language) => ({
    data: { sentence: ofInstallation(language, 'people.notToSeeTraining', {}) },
  })
  return {
    list: api.readiness.list.handler(async ({ input, context: { actor, about }, errors }) => {
      if (!(await people.allowed(actor, 'see-training'))) throw errors.NOT_ALLOWED(notAllowed(about.language))
      await people.noteListing(actor, 'see-training')
      const found = await database.asAgency(actor.agency, async trx => {
        const unit = input.unit === undefined ? null : await people.units.called(trx, actor.agency, input.unit)
        if (unit === null && input.unit !== undefined) return null
        const all = await people.signIn.roster(trx, actor)
        const roster = unit === null ? all : all.filter(one => one.unit === unit.name)
        const policy = await rules.policyInForce(trx, actor.agency, undefined, unit?.id ?? null)
        const ready = await readinessOf(trx, doors, { agency: actor.agency, roster })
        return { rule: ruleOf(policy, about.language), people: ready.map(shown) }
      })
      if (found === null)
        throw errors.NOT_FOUND({ data: { sentence: ofInstallation(about.language, 'people.noSuchUnit', {}) } })
      return found
    }),
    of: api.readiness.of.handler(async ({ input, context: { actor, about }, errors }) => {
      // What is written about oneself, one may read.
      if (input.id !== actor.person && !(await people.allowed(actor, 'see-training')))
        throw errors.NOT_ALLOWED(notAllowed(about.language))
      const found = await database.asAgency(actor.agency, trx => oneOf(trx, doors, actor, input.id))
      if (found === null)
        throw errors.NOT_FOUND({ data: { sentence: ofInstallation(about.language, 'people.noSuchPerson', {}) } })
      if (input.id !== actor.person) await people.noteListing(actor, 'see-training', input.id)
      const { ready, ...rest } = found
      return { ...shown(ready), rule: ruleOf(ready.policy, about.language), ...rest }
    }),
  }
}

async function oneOf(trx: Trx, doors: Doors, actor: Actor, id: string) {
  const { people, rules } = doors
  const { agency } = actor
  const roster = (await people.signIn.roster(trx, actor)).filter(one => one.id === id)
  const [ready] = await readinessOf(trx, doors, { agency, roster })
  if (ready === undefined) return null
  const units = new Map((await people.units.of(trx, agency)).map(unit => [unit.id, unit.name]))
  const versions = new Map((await rules.policies(trx, agency)).map(policy => [policy.digest, policy]))
  const acceptances = await people.registers.acceptances(trx, { agency, person: id })
  const trainings = (await people.registers.trainings(trx, agency)).filter(one => one.person === ready.of.name)
  return {
    ready,
    acceptances: acceptances.map(({ policy, at }) => versionAccepted(versions.get(policy), units, { policy, at })),
    trainings: trainings.map(one => ({
      id: one.id,
      course: one.course,
      completedAt: iso(one.completedAt),
      until: isoOrNull(countsUntil(ready.policy, one.completedAt)),
      recordedAt: iso(one.recordedAt),
      recordedBy: one.recordedBy,
      revoked: one.revoked,
    })),
  }
}

function versionAccepted(
  version: PolicyInForce | undefined,
  units: ReadonlyMap<string, string>,
  { policy, at }: { policy: string; at: number },
) {
  const unit = version?.unit ?? null
  return {
    digest: policy,
    title: version?.pack.title ?? null,
    unit: unit === null ? null : (units.get(unit) ?? null),
    since: version === undefined ? null : iso(version.since),
    at: iso(at),
  }
}

function ruleOf(policy: PolicyInForce, language: Language) {
  const { training } = policy.pack
  if (training === undefined) return null
  const { validFor } = training.v
  return { rights: onTraining(policy), validFor: periodWords(language, validFor) ?? validFor }
}

function shown({ of, policy, wanted, acceptedAt, training, needs }: Readiness) {
  return {
    id: of.id,
    name: of.name,
    unit: of.unit,
    policy: {
      digest: policy.digest,
      title: policy.pack.title,
      since: iso(policy.since),
      wanted,
      acceptedAt: isoOrNull(acceptedAt),
    },
    training:
      training === null
        ? null
        : { course: training.course, completedAt: iso(training.completedAt), until: isoOrNull(training.until) },
    needs: needs.map(({ act, because }) => ({ act, because })),
  }
}
