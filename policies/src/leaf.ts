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
 * Refuses an unknown field, a `law` without a citation and a non-default without a source.
 */
export function leaf<V extends z.ZodType, Beside extends z.ZodRawShape>(value: V, beside: Beside) {
  return z
    .strictObject({ v: value, f: Flag, s: z.string(), ...beside })
    .refine(found => basisIsNamed(Basis.parse(found)), {
      error: NAMELESS,
    })
}

const Basis = z.object({ f: Flag, s: z.string() })

/** A leaf whose value is a code or a sentence for people. */
export const TextLeaf = leaf(z.string().min(1), {})
export const ListLeaf = leaf(z.array(z.string().min(1)).min(1), {})
export const BooleanLeaf = leaf(z.boolean(), {})
export const CountLeaf = leaf(z.int().min(0), {})
