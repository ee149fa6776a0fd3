import * as z from 'zod'

/**
 * Where a value comes from, strongest first: `law` a statute or binding order, `policy` published guidance, `seed` the
 * programme's own document, `default` the product's choice. A lawyer reads the flags to see what to check.
 */
export const Flag = z.enum(['law', 'policy', 'seed', 'default'])
export type Flag = z.infer<typeof Flag>

/** What a citation looks like: a section, an article, or a statute by name. A pattern check, no legal review. */
const CITATION = /§|\bart\.|\bs\.\s?\d|\b(Act|DPA|CPIA|LED|GDPR|KBL|PolG|OBG|DSG|LPVG|StPO|retshåndhævelsesloven)\b/

type Basis = { f: Flag; s: string }

function basisIsNamed({ f, s }: Basis): boolean {
  if (f === 'default') return true
  return f === 'law' ? CITATION.test(s) : s.trim() !== ''
}

const NAMELESS = 'a value flagged law must cite it, and any value but a default must name its source'

/**
 * The shape of one leaf of a pack: value `v`, flag `f`, basis `s`, and what else the engine needs beside the sentence.
 * `validFrom` and `validTo` are the first and the last day on which the value holds, in the zone of the pack; without
 * them it holds as long as the pack does. Refuses an unknown field, a `law` without a citation, a non-default without a
 * source, and an end before the beginning.
 */
export function leaf<V extends z.ZodType, Beside extends z.ZodRawShape>(value: V, beside: Beside) {
  return z
    .strictObject({ v: value, f: Flag, s: z.string(), ...dates, ...beside })
    .refine(found => basisIsNamed(Basis.parse(found)), { error: NAMELESS })
    .refine(datesAreInOrder, { error: 'a value cannot end before it begins' })
}

const Basis = z.object({ f: Flag, s: z.string() })

const dates = { validFrom: z.iso.date().optional(), validTo: z.iso.date().optional() }
const Dates = z.object(dates)

/** Dates that are none have been refused already; here they are in order. */
function datesAreInOrder(found: unknown): boolean {
  const { validFrom, validTo } = Dates.safeParse(found).data ?? {}
  return validFrom === undefined || validTo === undefined || validFrom <= validTo
}

/** One value of a policy as data: what it says, how strong it is, where it was found and when it holds. */
export type Leaf<T, Beside = unknown> = {
  v: T
  f: Flag
  s: string
  validFrom?: string | undefined
  validTo?: string | undefined
} & Beside

/** A code of a pack; what people read for it stands in `policies/texts`. */
export const Code = z.string().regex(/^[a-z0-9][a-z0-9_]*$/, 'a code of small letters, digits and _')

/** A leaf whose value is a sentence for people; what the engine acts on stands beside it. */
export const TextLeaf = leaf(z.string().min(1), {})
export const CodeLeaf = leaf(Code, {})
/** A leaf that holds a whole list of codes: it is one value with one basis. */
export const ListLeaf = leaf(z.array(Code).min(1), {})
export const BooleanLeaf = leaf(z.boolean(), {})
export const CountLeaf = leaf(z.int().min(0), {})
