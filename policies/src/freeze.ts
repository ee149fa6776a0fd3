import { directions } from './directions.ts'
import type { PolicyPack } from './pack.ts'

/**
 * The policy as it is published: every value, not only an edited one, has become the agency's policy, so that whoever is
 * below can only tighten it. What is law stays law. A value without a source is said to be our default that was published.
 */
export function freeze(policy: PolicyPack): PolicyPack {
  return { ...policy, ...directions.freeze(policy) }
}
