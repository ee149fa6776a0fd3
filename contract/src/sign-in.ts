import { oc } from '@orpc/contract'
import * as z from 'zod'
import { refusals } from './refusals.ts'
import { namedId } from './recordings.ts'
import { role } from './roles.ts'

const signedIn = z.object({ state: z.literal('signed-in') })

export const persona = z.object({
  person: z.uuid(),
  name: z.string(),
  roles: z.array(role),
  unit: z.string().nullable(),
  agency: z.object({ id: z.uuid(), name: z.string() }),
})
export type PersonaRow = z.infer<typeof persona>

export const personas = oc
  .route({ method: 'GET', path: '/sign-in/personas', summary: 'Whose place can be taken in a rehearsal; else nobody' })
  .output(z.array(persona))
  .errors(refusals)

export const signInAsPersona = oc
  .route({ method: 'POST', path: '/sign-in/persona', summary: 'Take the place of somebody in a rehearsal' })
  .input(z.object({ person: namedId }))
  .output(signedIn)
  .errors(refusals)

export const signOut = oc
  .route({ method: 'POST', path: '/sign-out', summary: 'End the session of this browser at once' })
  .output(z.object({ state: z.literal('signed-out') }))
  .errors(refusals)
