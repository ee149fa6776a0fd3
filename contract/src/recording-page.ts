import { oc } from '@orpc/contract'
import * as z from 'zod'
import { instant, namedId as id, place, recording } from './recordings.ts'
import { refusals } from './refusals.ts'

// What the page of one recording shows. Sentences are in the language of whoever asks (accept-language).

/** What somebody has to say before he looks; empty where the policy opens nothing to him. */
const purpose = z.object({
  purpose: z.string(),
  words: z.string(),
  needsCase: z.boolean(),
  needsOwnReport: z.boolean().describe('he has written his own account before'),
  needsSecond: z.boolean().describe('as things stand: another person agrees first'),
})

/** How a recording comes to the screen of a page. */
export const playing = z.object({
  kind: z.enum(['video', 'audio']).nullable(),
  container: z.string().nullable(),
  videoCodec: z.string().nullable(),
  audioCodec: z.string().nullable(),
  durationMs: z.number().int().nullable(),
  segments: z.boolean().describe('it can be put into segments without decoding it: play.m3u8'),
  copy: z.boolean().describe('a viewing copy can be made here: copy.mp4'),
  strip: z
    .object({ columns: z.number().int(), rows: z.number().int(), everyMs: z.number().int() })
    .nullable()
    .describe('how the pictures of strip.jpg lie'),
})

/** Why the policy opens a recording to somebody for nothing. */
const closed = z.enum([
  'not-allowed',
  'deleted',
  'bytes-lost',
  'no-rule',
  'unknown-purpose',
  'not-your-purpose',
  'no-case',
  'no-incident',
  'no-own-report',
])

/** What the list has beside it for narrowing; the page tells it elsewhere. */
const listed = recording.omit({ durationMs: true, unit: true, categories: true, operation: true, place: true })

/** A recording with what the page needs to begin. */
export const find = oc
  .route({ method: 'GET', path: '/recordings/{id}', summary: 'One recording, and what it takes to look at it' })
  .input(z.object({ id }))
  .output(
    z.object({
      recording: listed,
      zone: z.string().describe("the agency's time zone"),
      reviewAt: instant.nullable().describe('when a person decides again'),
      viewing: z.object({ purposes: z.array(purpose), refused: closed.nullable() }),
      playing,
    }),
  )
  .errors(refusals)

const told = z.object({
  seq: z.number().int(),
  type: z.string(),
  at: instant,
  state: z.enum(['received', 'sealed', 'countersigned']),
  index: z.number().int().nullable().describe('its place in the log'),
  title: z.string(),
  sentences: z.array(z.string()),
  lines: z.array(z.string()),
})

const viewer = z.object({
  view: z.string(),
  name: z.string(),
  roles: z.array(z.string()).describe('in words'),
  at: instant,
  until: instant,
  purpose: z.string().nullable().describe('in words; null where you may not read purposes'),
  case: z.string().nullable(),
  whole: z.boolean().describe('all of it, and not only some bytes'),
})

/** Where the camera went, as the file says. */
const track = z.object({
  from: instant.nullable().describe('by the satellites'),
  until: instant.nullable().describe('by the satellites'),
  metres: z.number().int(),
  points: z.array(place.extend({ ms: z.number().int().describe("in the file's own time") })),
  source: z.string(),
  parser: z.string(),
})

/** What is known of a recording and what happened to it, in plain words. */
export const account = oc
  .route({ method: 'GET', path: '/recordings/{id}/account', summary: 'Facts, history and deadline in plain words' })
  .input(z.object({ id }))
  .output(
    z.object({
      facts: z.array(
        z.object({
          label: z.string(),
          claims: z.array(z.object({ value: z.string(), source: z.string().nullable() })),
        }),
      ),
      standing: z.array(z.string()).describe('when it goes, by which rule, and what stops that'),
      events: z.array(told),
      viewers: z.array(viewer).describe('who has looked at it, newest first'),
      track: track.nullable(),
    }),
  )
  .errors(refusals)

/** By what somebody knows of a recording: his role, his unit, as the one who wore the camera, or what he was granted. */
const way = z.enum(['role', 'unit', 'own', 'granted'])

const knower = z.object({
  name: z.string(),
  roles: z.array(z.string()).describe('in words'),
  ways: z.array(way),
  looks: z.boolean().describe('the policy also opens the footage to him, for some purpose'),
  until: instant.nullable().describe('when what he was granted ends'),
  reason: z.string().nullable().describe('what it was granted for; null where you may not read reasons'),
})

/** Who may know of a recording, by what, and what the policy says of looking at it. */
export const access = oc
  .route({ method: 'GET', path: '/recordings/{id}/access', summary: 'Who may see a recording, and why' })
  .input(z.object({ id }))
  .output(
    z.object({
      you: z.array(way),
      people: z.array(knower),
      more: z.number().int().describe('persons of the agency who were not looked at'),
      rules: z
        .array(
          z.object({
            words: z.string(),
            roles: z.array(z.string()).describe('in words'),
            never: z.boolean(),
            source: z.string(),
          }),
        )
        .describe("the policy's rules about looking"),
    }),
  )
  .errors(refusals)
