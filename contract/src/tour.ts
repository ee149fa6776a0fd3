import { oc } from '@orpc/contract'
import * as z from 'zod'
import { refusals } from './refusals.ts'

/** Whose place the tour offers, by what they come for. */
export const tourDuty = z.enum([
  'wearer',
  'sergeant',
  'clerk',
  'principal',
  'data-protection',
  'administrator',
  'commander',
])
export type TourDuty = z.infer<typeof tourDuty>

/** What a demo left for whoever looks around in it. */
export const tourFacts = z.object({
  people: z
    .array(z.object({ duty: tourDuty, person: z.uuid() }))
    .describe('whose place can be taken by one click; who they are stands among the personas'),
  leap: z.object({ person: z.uuid() }).describe('whoever sets the clock and begins the nightly run'),
  missing: z.object({ person: z.uuid() }).describe('whoever answers for what was ordered and not recorded'),
  link: z.string().describe('path and fragment of a link that footage is shown to a defence by'),
})

export const tour = oc
  .route({ method: 'GET', path: '/tour', summary: 'What a demo shows; null in an installation that is none' })
  .output(
    z.object({
      demo: tourFacts.extend({ trust: z.string().describe('text of the trust file of this log') }).nullable(),
    }),
  )
  .errors(refusals)
