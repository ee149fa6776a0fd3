import { oc } from '@orpc/contract'
import * as z from 'zod'
import { dayOrInstant, instant, namedId, reason } from './recordings.ts'
import { refusals } from './refusals.ts'
import { role } from './roles.ts'

const id = namedId
const byte = z.coerce.number().int().min(0)

/** A view that was opened: its bytes are at `media`, by ranges, for whoever asked, until then. */
const view = z.object({
  state: z.literal('open'),
  view: id,
  until: instant,
  media: z.string().describe('path of the bytes, for the token of the same person'),
  bytes: z.number().int().describe('of the whole recording'),
  from: z.number().int(),
  to: z.number().int().describe('first byte that is not shown'),
})

export const openView = oc
  .route({ method: 'POST', path: '/recordings/{id}/views', summary: 'Look at a recording; it enters its history' })
  .input(
    z.object({
      id,
      purpose: z.string().trim().min(1).max(64).describe("one of the policy's purposes"),
      case: z.string().trim().min(1).max(200).optional(),
      ownReport: z
        .boolean()
        .optional()
        .describe('you have written your own account of what happened, and look afterwards'),
      from: byte.optional().describe('first byte wanted; absent: from the beginning'),
      to: byte.optional().describe('first byte not wanted; absent: to the end'),
    }),
  )
  .output(
    z.discriminatedUnion('state', [z.object({ state: z.literal('waiting'), approval: id, deadline: instant }), view]),
  )
  .errors(refusals)

const grantKind = z.enum(['case', 'share'])

export const grant = oc
  .route({ method: 'POST', path: '/recordings/{id}/grants', summary: 'Let somebody see a recording for a time' })
  .input(
    z
      .object({
        id,
        person: z.string().trim().min(1).max(200).optional().describe('by name'),
        role: role.optional().describe('whoever holds it'),
        until: dayOrInstant.describe("of a day: its end, in the agency's time zone"),
        reason: reason.describe('what for, such as the case; it enters the history'),
      })
      .refine(wish => (wish.person === undefined) !== (wish.role === undefined), {
        error: 'name a person or a role, and not both',
      }),
  )
  .output(z.object({ grant: id, until: instant }))
  .errors(refusals)

export const grants = oc
  .route({ method: 'GET', path: '/recordings/{id}/grants', summary: 'Who was let to see a recording' })
  .input(z.object({ id }))
  .output(
    z.array(
      z.object({
        id,
        kind: grantKind,
        person: z.string().nullable(),
        role: z.string().nullable(),
        since: instant,
        until: instant,
        reason: z.string(),
      }),
    ),
  )
  .errors(refusals)

export const revokeGrant = oc
  .route({ method: 'POST', path: '/recordings/{id}/grants/{grant}/revoke', summary: 'End a grant at once' })
  .input(z.object({ id, grant: id, reason }))
  .output(z.object({ state: z.literal('revoked') }))
  .errors(refusals)
