import { OpenAPIHandler } from '@orpc/openapi/fetch'
import { implement } from '@orpc/server'
import { openContract } from '@vidne/contract/open'
import type { Me, SignedIn } from '@vidne/contract/me'
import type { House } from './compose.ts'
import { ACTS, type Actor, may } from './people/people.ts'
import type { About } from './platform/http/about.ts'
import { type Still, stillWords } from './platform/still.ts'

/** What an answer to everybody may know: who asks, where somebody does, and how the installation stands. */
export type Open = {
  readonly house: House | null
  readonly actor: Actor | null
  readonly about: About
  readonly mode: 'normal' | 'rehearsal'
  /** Why nothing is taken in; null while it is. */
  readonly still: () => Promise<Still | null>
}

const open = implement(openContract).$context<Open>()

const router = open.router({
  me: open.me.handler(async ({ context }): Promise<Me> => {
    const { house, actor, about, mode } = context
    const still = await context.still()
    const installation: Me['installation'] = {
      founded: house !== null,
      mode,
      still: still === null ? null : { code: still.code, sentence: stillWords(about.language, still) },
      methods: [],
      now: house === null ? null : new Date(house.ground.clock.now()).toISOString(),
    }
    return { installation, person: house === null || actor === null ? null : await personOf(house, actor) }
  }),
})

const handler = new OpenAPIHandler<Open>(router)

/** Answers what is open to everybody; null where the path is none of that. */
export async function answerOpen(request: Request, context: Open): Promise<Response | null> {
  const { matched, response } = await handler.handle(request, { prefix: '/api', context })
  return matched ? response : null
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
