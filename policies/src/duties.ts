import * as z from 'zod'
import { Code, leaf, ListLeaf } from './leaf.ts'
import { Period } from './retention.ts'
import { Role } from './role.ts'

/** A run that would remove more than `items` recordings and more than `share` percent of what is kept stops and asks. */
const Brake = z.strictObject({ items: z.int().min(1), share: z.int().min(1).max(100) })

/**
 * People decide about a deletion from `fromDay`; at `atDay` it happens by itself, with the record that nobody decided.
 */
const Decision = z
  .strictObject({ fromDay: z.int().min(0), atDay: z.int().min(1), by: z.array(Role).min(1) })
  .refine(({ fromDay, atDay }) => fromDay < atDay, { error: 'people decide before it happens by itself' })

const GatedRight = z.enum(['camera-checkout', 'export', 'view'])

/** What an agency owes around its cameras: brake, decisions, registers, agreements, reports. */
export const dutyFields = {
  brake: leaf(Brake, {}),
  decision: leaf(Decision, {}).optional(),
  /** In a dispute the other party is told, and offered a copy, within so many days. */
  disputes: leaf(z.strictObject({ days: z.int().min(1) }), {}).optional(),
  training: leaf(z.strictObject({ rights: z.array(GatedRight).min(1), validFor: Period }), {}).optional(),
  /** What a fixed camera has to show before its first frame is kept. */
  gates: z.array(leaf(Code, { onlyWorkplace: z.literal(true).optional() })).optional(),
  register: ListLeaf.optional(),
  sanctions: ListLeaf.optional(),
  coDetermination: leaf(z.string().min(1), { required: z.boolean() }).optional(),
  businessSharing: ListLeaf.optional(),
  businessPermit: leaf(z.string().min(1), { required: z.boolean() }).optional(),
  /** `every`: how often; `within`: how soon after what the code names. */
  reporting: z.array(leaf(Code, { every: Period.optional(), within: Period.optional() })),
}
