import { oc } from '@orpc/contract'
import * as z from 'zod'
import { instant, namedId } from './recordings.ts'
import { refusals } from './refusals.ts'

/** Documents beside the footage that must be kept; closed. The policy has a rule of the same name. */
export const recordKind = z.enum(['balancing_record', 'camera_register'])
export type RecordKind = z.infer<typeof recordKind>

const day = z.iso.date("give a day of the agency's calendar, such as 2027-01-31")
const words = (most: number) => z.string().trim().min(1).max(most)

/** Until when it must be kept: null while the monitoring goes on, since the period is counted from its end. */
const keptUntil = instant.nullable()

export const keptRecord = z.object({
  record: z.uuid(),
  kind: recordKind,
  ref: z.string().nullable().describe('null once deleted'),
  about: z.string().nullable().describe('null once deleted'),
  enteredAt: instant,
  monitoringEnd: instant.nullable(),
  keptUntil,
  deletedAt: instant.nullable(),
})

export const records = oc
  .route({ method: 'GET', path: '/records', summary: 'Records that must be kept beside the footage' })
  .output(z.array(keptRecord))
  .errors(refusals)

export const enterRecord = oc
  .route({ method: 'POST', path: '/records', summary: 'Enter a record that must be kept' })
  .input(z.object({ kind: recordKind, ref: words(200), about: words(2000) }))
  .output(z.object({ state: z.literal('entered'), record: z.uuid() }))
  .errors(refusals)

export const endMonitoring = oc
  .route({ method: 'POST', path: '/records/{id}/monitoring-end', summary: 'Say when the monitoring ended' })
  .input(z.object({ id: namedId, on: day }))
  .output(z.object({ state: z.literal('noted'), keptUntil }))
  .errors(refusals)

export const decideDisposal = oc
  .route({
    method: 'POST',
    path: '/disposals',
    summary: 'Enter a documented decision to let records of a kind go (Swedish: gallring)',
  })
  .input(z.object({ kind: recordKind, authority: words(200), date: day, reference: words(200) }))
  .output(z.object({ state: z.literal('entered'), disposal: z.uuid() }))
  .errors(refusals)

export const deleteRecord = oc
  .route({ method: 'POST', path: '/records/{id}/deletion', summary: 'Delete a record under a decision' })
  .input(z.object({ id: namedId, disposal: namedId }))
  .output(z.object({ state: z.literal('deleted') }))
  .errors(refusals)
