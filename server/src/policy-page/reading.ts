import { listWords, periodWords, plainText } from '@vidne/locales/forms'
import { tellRule, type RuleKey } from '@vidne/locales/rules'
import type { Language } from '@vidne/locales/say'
import { valueWords, type ValueGroup } from '@vidne/locales/tell'
import type { Flag, Leaf } from '@vidne/policies/leaf'
import type { PolicyPack } from '@vidne/policies/pack'
import { packById } from '@vidne/policies/packs'
import { valuesOf } from '@vidne/policies/values'
import { wordsFor, type WordGroup } from '@vidne/policies/words'

/**
 * Whose rules they are: an agency, or a unit of one with a version of its own. `since` in epoch milliseconds; `digest` of the
 * published text in hexadecimal; `units`: those of an agency that have versions of their own, with the address of their page.
 */
export type AgencyRules = {
  readonly name: string
  readonly since: number
  readonly digest: string
  readonly units: readonly { readonly name: string; readonly path: string }[]
}

/** The rules that a page is about: those of an agency in force, or a pack as it comes. */
export type Rules = {
  readonly pack: PolicyPack
  readonly agency: AgencyRules | null
  readonly rehearsal: boolean
  /** The day (such as 2025-03-15) on which they are told as they hold; absent: with all values, of whatever days. */
  readonly day?: string | undefined
}

/** How strong a value is. `taken`: a default of ours that the agency has published as it was. */
export type Standing = Flag | 'taken'

export type Value = { readonly leaf: Leaf<unknown>; readonly standing: Standing }

/** Rules being told in a language. */
export type Reading = {
  readonly rules: Rules
  readonly pack: PolicyPack
  readonly language: Language
  /** Every value by its place, in the order of the policy. */
  readonly values: ReadonlyMap<string, Value>
}

export function readingOf(rules: Rules, language: Language): Reading {
  const own = rules.agency === null ? null : packById(rules.pack.id)
  const ours = new Map((own === null ? [] : valuesOf(own)).map(({ path, leaf }) => [path, leaf]))
  const values = valuesOf(rules.pack).map(({ path, leaf }) => {
    const standing: Standing = takenOver(leaf, ours.get(path)) ? 'taken' : leaf.f
    return [path, { leaf, standing }] as const
  })
  return { rules, pack: rules.pack, language, values: new Map(values) }
}

/** Publishing makes every value the agency's own; whoever reads it should still see which of them nobody chose. */
function takenOver(leaf: Leaf<unknown>, ours: Leaf<unknown> | undefined): boolean {
  if (leaf.f !== 'policy' || ours?.f !== 'default') return false
  const content = (one: Leaf<unknown>) => JSON.stringify({ ...one, f: null, s: null })
  return content(leaf) === content(ours)
}

export function word(reading: Reading, key: RuleKey, values: Readonly<Record<string, string | number>> = {}): string {
  return tellRule(reading.language, key, values)
}

/** What people read for a code or a sentence of the policy. An agency's own sentence is read as it wrote it. */
export function valueText({ language }: Reading, group: WordGroup, value: string): string {
  return wordsFor(language, group, value) ?? plainText(value)
}

/** The words that histories and packages have for the same thing; one thing has one name. */
export function sharedText({ language }: Reading, group: ValueGroup, code: string): string {
  return valueWords(language, group, code) ?? plainText(code)
}

export function listText(reading: Reading, items: readonly string[]): string {
  return listWords(reading.language, items)
}

export function rolesText(reading: Reading, roles: readonly string[]): string {
  return listText(
    reading,
    roles.map(role => sharedText(reading, 'role', role)),
  )
}

export function periodText({ language }: Reading, period: string): string {
  return periodWords(language, period) ?? period
}
