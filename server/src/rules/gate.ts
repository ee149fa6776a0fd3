import { maxDeadline } from '@vidne/policies/deadline'
import type { Act, Actor, Gate, Registers, Units } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Trx } from '../platform/database/door.ts'
import type { PolicyInForce } from './published.ts'
import type { Rules } from './rules.ts'

type GatedRight = NonNullable<PolicyInForce['pack']['training']>['v']['rights'][number]

/** Which act a right that hangs on training is. */
const RIGHTS: Partial<Readonly<Record<Act, GatedRight>>> = {
  view: 'view',
  export: 'export',
  'check-out': 'camera-checkout',
}

/** What somebody who has not accepted the version in force may not do: look at footage, here or in a package. */
const ACCEPTED: readonly Act[] = ['view', 'export']

type Ground = {
  readonly clock: Clock
  readonly rules: Pick<Rules, 'policyInForce' | 'versions'>
  readonly people: () => { readonly registers: Registers; readonly units: Units }
}

/**
 * What the policy wants of a person before an act that their roles allow: that they accepted the version in force, where it is not the first
 * one, and that their training is not over. Null: nothing stands in the way.
 */
export function openGate(ground: Ground): (trx: Trx, actor: Actor, act: Act) => Promise<Gate | null> {
  return async (trx, actor, act) => {
    const right = RIGHTS[act]
    if (right === undefined && !ACCEPTED.includes(act)) return null
    const { agency, person } = actor
    const { units, registers } = ground.people()
    const policy = await ground.rules.policyInForce(trx, agency, undefined, await units.ofPerson(trx, person))
    if (ACCEPTED.includes(act) && !(await accepted(trx, ground, actor, policy))) return 'policy-not-accepted'
    const { training, zone } = policy.pack
    if (training === undefined || right === undefined || !training.v.rights.includes(right)) return null
    const completed = await registers.lastTrained(trx, { agency, person })
    if (completed === null) return 'training-missing'
    const over = maxDeadline({ from: completed, zone: zone.v, period: training.v.validFor })
    return over <= ground.clock.now() ? 'training-missing' : null
  }
}

/** Whether staff accept a version. Not the agency's first: whoever takes up the work takes it up under these rules. */
export async function toBeAccepted(
  trx: Trx,
  rules: Pick<Rules, 'versions'>,
  agency: string,
  { unit, digest }: Pick<PolicyInForce, 'unit' | 'digest'>,
): Promise<boolean> {
  if (unit !== null) return true
  const [first] = await rules.versions(trx, agency, null)
  return first?.digest !== digest
}

async function accepted(trx: Trx, ground: Ground, { agency, person }: Actor, policy: PolicyInForce): Promise<boolean> {
  if (!(await toBeAccepted(trx, ground.rules, agency, policy))) return true
  return ground.people().registers.hasAccepted(trx, { agency, person, policy: policy.pol })
}
