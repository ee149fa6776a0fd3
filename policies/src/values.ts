import type { Leaf } from './leaf.ts'
import type { PolicyPack } from './pack.ts'

/** One value of a policy and where it stands: `buffer.seconds`, or `mustNot.covert` for an item of a list. */
export type PlacedValue = { readonly path: string; readonly leaf: Leaf<unknown> }

/** Every flagged value of a policy with its place, in the order of the policy. Nothing in it that has a flag is left out. */
export function valuesOf(pack: PolicyPack): PlacedValue[] {
  return Object.entries(pack).flatMap(([name, part]) => placed(part, name))
}

function placed(part: unknown, path: string): PlacedValue[] {
  if (Array.isArray(part))
    return part.flatMap(item => (isLeaf(item) ? [{ path: `${path}.${String(item.v)}`, leaf: item }] : []))
  if (isLeaf(part)) return [{ path, leaf: part }]
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([name, member]) => placed(member, `${path}.${name}`))
}

function isLeaf(value: unknown): value is Leaf<unknown> {
  return typeof value === 'object' && value !== null && 'v' in value && 'f' in value && 's' in value
}
