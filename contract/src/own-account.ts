import { oc } from '@orpc/contract'
import * as z from 'zod'
import { instant } from './recordings.ts'
import { refusals } from './refusals.ts'
import { code, madePasskey, password, question, SHORTEST_PASSWORD } from './sign-in.ts'

const post = (path: `/${string}`, summary: string) => oc.route({ method: 'POST', path, summary }).errors(refusals)
const id = z.string().min(1).max(100)
const name = z.string().trim().min(1).max(100)

export const ownPasskey = z.object({
  id: z.string(),
  name: z.string().nullable(),
  madeAt: instant.nullable(),
  synced: z.boolean().describe('whether the device’s maker keeps it on other devices too'),
})
export type OwnPasskey = z.infer<typeof ownPasskey>

export const ownAccount = oc
  .route({ method: 'GET', path: '/account', summary: 'By what one can sign in; for a browser that is signed in' })
  .output(
    z.object({
      account: z
        .object({
          passkeys: z.array(ownPasskey),
          name: z.string().nullable().describe('what goes with the password and a code; null: there is no such way in'),
          recoveryCodes: z.number().int().describe('codes for recovery that are left'),
          byAgency: z.boolean(),
          fresh: z.boolean().describe('whether passkeys can be changed now: within a quarter of an hour of signing in'),
        })
        .nullable()
        .describe('null: signed in without one, as in a rehearsal'),
    }),
  )
  .errors(refusals)

export const askOwnPasskey = post('/account/passkeys/question', 'What a further passkey has to answer').output(question)

export const addOwnPasskey = post('/account/passkeys', 'Take a further passkey on')
  .input(z.object({ name, response: madePasskey }))
  .output(z.object({ state: z.literal('added') }))

export const nameOwnPasskey = post('/account/passkeys/name', 'Give a passkey another name')
  .input(z.object({ id, name }))
  .output(z.object({ state: z.literal('named') }))

export const removeOwnPasskey = post('/account/passkeys/removal', 'Remove a passkey, never the last way in')
  .input(z.object({ id }))
  .output(z.object({ state: z.literal('removed') }))

export const changeOwnPassword = post('/account/password', 'Change the password, and end all other sessions')
  .input(z.object({ old: password, password: z.string().min(SHORTEST_PASSWORD).max(200) }))
  .output(z.object({ state: z.literal('changed') }))

export const askOwnCode = post(
  '/account/code/question',
  'A new secret for codes; the one before counts until it is confirmed',
)
  .input(z.object({ password }))
  .output(z.object({ uri: z.string().describe('otpauth: what an authenticator reads'), picture: z.string() }))

export const confirmOwnCode = post('/account/code', 'Confirm a new secret by its first code')
  .input(z.object({ code }))
  .output(z.object({ state: z.literal('changed') }))

export const makeRecoveryCodes = post(
  '/account/recovery-codes',
  'New codes for recovery in the place of all before; shown once',
)
  .input(z.object({ password }))
  .output(z.object({ codes: z.array(z.string()) }))
