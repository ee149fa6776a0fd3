import { type Override, type PolicyRules, directions } from './directions.ts'
import type { PolicyPack } from './pack.ts'
import type { Loosening, Rule } from './rule.ts'

/** A policy with an override in it, and all that was refused of the override, each with its place and reason. */
export type MergedPolicy = { readonly policy: PolicyPack; readonly refused: readonly Loosening[] }

/**
 * The policy that comes of an override (read by `readOverride`). A leaf that would be looser stays as it was and is told in
 * `refused`; leaves flagged `default` are free until they are published (`freeze`). Where the wearer decides, nothing starts
 * by itself, whatever anybody sets. The result is never looser than a published base.
 */
export function merge(base: PolicyPack, override: Override): MergedPolicy {
  return mergeBy(directions, base, override)
}

/** The same with other directions, so that a test can plant faults in them. */
export function mergeBy(by: Rule<PolicyRules, Override>, base: PolicyPack, override: Override): MergedPolicy {
  const { value, refused } = by.merge(base, override, { path: '', base })
  return { policy: startingByHand({ ...base, ...value }), refused }
}

function startingByHand(policy: PolicyPack): PolicyPack {
  if (policy.decider.v !== 'wearer' || !policy.autoStart.v) return policy
  return { ...policy, autoStart: { v: false, f: 'policy', s: 'where the wearer decides, nothing starts by itself' } }
}
