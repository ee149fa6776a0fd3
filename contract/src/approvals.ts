import { oc } from '@orpc/contract'
import * as z from 'zod'
import { aboutRecording, instant, namedId, reason } from './recordings.ts'
import { change } from './policy.ts'
import { refusals } from './refusals.ts'

/** What may wait for a second person; closed. */
export const approvalKind = z.enum([
  'hold-release',
  'export',
  'early-deletion',
  'brake',
  'clock',
  'take-in-again',
  'policy-publication',
  'complaint-release',
  'category-downgrade',
  'deletion-decision',
  'view',
  'share',
  'override',
])
export type ApprovalKind = z.infer<typeof approvalKind>

/** What happens when nobody confirms before the deadline. Never the thing that was asked for. */
export const withoutAnswer = z.enum([
  'hold-stays',
  'category-stays',
  'nothing-leaves',
  'ordinary-deadline-stays',
  'nothing-is-deleted',
  'not-taken-in',
  'policy-stays',
  'nobody-looks',
  'rule-stays',
])
export type WithoutAnswer = z.infer<typeof withoutAnswer>

/** Whether the one who asks for the list may confirm the question, and why not. */
export const standing = z.enum(['may-confirm', 'asked-by-you', 'confirmed-by-you', 'not-your-role'])

const words = z.string().nullable()

/** What a decision about a deletion may come to; closed. */
export const decisionOutcome = z.enum(['delete', 'keep'])

export const question = z.object({
  id: z.uuid(),
  kind: approvalKind,
  subject: z
    .string()
    .nullable()
    .describe(
      'the recording, for take-in-again the upload, for share the link, for override the report; null: the agency as a whole',
    ),
  about: aboutRecording
    .nullable()
    .describe('of the recording that it is about; null: about none, or one that is not on your list'),
  askedBy: z.string().describe('a name, or "installation"'),
  askedAt: instant,
  deadline: instant,
  withoutAnswer,
  reason: words,
  purpose: words.describe('of an export'),
  case: words,
  recipient: words.describe('of an export; null: it stays within the agency'),
  outcome: decisionOutcome.nullable().describe('of a decision about a deletion'),
  rule: words.describe('the category to be taken away, or the rule that a decision keeps it under'),
  instead: words.describe('the category to be put in its place'),
  offence: words.describe('of a decision to keep'),
  left: z.number().int().describe('persons who must still confirm'),
  confirmedBy: z.array(z.string()),
  listed: z
    .object({ items: z.number().int(), recordings: z.array(z.uuid()) })
    .nullable()
    .describe('what the brake held back, or a link would show; null for every other kind'),
  publication: z
    .object({
      unit: z.string().nullable().describe('null: of the agency as a whole'),
      since: instant.nullable().describe('null: as soon as it is confirmed'),
      digest: z.string().nullable().describe('null: it cannot be published any more, since another one was meanwhile'),
      changes: z.array(change),
    })
    .nullable()
    .describe('what a version of the policy would change, in words; null for every other kind'),
  you: standing,
})
export type QuestionRow = z.infer<typeof question>

export const approvals = oc
  .route({ method: 'GET', path: '/approvals', summary: 'What waits for a second person, oldest first' })
  .output(z.array(question))
  .errors(refusals)

export const approve = oc
  .route({ method: 'POST', path: '/approvals/{id}/approve', summary: 'Confirm what another person asked for' })
  .input(z.object({ id: namedId }))
  .output(
    z.object({
      state: z.enum(['done', 'waiting']),
      kind: approvalKind,
      subject: z.string().nullable(),
      left: z.number().int().describe('persons who must still confirm'),
    }),
  )
  .errors(refusals)

const ended = { kind: approvalKind, subject: z.string().nullable() }

export const decline = oc
  .route({
    method: 'POST',
    path: '/approvals/{id}/decline',
    summary: 'Say no, with a reason, to what another person asked for; whoever may confirm may',
  })
  .input(z.object({ id: namedId, reason }))
  .output(z.object({ state: z.literal('declined'), ...ended }))
  .errors(refusals)

export const withdraw = oc
  .route({ method: 'POST', path: '/approvals/{id}/withdraw', summary: 'Take back what one asked for oneself' })
  .input(z.object({ id: namedId }))
  .output(z.object({ state: z.literal('withdrawn'), ...ended }))
  .errors(refusals)

export const answered = oc
  .route({
    method: 'GET',
    path: '/approvals/answered',
    summary: 'What became of your own questions in the last seven days, newest first',
  })
  .output(
    z.array(
      z.object({
        id: z.uuid(),
        kind: approvalKind,
        subject: z.string().nullable(),
        state: z.enum(['done', 'refused', 'lapsed', 'declined', 'withdrawn']),
        askedAt: instant,
        endedAt: instant,
        by: z.string().nullable().describe('who answered; null: nobody did'),
        reason: words.describe('why it was declined'),
        because: words.describe('why what was confirmed could not be done any more, in a sentence'),
      }),
    ),
  )
  .errors(refusals)
