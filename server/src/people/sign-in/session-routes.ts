import { ofInstallation } from '@vidne/locales/installation'
import { api } from '../../api.ts'
import type { Database } from '../../platform/database/door.ts'
import type { People, SessionEntry } from '../people.ts'

const iso = (at: number) => new Date(at).toISOString()

/** Sessions: listed and ended. */
export function sessionRoutes(people: People, database: Database) {
  return {
    list: api.sessions.list.handler(async ({ context: { actor } }) => {
      const found = await database.asAgency(actor.agency, trx => people.signIn.sessions(trx, actor))
      return found.map(one => shown(one, actor.token))
    }),
    end: api.sessions.end.handler(async ({ input, context: { actor, about }, errors }) => {
      const ended = await database.asAgency(actor.agency, trx => people.signIn.endSession(trx, actor, input.id))
      if (ended === 'ended') return { state: ended }
      const { agency, person, token } = actor
      if (ended === 'not-allowed') {
        const row = { agency, person, token, act: 'revoke-token', subject: input.id, outcome: ended } as const
        await database.asAgency(agency, trx => people.noteAudit(trx, row))
      }
      throw errors.NOT_FOUND({ data: { sentence: ofInstallation(about.language, 'signIn.noSuchSession', {}) } })
    }),
  }
}

function shown({ id, name, method, client, beganAt, seenAt, endsAt }: SessionEntry, token: string) {
  const times = { beganAt: iso(beganAt), seenAt: iso(seenAt), endsAt: iso(endsAt) }
  return { id, person: name, method, client, ...times, this: id === token }
}
