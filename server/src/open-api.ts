import { OpenAPIHandler } from '@orpc/openapi/fetch'
import type { Me, SignedIn } from '@vidne/contract/me'
import type { Language } from '@vidne/locales/say'
import type { House } from './compose.ts'
import { entrance, invitation, methodsOf } from './entrance.ts'
import { type Open, open } from './open-door.ts'
import { ACTS, type Actor, may } from './people/people.ts'
import { stillWords } from './platform/still.ts'
import { ownAccount } from './own-account.ts'
import { setUpRoutes } from './set-up-routes.ts'
import { tour } from './tour.ts'
import { wrongStateWords } from './wrong-states.ts'

export type { Open } from './open-door.ts'

const router = open.router({
  me: open.me.handler(async ({ context }): Promise<Me> => {
    const { house, actor, about, mode } = context
    const still = await context.still()
    const installation: Me['installation'] = {
      founded: house !== null,
      mode,
      still: still === null ? null : { code: still.code, sentence: stillWords(about.language, still) },
      warnings: await warningsFor(house, actor, about.language),
      methods: methodsOf(house),
      now: house === null ? null : new Date(house.ground.clock.now()).toISOString(),
    }
    return { installation, person: house === null || actor === null ? null : await personOf(house, actor) }
  }),
  signIn: entrance,
  invitation,
  ownAccount,
  setUp: setUpRoutes,
  tour,
})

async function warningsFor(
  house: House | null,
  actor: Actor | null,
  language: Language,
): Promise<Me['installation']['warnings']> {
  if (house === null || actor === null) return []
  return (await house.wrongStates.of(actor)).map(one => ({ code: one.code, ...wrongStateWords(language, one) }))
}

const handler = new OpenAPIHandler<Open>(router)

/** Answers what is open to everybody; null where the path is none of that. */
export async function answerOpen(request: Request, context: Open): Promise<Response | null> {
  const { matched, response } = await handler.handle(request, { prefix: '/api', context })
  if (!matched) return null
  for (const [name, value] of context.answer) response.headers.append(name, value)
  response.headers.set('cache-control', 'no-store')
  return response
}

async function personOf({ ground }: House, actor: Actor): Promise<SignedIn> {
  const { database, people } = ground
  const { agency, policyAccepted } = await database.asAgency(actor.agency, async trx => ({
    agency: await people.agency(trx, actor.agency),
    policyAccepted: (await people.kept(trx, actor, 'export')) !== 'policy-not-accepted',
  }))
  if (agency === null) throw new Error(`there is no agency ${actor.agency}`)
  return {
    id: actor.person,
    name: actor.name,
    agency: { id: actor.agency, name: agency.name, zone: agency.zone },
    roles: [...actor.roles],
    may: ACTS.filter(one => may(actor, one)),
    policyAccepted,
  }
}
