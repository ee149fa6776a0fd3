import { oc } from '@orpc/contract'
import * as z from 'zod'
import { signInMethod } from './me.ts'
import { instant, namedId } from './recordings.ts'
import { refusals } from './refusals.ts'
import { role } from './roles.ts'

const signedIn = z.object({ state: z.literal('signed-in') })
const post = (path: `/${string}`, summary: string) => oc.route({ method: 'POST', path, summary }).errors(refusals)

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

export const signInAsPersona = post('/sign-in/persona', 'Take the place of somebody in a rehearsal')
  .input(z.object({ person: namedId }))
  .output(signedIn)

const account = z.string().trim().min(1).max(200)
export const code = z
  .string()
  .transform(given => given.replaceAll(/\s/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, 'six digits are needed'))

/** Made on one's own account, for when the authenticator is lost; people type them as they were written down. */
const recoveryCode = z
  .string()
  .transform(given => given.replaceAll(/\s/g, ''))
  .pipe(z.string().regex(/^[A-Za-z0-9]{5}-[A-Za-z0-9]{5}$/, 'six digits, or a code for recovery, are needed'))

export const password = z.string().max(1000)

export const signInByPassword = post(
  '/sign-in/password',
  'Sign in by name, password and the code of an authenticator, or one for recovery',
)
  .input(z.object({ account, password, code: z.union([code, recoveryCode]) }))
  .output(signedIn)

/** What the browser gives to the device that holds a passkey, and gets from it: as the specification of WebAuthn has them in JSON. */
export const question = z.object({ options: z.unknown() })
const text = z.string().max(20_000)
const presented = { id: text, rawId: text, type: z.literal('public-key') }
const extensions = z.record(z.string(), z.unknown()).transform(() => ({}))
const used = z.object({
  ...presented,
  clientExtensionResults: extensions,
  response: z.object({
    clientDataJSON: text,
    authenticatorData: text,
    signature: text,
    userHandle: text.nullish().transform(given => given ?? ''),
  }),
})
export const madePasskey = z.object({
  ...presented,
  clientExtensionResults: extensions,
  response: z.object({
    clientDataJSON: text,
    attestationObject: text,
    transports: z.array(z.string().max(20)).default([]),
  }),
})

export const askPasskey = post('/sign-in/passkey/question', 'What a passkey has to answer').output(question)

export const signInByPasskey = post('/sign-in/passkey', 'Sign in by what the passkey answered')
  .input(z.object({ response: used }))
  .output(signedIn)

const elsewhere = z.object({ url: z.url() })

export const askOidc = post('/sign-in/oidc', 'Where the agency’s own sign-in is').output(elsewhere)

export const signOut = post('/sign-out', 'End the session of this browser at once').output(
  z.object({ state: z.literal('signed-out') }),
)

// An invitation's secret comes in the fragment of its link, which no server and no log sees, and is sent in a body.
const secret = z.string().min(1).max(100)

export const lookAtInvitation = post('/invitation', 'Who is invited, and how they can make their account')
  .input(z.object({ secret }))
  .output(
    z.object({
      name: z.string(),
      agency: z.string(),
      roles: z.array(role),
      ends: instant,
      methods: z.array(signInMethod),
    }),
  )

export const SHORTEST_PASSWORD = 12

export const choosePassword = post('/invitation/password', 'Choose a name and a password; then the code confirms them')
  .input(
    z.object({
      secret,
      account: account.regex(
        /^(?:[\p{L}\d][\p{L}\d._-]{1,62}|[^\s@]+@[^\s@]+\.[^\s@]+)$/u,
        'letters, digits and . _ - only',
      ),
      password: z.string().min(SHORTEST_PASSWORD).max(200),
    }),
  )
  .output(z.object({ uri: z.string().describe('otpauth: what an authenticator reads'), picture: z.string() }))

export const joinByCode = post('/invitation/code', 'Confirm the password by the first code, and be signed in')
  .input(z.object({ secret, code }))
  .output(signedIn)

export const askNewPasskey = post('/invitation/passkey/question', 'What a new passkey has to answer')
  .input(z.object({ secret }))
  .output(question)

export const joinByPasskey = post('/invitation/passkey', 'Take a new passkey on, and be signed in')
  .input(z.object({ secret, response: madePasskey }))
  .output(signedIn)

export const joinByOidc = post('/invitation/oidc', 'Where the agency’s own sign-in is, to tie it to the invitation')
  .input(z.object({ secret }))
  .output(elsewhere)
