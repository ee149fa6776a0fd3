import type { HoldKind } from '@vidne/contract/recordings'
import type { Actor, Role } from '../people/people.ts'

export type { HoldKind } from '@vidne/contract/recordings'

/** A hold that stands may also be a camera's own mark, which nobody places. */
export type AnyHoldKind = HoldKind | 'camera'

type Terms = {
  readonly placedBy: readonly Role[]
  /** Who may ask for it to be lifted; null: everybody who may ask so of any hold. */
  readonly liftedBy: readonly Role[] | null
}

const ASKED_FROM_OUTSIDE: readonly Role[] = [
  'evidence-clerk',
  'supervisor',
  'professional-standards',
  'site-head',
  'data-protection-officer',
]

/** They answer to nobody in the unit that a complaint is about. */
const OUTSIDE_THE_UNIT: readonly Role[] = ['professional-standards', 'data-protection-officer']

const TERMS: Readonly<Record<AnyHoldKind, Terms>> = {
  case: { placedBy: ['investigator', ...ASKED_FROM_OUTSIDE], liftedBy: null },
  complaint: { placedBy: ['evidence-clerk', ...OUTSIDE_THE_UNIT], liftedBy: OUTSIDE_THE_UNIT },
  preservation: { placedBy: ASKED_FROM_OUTSIDE, liftedBy: null },
  access: { placedBy: ['evidence-clerk', 'site-head', 'data-protection-officer'], liftedBy: null },
  dispute: { placedBy: ['evidence-clerk', 'site-head', 'data-protection-officer'], liftedBy: null },
  camera: { placedBy: [], liftedBy: null },
}

/** Whether one of somebody's roles places holds of this kind. */
export function mayPlace({ roles }: Pick<Actor, 'roles'>, kind: HoldKind): boolean {
  return roles.some(role => TERMS[kind].placedBy.includes(role))
}

/** Whether somebody who may ask for holds to be lifted may ask it of this kind: a complaint is not for the unit to end. */
export function mayLift({ roles }: Pick<Actor, 'roles'>, kind: AnyHoldKind): boolean {
  const { liftedBy } = TERMS[kind]
  return liftedBy === null || roles.some(role => liftedBy.includes(role))
}
