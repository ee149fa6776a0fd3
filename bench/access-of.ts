import type { KeepTrial } from '@vidne/server/keep/testing/trial-keep'
import { type Access, openAccess } from '@vidne/server/rules/rules'

/** The one access predicate over the agency of a trial, for benches that ask lists as somebody. */
export function accessOf(trial: KeepTrial): Access {
  const { place, history, rules, clock } = trial
  return openAccess({
    database: place.database,
    clock,
    history,
    policyDigest: async (trx, agency) => (await rules.policyInForce(trx, agency)).pol,
    policyInForce: (trx, agency) => rules.policyInForce(trx, agency),
    unitOf: (trx, person) => trial.people.units.ofPerson(trx, person),
  })
}
