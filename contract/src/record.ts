import { oc } from '@orpc/contract'
import * as z from 'zod'
import { dayOrInstant, instant, namedId as id, reason } from './recordings.ts'
import { refusals } from './refusals.ts'
import { role } from './roles.ts'

const code = z.string().regex(/^[a-z0-9][a-z0-9_]{0,119}$/, 'a code of the policy: small letters, digits and _')
const name = z.string().trim().min(1).max(200)

export const verdict = z.enum(['must', 'may', 'must-not', 'must-stop'])

/** The value of the policy that says so: in which field it stands, and how strong it is. */
export const clause = z.object({
  field: z.string(),
  value: z.string(),
  flag: z.enum(['law', 'policy', 'seed', 'default']),
  source: z.string(),
})

const decided = {
  verdict,
  clause: clause.nullable().describe('null: no policy was in force'),
  policy: z.string().nullable().describe('digest of the policy that decided; null: none was in force'),
  startsItself: z.boolean(),
  reasonNeeded: z.boolean(),
  noticeNeeded: z.boolean(),
}

export const taskTypes = oc
  .route({
    method: 'GET',
    path: '/task-types',
    summary: 'The task types of the policy in force, each with the one verdict it comes to',
  })
  .output(z.array(z.object({ task: code, ...decided })))
  .errors(refusals)

/** Somebody who takes part: by the name that cameras know them by, by the camera they carry, or both. */
export const participant = z
  .strictObject({ wearer: name.nullable().default(null), camera: name.nullable().default(null) })
  .refine(one => one.wearer !== null || one.camera !== null, { error: 'name a wearer or a camera' })

const operationFields = {
  title: name,
  task: code,
  orderedBy: name.describe('who ordered it, such as a rank and a name'),
  unit: name.nullable(),
}

export const operation = z.object({
  id,
  ...operationFields,
  from: instant,
  until: instant,
  title: name.nullable().describe('null once its own time is over, as of who ordered it and who took part'),
  orderedBy: name.nullable(),
  policy: z.string().describe('digest of the policy in force when it was ordered'),
  verdict,
  clause: clause.nullable(),
  participants: z.array(
    z.object({
      wearer: z.string().nullable(),
      camera: z.string().nullable(),
      recording: id.nullable().describe('the first recording that covers them'),
    }),
  ),
})
export type OperationRow = z.infer<typeof operation>

/** From the beginning of a day to the end of one, where days are given. */
const period = {
  from: dayOrInstant.describe("of a day: its beginning, in the agency's time zone"),
  until: dayOrInstant.describe("of a day: its end, in the agency's time zone"),
}

export const orderOperation = oc
  .route({ method: 'POST', path: '/operations', summary: 'An operation: what is done, when, by whom, on whose order' })
  .input(
    z.strictObject({
      ...operationFields,
      ...period,
      unit: name.nullable().default(null),
      participants: z.array(participant).min(1).max(1000),
    }),
  )
  .output(operation)
  .errors(refusals)

export const operations = oc
  .route({ method: 'GET', path: '/operations', summary: 'Operations that touch a period, newest first' })
  .input(z.object(period))
  .output(z.array(operation))
  .errors(refusals)

export const triggerSource = z.enum(['dispatcher', 'wearer', 'commander', 'sensor', 'operation', 'schedule'])
const trigger = z.strictObject({ code, source: triggerSource, at: instant })
const zone = z.strictObject({ code, urgentDanger: z.boolean().optional(), decidedBy: role.optional() })
const stop = z.strictObject({ code, at: instant })
const stage = z.strictObject({
  reached: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]).describe('the last stage before'),
  wanted: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  imminentDanger: z.boolean().optional(),
})
const override = z.strictObject({
  by: role,
  reason,
  since: instant
    .optional()
    .describe('when it began, where it goes on from before; absent: at the moment of the report'),
  imminentDanger: z.boolean().optional(),
})
const notice = z.discriminatedUnion('how', [
  z.strictObject({ how: z.enum(['spoken', 'sign']), at: instant }),
  z.strictObject({ how: z.literal('not-possible'), reason }),
])

const reported = {
  at: instant.describe('when it was captured, or would have been'),
  running: z.boolean(),
  triggers: z.array(trigger).max(50),
  zones: z.array(zone).max(50),
  stops: z.array(stop).max(50),
  task: code.nullable(),
  stage: stage.nullable(),
  override: override.nullable(),
  notice: notice.nullable(),
  emergency: z.boolean(),
}

/** A code that decisions put on a capture; closed with the words for it. */
export const mark = z.string()

/** Who departs from the policy, and the second person who agreed where the policy wants one. */
const seconded = override.extend({ second: z.object({ name: z.string(), at: instant }).optional() })

export const situation = z.object({
  id,
  recording: id.nullable().describe('null until a recording that fits is docked'),
  operation: id.nullable(),
  wearer: z.string().nullable(),
  camera: z.string().nullable(),
  ...reported,
  override: seconded.nullable(),
  reportedAt: instant,
  reportedBy: z.string(),
  ...decided,
  marks: z.array(mark),
  reasonBy: instant.nullable().describe('until when the policy wants the reason; null: it sets no time'),
  overrideEnds: instant.nullable().describe('when the override is over by itself; null: it is none, or has no end'),
})
export type SituationRow = z.infer<typeof situation>

const situationReport = z.strictObject({
  recording: id.nullable().default(null).describe('null: whichever is docked later and fits'),
  operation: id.nullable().default(null),
  wearer: name.nullable().default(null),
  camera: name.nullable().default(null),
  at: reported.at,
  running: z.boolean().default(false).describe('whether the camera ran at that moment'),
  triggers: reported.triggers.default([]),
  zones: reported.zones.default([]),
  stops: reported.stops.default([]),
  task: reported.task.default(null),
  stage: reported.stage.default(null),
  override: reported.override.default(null),
  notice: reported.notice.default(null),
  emergency: z.boolean().default(false),
})
export type SituationReport = z.output<typeof situationReport>

export const reportSituation = oc
  .route({
    method: 'POST',
    path: '/situations',
    summary: 'What the camera or the dispatcher says of a capture; answers what the policy in force then says',
  })
  .input(situationReport)
  .output(
    situation.extend({
      approval: id.nullable().describe('the question to the second person whom the policy wants beside an override'),
    }),
  )
  .errors(refusals)

export const situations = oc
  .route({ method: 'GET', path: '/situations', summary: 'What was reported of a recording, oldest first' })
  .input(z.object({ recording: id }))
  .output(z.array(situation))
  .errors(refusals)

export const explainSituation = oc
  .route({
    method: 'POST',
    path: '/situations/{id}/reason',
    summary: 'The reason that was asked for afterwards, by whoever reported it',
  })
  .input(z.object({ id, reason }))
  .output(z.object({ state: z.literal('explained') }))
  .errors(refusals)

export const reviewKind = z.enum([
  'missing-recording',
  'no-notice',
  'override',
  'stage-skipped',
  'late-stop',
  'no-policy',
  'no-legal-basis',
  'forbidden',
  'to-be-explained',
  'late-reason',
])
export type ReviewKind = z.infer<typeof reviewKind>

export const review = z.object({
  id,
  kind: reviewKind,
  unit: z.string().nullable(),
  recording: id.nullable(),
  operation: id.nullable(),
  situation: id.nullable(),
  wearer: z.string().nullable(),
  camera: z.string().nullable(),
  reason: z.string().nullable().describe('what was given as a reason when it happened, or afterwards'),
  since: instant.describe('when what it is about happened'),
  openedAt: instant,
  closedAt: instant.nullable(),
  closedBy: z.string().nullable(),
  closedBecause: z.string().nullable(),
})
export type ReviewRow = z.infer<typeof review>

export const reviews = oc
  .route({ method: 'GET', path: '/reviews', summary: 'What a supervisor has to look at, newest first' })
  .input(
    z.object({
      state: z.enum(['open', 'closed', 'all']).default('open'),
      limit: z.coerce.number().int().min(1).max(1000).default(500),
    }),
  )
  .output(z.array(review))
  .errors(refusals)

export const closeReview = oc
  .route({
    method: 'POST',
    path: '/reviews/{id}/close',
    summary: 'Close a review with a reason; never one of your own',
  })
  .input(z.object({ id, reason }))
  .output(z.object({ state: z.literal('closed') }))
  .errors(refusals)

/** What a wearer should see to: a recording of theirs that is missing, or a capture whose reason is still asked for. */
export const ownReview = review
  .pick({ id: true, kind: true, operation: true, situation: true, camera: true, since: true, openedAt: true })
  .extend({
    task: z.string().nullable().describe('what was to be done'),
    explained: z.boolean().describe('a reason stands with it already'),
  })

export const ownReviews = oc
  .route({
    method: 'GET',
    path: '/reviews/own',
    summary: 'What is open about your own captures: missing recordings, and reasons that are asked for',
  })
  .output(z.array(ownReview))
  .errors(refusals)
