import { createHash } from 'node:crypto'
import { equalBytes, toHex } from '@vidne/evidence/bytes'
import { canonicalize } from '@vidne/evidence/jcs'
import { publishedPolicy, readPolicy } from '@vidne/policies/packs'
import type { PolicyPack } from '@vidne/policies/pack'
import { secondPersonAsked, type SecondPersonAct } from '@vidne/policies/second-person'
import type { Clock } from '../platform/clock.ts'
import type { Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { insertPolicy, policiesOf, policyAt, type PolicyRow } from './store.ts'

/** A policy an agency has taken up. `pol` is SHA-256 of its canonical text, `digest` the same in hexadecimal. */
export type PolicyInForce = {
  readonly pack: PolicyPack
  readonly digest: string
  readonly pol: Uint8Array
  /** UTC epoch milliseconds. */
  readonly since: number
  /** The canonical text the digest is taken over (RFC 8785). */
  readonly published: string
}

/** No policy is in force at the agency: nothing may be decided about its footage. */
export class NoPolicy extends Error {
  override readonly name = 'NoPolicy'
}

/** The agency has a policy already. A second one shortens or lengthens lives and takes more than this. */
export class PolicyTakenUp extends Error {
  override readonly name = 'PolicyTakenUp'
}

/** Which policy an agency lives under, and what it asks for. */
export interface Rules {
  /** The policy in force at `at` (epoch milliseconds), now when absent. Throws NoPolicy. */
  policyInForce(trx: Trx, agency: string, at?: number): Promise<PolicyInForce>
  /** Every policy the agency ever took up, oldest first. */
  policies(trx: Trx, agency: string): Promise<PolicyInForce[]>
  /**
   * Takes up a pack as the agency's first policy and says so in the open: an event of the agency's chain and a public
   * statement. Throws PolicyTakenUp.
   */
  adopt(trx: Trx, agency: string, pack: PolicyPack, zone: string): Promise<PolicyInForce>
}

/** The digest a policy will have once an agency in that zone takes up the pack: 32 bytes. */
export function policyDigest(pack: PolicyPack, zone: string): Uint8Array {
  return sha256(canonicalize(publishedPolicy(pack, zone)))
}

/**
 * Whether the policy asks for a second person before this act; `outside`: something is given to somebody who is not of
 * the agency. Lifting a hold takes two persons whatever a policy says.
 */
export function needsSecond(policy: PolicyInForce, act: SecondPersonAct, circumstances: { outside: boolean }): boolean {
  return act === 'hold-release' || secondPersonAsked(policy.pack, act, circumstances)
}

export function openRules({ clock, history }: { clock: Clock; history: History }): Rules {
  const read = new Map<string, PolicyPack>()
  const known = (row: PolicyRow): PolicyInForce => {
    const digest = toHex(row.digest)
    const pack = read.get(digest) ?? readRow(row)
    read.set(digest, pack)
    return { pack, digest, pol: row.digest, since: row.since.getTime(), published: row.published }
  }
  return {
    async policyInForce(trx, agency, at = clock.now()) {
      const row = await policyAt(trx, agency, at)
      if (row === null) throw new NoPolicy(`no policy is in force at the agency ${agency}`)
      return known(row)
    },
    async policies(trx, agency) {
      return (await policiesOf(trx, agency)).map(known)
    },
    async adopt(trx, agency, pack, zone) {
      if ((await policiesOf(trx, agency)).length > 0)
        throw new PolicyTakenUp('the agency has taken up a policy already')
      const published = canonicalize(publishedPolicy(pack, zone))
      const [digest, at] = [sha256(published), clock.now()]
      const row = { agency, since: new Date(at), digest, pack: pack.id, published }
      await insertPolicy(trx, row)
      const fields = [
        { name: 'policy', value: toHex(digest) },
        { name: 'pack', value: pack.id },
      ]
      await history.append(trx, { subject: agency, type: 'policy-published', pol: digest, fields })
      await history.publish(trx, { type: 'policy-in-force', v: 1, policy: toHex(digest), pack: pack.id, at })
      return known(row)
    },
  }
}

/** Throws when the text in the database is not the one that was published: nothing may be decided by it. */
function readRow(row: PolicyRow): PolicyPack {
  if (!equalBytes(sha256(row.published), row.digest))
    throw new Error(`the policy of ${row.agency} was altered in the database`)
  return readPolicy(JSON.parse(row.published))
}

function sha256(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text, 'utf8').digest())
}
