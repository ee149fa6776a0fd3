import type { Trx } from '../platform/database/door.ts'
import { NoPolicy, type PolicyInForce } from '../rules/rules.ts'
import type { Deciding } from './ground.ts'

/** Whose rules: the unit's that an operation names, else the one whose camera it was; without either the agency's. */
export type Whose = { readonly unit: string | null; readonly camera: string | null }

/** The policy in force at a moment; null where there was none. It decides about what was captured then. */
export async function policyAt(
  trx: Trx,
  ground: Pick<Deciding, 'rules' | 'people'>,
  p: { readonly agency: string; readonly at: number } & Partial<Whose>,
): Promise<PolicyInForce | null> {
  const { agency, at, unit = null, camera = null } = p
  try {
    return await ground.rules.policyInForce(trx, agency, at, await unitOf(trx, ground, { agency, at, unit, camera }))
  } catch (error) {
    if (error instanceof NoPolicy) return null
    throw error
  }
}

/** The id of the unit whose rules hold; null: the agency's. An operation names a unit that the agency has. */
export async function unitOf(
  trx: Trx,
  { people }: Pick<Deciding, 'people'>,
  { agency, at, unit, camera }: { agency: string; at: number } & Whose,
): Promise<string | null> {
  const named = unit === null ? null : await people.units.called(trx, agency, unit)
  if (named !== null) return named.id
  return camera === null ? null : people.units.ofCamera(trx, { agency, camera, at })
}

/** What an event carries where no policy was in force: 32 zero bytes (docs/spec/events.md). */
const NONE = new Uint8Array(32)

/** The policy that an event is bound to. */
export function polOf(digest: Uint8Array | null): Uint8Array {
  return digest ?? NONE
}
