import { oc } from '@orpc/contract'
import * as z from 'zod'
import { dayOrInstant, instant, namedId } from './recordings.ts'
import { refusals } from './refusals.ts'
import { role } from './roles.ts'

export const createToken = oc
  .route({ method: 'POST', path: '/tokens', summary: 'A token for a person; shown once, only its digest is kept' })
  .input(
    z.object({
      person: z.string().trim().min(1).max(200),
      role,
      expires: dayOrInstant.describe("of a day: its end, in the agency's time zone"),
    }),
  )
  .output(z.object({ token: z.string(), person: z.uuid(), expires: instant }))
  .errors(refusals)

export const tokenState = z.enum(['in-force', 'expired', 'revoked'])

export const token = z.object({
  id: z.uuid(),
  begins: z.string().describe('how the token begins: enough to know one that was found, too little to use it'),
  person: z.string(),
  machine: z.boolean(),
  roles: z.array(z.string()),
  issuedAt: instant,
  issuedBy: z.string().describe('a name, or "installation" for those of the founding'),
  expires: instant.nullable().describe('null: until it is revoked'),
  lastUsedAt: instant.nullable().describe('to the minute; null: never'),
  state: tokenState,
})
export type TokenRow = z.infer<typeof token>

export const tokens = oc
  .route({
    method: 'GET',
    path: '/tokens',
    summary: "The agency's tokens, newest first; who administers no agency sees his own",
  })
  .output(z.array(token))
  .errors(refusals)

export const revokeToken = oc
  .route({ method: 'POST', path: '/tokens/{id}/revoke', summary: 'Refuse a token from now on' })
  .input(z.object({ id: namedId }))
  .output(z.object({ state: z.literal('revoked') }))
  .errors(refusals)
