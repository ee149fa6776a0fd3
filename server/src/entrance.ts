import type { Me } from '@vidne/contract/me'
import { durationWords } from '@vidne/locales/forms'
import { type InstallationKey, ofInstallation } from '@vidne/locales/installation'
import type { House } from './compose.ts'
import { type Open, open } from './open-door.ts'
import { type Entered, type Entering, type Joined, sessionCookie } from './people/people.ts'
import { qrPicture } from './qr-picture.ts'

/** How somebody can sign in here. */
export function methodsOf(house: House | null): Me['installation']['methods'] {
  if (house === null) return []
  const { people, rehearsal } = house.ground
  return [
    'passkey',
    'password',
    ...(people.signIn.byAgency ? (['oidc'] as const) : []),
    ...(rehearsal === null ? [] : (['persona'] as const)),
  ]
}

/** What a refusal at the door looks like: its code, and its sentence in the asker's language. */
class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: 'NOT_ALLOWED' | 'NOT_FOUND' | 'CONFLICT'
  readonly sentence: string

  constructor(code: Refused['code'], sentence: string) {
    super(sentence)
    this.code = code
    this.sentence = sentence
  }
}

type Errors = Record<Refused['code'], (p: { data: { sentence: string } }) => Error>

/** Runs what may refuse; a refusal of ours becomes one of the contract. */
async function told<T>(errors: Errors, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Refused) throw errors[error.code]({ data: { sentence: error.sentence } })
    throw error
  }
}

const say = ({ about }: Open, key: InstallationKey): string => ofInstallation(about.language, key, {})

function enteringOf(context: Open): Entering {
  if (context.house === null) throw new Refused('CONFLICT', say(context, 'signIn.notFounded'))
  return context.house.ground.people.signIn.entering(context.origin)
}

const SIGNED_IN = { state: 'signed-in' } as const

/** How people come in at the desk, and how they leave. */
export const entrance = {
  personas: open.signIn.personas.handler(async ({ context: { house } }) => {
    const found = (await house?.ground.people.signIn.personas()) ?? []
    return found.map(one => ({ ...one, roles: [...one.roles] }))
  }),
  persona: open.signIn.persona.handler(({ input, context, errors }) =>
    told(errors, async () => {
      if (context.house === null || context.house.ground.rehearsal === null)
        throw new Refused('NOT_ALLOWED', say(context, 'signIn.notARehearsal'))
      const secret = await enteringOf(context).asPersona(input.person, context.client)
      if (secret === null) throw new Refused('NOT_FOUND', say(context, 'signIn.noSuchPersona'))
      return letIn(context, { secret })
    }),
  ),
  password: open.signIn.password.handler(({ input, context, errors }) =>
    told(errors, async () =>
      letIn(context, await enteringOf(context).byPassword(input, fromOf(context)), 'signIn.wrongPassword'),
    ),
  ),
  askPasskey: open.signIn.askPasskey.handler(({ context, errors }) =>
    told(errors, async () => ({ options: passOn(context, await enteringOf(context).askPasskey()) })),
  ),
  passkey: open.signIn.passkey.handler(({ input, context, errors }) =>
    told(errors, async () => {
      const shown = { cookie: context.cookie, response: input.response }
      return letIn(context, await enteringOf(context).byPasskey(shown, fromOf(context)), 'signIn.wrongPasskey')
    }),
  ),
  askOidc: open.signIn.askOidc.handler(({ context, errors }) =>
    told(errors, async () => ({ url: passOn(context, await enteringOf(context).askOidc(null)) })),
  ),
  out: open.signIn.out.handler(async ({ context }) => {
    await leave(context)
    context.answer.append('set-cookie', sessionCookie(null, context.secure))
    return { state: 'signed-out' as const }
  }),
}

/** How somebody who was invited makes an account of their own. */
export const invitation = {
  look: open.invitation.look.handler(({ input, context, errors }) =>
    told(errors, async () => {
      const found = (await context.house?.ground.people.signIn.invitation(input.secret)) ?? null
      if (found === null) throw new Refused('NOT_FOUND', say(context, 'signIn.invitationOver'))
      return {
        name: found.person.name,
        agency: found.agency.name,
        roles: [...found.roles],
        ends: new Date(found.ends).toISOString(),
        methods: methodsOf(context.house).filter(one => one !== 'persona'),
      }
    }),
  ),
  password: open.invitation.password.handler(({ input, context, errors }) =>
    told(errors, async () => {
      const set = await enteringOf(context).choosePassword(input.secret, input)
      if ('uri' in set) return { uri: set.uri, picture: qrPicture(set.uri) }
      throw set.refused === 'taken'
        ? new Refused('CONFLICT', say(context, 'signIn.nameTaken'))
        : new Refused('NOT_FOUND', say(context, 'signIn.invitationOver'))
    }),
  ),
  code: open.invitation.code.handler(({ input, context, errors }) =>
    told(errors, async () => {
      const { secret, code } = input
      const joined = await enteringOf(context).joinByCode(secret, { code, client: context.client })
      return welcome(context, joined, 'signIn.wrongCode')
    }),
  ),
  askPasskey: open.invitation.askPasskey.handler(({ input, context, errors }) =>
    told(errors, async () => ({
      options: passOn(context, await enteringOf(context).askNewPasskey(input.secret), 'signIn.invitationOver'),
    })),
  ),
  passkey: open.invitation.passkey.handler(({ input, context, errors }) =>
    told(errors, async () => {
      const { cookie, client } = context
      const shown = { cookie, client, response: input.response }
      return welcome(context, await enteringOf(context).joinByPasskey(input.secret, shown), 'signIn.wrongPasskey')
    }),
  ),
  oidc: open.invitation.oidc.handler(({ input, context, errors }) =>
    told(errors, async () => ({ url: passOn(context, await enteringOf(context).askOidc(input.secret)) })),
  ),
}

const fromOf = ({ about, client }: Open) => ({ address: about.client, client })

/** Gives the browser what a step of more than one has to find again in it. */
function passOn<T>(
  context: Open,
  begun: { readonly answer: T; readonly cookies: readonly string[] } | null,
  otherwise: InstallationKey = 'signIn.notAnswering',
): T {
  if (begun === null) throw new Refused('CONFLICT', say(context, otherwise))
  for (const cookie of begun.cookies) context.answer.append('set-cookie', cookie)
  return begun.answer
}

/** Gives the browser its new session; the one it had until then is over. */
async function letIn(context: Open, entered: Entered, otherwise: InstallationKey = 'signIn.wrongPassword') {
  if ('wait' in entered) {
    const { language } = context.about
    const values = { time: durationWords(language, Math.max(1, entered.wait) * 1000) }
    throw new Refused('CONFLICT', ofInstallation(language, 'signIn.wait', values))
  }
  if ('refused' in entered) throw new Refused('NOT_ALLOWED', say(context, otherwise))
  await leave(context)
  context.answer.append('set-cookie', sessionCookie(entered.secret, context.secure))
  return SIGNED_IN
}

async function welcome(context: Open, joined: Joined, otherwise: InstallationKey) {
  if ('secret' in joined) return letIn(context, joined)
  throw joined.refused === 'over'
    ? new Refused('NOT_FOUND', say(context, 'signIn.invitationOver'))
    : new Refused('NOT_ALLOWED', say(context, otherwise))
}

async function leave({ house, who }: Open): Promise<void> {
  if (house !== null && who.holds && who.by === 'session') await house.ground.people.signIn.signOut(who.actor)
}
