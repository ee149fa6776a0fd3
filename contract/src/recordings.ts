import { oc } from '@orpc/contract'
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
})
export type RecordingRow = z.infer<typeof recording>

export const list = oc
  .route({ method: 'GET', path: '/recordings', summary: 'The recordings you may see, newest first' })
  .input(z.object({ limit: z.coerce.number().int().min(1).max(1000).default(500), after: z.string().optional() }))
  .output(z.object({ recordings: z.array(recording), after: z.string().nullable() }))
  .errors(refusals)

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

export const hold = oc
  .route({ method: 'POST', path: '/recordings/{id}/hold', summary: 'Stop the deletion of a recording at once' })
  .input(
    z.object({ id, reason, review: z.iso.date("give a day of the agency's calendar, such as 2027-01-31").optional() }),
  )
  .output(z.object({ state: z.literal('held'), hold: id, review: instant }))
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

export const categorise = oc
  .route({
    method: 'POST',
    path: '/recordings/{id}/categories',
    summary: 'Put a recording under a retention rule too; the longest of its rules decides',
  })
  .input(z.object({ id, rule: z.string().trim().min(1).max(200), basis: reason }))
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

export const exportState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting'), approval: id, deadline: instant }),
  z.object({
    state: z.literal('sealing'),
    export: id,
    until: instant.describe('when the next public checkpoint is due'),
  }),
  z.object({
    state: z.literal('ready'),
    export: id,
    download: z.string(),
    bytes: z.number().int(),
    checkpoint: z.enum(['public', 'private']),
  }),
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
  .input(z.object({ id }))
  .output(exportState)
  .errors(refusals)
