import { oc } from '@orpc/contract'
import * as z from 'zod'
import { mailAddress } from './addresses.ts'
import { instant, namedId } from './recordings.ts'
import { refusals } from './refusals.ts'
import { role } from './roles.ts'

export const person = z.object({
  id: z.uuid(),
  name: z.string(),
  roles: z.array(role),
  unit: z.string().nullable(),
  account: z.enum(['open', 'invited', 'none']).describe('none: they cannot sign in at the desk'),
  invitedUntil: instant.nullable(),
  since: instant,
})
export type PersonRow = z.infer<typeof person>

export const persons = oc
  .route({ method: 'GET', path: '/people', summary: 'Everybody of the agency, with what they may do' })
  .output(z.array(person))
  .errors(refusals)

export const oneOfThem = oc
  .route({
    method: 'GET',
    path: '/people/{id}',
    summary: 'One person, with trainings and the policy they have accepted',
  })
  .input(z.object({ id: namedId }))
  .output(
    person.extend({
      policyAccepted: z.boolean(),
      trainings: z.array(z.object({ course: z.string(), completedAt: instant, revoked: z.boolean() })),
    }),
  )
  .errors(refusals)

export const invite = oc
  .route({
    method: 'POST',
    path: '/people/invitations',
    summary: 'Invite somebody under these roles; the link is shown once, and holds for seven days',
  })
  .input(
    z.object({
      name: z.string().trim().min(1).max(200),
      roles: z.array(role.exclude(['dock'])).max(20),
      unit: z.string().trim().min(1).max(200).nullable().default(null),
      address: mailAddress.nullable().default(null).describe('where the link is mailed to as well; null: nowhere'),
    }),
  )
  .output(
    z.object({
      person: z.uuid(),
      link: z.string(),
      ends: instant,
      mailed: z.boolean().describe('whether a mail with the link is on its way'),
    }),
  )
  .errors(refusals)

export const withdrawInvitation = oc
  .route({ method: 'POST', path: '/people/{id}/invitation/withdraw', summary: 'Withdraw the link somebody was sent' })
  .input(z.object({ id: namedId }))
  .output(z.object({ state: z.literal('withdrawn') }))
  .errors(refusals)

const ofRole = z.object({ id: namedId, role: role.exclude(['dock']) })

export const giveRole = oc
  .route({ method: 'POST', path: '/people/{id}/roles', summary: 'Give somebody a role' })
  .input(ofRole)
  .output(z.object({ state: z.literal('given') }))
  .errors(refusals)

export const takeRole = oc
  .route({ method: 'POST', path: '/people/{id}/roles/take', summary: 'Take a role back, from now on' })
  .input(ofRole)
  .output(z.object({ state: z.literal('taken') }))
  .errors(refusals)

export const closeAccount = oc
  .route({ method: 'POST', path: '/people/{id}/account/close', summary: 'Close an account and end all its sessions' })
  .input(z.object({ id: namedId }))
  .output(z.object({ state: z.literal('closed') }))
  .errors(refusals)
