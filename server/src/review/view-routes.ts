import { endOfDay, isDay } from '@vidne/policies/day'
import { api } from '../api.ts'
import type { Actor, People, Role } from '../people/people.ts'
import type { Database } from '../platform/database/door.ts'
import type { Access } from '../rules/rules.ts'
import { mediaPath } from './media.ts'
import { type ViewRefusal, wordsOfView } from './view-refusals.ts'
import type { Views } from './views.ts'
import { refusedIn } from '../platform/http/refused.ts'

const iso = (at: number) => new Date(at).toISOString()

/** Opens views. */
export function viewRoutes(views: Views) {
  return {
    view: api.recordings.view.handler(async ({ input, context, errors }) => {
      const { id: recording, purpose, ownReport = false, from, to } = input
      const range = from === undefined && to === undefined ? null : { from: from ?? 0, to: to ?? null }
      const wish = { recording, purpose, case: input.case ?? null, ownReport, range }
      const state = await views.open(context.actor, wish)
      if ('refused' in state)
        throw errors[CODES[state.refused]]({
          data: { sentence: wordsOfView(context.about.language, state), because: state.refused },
        })
      if (state.state === 'waiting') return { ...state, deadline: iso(state.deadline) }
      return { ...state, until: iso(state.until), media: mediaPath(recording, state.view) }
    }),
  }
}

const CODES: Readonly<Record<ViewRefusal['refused'], 'NOT_ALLOWED' | 'NOT_FOUND' | 'GONE' | 'CONFLICT' | 'ODD_INPUT'>> =
  {
    'not-allowed': 'NOT_ALLOWED',
    'policy-not-accepted': 'NOT_ALLOWED',
    'training-missing': 'NOT_ALLOWED',
    'no-rule': 'NOT_ALLOWED',
    'unknown-purpose': 'NOT_ALLOWED',
    'not-your-purpose': 'NOT_ALLOWED',
    'no-case': 'NOT_ALLOWED',
    'no-incident': 'NOT_ALLOWED',
    'no-own-report': 'NOT_ALLOWED',
    'no-such-recording': 'NOT_FOUND',
    deleted: 'GONE',
    'bytes-lost': 'CONFLICT',
    'odd-range': 'ODD_INPUT',
  }

type Grounds = {
  people: People
  access: Access
  database: Database
  /** In which time zone an agency's days are. */
  zoneOf: (agency: string) => Promise<string>
}

/** Who was let to see a recording. Until cases and shares do it by themselves, a person grants and revokes. */
export function grantRoutes({ people, access, database, zoneOf }: Grounds) {
  return {
    grant: api.recordings.grant.handler(async ({ input, context, errors }) => {
      const { actor } = context
      const { id: recording, reason } = input
      if (!(await people.allowed(actor, 'grant', recording)))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'grant', 'not-allowed'))
      const until = isDay(input.until) ? endOfDay(input.until, await zoneOf(actor.agency)) : Date.parse(input.until)
      const granted = await database.asAgency(actor.agency, async trx => {
        const to = await granteeOf(people, trx, actor, input)
        if (to === null) return { granted: false, because: 'nobody' } as const
        const { agency } = actor
        return access.grant(trx, { agency, recording, kind: 'case', to, until, reason, by: actor })
      })
      if (granted.granted) return { grant: granted.grant, until: iso(until) }
      throw errors.ODD_INPUT(refusedIn(context.about, 'grant', granted.because))
    }),
    grants: api.recordings.grants.handler(async ({ input, context, errors }) => {
      const { actor } = context
      if (!(await people.allowed(actor, 'grant', input.id)))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'grant', 'not-allowed'))
      return database.asAgency(actor.agency, async trx => {
        const standing = await access.grants(trx, input.id)
        const names = await people.names(
          trx,
          standing.flatMap(({ person }) => person ?? []),
        )
        return standing.map(({ id, kind, person, role, since, until, reason }) => ({
          id,
          kind,
          person: person === null ? null : (names.get(person) ?? person),
          role,
          since: iso(since),
          until: iso(until),
          reason,
        }))
      })
    }),
    revokeGrant: api.recordings.revokeGrant.handler(async ({ input, context, errors }) => {
      const { actor } = context
      const { id, grant, reason } = input
      if (!(await people.allowed(actor, 'grant', id)))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'grant', 'not-allowed'))
      const revoked = await database.asAgency(actor.agency, trx =>
        access.revoke(trx, { recording: id, grant, reason, by: actor }),
      )
      if (revoked) return { state: 'revoked' as const }
      throw errors.NOT_FOUND(refusedIn(context.about, 'grant', 'no-such-grant'))
    }),
  }
}

type Named = { readonly person?: string | undefined; readonly role?: Role | undefined }

async function granteeOf(people: People, trx: Parameters<People['names']>[0], actor: Actor, { person, role }: Named) {
  if (role !== undefined) return { role }
  const found = await people.person(trx, actor.agency, person ?? '')
  return found === null ? null : { person: found.id, name: found.name }
}
