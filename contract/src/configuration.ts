import { oc } from '@orpc/contract'
import * as z from 'zod'
import { instant } from './recordings.ts'
import { refusals } from './refusals.ts'

/**
 * An agency's configuration as files: `agency.json`, `units.json`, `people.json`, `cameras.json`, `trainings.json`,
 * `policy/agency.json` and one `policy/units/….json` for each unit with rules of its own. What is in each is read, and
 * refused by the name of the file and the place in it, by the server.
 */
const configuration = z
  .record(z.string(), z.unknown())
  .describe('what is in each file, by its path in the folder; the paths have slashes')

export const exportConfiguration = oc
  .route({
    method: 'GET',
    path: '/configuration',
    summary: "The agency's whole configuration as files: no tokens, keys, footage or history",
  })
  .output(z.object({ configuration }))
  .errors(refusals)

const told = z.object({
  file: z.string().describe('the file that says it'),
  what: z.string().describe('the kind of difference, such as role-missing'),
  text: z.string().describe('the difference in words'),
})
export type ToldDifference = z.infer<typeof told>

const publication = z.object({
  unit: z.string().nullable().describe("a unit's name; null: the agency"),
  approval: z.uuid(),
  deadline: instant,
  digest: z.string(),
})

export const importConfiguration = oc
  .route({
    method: 'POST',
    path: '/configuration/imports',
    summary:
      'Bring the agency to a configuration: what is missing is made, nothing is taken away, policies are asked for',
  })
  .input(
    z.object({
      configuration,
      apply: z.boolean().describe('false: says what differs, and writes nothing'),
      reason: z.string().trim().min(1).max(2000),
    }),
  )
  .output(
    z.object({
      applied: z.boolean(),
      differences: z.array(told).describe('what is missing here; empty: nothing to do'),
      kept: z.array(told).describe('what is more or stricter here, and stays'),
      publications: z.array(publication).describe('the policies that another person confirms'),
    }),
  )
  .errors(refusals)
