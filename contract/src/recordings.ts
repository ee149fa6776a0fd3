import { oc } from '@orpc/contract'
import { CaseEvent } from '@vidne/policies/retention'
import * as z from 'zod'
import { refusals } from './refusals.ts'

export const instant = z.iso.datetime({ offset: true })
/** A moment, or a day: the whole of it, in the agency's time zone. */
export const dayOrInstant = z.union([z.iso.date(), instant], {
  error: 'give a day, such as 2027-01-31, or a moment, such as 2027-01-31T12:00:00Z',
})
/** What somebody names: an id of a recording, upload, question or token, as a list shows it. */
export const namedId = z.uuid('this is no id; copy one from its list')
const id = namedId
export const reason = z.string().trim().min(3, 'say why, in at least three characters').max(2000)

/** A point in degrees of WGS 84. */
export const place = z.object({ latitude: z.number(), longitude: z.number() })

/** received → sealed → countersigned; then due → erasing → deleted (a tombstone). */
export const recordingState = z.enum(['received', 'sealed', 'countersigned', 'due', 'erasing', 'deleted'])

export const recording = z.object({
  id,
  sha256: z.string().nullable().describe('of the whole file; null once deleted'),
  bytes: z.number().int().nullable(),
  camera: z.string().nullable(),
  wearer: z.string().nullable(),
  path: z.string().nullable().describe('as it lay on the camera'),
  level: z.enum(['captured', 'gateway', 'received']),
  recordedAt: instant.nullable(),
  recordedAtSource: z.string().nullable().describe('whose word the time is'),
  receivedAt: instant,
  sealedAt: instant.nullable(),
  state: recordingState,
  rule: z.string().nullable().describe('the retention rule that decides'),
  deleteAfter: instant.nullable().describe('null while a hold or a review keeps it'),
  held: z.boolean(),
  parsable: z.boolean().nullable().describe('null: not read yet'),
  bytesLost: z.boolean().describe('stored bytes are gone for good, with a store that could not come back'),
  durationMs: z.number().int().nullable().describe('as the file says; null: not read, or it does not say'),
  unit: z.string().nullable().describe('whose camera it was then; null: of the agency as a whole'),
  categories: z.array(z.string()).describe('the rules that people put it under'),
  operation: z
    .object({ id, title: z.string() })
    .nullable()
    .describe('the shift or operation it was made in; the last begun'),
  place: place.nullable().describe('where the file says it was made'),
})
export type RecordingRow = z.infer<typeof recording>

/** What a list says of a recording in place of its bare id, where the reader's own list has it. */
export const aboutRecording = z.object({
  recordedAt: instant.nullable(),
  receivedAt: instant,
  camera: z.string().nullable(),
  wearer: z.string().nullable(),
})
export type AboutRecording = z.infer<typeof aboutRecording>

const fact = z.object({
  name: z.string(),
  value: z.unknown().describe('JSON with whole numbers only'),
  source: z.string().describe('the field of the file that says so'),
  parser: z.string().describe('the program that read it, with its version'),
})

export const facts = oc
  .route({
    method: 'GET',
    path: '/recordings/{id}/facts',
    summary: 'What the file of a recording says of itself: claims, never trusted',
  })
  .input(z.object({ id }))
  .output(z.object({ facts: z.array(fact).describe('empty until the file was read, and once it is deleted') }))
  .errors(refusals)

/** Why a person places a hold; closed. A camera's own mark is one too, which nobody places. */
export const holdKind = z.enum(['case', 'complaint', 'preservation', 'access', 'dispute'])
export type HoldKind = z.infer<typeof holdKind>

const day = z.iso.date("give a day of the agency's calendar, such as 2027-01-31")
const caseNumber = z.string().trim().min(1).max(200)

export const hold = oc
  .route({ method: 'POST', path: '/recordings/{id}/hold', summary: 'Stop the deletion of a recording at once' })
  .input(z.object({ id, reason, kind: holdKind.default('case'), review: day.optional() }))
  .output(
    z.object({
      state: z.literal('held'),
      hold: id,
      kind: holdKind,
      review: instant,
      duty: instant.nullable().describe('of a dispute: by when the other party is told and offered a copy'),
    }),
  )
  .errors(refusals)

export const release = oc
  .route({
    method: 'POST',
    path: '/recordings/{id}/release',
    summary: 'Ask for holds to be lifted; another person confirms',
  })
  .input(z.object({ id, reason }))
  .output(z.object({ state: z.literal('waiting'), approval: id, deadline: instant }))
  .errors(refusals)

export const deleteEarly = oc
  .route({
    method: 'POST',
    path: '/recordings/{id}/deletion',
    summary: 'Ask for a recording to go before its time; another person confirms',
  })
  .input(z.object({ id, reason }))
  .output(z.object({ state: z.literal('waiting'), approval: id, deadline: instant }))
  .errors(refusals)

const ruleName = z.string().trim().min(1).max(200)
const asked = z.object({ state: z.literal('waiting'), approval: id, deadline: instant })

export const downgrade = oc
  .route({
    method: 'POST',
    path: '/recordings/{id}/downgrade',
    summary: 'Ask for a category to be taken away, or put in place of another; another person confirms',
  })
  .input(z.object({ id, rule: ruleName, instead: ruleName.optional(), reason }))
  .output(asked)
  .errors(refusals)

export const decide = oc
  .route({
    method: 'POST',
    path: '/recordings/{id}/decision',
    summary: 'Where the policy lets people decide about a deletion: ask for it to go now, or to be kept for a case',
  })
  .input(
    z.discriminatedUnion('outcome', [
      z.object({ id, outcome: z.literal('delete'), reason }),
      z.object({
        id,
        outcome: z.literal('keep'),
        rule: ruleName.default('evidence'),
        case: caseNumber,
        offence: z.string().trim().min(1).max(500),
        reason,
      }),
    ]),
  )
  .output(asked)
  .errors(refusals)

export const noteCase = oc
  .route({
    method: 'POST',
    path: '/recordings/{id}/case-events',
    summary: 'Note what happened in the case of a recording; a minimum that is counted from the case ends by it',
  })
  .input(z.object({ id, event: CaseEvent, on: day, case: caseNumber.optional(), reason }))
  .output(
    z.object({
      state: z.literal('noted'),
      rule: z.string(),
      deleteAfter: instant.nullable(),
      reviewAt: instant.nullable(),
    }),
  )
  .errors(refusals)

export const categorise = oc
  .route({
    method: 'POST',
    path: '/recordings/{id}/categories',
    summary: 'Put a recording under a retention rule too; the longest of its rules decides',
  })
  .input(
    z.object({
      id,
      rule: ruleName,
      basis: reason,
      case: caseNumber.optional().describe('case number; where people decide about deletions, nothing is kept without'),
      offence: z.string().trim().min(1).max(500).optional(),
    }),
  )
  .output(
    z.object({
      state: z.enum(['categorised', 'had-it']),
      rule: z.string().describe('the rule that decides now'),
      direction: z.enum(['max', 'min', 'review']),
      deleteAfter: instant.nullable().describe('null: a person decides at its end'),
      reviewAt: instant.nullable(),
    }),
  )
  .errors(refusals)

export const exportSealing = z.object({
  state: z.literal('sealing'),
  export: id,
  until: instant.describe('when the next public checkpoint is due'),
})
export const exportReady = z.object({
  state: z.literal('ready'),
  export: id,
  download: z.string(),
  bytes: z.number().int(),
  checkpoint: z.enum(['public', 'private']),
})

export const exportState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting'), approval: id, deadline: instant }),
  exportSealing,
  exportReady,
])

export const askExport = oc
  .route({ method: 'POST', path: '/recordings/{id}/exports', summary: 'Export a recording as a package' })
  .input(
    z.object({
      id,
      purpose: reason,
      case: z.string().trim().min(1).max(200).optional(),
      to: z.string().trim().min(1).max(200).optional(),
      wait: z.boolean().optional().describe('for the next public checkpoint; absent: only when somebody countersigns'),
    }),
  )
  .output(exportState)
  .errors(refusals)

export const findExport = oc
  .route({ method: 'GET', path: '/exports/{id}', summary: 'How far an export is' })
  .input(z.object({ id }))
  .output(exportState)
  .errors(refusals)

export const statement = oc
  .route({ method: 'POST', path: '/recordings/{id}/statement', summary: 'The statement of a committed deletion' })
  .input(
    z.object({
      id,
      names: z.boolean().optional().describe("with the names of the agency's own people; for the agency alone"),
    }),
  )
  .output(exportState)
  .errors(refusals)
