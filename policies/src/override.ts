import * as z from 'zod'
import type { Override } from './directions.ts'
import { sameData } from './judges.ts'
import { BooleanLeaf, Code } from './leaf.ts'
import { PolicyPack } from './pack.ts'
import { Period } from './retention.ts'

/** Why an override cannot be read. Closed: each has a sentence in every language that says what to do. */
export type OverrideFault =
  | 'unknown-field'
  | 'missing'
  | 'bad-code'
  | 'bad-period'
  | 'unknown-code'
  | 'not-its-flag'
  | 'no-source'
  | 'twice'
  | 'unknown-here'
  | 'bad-value'

/** One fault: where, and what stands there or would have been possible. */
export type OverrideRefusal = { readonly path: string; readonly because: OverrideFault; readonly detail: string | null }

export type ReadOverride =
  | { readonly override: Override; readonly refused: null }
  | { readonly override: null; readonly refused: readonly OverrideRefusal[] }

/** A pack's own name and days are not an agency's to change: a version says from when it is in force. */
export const NOT_TO_OVERRIDE = ['v', 'id', 'title', 'language', 'validFrom', 'validTo']

const Overrides = z.strictObject(
  Object.fromEntries(
    Object.entries(PolicyPack.shape)
      .filter(([name]) => !NOT_TO_OVERRIDE.includes(name))
      .map(([name, field]) => [name, said(field).optional()]),
  ),
)

/**
 * Reads what an agency or a unit wants to have differently: some of a policy's fields, each leaf whole with its value, its
 * typed parts and a source `s` of its own. The flag is always `policy` and may be left out. Lists are given whole, in which
 * a code alone, or the value as it stands in the base, stands for what is there already; entries of `retention` and `view`, and fields a pack need not have, are taken away with null. `base` is what it departs from: a task
 * may only name triggers and places that are known there or in the override itself.
 */
export function readOverride(input: unknown, base: PolicyPack): ReadOverride {
  const read = Overrides.safeParse(repeating(input, base), { reportInput: true })
  if (!read.success) return { override: null, refused: withoutEchoes(read.error.issues.flatMap(refusalsOf)) }
  // The schema was made from the same fields as the type.
  const override = read.data as Override
  const refused = [...namedTwice(override), ...unknownHere(override, base)]
  return refused.length > 0 ? { override: null, refused } : { override, refused: null }
}

/**
 * Reads an override that was published once, upon a policy that has changed since. Field by field, so that a part which does not
 * fit any more takes no other with it: a code alone of what is gone is left out, and what cannot be read leaves its field as it is.
 */
export function readAgain(input: unknown, base: PolicyPack): Override {
  const here: Entries = { ...base }
  const said = Object.entries(isEntries(input) ? input : {}).flatMap(([name, value]) => {
    const read = Overrides.safeParse({ [name]: repeating(withoutGone(value, here[name]), here[name]) })
    return read.success ? Object.entries(read.data) : []
  })
  // The schema was made from the same fields as the type.
  return Object.fromEntries(said) as Override
}

function withoutGone(value: unknown, base: unknown): unknown {
  if (!Array.isArray(value)) return value
  const codes = new Set((Array.isArray(base) ? base : []).filter(isEntries).map(({ v }) => v))
  return value.filter(item => typeof item !== 'string' || codes.has(item))
}

/** The schema of what an override may say of a field, made from the schema of the field. */
function said(field: z.core.$ZodType): z.ZodType {
  if (field instanceof z.ZodOptional) return said(field.unwrap()).nullable()
  if (field instanceof z.ZodArray) {
    const list = z.array(said(field.element))
    return field.safeParse([]).success ? list : list.min(1)
  }
  if (field instanceof z.ZodRecord) return z.record(field.keyType, said(field.valueType).nullable())
  if (!(field instanceof z.ZodObject))
    throw new TypeError('a policy has a field of which an override cannot say anything')
  if ('f' in field.shape && 's' in field.shape) return z.preprocess(asPolicy, field.refine(isPolicy, { path: ['f'] }))
  const parts = Object.entries(field.shape).map(([name, part]) => [name, said(part).optional()] as const)
  return z.strictObject(Object.fromEntries(parts))
}

type Entries = Readonly<Record<string, unknown>>

const isEntries = (value: unknown): value is Entries =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The input with whatever repeats the base in the form that the schema reads; `merge` then keeps the base's own leaf. */
function repeating(input: unknown, base: unknown): unknown {
  if (Array.isArray(input) && Array.isArray(base)) return input.map(item => repeatedItem(item, base))
  if (!isEntries(input) || !isEntries(base)) return input
  if ('f' in base && 's' in base) return sameData(input, base) ? repeated(base) : input
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, repeating(value, base[name])]))
}

function repeatedItem(item: unknown, base: readonly unknown[]): unknown {
  const leaf = base.filter(isEntries).find(({ v }) => v === (isEntries(item) ? item['v'] : item))
  return leaf !== undefined && (item === leaf['v'] || sameData(item, leaf)) ? repeated(leaf) : item
}

function repeated(leaf: Entries): Entries {
  return { ...leaf, f: 'policy', s: leaf['s'] === '' ? 'as before' : leaf['s'] }
}

function asPolicy(leaf: unknown): unknown {
  return typeof leaf === 'object' && leaf !== null && !('f' in leaf) ? { ...leaf, f: 'policy' } : leaf
}

function isPolicy(leaf: object): boolean {
  return 'f' in leaf && leaf.f === 'policy'
}

const sentenceOf = (schema: z.ZodType, broken: unknown) => schema.safeParse(broken).error?.issues[0]?.message

const PERIOD_SENTENCE = sentenceOf(Period, '')
const CODE_SENTENCE = sentenceOf(Code, '')
const SOURCE_SENTENCE = sentenceOf(BooleanLeaf, { v: true, f: 'policy', s: '' })

function refusalsOf(issue: z.core.$ZodIssue): OverrideRefusal[] {
  const path = issue.path.join('.')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => ({
      path: path === '' ? key : `${path}.${key}`,
      because: 'unknown-field',
      detail: null,
    }))
  return [{ path, because: faultOf(issue), detail: detailOf(issue) }]
}

function faultOf(issue: z.core.$ZodIssue): OverrideFault {
  if (issue.path.at(-1) === 'f') return 'not-its-flag'
  if (issue.message === SOURCE_SENTENCE) return 'no-source'
  if (issue.message === PERIOD_SENTENCE || issue.code === 'invalid_union') return 'bad-period'
  if (issue.message === CODE_SENTENCE || issue.code === 'invalid_key') return 'bad-code'
  if (issue.code === 'invalid_value') return 'unknown-code'
  return issue.code === 'invalid_type' && issue.input === undefined ? 'missing' : 'bad-value'
}

function detailOf(issue: z.core.$ZodIssue): string | null {
  if (issue.path.at(-1) === 'f') return null
  if (issue.code === 'invalid_value') return issue.values.map(String).join(', ')
  if (typeof issue.input === 'string') return issue.input
  return issue.code === 'custom' ? issue.message : null
}

/** A leaf that lacks its source lacks it once: what follows from a fault inside a leaf is not told again. */
function withoutEchoes(refused: readonly OverrideRefusal[]): OverrideRefusal[] {
  const isEcho = ({ path, because }: OverrideRefusal) =>
    because === 'no-source' && refused.some(other => other.path.startsWith(`${path}.`))
  return refused.filter(one => !isEcho(one))
}

function namedTwice(override: Override): OverrideRefusal[] {
  return Object.entries(override).flatMap(([field, value]) => {
    if (!Array.isArray(value)) return []
    const codes = value.map((leaf: { readonly v: string }) => leaf.v)
    const twice = codes.filter((code, at) => codes.indexOf(code) !== at)
    return twice.map((code): OverrideRefusal => ({ path: `${field}.${code}`, because: 'twice', detail: null }))
  })
}

/** A place that no list bans would be a ban in name only: a slip of the pen in a task switches nothing off. */
function unknownHere(override: Override, base: PolicyPack): OverrideRefusal[] {
  const codes = (...lists: (readonly { readonly v: string }[] | undefined)[]) =>
    new Set(lists.flatMap(list => list?.map(({ v }) => v) ?? []))
  const triggers = codes(base.mustRecord, base.mayRecord, override.mustRecord, override.mayRecord)
  const zones = codes(base.mustNot, override.mustNot)
  return (override.tasks ?? []).flatMap(task => [
    ...unknownIn(task.triggers, triggers, `tasks.${task.v}.triggers`),
    ...unknownIn(task.zones, zones, `tasks.${task.v}.zones`),
  ])
}

function unknownIn(named: readonly string[], known: ReadonlySet<string>, path: string): OverrideRefusal[] {
  return named.filter(code => !known.has(code)).map(code => ({ path, because: 'unknown-here', detail: code }))
}
