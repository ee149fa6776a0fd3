import { maxDeadline } from '@vidne/policies/deadline'
import type { Act, Actor, Gate, Registers, Units } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Trx } from '../platform/database/door.ts'
import type { PolicyInForce } from './published.ts'
import type { Rules } from './rules.ts'

type GatedRight = NonNullable<PolicyInForce['pack']['training']>['v']['rights'][number]

export const GATED = ['view', 'export', 'check-out'] as const satisfies readonly Act[]
export type GatedAct = (typeof GATED)[number]

/** Which right that hangs on training an act is. */
const RIGHTS: Readonly<Record<GatedAct, GatedRight>> = {
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

/** What is known of a person: whether they accepted the version in force, or need not; and when they were last trained. */
export type Known = { readonly accepted: boolean; readonly trainedAt: number | null }

/** Which acts the policy makes hang on a training. */
export function onTraining({ pack: { training } }: PolicyInForce): GatedAct[] {
  return GATED.filter(act => training?.v.rights.includes(RIGHTS[act]) === true)
}

/** Until when a training counts; null where the policy wants none. Epoch milliseconds. */
export function countsUntil({ pack: { training, zone } }: PolicyInForce, completedAt: number): number | null {
  if (training === undefined) return null
  return maxDeadline({ from: completedAt, zone: zone.v, period: training.v.validFor })
}

/** Whether the policy keeps a person from an act that their roles allow, and why. */
export function gateOf(act: GatedAct, policy: PolicyInForce, known: Known, now: number): Gate | null {
  if (ACCEPTED.includes(act) && !known.accepted) return 'policy-not-accepted'
  if (!onTraining(policy).includes(act)) return null
  const until = known.trainedAt === null ? null : countsUntil(policy, known.trainedAt)
  return until === null || until <= now ? 'training-missing' : null
}

/**
 * What the policy wants of a person before an act that their roles allow: that they accepted the version in force, where it is not the first
 * one, and that their training is not over. Null: nothing stands in the way.
 */
export function openGate(ground: Ground): (trx: Trx, actor: Actor, act: Act) => Promise<Gate | null> {
  return async (trx, actor, act) => {
    const gated = GATED.find(one => one === act)
    if (gated === undefined) return null
    const { agency, person } = actor
    const { units, registers } = ground.people()
    const policy = await ground.rules.policyInForce(trx, agency, undefined, await units.ofPerson(trx, person))
    const known = {
      accepted: !ACCEPTED.includes(act) || (await accepted(trx, ground, actor, policy)),
      trainedAt: onTraining(policy).includes(gated) ? await registers.lastTrained(trx, { agency, person }) : null,
    }
    return gateOf(gated, policy, known, ground.clock.now())
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
