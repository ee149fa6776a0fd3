import { type AnyLeaf, type LeafRule, isPublished, published } from './leaf-rule.ts'
import {
  type Change,
  type Loosening,
  type LooseningCode,
  type Merged,
  type Place,
  type Rule,
  below,
  inWords,
  isBinding,
} from './rule.ts'

/** What it means that a value comes to a list or goes from it: null where that tightens, else how it is looser. */
export type Membership<L> = {
  readonly added: (leaf: L, at: Place) => LooseningCode | null
  readonly removed: (leaf: L, at: Place) => LooseningCode | null
}

type Named<L> = ReadonlyMap<string, L>

/** What lists and records have in common: values with names, each compared with its namesake. */
class Many<L extends AnyLeaf> {
  readonly #item: LeafRule<L>
  readonly #membership: Membership<L>

  constructor(item: LeafRule<L>, membership: Membership<L>) {
    this.#item = item
    this.#membership = membership
  }

  loosened(base: Named<L>, next: Named<L>, at: Place): Loosening[] {
    const found: Loosening[] = []
    for (const [name, leaf] of base) {
      const other = next.get(name)
      if (other === undefined) found.push(...this.#went(name, leaf, at))
      else if (other !== leaf) found.push(...this.#item.loosened(leaf, other, below(at, name)))
    }
    for (const [name, leaf] of next) if (!base.has(name)) found.push(...this.#came(base, name, leaf, at))
    return found
  }

  /** `said` with null for what is taken away; what it does not name stays. */
  merge(base: Named<L>, said: ReadonlyMap<string, L | null>, at: Place): Merged<Map<string, L>> {
    const value = new Map(base)
    const refused: Loosening[] = []
    for (const [name, wish] of said) {
      const one = this.#mergeOne(base, name, wish, at)
      refused.push(...one.refused)
      if (one.value === undefined) value.delete(name)
      else value.set(name, one.value)
    }
    return { value, refused }
  }

  changes(base: Named<L>, next: Named<L>, at: Place): Change[] {
    const both = [...base].flatMap(([name, leaf]) => {
      const other = next.get(name)
      return other === undefined ? [] : this.#item.changes(leaf, other, below(at, name))
    })
    const went = [...base].filter(([name]) => !next.has(name))
    const came = [...next].filter(([name]) => !base.has(name))
    return [
      ...both,
      ...went.map(([name, leaf]): Change => {
        const effect = this.#went(name, leaf, at).length === 0 ? 'tighter' : 'looser'
        return { path: below(at, name).path, what: 'removed', effect, from: inWords(leaf.v), to: null }
      }),
      ...came.map(([name, leaf]): Change => {
        const effect = this.#came(base, name, leaf, at).length === 0 ? 'tighter' : 'looser'
        return { path: below(at, name).path, what: 'added', effect, from: null, to: inWords(leaf.v) }
      }),
    ]
  }

  #mergeOne(base: Named<L>, name: string, wish: L | null, at: Place): Merged<L | undefined> {
    const leaf = base.get(name)
    if (leaf !== undefined && wish !== null) return this.#item.merge(leaf, wish, below(at, name))
    const next = wish === null ? undefined : { ...wish, f: 'policy' as const }
    const looser =
      next !== undefined ? this.#came(base, name, next, at) : leaf === undefined ? [] : this.#went(name, leaf, at)
    const refused = looser.filter(isBinding)
    return { value: refused.length > 0 ? leaf : next, refused }
  }

  #came(base: Named<L>, name: string, leaf: L, at: Place): Loosening[] {
    const place = below(at, name)
    const because = this.#membership.added(leaf, place)
    // What departs from no value departs from the whole: from our defaults alone if there is nothing else in it.
    const flag = base.size > 0 && [...base.values()].every(({ f }) => f === 'default') ? ('default' as const) : null
    return because === null ? [] : [{ path: place.path, because, flag, from: null, to: inWords(leaf.v) }]
  }

  #went(name: string, leaf: L, at: Place): Loosening[] {
    const place = below(at, name)
    const because = this.#membership.removed(leaf, place)
    return because === null ? [] : [{ path: place.path, because, flag: leaf.f, from: inWords(leaf.v), to: null }]
  }
}

/** A list of values, each known by its code. An override says the whole list; what it leaves out is taken away. */
export function listRule<L extends AnyLeaf & { v: string }>(
  item: LeafRule<L>,
  membership: Membership<L>,
): Rule<L[], readonly L[]> {
  const many = new Many(item, membership)
  const named = (list: readonly L[]): Map<string, L> => new Map(list.map(leaf => [leaf.v, leaf]))
  return {
    loosened: (base, next, at) => (base === next ? [] : many.loosened(named(base), named(next), at)),
    merge: (base, said, at) => {
      const wishes = named(said)
      const gone = base.filter(leaf => !wishes.has(leaf.v)).map(leaf => [leaf.v, null] as const)
      const { value, refused } = many.merge(named(base), new Map<string, L | null>([...wishes, ...gone]), at)
      return { value: [...value.values()], refused }
    },
    freeze: list => (list.every(isPublished) ? list : list.map(published)),
    changes: (base, next, at) => many.changes(named(base), named(next), at),
  }
}

/** Values by name. An override names those that it changes, and gives null for those that it takes away. */
export function recordRule<L extends AnyLeaf>(
  item: LeafRule<L>,
  membership: Membership<L>,
): Rule<Record<string, L>, Readonly<Record<string, L | null>>> {
  const many = new Many(item, membership)
  const named = <V>(of: Readonly<Record<string, V>>): Map<string, V> => new Map(Object.entries(of))
  return {
    loosened: (base, next, at) => (base === next ? [] : many.loosened(named(base), named(next), at)),
    merge: (base, said, at) => {
      const { value, refused } = many.merge(named(base), named(said), at)
      return { value: Object.fromEntries(value), refused }
    },
    freeze: values =>
      Object.values(values).every(isPublished)
        ? values
        : Object.fromEntries(Object.entries(values).map(([name, leaf]) => [name, published(leaf)])),
    changes: (base, next, at) => many.changes(named(base), named(next), at),
  }
}
