import { oc } from '@orpc/contract'
import * as z from 'zod'
import { dayOrInstant, instant, namedId as id, place, recording, recordingState } from './recordings.ts'
import { refusals } from './refusals.ts'

const text = z.string().trim().min(1).max(200)
const flag = z.enum(['true', 'false']).transform(word => word === 'true')
const AREA = /^(-?\d{1,3}(?:\.\d{1,7})?),(-?\d{1,3}(?:\.\d{1,7})?),(-?\d{1,3}(?:\.\d{1,7})?),(-?\d{1,3}(?:\.\d{1,7})?)$/

/** What a list can be narrowed to. A day is the whole of it in the agency's time zone. */
export const listingFilter = z.object({
  from: dayOrInstant.optional().describe('recorded then or later; by when it was received, where no clock says'),
  until: dayOrInstant.optional().describe('recorded then or before; of a day: through its end'),
  camera: text.optional(),
  wearer: text.optional(),
  unit: id.optional().describe('whose cameras they were when they recorded'),
  category: text.optional().describe('a retention rule: the one that decides, or one that somebody put it under'),
  state: z
    .enum([...recordingState.options, 'present'])
    .optional()
    .describe('present: everything that is not deleted'),
  held: flag.optional(),
  daysLeft: z.coerce.number().int().min(0).max(36_500).optional().describe('goes by itself within so many days'),
  without: z
    .enum(['camera', 'wearer', 'operation', 'any'])
    .optional()
    .describe('orphans: of which it is not known; any: one of the three at least'),
  area: z.string().regex(AREA, 'give south,west,north,east in degrees').optional().describe('south,west,north,east'),
  search: text
    .optional()
    .describe('words of what people wrote and of the file’s names, by their stems; each has to be found'),
})
export type ListingFilter = z.output<typeof listingFilter>

/** `goes`: soonest first, and only what goes by itself. The others: newest first. */
export const listingSort = z.enum(['received', 'recorded', 'goes'])
export type ListingSort = z.infer<typeof listingSort>

export const list = oc
  .route({ method: 'GET', path: '/recordings', summary: 'The recordings you may see, page by page' })
  .input(
    listingFilter.extend({
      sort: listingSort.default('received'),
      limit: z.coerce.number().int().min(1).max(1000).default(500),
      after: z.string().optional().describe('where the page before ended'),
    }),
  )
  .output(z.object({ recordings: z.array(recording), after: z.string().nullable() }))
  .errors(refusals)

const counted = z.array(z.object({ value: z.string(), count: z.number().int() }))

export const counts = oc
  .route({ method: 'GET', path: '/listing/counts', summary: 'How many there are, by what they can be narrowed to' })
  .input(listingFilter)
  .output(
    z.object({
      total: z.number().int(),
      more: z.boolean().describe('there are more than that'),
      newest: z
        .boolean()
        .describe('the numbers below are those of the newest 10 000 that match: there are at least as many'),
      cameras: counted.describe('most first, fifty at most; so are the others'),
      wearers: counted,
      categories: counted,
      days: z
        .array(z.object({ day: z.iso.date(), count: z.number().int() }))
        .describe('in the agency’s time zone, newest first'),
    }),
  )
  .errors(refusals)

export const ids = oc
  .route({ method: 'GET', path: '/listing/ids', summary: 'The ids of all that match, for acts on many' })
  .input(listingFilter)
  .output(z.object({ ids: z.array(id), more: z.boolean().describe('there are more than were named') }))
  .errors(refusals)

const span = z.object({ from: instant, until: instant })

export const timeline = oc
  .route({
    method: 'GET',
    path: '/listing/timeline',
    summary: 'A day of a wearer or a camera: what was recorded, and the gaps',
  })
  .input(z.object({ day: z.iso.date(), wearer: text.optional(), camera: text.optional() }))
  .output(
    z.object({
      zone: z.string(),
      from: instant,
      until: instant,
      spans: z.array(
        span.extend({
          recording: id,
          exact: z.boolean().describe('false: how long it is, is not known'),
          camera: z.string().nullable(),
          wearer: z.string().nullable(),
          held: z.boolean(),
        }),
      ),
      duties: z
        .array(span.extend({ operation: id, title: z.string() }))
        .describe('the shifts and operations of that day'),
      gaps: z.array(span).describe('within a duty where there is one, else between the first and the last recording'),
    }),
  )
  .errors(refusals)

export const map = oc
  .route({
    method: 'GET',
    path: '/listing/map',
    summary: 'The pictures that the map is drawn on, where the operator has any',
  })
  .output(
    z.object({
      tiles: z
        .object({
          path: z.string().describe('with {z}, {x} and {y}, on this installation'),
          from: z.number().int(),
          to: z.number().int(),
          attribution: z.string().nullable(),
        })
        .nullable(),
    }),
  )
  .errors(refusals)

export const places = oc
  .route({
    method: 'GET',
    path: '/listing/places',
    summary: 'Where the recordings that match were made, by their files',
  })
  .input(listingFilter)
  .output(
    z.object({
      places: z.array(
        place.extend({ recording: id, at: instant, camera: z.string().nullable(), wearer: z.string().nullable() }),
      ),
      tracks: z
        .array(z.object({ recording: id, metres: z.number().int(), points: z.array(place) }))
        .describe('ways of the cameras of the newest hundred that have one, each by at most sixty points'),
      more: z.boolean().describe('there are more: the newest are here'),
    }),
  )
  .errors(refusals)
