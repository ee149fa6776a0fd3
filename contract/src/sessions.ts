import { oc } from '@orpc/contract'
import * as z from 'zod'
import { instant, namedId } from './recordings.ts'
import { refusals } from './refusals.ts'

export const sessionMethod = z.enum(['passkey', 'password', 'oidc', 'persona'])

export const session = z.object({
  id: z.uuid(),
  person: z.string(),
  method: sessionMethod.describe('how they proved who they are'),
  client: z.string().describe('how the browser names itself'),
  beganAt: instant,
  seenAt: instant.describe('to the minute'),
  endsAt: instant.describe('if nothing more is done with it'),
  this: z.boolean().describe('whether the question was asked by this session'),
})
export type SessionRow = z.infer<typeof session>

export const sessions = oc
  .route({
    method: 'GET',
    path: '/sessions',
    summary: "The agency's sessions in force; who administers no agency sees his own",
  })
  .output(z.array(session))
  .errors(refusals)

export const endSession = oc
  .route({ method: 'POST', path: '/sessions/{id}/end', summary: 'End a session at once' })
  .input(z.object({ id: namedId }))
  .output(z.object({ state: z.literal('ended') }))
  .errors(refusals)
