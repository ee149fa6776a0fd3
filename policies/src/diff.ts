import { directions } from './directions.ts'
import type { PolicyPack } from './pack.ts'
import type { Change } from './rule.ts'

export type { Change } from './rule.ts'

const NAMES = ['title', 'language', 'validFrom', 'validTo'] as const

/**
 * What the second policy says differently, value by value, and which way each difference goes: closed codes for a function
 * that puts them in words (`policyChangeWords` in the locales). What was only given another flag by being published is no
 * difference.
 */
export function diff(before: PolicyPack, after: PolicyPack): Change[] {
  const named = NAMES.filter(name => before[name] !== after[name]).map((name): Change => ({
    path: name,
    what: 'changed',
    effect: 'neither',
    from: before[name],
    to: after[name],
  }))
  return [...named, ...directions.changes(before, after, { path: '', base: before })]
}
