import { oc } from '@orpc/contract'
import * as z from 'zod'
import { act } from './acts.ts'
import { instant } from './recordings.ts'
import { refusals } from './refusals.ts'
import { role } from './roles.ts'

/** What stands in the way of work for everybody: why the installation takes nothing in, in the asker's language. */
export const standstill = z.object({ code: z.string(), sentence: z.string() })

/** How somebody can sign in here. `persona`: by one click, in rehearsals alone. */
export const signInMethod = z.enum(['passkey', 'password', 'oidc', 'persona'])

export const installation = z.object({
  founded: z.boolean(),
  mode: z.enum(['normal', 'rehearsal']),
  still: standstill.nullable(),
  warnings: z
    .array(z.object({ code: z.string(), title: z.string(), sentence: z.string() }))
    .describe('what goes on and not as it should, with what to do, for those whom it concerns; none for strangers'),
  methods: z.array(signInMethod),
  now: instant
    .nullable()
    .describe("the installation's clock, which may be set in a rehearsal; null before it is founded"),
})

export const signedIn = z.object({
  id: z.uuid(),
  name: z.string(),
  agency: z.object({ id: z.uuid(), name: z.string(), zone: z.string() }),
  roles: z.array(role),
  may: z
    .array(act)
    .describe('the acts that these roles allow; which recordings they may be done to is the policy’s word'),
  policyAccepted: z.boolean().describe('false: a newer version of the policy waits to be read and accepted first'),
})

/** Who asks, and where: answered to everybody, so that the first page knows which doors to show. */
export const me = oc
  .route({ method: 'GET', path: '/me', summary: 'Who asks, what they may do here, and how this installation stands' })
  .output(z.object({ installation, person: signedIn.nullable().describe('null: nobody is signed in') }))
  .errors(refusals)

export type Me = { installation: z.infer<typeof installation>; person: z.infer<typeof signedIn> | null }
export type SignedIn = z.infer<typeof signedIn>
