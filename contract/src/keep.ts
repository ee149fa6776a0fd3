import { oc } from '@orpc/contract'
import * as z from 'zod'
import { aboutRecording, dayOrInstant, instant } from './recordings.ts'
import { refusals } from './refusals.ts'

const dueItem = z.object({
  recording: z.uuid(),
  rule: z.string(),
  direction: z.enum(['max', 'min', 'review']),
  deleteAfter: instant,
  anchor: instant,
  anchorSource: z.string(),
})

/** What keeps an item from going by itself, or wants a person first; closed. */
export const blockedBecause = z.enum(['held', 'under-review', 'decision-awaited', 'brake', 'clock', 'unfinished'])
export type BlockedBecause = z.infer<typeof blockedBecause>

const blockedItem = z.object({
  recording: z.uuid(),
  about: aboutRecording,
  rule: z.string(),
  deleteAfter: instant.nullable().describe('when its rule would let it go; null: never by itself'),
  because: blockedBecause,
  until: instant.nullable().describe('the review, or the day on which it goes without a decision'),
})

export const due = oc
  .route({ method: 'GET', path: '/due', summary: 'What falls due by a date, by rule; changes nothing' })
  .input(z.object({ by: dayOrInstant.describe("of a day: its end, in the agency's time zone") }))
  .output(
    z.object({
      by: instant,
      rules: z.array(z.object({ rule: z.string(), items: z.number().int() })),
      items: z.array(dueItem),
      stop: z
        .object({ code: z.string(), sentence: z.string() })
        .nullable()
        .describe(
          'why nothing at all would go just now, in the language asked for; null: nothing is in the way of all',
        ),
      blocked: z.array(blockedItem).describe('held and under review: not among the items; the others are'),
    }),
  )
  .errors(refusals)

export const runReport = z.object({
  state: z.enum(['done', 'stopped', 'waiting']),
  because: z.string().nullable().describe('why the run stopped, and what to do'),
  approval: z.uuid().nullable(),
  deleted: z.array(z.object({ recording: z.uuid(), rule: z.string() })),
  unfinished: z.array(z.object({ recording: z.uuid(), state: z.string() })),
})

export const run = oc
  .route({ method: 'POST', path: '/runs', summary: 'The nightly run, now' })
  .input(z.object({ what: z.literal('nightly') }))
  .output(runReport)
  .errors(refusals)

/** What a sweep can find; closed. */
export const sweepCode = z.enum([
  'recording-without-deadline',
  'deadline-without-recording',
  'key-missing',
  'key-after-deletion',
  'object-missing',
  'object-after-deletion',
  'object-unknown',
  'event-not-in-log',
])

export type SweepCode = z.infer<typeof sweepCode>

export const sweep = oc
  .route({
    method: 'POST',
    path: '/sweeps',
    summary: 'Compare objects, database, vault and log; reports and changes nothing',
  })
  .output(
    z.object({
      state: z.enum(['sound', 'differs']),
      counts: z.array(z.object({ code: sweepCode, items: z.number().int() })),
      findings: z
        .array(z.object({ code: sweepCode, name: z.string() }))
        .describe('the first of each kind; `name` is an id or an object name'),
    }),
  )
  .errors(refusals)

export const setClock = oc
  .route({ method: 'POST', path: '/clock', summary: 'Set the clock of a rehearsal installation' })
  .input(z.object({ instant }))
  .output(z.object({ now: instant }))
  .errors(refusals)

/** How a run ended: all done, held back for two persons by the brake, stopped, or stopped for its clock, and let go on by it. */
export const runOutcome = z.enum(['done', 'waiting', 'stopped', 'clock-stopped', 'clock-confirmed'])

export const runs = oc
  .route({ method: 'GET', path: '/runs', summary: 'How the nightly runs of the last days ended, newest first' })
  .input(z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) }))
  .output(
    z.object({
      runs: z.array(
        z.object({
          id: z.uuid(),
          at: instant,
          outcome: runOutcome,
          approval: z.uuid().nullable().describe('the question that two persons answer'),
          deleted: z.number().int(),
          unfinished: z.number().int(),
        }),
      ),
      completedAt: instant.describe(
        'when the last one ended that did all it should; before the first, when the policy began',
      ),
      halted: z.boolean().describe('the newest was stopped, or waits for two persons'),
    }),
  )
  .errors(refusals)

export const deletions = oc
  .route({
    method: 'GET',
    path: '/deletions',
    summary: 'What was deleted of what you could see, newest first; each has its statement',
  })
  .input(
    z.object({ limit: z.coerce.number().int().min(1).max(500).default(100), after: z.string().max(100).optional() }),
  )
  .output(
    z.object({
      deletions: z.array(z.object({ recording: z.uuid(), rule: z.string(), deletedAt: instant })),
      after: z.string().nullable().describe('where the next page begins; null: there is none'),
    }),
  )
  .errors(refusals)
