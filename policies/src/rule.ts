import type { Flag, Leaf } from './leaf.ts'
import type { PolicyPack } from './pack.ts'

/** Why a value is looser than the one before. Closed: each has a sentence in every language. */
export type LooseningCode =
  | 'fixed'
  | 'kind'
  | 'longer'
  | 'shorter'
  | 'more'
  | 'less'
  | 'switched-on'
  | 'switched-off'
  | 'added'
  | 'removed'
  | 'wider'
  | 'dates'
  | 'wearer-decides'
  | 'ceiling'

/** One way in which a policy is looser than another. `flag` is that of the value it departs from; null where there was none. */
export type Loosening = {
  readonly path: string
  readonly because: LooseningCode
  readonly flag: Flag | null
  readonly from: string | null
  readonly to: string | null
}

/** One difference between two policies, and which way it goes. Values are as in the data; null where there is none. */
export type Change = {
  readonly path: string
  readonly what: 'added' | 'removed' | 'changed' | 'source'
  /** `incomparable`: looser either way, as when one part was tightened and another loosened, or a fixed value replaced. */
  readonly effect: 'tighter' | 'looser' | 'neither' | 'incomparable'
  readonly from: string | null
  readonly to: string | null
}

/** Where in a policy something stands, and the policy that is departed from. */
export type Place = { readonly path: string; readonly base: PolicyPack }

export function below(at: Place, name: string): Place {
  return { ...at, path: at.path === '' ? name : `${at.path}.${name}` }
}

export type AnyLeaf = Leaf<unknown>

/** What became of an override: the value, and what was refused of it. */
export type Merged<T> = { readonly value: T; readonly refused: readonly Loosening[] }

/**
 * All that is known of one field: when it is looser, how what an override says of it (`Said`) takes effect, what publishing
 * and a reader make of it.
 */
export type Rule<T, Said> = {
  loosened(base: T, next: T, at: Place): Loosening[]
  merge(base: T, said: Said, at: Place): Merged<T>
  freeze(value: T): T
  changes(base: T, next: T, at: Place): Change[]
}

/**
 * What no agency can do whatever the flag: these keep a policy sound. Anything else is free where the value it departs from
 * is our own default; what departs from nothing departs from what the agency before has published.
 */
const NEVER_FREE: ReadonlySet<LooseningCode> = new Set(['kind', 'wearer-decides', 'ceiling'])

/** Whether a loosening has to be refused. */
export function isBinding({ because, flag }: Loosening): boolean {
  return flag !== 'default' || NEVER_FREE.has(because)
}

/** A value in a line: text as it stands, anything else as JSON. */
export function inWords(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The names of an object's members. TypeScript does not say so because an object may have more than its type tells. */
export function namesOf<T extends object>(of: T): (keyof T & string)[] {
  return Object.keys(of) as (keyof T & string)[]
}
