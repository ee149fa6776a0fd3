import { oc } from '@orpc/contract'
import * as z from 'zod'
import { playing } from './recording-page.ts'
import { dayOrInstant, exportReady, exportSealing, instant, namedId, reason } from './recordings.ts'
import { refusals } from './refusals.ts'

const id = namedId

/** Whom footage is shown to outside the agency, by a link. */
export const recipientRole = z.enum(['prosecutor', 'defence'])

export const linkState = z.enum(['waiting', 'not-agreed', 'open', 'used-up', 'expired', 'revoked'])
export type LinkState = z.infer<typeof linkState>

const link = z.object({
  id,
  recipient: z.string(),
  recipientRole,
  purpose: z.string(),
  until: instant,
  mostOpenings: z.number().int(),
  openings: z.number().int(),
  state: linkState,
  exhibits: z.array(z.string()).describe('references of those that are there still'),
  madeBy: z.string(),
  madeAt: instant,
  revokedBy: z.string().nullable(),
  revokedAt: instant.nullable(),
  approval: id.nullable().describe('while it waits: the question'),
})
export type LinkRow = z.infer<typeof link>

export const links = oc
  .route({ method: 'GET', path: '/cases/{id}/links', summary: 'Links by which footage of a case is shown outside' })
  .input(z.object({ id }))
  .output(z.object({ links: z.array(link), purposes: z.array(z.string()).describe('that you may name') }))
  .errors(refusals)

export const makeLink = oc
  .route({
    method: 'POST',
    path: '/cases/{id}/links',
    summary: 'A link for prosecutor or defence; its secret is shown once, and only its digest is kept',
  })
  .input(
    z.object({
      id,
      recipient: z.string().trim().min(2).max(200),
      recipientRole,
      purpose: z.string().trim().min(1).max(64).describe("one of the policy's purposes"),
      until: dayOrInstant.describe("of a day: its end, in the agency's time zone"),
      openings: z.number().int().min(1).max(100),
      exhibits: z.array(id).min(1).max(200).optional().describe('absent: all that stand now'),
    }),
  )
  .output(
    z.object({
      link: id,
      state: z.enum(['open', 'waiting']),
      address: z.string().describe('path and fragment: /shared#id.secret'),
      until: instant,
      approval: id.nullable(),
    }),
  )
  .errors(refusals)

export const revokeLink = oc
  .route({ method: 'POST', path: '/cases/{id}/links/{link}/revoke', summary: 'End a link at once' })
  .input(z.object({ id, link: id, reason }))
  .output(z.object({ state: z.literal('revoked') }))
  .errors(refusals)

// What follows is asked by whoever was given a link, without an account: plain JSON under /api/shared, no part of the contract
// above. An opening is one browser's: what it may ask for hangs on a cookie that the address alone does not give.

/** Opens a link. Only this counts: fetching the page, as preview bots do, shows nothing and uses up nothing. */
export const openingWish = z.object({ link: id, secret: z.string().min(16).max(200) })

/** Asks for something of a link that this browser has opened. */
export const sharedWish = z.object({ link: id, recording: id.optional(), export: id.optional() })
export const sharedRefusal = z.enum([
  'unknown',
  'waiting',
  'expired',
  'revoked',
  'used-up',
  'not-opened',
  'deleted',
  'bytes-lost',
  'stopped',
  'too-many',
])
export type SharedRefusal = z.infer<typeof sharedRefusal>

const told = z.object({
  title: z.string(),
  sentences: z.array(z.string()),
  lines: z.array(z.string()),
})

export const sharedContent = z.object({
  state: z.literal('open'),
  link: id,
  agency: z.string(),
  zone: z.string(),
  rehearsal: z.boolean(),
  caseNumber: z.string(),
  recipient: z.string(),
  purpose: z.string().describe('in words, where the policy of the agency has words for it'),
  until: instant.describe('of the link'),
  openUntil: instant.describe('of this opening'),
  openingsLeft: z.number().int(),
  logKey: z.string(),
  fingerprint: z.string(),
  exhibits: z.array(
    z.object({
      recording: id,
      reference: z.string(),
      sha256: z.string(),
      bytes: z.number().int(),
      recordedAt: instant.nullable(),
      receivedAt: instant,
      playing,
      history: z.array(told).describe('in the language that was asked in'),
    }),
  ),
})
export type SharedContent = z.infer<typeof sharedContent>

export const sharedView = z.object({ media: z.string(), until: instant })
export const sharedPackage = z.discriminatedUnion('state', [exportSealing, exportReady])
export type SharedPackage = z.infer<typeof sharedPackage>
