import type { Acceptance, Gate, People, RosterEntry, Training } from '../people/people.ts'
import { may } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Trx } from '../platform/database/door.ts'
import { countsUntil, GATED, type GatedAct, gateOf, toBeAccepted } from './gate.ts'
import type { PolicyInForce } from './published.ts'
import type { Rules } from './rules.ts'

/** What a person has accepted and was trained in, against the policy in force for them; times in epoch milliseconds. */
export type Readiness = {
  readonly of: RosterEntry
  readonly policy: PolicyInForce
  readonly wanted: boolean
  readonly acceptedAt: number | null
  readonly training: (Training & { readonly until: number | null }) | null
  readonly needs: readonly { readonly act: GatedAct; readonly because: Gate | null }[]
}

type Ground = {
  readonly clock: Clock
  readonly rules: Pick<Rules, 'policyInForce' | 'versions'>
  readonly people: Pick<People, 'units' | 'registers'>
}

/**
 * How these people of an agency stand: by the same rule that refuses them, with a few questions for all of them together. Their policy
 * is that of the unit they belong to.
 */
export async function readinessOf(
  trx: Trx,
  ground: Ground,
  { agency, roster }: { agency: string; roster: readonly RosterEntry[] },
): Promise<Readiness[]> {
  const { registers } = ground.people
  const [one] = roster.length === 1 ? roster : []
  const accepted = Map.groupBy(
    await registers.acceptances(trx, one === undefined ? { agency } : { agency, person: one.id }),
    row => row.person,
  )
  const trained = Map.groupBy(await registers.trainings(trx, agency), row => row.person)
  const policyOf = policiesByUnit(trx, ground, agency)
  const found: Readiness[] = []
  for (const of of roster) {
    const { policy, wanted } = await policyOf(of.unit)
    const registered = { accepted: accepted.get(of.id) ?? [], trained: trained.get(of.name) ?? [] }
    found.push(standingOf(of, { policy, wanted, ...registered, now: ground.clock.now() }))
  }
  return found
}

type Known = {
  readonly policy: PolicyInForce
  readonly wanted: boolean
  readonly accepted: readonly Acceptance[]
  readonly trained: readonly Training[]
  readonly now: number
}

function standingOf(of: RosterEntry, { policy, wanted, accepted, trained, now }: Known): Readiness {
  const acceptedAt = accepted.find(one => one.policy === policy.digest)?.at ?? null
  const last = trained.find(one => !one.revoked) ?? null
  const known = { accepted: !wanted || acceptedAt !== null, trainedAt: last?.completedAt ?? null }
  return {
    of,
    policy,
    wanted,
    acceptedAt,
    training: last === null ? null : { ...last, until: countsUntil(policy, last.completedAt) },
    needs: GATED.filter(act => may(of, act)).map(act => ({ act, because: gateOf(act, policy, known, now) })),
  }
}

/** The policy in force for who belongs to a unit, by its name; each looked up once. */
function policiesByUnit(trx: Trx, { rules, people }: Ground, agency: string) {
  const ids = people.units.of(trx, agency).then(all => new Map(all.map(({ id, name }) => [name, id])))
  const known = new Map<string | null, { policy: PolicyInForce; wanted: boolean }>()
  return async (unit: string | null) => {
    const there = known.get(unit)
    if (there !== undefined) return there
    const id = unit === null ? null : ((await ids).get(unit) ?? null)
    const policy = await rules.policyInForce(trx, agency, undefined, id)
    const made = { policy, wanted: await toBeAccepted(trx, rules, agency, policy) }
    known.set(unit, made)
    return made
  }
}
