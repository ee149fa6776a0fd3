import type { AnyLeaf } from './leaf-rule.ts'
import { type Change, type Loosening, type Rule, below, namesOf } from './rule.ts'

/** What an override may say of a field: a whole leaf, a whole list, entries of a record, some of the parts of a group. */
export type Said<T> = undefined extends T
  ? Said<Exclude<T, undefined>> | null
  : [T] extends [AnyLeaf]
    ? T
    : [T] extends [(infer L)[]]
      ? readonly L[]
      : [T] extends [Record<string, infer L>]
        ? string extends keyof T
          ? Readonly<Record<string, L | null>>
          : SaidOf<T>
        : never

/** Some of the parts of a group. What is not named stays as it is. */
export type SaidOf<G> = { readonly [K in keyof G]?: Said<G[K]> | undefined }

/** A rule for every part of a group: one that is added to the schema and has none does not compile. */
export type Rules<G> = { readonly [K in keyof G]-?: Rule<G[K], Said<G[K]>> }

/** A group of fields, each with its own rule. */
export function groupRule<G extends object>(rules: Rules<G>): Rule<G, SaidOf<G>> {
  const names = namesOf(rules)
  return {
    loosened: (base, next, at) => {
      if (base === next) return []
      const found: Loosening[] = []
      for (const name of names)
        if (base[name] !== next[name]) found.push(...rules[name].loosened(base[name], next[name], below(at, name)))
      return found
    },
    merge: (base, said, at) => {
      let value = base
      const refused: Loosening[] = []
      const mergePart = <K extends keyof G & string>(name: K) => {
        const part = said[name]
        if (part === undefined) return
        const one = rules[name].merge(base[name], part, below(at, name))
        if (one.value !== base[name]) value = { ...value, [name]: one.value }
        refused.push(...one.refused)
      }
      for (const name of names) mergePart(name)
      return { value, refused }
    },
    freeze: base => {
      let value = base
      const freezePart = <K extends keyof G>(name: K) => {
        const frozen = base[name] === undefined ? base[name] : rules[name].freeze(base[name])
        if (frozen !== base[name]) value = { ...value, [name]: frozen }
      }
      for (const name of names) freezePart(name)
      return value
    },
    changes: (base, next, at) => {
      const found: Change[] = []
      for (const name of names) found.push(...rules[name].changes(base[name], next[name], below(at, name)))
      return found
    },
  }
}
