import type { Me } from '@vidne/contract/me'
import { ofInstallation } from '@vidne/locales/installation'
import type { House } from './compose.ts'
import { type Open, open } from './open-door.ts'
import { sessionCookie } from './people/people.ts'

/** How somebody can sign in here. */
export function methodsOf(house: House | null): Me['installation']['methods'] {
  return house !== null && house.ground.rehearsal !== null ? ['persona'] : []
}

/** How people come in at the desk, and how they leave. */
export const entrance = {
  personas: open.signIn.personas.handler(async ({ context: { house } }) => {
    const found = (await house?.ground.people.signIn.personas()) ?? []
    return found.map(one => ({ ...one, roles: [...one.roles] }))
  }),
  persona: open.signIn.persona.handler(async ({ input, context, errors }) => {
    const { house, about, client } = context
    if (house === null || house.ground.rehearsal === null)
      throw errors.NOT_ALLOWED({ data: { sentence: ofInstallation(about.language, 'signIn.notARehearsal', {}) } })
    const secret = await house.ground.people.signIn.asPersona(input.person, client)
    if (secret === null)
      throw errors.NOT_FOUND({ data: { sentence: ofInstallation(about.language, 'signIn.noSuchPersona', {}) } })
    await letIn(context, secret)
    return { state: 'signed-in' as const }
  }),
  out: open.signIn.out.handler(async ({ context }) => {
    await leave(context)
    context.answer.append('set-cookie', sessionCookie(null, context.secure))
    return { state: 'signed-out' as const }
  }),
}

/** Gives the browser its new session; the one it had until then is over. */
async function letIn(context: Open, secret: string): Promise<void> {
  await leave(context)
  context.answer.append('set-cookie', sessionCookie(secret, context.secure))
}

async function leave({ house, who }: Open): Promise<void> {
  if (house !== null && who.holds && who.by === 'session') await house.ground.people.signIn.signOut(who.actor)
}
