import type { PolicyPack } from '@vidne/policies/pack'
import { secondPersonAsked, type SecondPersonAct } from '@vidne/policies/second-person'
import type { Clock } from '../platform/clock.ts'
import type { Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { NoPolicy, policyReader, rowOf, type PolicyInForce } from './published.ts'
import { sayPublished } from './saying.ts'
import { insertPolicy, policiesOf, policyAt, policyRow, versionsOf } from './store.ts'

export { openGate } from './gate.ts'
export { heldBy, NoPolicy, policyDigest, type PolicyInForce } from './published.ts'
export { openPublishing } from './publishing.ts'
export { openReplaying } from './replaying.ts'
export type { PastSituation, Replaying, SituationSource } from './replaying.ts'
export type { Considered, Draft, DraftRefusal, Publishing, PublicationAsked } from './publishing.ts'
export { recordedByUnit, seerOf, visible, visibleId, wears } from './access.ts'
export type { Seer } from './access.ts'
export { believable, madeAt } from './made-at.ts'
export { openAccess } from './access-door.ts'
export type { Access } from './access-door.ts'
export type { Grant, Granted, GrantRefusal, GrantWish } from './grants.ts'
export { mayView } from './viewing.ts'
export type { ViewDecision, ViewFacts, ViewRefusal, ViewWish } from './viewing.ts'

/** The agency has a policy already. A second one shortens or lengthens lives and takes more than this. */
export class PolicyTakenUp extends Error {
  override readonly name = 'PolicyTakenUp'
}

/** Which policy an agency and its units live under, and what it asks for. */
export interface Rules {
  /**
   * The policy in force at `at` (epoch milliseconds), now when absent: the unit's where it has one of its own, else the agency's.
   * Throws NoPolicy.
   */
  policyInForce(trx: Trx, agency: string, at?: number, unit?: string | null): Promise<PolicyInForce>
  /** Every policy that the agency or one of its units ever had, oldest first; those published for later too. */
  policies(trx: Trx, agency: string): Promise<PolicyInForce[]>
  /** The versions of one unit (null: of the agency as a whole), oldest first. */
  versions(trx: Trx, agency: string, unit: string | null): Promise<PolicyInForce[]>
  /**
   * Takes up a pack as the agency's first policy and says so in the open: an event of the agency's chain and a public
   * statement. Throws PolicyTakenUp.
   */
  adopt(trx: Trx, agency: string, pack: PolicyPack, zone: string): Promise<PolicyInForce>
}

/**
 * Whether the policy asks for a second person before this act; `outside`: something is given to somebody who is not of
 * the agency. Lifting a hold takes two persons whatever a policy says.
 */
export function needsSecond(policy: PolicyInForce, act: SecondPersonAct, circumstances: { outside: boolean }): boolean {
  return act === 'hold-release' || secondPersonAsked(policy.pack, act, circumstances)
}

export function openRules({ clock, history }: { clock: Clock; history: History }): Rules {
  const read = policyReader()
  return {
    async policyInForce(trx, agency, at = clock.now(), unit = null) {
      const mark = await policyAt(trx, { agency, unit }, at)
      if (mark === null) throw new NoPolicy(`no policy is in force at the agency ${agency}`)
      return read.known(mark) ?? read(await policyRow(trx, mark))
    },
    async policies(trx, agency) {
      return (await policiesOf(trx, agency)).map(read)
    },
    async versions(trx, agency, unit) {
      return (await versionsOf(trx, { agency, unit })).map(read)
    },
    async adopt(trx, agency, pack, zone) {
      if ((await policiesOf(trx, agency)).length > 0)
        throw new PolicyTakenUp('the agency has taken up a policy already')
      const row = rowOf({ agency, unit: null, since: clock.now(), pack, zone, override: null })
      await insertPolicy(trx, row)
      await sayPublished(trx, history, row)
      return read(row)
    },
  }
}
