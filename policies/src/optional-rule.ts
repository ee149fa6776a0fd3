import type { AnyLeaf, LeafRule } from './leaf-rule.ts'
import { type Loosening, type LooseningCode, type Place, type Rule, inWords, isBinding } from './rule.ts'

/** What it means that a field which a pack need not have is there all at once, or is no longer. */
export type Presence<L> = {
  readonly gained: (value: L) => LooseningCode | null
  readonly lost: (value: L) => LooseningCode | null
}

/** A leaf that a pack need not have. An override takes it away with null. */
export function optionalLeaf<L extends AnyLeaf>(
  rule: LeafRule<L>,
  { gained, lost }: Presence<L>,
): Rule<L | undefined, L | null> {
  const appeared = (base: L | undefined, next: L | undefined, { path }: Place): Loosening[] => {
    const because = base !== undefined ? lost(base) : next !== undefined ? gained(next) : null
    if (because === null) return []
    return [{ path, because, flag: base?.f ?? null, from: inWords(base?.v), to: inWords(next?.v) }]
  }
  return {
    loosened: (base, next, at) => {
      if (base === next) return []
      return base !== undefined && next !== undefined ? rule.loosened(base, next, at) : appeared(base, next, at)
    },
    merge: (base, said, at) => {
      if (base !== undefined && said !== null) return rule.merge(base, said, at)
      const next = said === null ? undefined : { ...said, f: 'policy' as const }
      if (base === undefined && next === undefined) return { value: base, refused: [] }
      const refused = appeared(base, next, at).filter(isBinding)
      return { value: refused.length > 0 ? base : next, refused }
    },
    freeze: value => (value === undefined ? undefined : rule.freeze(value)),
    changes: (base, next, at) => {
      if (base !== undefined && next !== undefined) return rule.changes(base, next, at)
      if (base === next) return []
      const effect = appeared(base, next, at).length > 0 ? 'looser' : 'tighter'
      const what = base === undefined ? 'added' : 'removed'
      return [{ path: at.path, what, effect, from: inWords(base?.v), to: inWords(next?.v) }]
    },
  }
}

/** A list that a pack need not have, which is then an empty one. */
export function optionalList<L>(rule: Rule<L[], readonly L[]>): Rule<L[] | undefined, readonly L[] | null> {
  return {
    loosened: (base, next, at) => (base === next ? [] : rule.loosened(base ?? [], next ?? [], at)),
    merge: (base, said, at) => rule.merge(base ?? [], said ?? [], at),
    freeze: value => (value === undefined ? undefined : rule.freeze(value)),
    changes: (base, next, at) => rule.changes(base ?? [], next ?? [], at),
  }
}
