import { oc } from '@orpc/contract'
import * as z from 'zod'
import { instant, namedId } from './recordings.ts'
import { refusals } from './refusals.ts'

const id = namedId
const words = z.string().trim().min(1, 'write something').max(10_000)
/** A place in the footage: milliseconds from its beginning. */
const place = z.number().int().min(0)
const end = place.nullable().describe('null: a moment, or open')

/** How a marker looks: each sign has a colour and a shape of its own, so that nobody needs the colour. */
export const sign = z.enum(['red-triangle', 'amber-diamond', 'green-circle', 'blue-square', 'violet-star'])
export type Sign = z.infer<typeof sign>

/** What people write about a recording. A transcript is its lines: two people who write different lines never meet. */
export const workContent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('note'), words }),
  z.object({ kind: z.literal('marker'), from: place, until: end, sign, words: z.string().trim().max(500) }),
  z.object({ kind: z.literal('line'), from: place, until: end, speaker: z.string().trim().max(200), words }),
  z.object({
    kind: z.literal('incident'),
    reference: z.string().trim().min(1).max(200),
    words: z.string().trim().max(2000),
  }),
])
export type WorkContent = z.infer<typeof workContent>

/** What of an entry everybody needs, whatever it holds. `version` is what the next edit says it saw. */
const about = {
  id,
  version: z.number().int(),
  by: z.string().describe('who wrote the version that is shown'),
  at: instant,
  createdBy: z.string(),
  createdAt: instant,
  yours: z.boolean().describe('you wrote it first'),
}

export const workEntry = z.object({ ...about, content: workContent })
export type WorkEntry = z.infer<typeof workEntry>

/** `conflict`: somebody else wrote meanwhile. Nothing was changed; `theirs` is what stands, null where it was removed. */
const written = z.discriminatedUnion('state', [
  z.object({ state: z.literal('written'), entry: workEntry }),
  z.object({ state: z.literal('conflict'), theirs: workEntry.nullable(), yours: workContent }),
])

export const work = oc
  .route({ method: 'GET', path: '/recordings/{id}/work', summary: 'What was written about a recording' })
  .input(z.object({ id }))
  .output(
    z.object({
      entries: z.array(workEntry),
      mayWrite: z.boolean(),
      cases: z.array(z.object({ id, number: z.string(), title: z.string(), exhibit: z.number().int() })),
    }),
  )
  .errors(refusals)

export const writeWork = oc
  .route({
    method: 'POST',
    path: '/recordings/{id}/work',
    summary: 'Write a note, marker, line of the transcript or link to an incident; an edit names the version it saw',
  })
  .input(
    z.object({
      id,
      entry: id.optional().describe('absent: a new one'),
      saw: z.number().int().min(1).optional().describe('version that was edited; with `entry`'),
      content: workContent,
    }),
  )
  .output(written)
  .errors(refusals)

export const removeWork = oc
  .route({ method: 'POST', path: '/recordings/{id}/work/{entry}/removal', summary: 'Take something written away' })
  .input(z.object({ id, entry: id, saw: z.number().int().min(1) }))
  .output(
    z.discriminatedUnion('state', [
      z.object({ state: z.literal('removed') }),
      z.object({ state: z.literal('conflict'), theirs: workEntry.nullable() }),
    ]),
  )
  .errors(refusals)

export const workVersions = oc
  .route({
    method: 'GET',
    path: '/recordings/{id}/work/{entry}/versions',
    summary: 'Every version of it, newest first',
  })
  .input(z.object({ id, entry: id }))
  .output(
    z.array(
      z.object({
        version: z.number().int(),
        by: z.string(),
        at: instant,
        content: workContent.nullable().describe('null: removed'),
      }),
    ),
  )
  .errors(refusals)

export const incidents = oc
  .route({
    method: 'GET',
    path: '/recordings/{id}/incidents',
    summary: 'Other recordings on your list that are linked to the same incidents',
  })
  .input(z.object({ id }))
  .output(
    z.array(
      z.object({
        reference: z.string(),
        recordings: z.array(
          z.object({ id, camera: z.string().nullable(), recordedAt: instant.nullable(), receivedAt: instant }),
        ),
      }),
    ),
  )
  .errors(refusals)
