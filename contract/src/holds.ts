import { oc } from '@orpc/contract'
import * as z from 'zod'
import { holdKind, instant, namedId, reason } from './recordings.ts'
import { refusals } from './refusals.ts'

const duty = z.object({
  due: instant.describe('by then the other party is told, and offered a copy'),
  toldAt: instant.nullable(),
  offeredAt: instant.nullable(),
  overdue: z.boolean(),
})

/** A hold that stands. Past its review it stands all the same; it is overdue, and somebody has to look at it. */
export const standingHold = z.object({
  hold: z.uuid(),
  recording: z.uuid(),
  kind: z.enum([...holdKind.options, 'camera']),
  reason: z.string().nullable().describe('null: the camera marked it'),
  placedBy: z.string().describe('a name, or "camera"'),
  placedAt: instant,
  review: instant,
  overdue: z.boolean(),
  duty: duty.nullable().describe('only of a dispute, where the policy knows such a duty'),
})
export type StandingHold = z.infer<typeof standingHold>

export const holds = oc
  .route({ method: 'GET', path: '/holds', summary: 'The holds that stand, by when they are to be reviewed' })
  .output(z.array(standingHold))
  .errors(refusals)

export const reviewHold = oc
  .route({ method: 'POST', path: '/holds/{id}/review', summary: 'Say that a hold was reviewed and is still needed' })
  .input(
    z.object({
      id: namedId,
      reason,
      review: z.iso.date("give a day of the agency's calendar, such as 2027-01-31").optional(),
    }),
  )
  .output(z.object({ state: z.literal('reviewed'), review: instant }))
  .errors(refusals)

export const doDuty = oc
  .route({
    method: 'POST',
    path: '/holds/{id}/duty',
    summary: 'Say that the other party of a dispute was told, or was offered a copy',
  })
  .input(z.object({ id: namedId, done: z.enum(['told', 'offered-copy']) }))
  .output(z.object({ state: z.enum(['open', 'fulfilled']) }))
  .errors(refusals)
