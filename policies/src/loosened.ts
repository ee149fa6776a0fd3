import { directions } from './directions.ts'
import type { PolicyPack } from './pack.ts'
import { type Loosening, isBinding } from './rule.ts'

/**
 * Everything in which the second policy is looser than the first; empty where it is at least as tight. This is the one
 * place that decides it, for every kind of value. A looser value is told also where the first one is a mere default: whether
 * an agency is free to depart from it says `bindingLoosened`.
 */
export function loosened(base: PolicyPack, next: PolicyPack): Loosening[] {
  return directions.loosened(base, next, { path: '', base })
}

/** Only what no override can do: defaults that nobody has published yet are left out. */
export function bindingLoosened(base: PolicyPack, next: PolicyPack): Loosening[] {
  return loosened(base, next).filter(isBinding)
}
