import { oc } from '@orpc/contract'
import * as z from 'zod'
import { instant, namedId } from './recordings.ts'
import { refusals } from './refusals.ts'

/** What of a person's work the policy makes hang on an acceptance or a training. */
export const gatedAct = z.enum(['view', 'export', 'check-out'])

const need = z.object({
  act: gatedAct,
  because: z
    .enum(['policy-not-accepted', 'training-missing'])
    .nullable()
    .describe('why it is refused now; null: nothing stands in the way'),
})

const completed = z.object({
  course: z.string(),
  completedAt: instant,
  until: instant.nullable().describe('how long it counts; null: the policy wants none'),
})

const readiness = z.object({
  id: z.uuid(),
  name: z.string(),
  unit: z.string().nullable(),
  policy: z.object({
    digest: z.string(),
    title: z.string(),
    since: instant,
    wanted: z.boolean().describe('false of the first version of an agency: whoever takes up the work accepts it so'),
    acceptedAt: instant.nullable(),
  }),
  training: completed.nullable().describe('the newest that was not struck out; null: none'),
  needs: z.array(need).describe('of what the person’s roles allow, what hangs on these'),
})
export type ReadinessRow = z.infer<typeof readiness>

const rule = z
  .object({
    rights: z.array(gatedAct),
    validFor: z.string().describe('for how long a training counts, in words'),
  })
  .nullable()
  .describe('what the policy of the agency wants a training for; null: nothing')

export const readinessOfAll = oc
  .route({
    method: 'GET',
    path: '/readiness',
    summary:
      'Who has accepted the policy in force and is trained, who has not yet, and what they are refused meanwhile',
  })
  .input(z.object({ unit: z.string().trim().min(1).max(200).optional().describe("a unit's name; absent: everybody") }))
  .output(z.object({ rule, people: z.array(readiness) }))
  .errors(refusals)

export const readinessOfOne = oc
  .route({
    method: 'GET',
    path: '/people/{id}/readiness',
    summary: 'As the list, of one person, with every training and every version they accepted; also one’s own',
  })
  .input(z.object({ id: namedId }))
  .output(
    readiness.extend({
      rule,
      trainings: z.array(
        completed.extend({
          id: z.uuid(),
          recordedAt: instant,
          recordedBy: z.string().nullable(),
          revoked: z.boolean(),
        }),
      ),
      acceptances: z.array(
        z.object({
          digest: z.string(),
          title: z.string().nullable().describe('null: of a version that is not here'),
          unit: z.string().nullable(),
          since: instant.nullable(),
          at: instant,
        }),
      ),
    }),
  )
  .errors(refusals)
