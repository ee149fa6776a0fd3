import * as z from 'zod'
import { dutyFields } from './duties.ts'
import { leaf, ListLeaf, TextLeaf } from './leaf.ts'
import { recordingFields } from './recording.ts'
import { HistoryLeaf, RetentionLeaf } from './retention.ts'
import { SecondPersonLeaf } from './second-person.ts'
import { viewingFields } from './viewing.ts'

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

const Shape = z.strictObject({
  v: z.literal(1),
  id: z.string().regex(/^[a-z]{2}(-[a-z]+)+$/),
  title: z.string().min(1),
  /** The language of the people the rules are about. */
  language: z.enum(['en', 'da', 'sv', 'de']),
  validFrom: z.iso.date().nullable(),
  validTo: z.iso.date().nullable(),
  regime: TextLeaf,
  /** What allows cameras at all. What was recorded before its `validFrom` was recorded without it. */
  legalBasis: TextLeaf,
  zone: leaf(Zone, {}),
  ...recordingFields,
  retention: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), RetentionLeaf),
  ...viewingFields,
  secondPerson: z.array(SecondPersonLeaf).min(1),
  logRetention: HistoryLeaf,
  logScope: ListLeaf,
  ...dutyFields,
})

/** Longer than this, a look back into the time before the start needs a law that says so. */
const LONGEST_BUFFER_SECONDS = 30

/**
 * A policy pack: an agency's rules as data, each value with its flag and basis. What a recording is, until somebody
 * says otherwise, is `uncategorised`; every pack says how long that may live. A pack in which the wearer decides cannot
 * start a camera by itself.
 */
export const PolicyPack = Shape.refine(
  ({ retention: { uncategorised } }) => uncategorised?.dir === 'max' && uncategorised.appliesTo === 'footage',
  { error: 'retention.uncategorised must say when a recording without a category is gone at the latest' },
)
  .refine(pack => pack.decider.v !== 'wearer' || !pack.autoStart.v, {
    error: 'where the wearer decides, nothing starts by itself',
  })
  .refine(({ buffer: { seconds } }) => seconds.v <= LONGEST_BUFFER_SECONDS || seconds.f === 'law', {
    error: `a buffer of more than ${LONGEST_BUFFER_SECONDS} seconds needs a law`,
  })
export type PolicyPack = z.infer<typeof PolicyPack>
export type PolicyPackSource = z.input<typeof PolicyPack>
