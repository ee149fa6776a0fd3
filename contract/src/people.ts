import { oc } from '@orpc/contract'
import * as z from 'zod'
import { instant } from './recordings.ts'
import { refusals } from './refusals.ts'
import { role } from './roles.ts'

export const createToken = oc
  .route({ method: 'POST', path: '/tokens', summary: 'A token for a person; shown once, only its digest is kept' })
  .input(z.object({ person: z.string().trim().min(1).max(200), role, expires: instant }))
  .output(z.object({ token: z.string(), person: z.uuid(), expires: instant }))
  .errors(refusals)

export const approve = oc
  .route({ method: 'POST', path: '/approvals/{id}/approve', summary: 'Confirm what another person asked for' })
  .input(z.object({ id: z.uuid() }))
  .output(
    z.object({
      state: z.enum(['done', 'waiting']),
      kind: z.string(),
      left: z.number().int().describe('persons who must still confirm'),
    }),
  )
  .errors(refusals)

export const approvals = oc
  .route({ method: 'GET', path: '/approvals', summary: 'What waits for a second person' })
  .output(
    z.array(
      z.object({
        id: z.uuid(),
        kind: z.string(),
        subject: z.string().nullable(),
        askedBy: z.string(),
        askedAt: instant,
        deadline: instant,
      }),
    ),
  )
  .errors(refusals)
