import { oc } from '@orpc/contract'
import * as z from 'zod'
import { dayOrInstant, exportReady, exportSealing, instant, namedId, reason } from './recordings.ts'
import { refusals } from './refusals.ts'

const id = namedId
const version = z.number().int().min(1)
const caseNumber = z.string().trim().min(1, 'give the case number').max(200)
const title = z.string().trim().min(1, 'say in a few words what it is about').max(300)
const summary = z.string().trim().max(10_000)

export const caseState = z.enum(['open', 'closed'])

/** What somebody does in a case. The first three are of the agency; who reads changes nothing. */
export const duty = z.enum(['lead', 'investigates', 'reads', 'prosecutor', 'defence'])
export type Duty = z.infer<typeof duty>

/** When the texts of a closed case go by rule, and how many exhibits keep them until their footage is gone. Null while it is open. */
const goes = z.object({ at: instant, footage: z.number().int() }).nullable()

const caseRow = z.object({
  id,
  number: z.string(),
  title: z.string(),
  state: caseState,
  exhibits: z.number().int().describe('that stand now'),
  people: z.number().int(),
  tasksLeft: z.number().int().nullable().describe('null: not yours to see'),
  changedAt: instant,
  goes,
})
export type CaseRow = z.infer<typeof caseRow>

export const cases = oc
  .route({ method: 'GET', path: '/cases', summary: 'The cases you may see, those changed last first' })
  .input(
    z.object({
      state: z.enum(['open', 'closed', 'all']).default('open'),
      text: z.string().trim().max(200).optional().describe('part of number or title'),
      limit: z.coerce.number().int().min(1).max(200).default(50),
      after: z.string().max(100).optional(),
    }),
  )
  .output(z.object({ cases: z.array(caseRow), after: z.string().nullable(), mayOpen: z.boolean() }))
  .errors(refusals)

export const openCase = oc
  .route({ method: 'POST', path: '/cases', summary: 'Open a case' })
  .input(z.object({ number: caseNumber, title }))
  .output(z.object({ id, version }))
  .errors(refusals)

const person = z.object({
  person: id,
  name: z.string(),
  duty,
  until: instant,
  over: z.boolean().describe('the time is over; nothing is shown any more'),
})

/** The recording of an exhibit as far as you may know of it. */
const exhibitFootage = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('there'),
    recording: id,
    sha256: z.string(),
    bytes: z.number().int(),
    camera: z.string().nullable(),
    wearer: z.string().nullable(),
    recordedAt: instant.nullable(),
    receivedAt: instant,
    deleteAfter: instant.nullable(),
    held: z.boolean(),
  }),
  z.object({ state: z.literal('not-on-your-list') }),
  z.object({
    state: z.literal('deleted'),
    at: instant,
    recording: id.nullable().describe('null: its tombstone is erased'),
  }),
])

const exhibit = z.object({
  id,
  number: z.number().int(),
  reference: z.string().describe('how people call it, such as KB/1'),
  title: z.string(),
  from: z.number().int().nullable().describe('milliseconds into the footage; null: all of it'),
  until: z.number().int().nullable(),
  version,
  footage: exhibitFootage,
})
export type Exhibit = z.infer<typeof exhibit>

/** A note or a task of a case. */
export const caseEntryContent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('note'), words: z.string().trim().min(1, 'write something').max(10_000) }),
  z.object({ kind: z.literal('task'), words: z.string().trim().min(1, 'write something').max(500), done: z.boolean() }),
])
export type CaseEntryContent = z.infer<typeof caseEntryContent>

const caseEntry = z.object({
  id,
  version,
  by: z.string(),
  at: instant,
  createdBy: z.string(),
  createdAt: instant,
  content: caseEntryContent,
})
export type CaseEntry = z.infer<typeof caseEntry>

const header = z.object({ number: caseNumber, title, summary })
export type CaseHeader = z.infer<typeof header>

export const wholeCase = z.object({
  id,
  ...header.shape,
  state: caseState,
  version,
  openedBy: z.string(),
  openedAt: instant,
  changedBy: z.string(),
  changedAt: instant,
  people: z.array(person),
  exhibits: z.array(exhibit),
  entries: z.array(caseEntry).nullable().describe('null: notes and tasks are not yours to see'),
  goes,
  without: z.number().int().describe('permissions that people of the case lack for its recordings'),
  may: z.object({
    write: z.boolean(),
    people: z.boolean().describe('let people see the recordings'),
    give: z.boolean().describe('give footage to somebody outside'),
  }),
})
export type WholeCase = z.infer<typeof wholeCase>

export const showCase = oc
  .route({ method: 'GET', path: '/cases/{id}', summary: 'One case' })
  .input(z.object({ id }))
  .output(wholeCase)
  .errors(refusals)

export const changeCase = oc
  .route({
    method: 'POST',
    path: '/cases/{id}/changes',
    summary: 'Change number, title or summary; names the version it saw',
  })
  .input(z.object({ id, saw: version, ...header.shape }))
  .output(
    z.discriminatedUnion('state', [
      z.object({ state: z.literal('written'), version }),
      z.object({
        state: z.literal('conflict'),
        theirs: header.extend({ version, by: z.string(), at: instant }),
        yours: header,
      }),
    ]),
  )
  .errors(refusals)

export const closeCase = oc
  .route({
    method: 'POST',
    path: '/cases/{id}/state',
    summary: 'Close a case, which ends what its people were let to see, or open it again',
  })
  .input(z.object({ id, state: caseState, reason }))
  .output(z.object({ state: caseState, version }))
  .errors(refusals)

export const addCasePerson = oc
  .route({ method: 'POST', path: '/cases/{id}/people', summary: 'Put somebody on a case, or change duty and time' })
  .input(
    z.object({
      id,
      person: z.string().trim().min(1).max(200).describe('by name'),
      duty,
      until: dayOrInstant.describe("of a day: its end, in the agency's time zone"),
    }),
  )
  .output(z.object({ person: id, until: instant, granted: z.number().int().describe('recordings they may see now') }))
  .errors(refusals)

export const removeCasePerson = oc
  .route({ method: 'POST', path: '/cases/{id}/people/{person}/removal', summary: 'Take somebody off a case, at once' })
  .input(z.object({ id, person: id, reason }))
  .output(z.object({ state: z.literal('removed'), revoked: z.number().int() }))
  .errors(refusals)

export const grantCase = oc
  .route({ method: 'POST', path: '/cases/{id}/access', summary: 'Let the people of a case see all of its recordings' })
  .input(z.object({ id }))
  .output(z.object({ granted: z.number().int() }))
  .errors(refusals)

const place = z.number().int().min(0)
const reference = z.string().trim().min(1).max(60)

export const addExhibit = oc
  .route({ method: 'POST', path: '/cases/{id}/exhibits', summary: 'Make a recording, or a stretch of it, an exhibit' })
  .input(
    z.object({
      id,
      recording: id,
      reference: reference.optional().describe('absent: case number and number of the exhibit'),
      title: z.string().trim().max(300).default(''),
      from: place.optional(),
      until: place.optional(),
    }),
  )
  .output(z.object({ exhibit: id, number: z.number().int(), reference: z.string(), granted: z.number().int() }))
  .errors(refusals)

export const changeExhibit = oc
  .route({ method: 'POST', path: '/cases/{id}/exhibits/{exhibit}/changes', summary: 'Change reference or title' })
  .input(z.object({ id, exhibit: id, saw: version, reference, title: z.string().trim().max(300) }))
  .output(
    z.discriminatedUnion('state', [
      z.object({ state: z.literal('written'), version }),
      z.object({
        state: z.literal('conflict'),
        theirs: z.object({ reference: z.string(), title: z.string(), version }).nullable(),
        yours: z.object({ reference: z.string(), title: z.string() }),
      }),
    ]),
  )
  .errors(refusals)

export const removeExhibit = oc
  .route({
    method: 'POST',
    path: '/cases/{id}/exhibits/{exhibit}/removal',
    summary: 'Take an exhibit out; its number stays empty',
  })
  .input(z.object({ id, exhibit: id, reason }))
  .output(z.object({ state: z.literal('removed'), revoked: z.number().int() }))
  .errors(refusals)

export const writeCase = oc
  .route({
    method: 'POST',
    path: '/cases/{id}/entries',
    summary: 'Write a note or task; an edit names the version it saw',
  })
  .input(z.object({ id, entry: id.optional(), saw: version.optional(), content: caseEntryContent }))
  .output(
    z.discriminatedUnion('state', [
      z.object({ state: z.literal('written'), entry: caseEntry }),
      z.object({ state: z.literal('conflict'), theirs: caseEntry.nullable(), yours: caseEntryContent }),
    ]),
  )
  .errors(refusals)

export const removeCaseEntry = oc
  .route({ method: 'POST', path: '/cases/{id}/entries/{entry}/removal', summary: 'Take a note or task away' })
  .input(z.object({ id, entry: id, saw: version }))
  .output(
    z.discriminatedUnion('state', [
      z.object({ state: z.literal('removed') }),
      z.object({ state: z.literal('conflict'), theirs: caseEntry.nullable() }),
    ]),
  )
  .errors(refusals)

/** What is printed on an exhibit: enough to find the recording, and to see whether a copy is it. */
export const label = z.object({
  number: z.number().int(),
  reference: z.string(),
  title: z.string(),
  caseNumber: z.string(),
  agency: z.string(),
  recording: id,
  sha256: z.string(),
  bytes: z.number().int(),
  from: z.number().int().nullable(),
  until: z.number().int().nullable(),
  recordedAt: instant.nullable(),
  recordedAtSource: z.string().nullable().describe('whose word the time is'),
  receivedAt: instant,
  sealedAt: instant.nullable(),
  officer: z.string().nullable().describe('who wore the camera'),
  camera: z.string().nullable(),
  receipt: z
    .object({ origin: z.string(), index: z.number().int() })
    .nullable()
    .describe('where the dock receipt lies in the log; null: not sealed yet'),
  qr: z.object({
    text: z.string().describe('VIDNE/1, id, SHA-256 and place in the log, one a line'),
    size: z.number().int().describe('modules on a side, quiet zone included'),
    path: z.string().describe('of an SVG, one unit a module'),
  }),
})
export type Label = z.infer<typeof label>

export const caseLabels = oc
  .route({
    method: 'GET',
    path: '/cases/{id}/labels',
    summary: 'Labels of the exhibits that you may see, to be printed',
  })
  .input(z.object({ id }))
  .output(z.array(label))
  .errors(refusals)

export const casePackage = oc
  .route({
    method: 'POST',
    path: '/cases/{id}/package',
    summary:
      'Every exhibit as a package of its own in one ZIP with an index; wanted from an export is wanted from each',
  })
  .input(
    z.object({
      id,
      purpose: reason,
      to: z.string().trim().min(1).max(200).optional().describe('to whom outside; absent: it stays within the agency'),
      wait: z.boolean().optional(),
    }),
  )
  .output(
    z.discriminatedUnion('state', [
      z.object({
        state: z.literal('waiting'),
        approvals: z.array(id).describe('one for each recording'),
        deadline: instant,
      }),
      exportSealing,
      exportReady,
    ]),
  )
  .errors(refusals)
