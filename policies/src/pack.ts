import * as z from 'zod'
import { BooleanLeaf, CountLeaf, leaf, ListLeaf, TextLeaf } from './leaf.ts'
import { HistoryLeaf, RetentionLeaf } from './retention.ts'
import { SecondPersonLeaf } from './second-person.ts'

const Decider = z.enum(['policy', 'wearer', 'commander', 'camera_owner', 'controller_assessment'])

/** An IANA time zone the runtime knows. Calendar periods are counted in it, never in UTC days. */
const Zone = z.string().refine(zoneIsKnown, { error: 'an IANA time zone such as Europe/Berlin' })

function zoneIsKnown(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
    return !/^[+-]|^UTC$/.test(zone)
  } catch {
    return false
  }
}

/** A run that would remove more than `items` recordings and more than `share` percent of what is kept stops and asks. */
const Brake = z.strictObject({ items: z.int().min(1), share: z.int().min(1).max(100) })

const Shape = z.strictObject({
  v: z.literal(1),
  id: z.string().regex(/^[a-z]{2}(-[a-z]+)+$/),
  title: z.string().min(1),
  validFrom: z.iso.date().nullable(),
  validTo: z.iso.date().nullable(),
  regime: TextLeaf,
  zone: leaf(Zone, {}),
  decider: leaf(Decider, {}),
  autoStart: BooleanLeaf,
  mustRecord: z.array(TextLeaf),
  mayRecord: z.array(TextLeaf),
  mustNot: z.array(TextLeaf),
  mustStop: z.array(TextLeaf),
  override: z.strictObject({ who: TextLeaf, reason: TextLeaf, second: BooleanLeaf }),
  notice: z.strictObject({ duty: TextLeaf, exception: TextLeaf }),
  buffer: z.strictObject({ seconds: CountLeaf, audio: BooleanLeaf }),
  retention: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), RetentionLeaf),
  brake: leaf(Brake, {}),
  view: z.record(z.string(), TextLeaf),
  secondPerson: z.array(SecondPersonLeaf).min(1),
  disclosure: z.array(TextLeaf),
  logRetention: HistoryLeaf,
  logScope: ListLeaf,
  reporting: z.array(TextLeaf),
  stages: ListLeaf.optional(),
  capture: TextLeaf.optional(),
  coDetermination: TextLeaf.optional(),
})

/**
 * A policy pack: an agency's rules as data, each value with its flag and basis. What a recording is, until somebody
 * says otherwise, is `uncategorised`; every pack says how long that may live. A pack in which the wearer decides cannot
 * start a camera by itself.
 */
export const PolicyPack = Shape.refine(pack => pack.retention['uncategorised']?.dir === 'max', {
  error: 'retention.uncategorised must say when a recording without a category is gone at the latest',
}).refine(pack => pack.decider.v !== 'wearer' || !pack.autoStart.v, {
  error: 'where the wearer decides, nothing starts by itself',
})
export type PolicyPack = z.infer<typeof PolicyPack>
export type PolicyPackSource = z.input<typeof PolicyPack>
