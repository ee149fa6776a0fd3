import type { Override } from './directions.ts'
import { sameData } from './judges.ts'
import { type AnyLeaf, published } from './leaf-rule.ts'
import { NOT_TO_OVERRIDE } from './override.ts'
import type { PolicyPack } from './pack.ts'

/**
 * The override that leads from one policy to another: what differs and nothing else, lists whole, null for what the other
 * does not have. Every value is flagged `policy` and keeps its source. Merged into `current` it gives the values of `target`
 * wherever those are no looser. A source alone is no difference, nor is the order of a list: both stay as they are.
 */
export function towards(current: PolicyPack, target: PolicyPack): Override {
  const rulesOf = (policy: PolicyPack) =>
    Object.fromEntries(Object.entries(policy).filter(([name]) => !NOT_TO_OVERRIDE.includes(name)))
  // The members are fields of a policy, each said as an override says it.
  return (step(rulesOf(current), rulesOf(target)) ?? {}) as Override
}

/** What has to be said of a field for it to become the other; undefined where nothing has to. */
function step(current: unknown, target: unknown): unknown {
  if (target === undefined) return current === undefined ? undefined : null
  if (isList(target)) return sameData(named(current), named(target)) ? undefined : target.map(asPolicy)
  if (isLeaf(target)) return sameData(bare(current), bare(target)) ? undefined : asPolicy(target)
  const [here, there] = [membersOf(current), membersOf(target)]
  const names = [...new Set([...here.keys(), ...there.keys()])]
  const said = names.map(name => [name, step(here.get(name), there.get(name))] as const)
  const differing = said.filter(([, value]) => value !== undefined)
  return differing.length === 0 ? undefined : Object.fromEntries(differing)
}

function isList(member: unknown): member is readonly AnyLeaf[] {
  return Array.isArray(member)
}

function isLeaf(member: unknown): member is AnyLeaf {
  return typeof member === 'object' && member !== null && 'f' in member && 's' in member && 'v' in member
}

function membersOf(member: unknown): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>(typeof member === 'object' && member !== null ? Object.entries(member) : [])
}

/** A leaf without flag and source: what it says. */
function bare(member: unknown): unknown {
  return isLeaf(member) ? { ...member, f: undefined, s: undefined } : member
}

/** A list that need not be there is an empty one. */
function named(member: unknown): unknown {
  const list = isList(member) ? member : []
  return Object.fromEntries(list.map(leaf => [String(leaf.v), bare(leaf)]))
}

function asPolicy(leaf: AnyLeaf): AnyLeaf {
  return { ...published(leaf), f: 'policy' }
}
