import type { Trx } from '../platform/database/door.ts'
import { NoPolicy, type PolicyInForce } from '../rules/rules.ts'
import type { Deciding } from './ground.ts'

/** The policy in force at a moment; null where there was none. It decides about what was captured then. */
export async function policyAt(
  trx: Trx,
  { rules }: Pick<Deciding, 'rules'>,
  agency: string,
  at: number,
): Promise<PolicyInForce | null> {
  try {
    return await rules.policyInForce(trx, agency, at)
  } catch (error) {
    if (error instanceof NoPolicy) return null
    throw error
  }
}

/** What an event carries where no policy was in force: 32 zero bytes (docs/spec/events.md). */
const NONE = new Uint8Array(32)

/** The policy that an event is bound to. */
export function polOf(digest: Uint8Array | null): Uint8Array {
  return digest ?? NONE
}
