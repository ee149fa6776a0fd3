import { oc } from '@orpc/contract'
import * as z from 'zod'
import { dayOrInstant, instant, namedId } from './recordings.ts'
import { refusals } from './refusals.ts'

/** A policy or a part of one, as data; its schema is that of the package policies. */
const policyJson = z.record(z.string(), z.unknown())

const unitName = z.string().trim().min(1).max(200)

const version = z.object({
  digest: z.string(),
  pack: z.string(),
  title: z.string(),
  unit: z.string().nullable().describe("a unit's name; null: the agency's own"),
  since: instant,
})

/** One difference between two policies, in words. */
export const change = z.object({
  path: z.string().describe('which value of the policy, such as retention.uncategorised'),
  text: z.string().describe('the change in words'),
})
export type ChangeRow = z.infer<typeof change>

const draft = {
  override: policyJson.describe('the values that change, in the shape of the policy; every other stays'),
  unit: unitName.optional().describe("a unit's name; absent: the agency"),
  since: dayOrInstant
    .optional()
    .describe(
      "when it comes into force; of a day: its beginning, in the agency's time zone; absent: as soon as it is confirmed",
    ),
}

export const showPolicy = oc
  .route({ method: 'GET', path: '/policy', summary: 'The policy in force for the agency, or for one of its units' })
  .input(
    z.object({
      unit: unitName.optional(),
      at: dayOrInstant.optional().describe("of a day: its end, in the agency's time zone"),
    }),
  )
  .output(
    version.extend({
      accepted: z.boolean().describe('whether you have accepted it'),
      acceptance: z.enum(['wanted', 'not-needed']).describe('not needed of the first version of an agency'),
      policy: policyJson,
      gates: z
        .array(
          z.object({
            gate: z.string(),
            text: z.string().describe('in words'),
            onlyWorkplace: z.boolean().describe('only where people work at the place'),
            flag: z.enum(['law', 'policy', 'seed', 'default']),
            source: z.string(),
          }),
        )
        .describe('what a camera on a wall that starts then has to show before it keeps its first picture'),
    }),
  )
  .errors(refusals)

export const policyVersions = oc
  .route({
    method: 'GET',
    path: '/policy/versions',
    summary: 'Every version of the agency and its units, oldest first',
  })
  .output(z.array(version))
  .errors(refusals)

export const draftPolicy = oc
  .route({ method: 'POST', path: '/policy/drafts', summary: 'What a draft would change, in words; writes nothing' })
  .input(z.object(draft))
  .output(z.object({ before: version, after: version, changes: z.array(change), policy: policyJson }))
  .errors(refusals)

export const publishPolicy = oc
  .route({
    method: 'POST',
    path: '/policy/publications',
    summary: 'Ask for a draft to be published; another person confirms',
  })
  .input(z.object({ ...draft, reason: z.string().trim().min(1).max(2000) }))
  .output(z.object({ state: z.literal('waiting'), approval: z.uuid(), deadline: instant, digest: z.string() }))
  .errors(refusals)

const verdict = z.object({ verdict: z.string(), clause: z.string().nullable(), marks: z.array(z.string()) })

export const replayPolicy = oc
  .route({
    method: 'POST',
    path: '/policy/replays',
    summary: 'What a draft would have decided about what has happened',
  })
  .input(
    z.object({
      ...draft,
      from: dayOrInstant.describe("of a day: its beginning, in the agency's time zone"),
      to: dayOrInstant.describe('left out; of a day: nothing of it is'),
    }),
  )
  .output(
    z.object({
      situations: z.number().int(),
      changed: z.array(
        z.object({
          at: instant,
          recording: z.string().nullable(),
          differs: z
            .array(z.enum(['verdict', 'clause', 'starts-itself', 'reason', 'review', 'notice', 'buffer', 'marks']))
            .describe('in what somebody would notice it'),
          before: verdict,
          after: verdict,
        }),
      ),
    }),
  )
  .errors(refusals)

export const acceptPolicy = oc
  .route({ method: 'POST', path: '/policy/acceptances', summary: 'Accept the policy in force, by its digest' })
  .input(z.object({ digest: z.string().regex(/^[0-9a-f]{64}$/) }))
  .output(z.object({ state: z.enum(['accepted', 'had-it']) }))
  .errors(refusals)

const unit = z.object({ id: z.uuid(), name: z.string() })

export const units = oc
  .route({ method: 'GET', path: '/units', summary: "The agency's units that have not ended" })
  .output(z.array(unit.extend({ people: z.number().int(), cameras: z.number().int() })))
  .errors(refusals)

export const makeUnit = oc
  .route({ method: 'POST', path: '/units', summary: 'A unit of that name, made where there is none' })
  .input(z.object({ name: unitName }))
  .output(unit)
  .errors(refusals)

export const renameUnit = oc
  .route({ method: 'POST', path: '/units/{id}/name', summary: 'Give a unit another name' })
  .input(z.object({ id: namedId, name: unitName }))
  .output(unit)
  .errors(refusals)

export const endUnit = oc
  .route({ method: 'POST', path: '/units/{id}/end', summary: 'End a unit that nobody and no camera belongs to' })
  .input(z.object({ id: namedId }))
  .output(z.object({ state: z.literal('ended') }))
  .errors(refusals)

export const assignUnit = oc
  .route({ method: 'POST', path: '/units/assignments', summary: 'Put a person or a camera into a unit, or out of any' })
  .input(
    z.union([
      z.object({ person: z.string().trim().min(1).max(200), unit: unitName.nullable() }),
      z.object({ camera: z.string().trim().min(1).max(200), unit: unitName.nullable() }),
    ]),
  )
  .output(z.object({ state: z.literal('assigned') }))
  .errors(refusals)

export const training = z.object({
  id: z.uuid(),
  person: z.string(),
  course: z.string(),
  completedAt: instant,
  recordedAt: instant,
  recordedBy: z.string().nullable().describe('a name'),
  revoked: z.boolean(),
})
export type TrainingRow = z.infer<typeof training>

export const trainings = oc
  .route({ method: 'GET', path: '/trainings', summary: 'The training register, newest first' })
  .output(z.array(training))
  .errors(refusals)

export const recordTraining = oc
  .route({ method: 'POST', path: '/trainings', summary: 'Write a completed course into the training register' })
  .input(
    z.object({
      person: z.string().trim().min(1).max(200),
      course: z.string().trim().min(1).max(200),
      completedAt: dayOrInstant.describe("of a day: its beginning, in the agency's time zone"),
    }),
  )
  .output(training)
  .errors(refusals)

export const revokeTraining = oc
  .route({ method: 'POST', path: '/trainings/{id}/revoke', summary: 'Strike a training out of the register' })
  .input(z.object({ id: namedId }))
  .output(z.object({ state: z.literal('revoked') }))
  .errors(refusals)

export const delegation = z.object({
  id: z.uuid(),
  principal: z.string(),
  delegate: z.string(),
  since: instant,
  until: instant,
  ended: z.boolean(),
})
export type DelegationRow = z.infer<typeof delegation>

export const delegations = oc
  .route({ method: 'GET', path: '/delegations', summary: 'Who may confirm in whose place' })
  .output(z.array(delegation))
  .errors(refusals)

export const delegate = oc
  .route({ method: 'POST', path: '/delegations', summary: 'Let another person confirm in your place until a moment' })
  .input(
    z.object({
      to: z.string().trim().min(1).max(200),
      until: dayOrInstant.describe("of a day: its end, in the agency's time zone"),
    }),
  )
  .output(z.object({ id: z.uuid(), until: instant }))
  .errors(refusals)

export const endDelegation = oc
  .route({ method: 'POST', path: '/delegations/{id}/end', summary: 'End one of your delegations' })
  .input(z.object({ id: namedId }))
  .output(z.object({ state: z.literal('ended') }))
  .errors(refusals)

/** How strong a value is. `taken`: a default of the product that the agency has published as it was. */
export const standing = z.enum(['law', 'policy', 'seed', 'default', 'taken'])

export const policyInWords = oc
  .route({
    method: 'GET',
    path: '/policy/words',
    summary: 'A version of the policy as people read it: every value in words, with how strong it is and its source',
  })
  .input(
    z.object({
      unit: unitName.optional(),
      digest: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional()
        .describe('of a version; absent: the one in force for you'),
    }),
  )
  .output(
    version.extend({
      count: z.number().int().describe('values in it'),
      defaults: z.number().int().describe('of those, defaults of the product'),
      trust: z.array(z.string()).describe('how sure it is, in sentences'),
      sections: z.array(
        z.object({
          id: z.string(),
          heading: z.string(),
          lead: z.string().nullable(),
          items: z.array(
            z.object({
              path: z.string(),
              says: z.string(),
              more: z.array(z.string()),
              standing,
              flag: z.string().describe('the standing in words'),
              source: z.string().nullable().describe('as the policy names it'),
              dates: z.string().nullable().describe('from when until when it holds, in words'),
            }),
          ),
        }),
      ),
    }),
  )
  .errors(refusals)
