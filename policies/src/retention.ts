import * as z from 'zod'
import { leaf } from './leaf.ts'

const PERIOD = /^P(?=\d|T\d)(?:\d{1,4}Y)?(?:\d{1,4}M)?(?:\d{1,4}W)?(?:\d{1,5}D)?(?:T\d{1,6}H)?$/

/** An ISO 8601 duration of whole years, months, weeks, days and hours. Finer units have no place in a retention rule. */
export const Period = z.string().regex(PERIOD, 'an ISO 8601 duration down to hours, such as P31D, P6M or PT72H')

/**
 * Which way a rule binds: `max` gone by then at the latest, `min` kept at least until then, `review` decide again then.
 */
export const Direction = z.enum(['max', 'min', 'review'])
export type Direction = z.infer<typeof Direction>

/** What a period of a recording is counted from. */
export const Anchor = z.enum(['end_of_capture', 'case', 'monitoring_end'])
export type Anchor = z.infer<typeof Anchor>

/** What may end a case; with the period that still has to pass afterwards. The latest of those that apply counts. */
export const CaseEvent = z.enum(['not_charged', 'acquitted', 'convicted', 'sentence_ended'])
export type CaseEvent = z.infer<typeof CaseEvent>

/** What a rule is about: footage, or a document beside it such as a balancing test, which no camera makes. */
export const AppliesTo = z.enum(['footage', 'record'])

export const RetentionLeaf = leaf(Period, {
  dir: Direction,
  appliesTo: AppliesTo.default('footage'),
  anchor: Anchor.default('end_of_capture'),
  until: z
    .array(z.strictObject({ event: CaseEvent, period: Period }))
    .min(1)
    .optional(),
}).refine(rule => (rule.anchor === 'case') === (rule.until !== undefined), {
  error: 'a rule anchored on the case says after which events it ends, and no other rule does',
})
export type RetentionLeaf = z.infer<typeof RetentionLeaf>

/** What the life of a history is counted from once the footage is gone. */
export const HistoryAnchor = z.enum(['end_of_item', 'end_of_calendar_year'])
export type HistoryAnchor = z.infer<typeof HistoryAnchor>

export const HistoryLeaf = leaf(Period, { dir: Direction, anchor: HistoryAnchor })
export type HistoryLeaf = z.infer<typeof HistoryLeaf>
