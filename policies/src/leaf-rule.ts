import { sameData } from './judges.ts'
import type { Leaf } from './leaf.ts'
import {
  type Change,
  type Loosening,
  type LooseningCode,
  type Place,
  type Rule,
  below,
  inWords,
  isBinding,
  namesOf,
} from './rule.ts'

export type AnyLeaf = Leaf<unknown>

/** Compares one part of a leaf: null where the second is at least as tight, else how it is looser. */
export type Compare<V, L> = (base: V, next: V, at: Place, leaves: { base: L; next: L }) => LooseningCode | null

type Common = 'f' | 's' | 'validFrom' | 'validTo'

/**
 * A comparison for every part of a leaf but flag, source and dates. A part that is added to the schema and has no direction
 * here does not compile.
 */
export type Parts<L> = { readonly [K in Exclude<keyof L, Common>]-?: Compare<L[K], L> }

/**
 * What the days on which a value holds do to it. A `duty` or ban may only hold longer, a `permission` only shorter, and a
 * `value` that always has to be there keeps its days.
 */
export type Dating = 'duty' | 'permission' | 'value'

/** The rule of a leaf. An override says the whole of it. */
export type LeafRule<L> = Rule<L, L> & { readonly saysTheSame: (base: L, next: L) => boolean }

/** A leaf, from comparisons of its parts. */
export function leafRule<L extends AnyLeaf>(parts: Parts<L>, dating: Dating): LeafRule<L> {
  const names = namesOf(parts)
  const pathOf = (at: Place, name: string) => (name === 'v' ? at.path : below(at, name).path)

  const looser = <K extends keyof Parts<L>>(name: K, base: L, next: L, at: Place): LooseningCode | null =>
    base[name] === next[name] ? null : parts[name](base[name], next[name], at, { base, next })

  const loosened = (base: L, next: L, at: Place): Loosening[] => {
    if (base === next) return []
    const found: Loosening[] = []
    for (const name of names) {
      const because = looser(name, base, next, at)
      const values = { from: inWords(base[name]), to: inWords(next[name]) }
      if (because !== null) found.push({ path: pathOf(at, name), because, flag: base.f, ...values })
    }
    if (datesLoosened(dating, base, next))
      found.push({ path: at.path, because: 'dates', flag: base.f, from: datesOf(base), to: datesOf(next) })
    return found
  }

  const saysTheSame = (base: L, next: L): boolean =>
    names.every(name => sameData(base[name], next[name])) && datesOf(base) === datesOf(next)

  const changes = (base: L, next: L, at: Place): Change[] => {
    const differing = names.filter(name => !sameData(base[name], next[name]))
    const found = differing.map((name): Change => {
      const effect = effectOf(looser(name, base, next, at) !== null, looser(name, next, base, at) !== null)
      return { path: pathOf(at, name), what: 'changed', effect, from: inWords(base[name]), to: inWords(next[name]) }
    })
    return [...found, ...datesOrSource(dating, base, next, at, found.length === 0)]
  }

  return {
    loosened,
    saysTheSame,
    changes,
    merge: (base, said, at) => {
      if (saysTheSame(base, said)) return { value: base, refused: [] }
      const next = { ...said, f: 'policy' as const }
      const refused = loosened(base, next, at).filter(isBinding)
      return { value: refused.length > 0 ? base : next, refused }
    },
    freeze: published,
  }
}

/** The leaf as it stands once its agency has published it: law stays law, all else has become the agency's policy. */
export function published<L extends AnyLeaf>(leaf: L): L {
  if (isPublished(leaf)) return leaf
  const s = leaf.s.trim() === '' ? 'our default, published by the agency as its own' : leaf.s
  return { ...leaf, f: 'policy' as const, s }
}

/** Whether publishing would leave the leaf as it is. */
export function isPublished({ f }: AnyLeaf): boolean {
  return f === 'law' || f === 'policy'
}

/** Which way a change goes, from whether it is looser and whether going back would be. */
export function effectOf(looser: boolean, looserToGoBack: boolean): Change['effect'] {
  if (looser) return looserToGoBack ? 'incomparable' : 'looser'
  return looserToGoBack ? 'tighter' : 'neither'
}

const BEFORE_ALL_DAYS = ''
const AFTER_ALL_DAYS = '~'

function datesLoosened(dating: Dating, base: AnyLeaf, next: AnyLeaf): boolean {
  const [was, is] = [base, next].map(({ validFrom, validTo }) => ({
    from: validFrom ?? BEFORE_ALL_DAYS,
    to: validTo ?? AFTER_ALL_DAYS,
  }))
  if (was === undefined || is === undefined || (was.from === is.from && was.to === is.to)) return false
  // The days of a law are the law's.
  if (base.f === 'law' || dating === 'value') return true
  return dating === 'duty' ? is.from > was.from || is.to < was.to : is.from < was.from || is.to > was.to
}

/** The days of a leaf as an ISO 8601 interval; null where it always holds. */
function datesOf({ validFrom, validTo }: AnyLeaf): string | null {
  return validFrom === undefined && validTo === undefined ? null : `${validFrom ?? '..'}/${validTo ?? '..'}`
}

function datesOrSource(dating: Dating, base: AnyLeaf, next: AnyLeaf, { path }: Place, elseSame: boolean): Change[] {
  const [from, to] = [datesOf(base), datesOf(next)]
  if (from !== to) {
    const effect = effectOf(datesLoosened(dating, base, next), datesLoosened(dating, next, base))
    return [{ path: `${path}.dates`, what: 'changed', effect, from, to }]
  }
  // What had no source has got one by being published.
  if (!elseSame || base.s === next.s || base.s.trim() === '') return []
  return [{ path, what: 'source', effect: 'neither', from: inWords(base.s), to: inWords(next.s) }]
}
