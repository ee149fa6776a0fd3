import { firstMoment, lastMoment } from '@vidne/policies/day'
import { api } from '../api.ts'
import type { Database } from '../platform/database/door.ts'
import { searchAudit } from './audit-search.ts'
import type { Actor, People } from './people.ts'
import { refusedIn } from '../platform/http/refused.ts'

type Parts = {
  readonly people: Pick<People, 'allowed' | 'noteAudit'>
  readonly database: Database
  readonly zoneOf: (agency: string) => Promise<string>
  /** Which of these recordings are on the actor's list. */
  readonly seen: (actor: Actor, recordings: readonly string[]) => Promise<ReadonlySet<string>>
}

/** The search in the audit: for one of four grounds, with a reason, and itself a row before anything is answered. */
export function auditRoutes({ people, database, zoneOf, seen }: Parts) {
  return {
    search: api.audit.search.handler(async ({ input, context, errors }) => {
      const { actor } = context
      const { agency, person, token } = actor
      if (!(await people.allowed(actor, 'see-audit')))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'installation', 'audit-not-allowed'))
      const { ground, from, until, after, limit, refusedOnly } = input
      const look = { agency, person, token, act: 'see-audit' as const, subject: input.subject ?? null, outcome: ground }
      await database.asAgency(agency, trx => people.noteAudit(trx, look))
      const zone = await zoneOf(agency)
      const rows = await database.asAgency(agency, trx =>
        searchAudit(trx, {
          agency,
          from: firstMoment(from, zone),
          until: lastMoment(until, zone),
          person: input.person ?? null,
          act: input.act ?? null,
          subject: input.subject ?? null,
          refusedOnly,
          after: after ?? null,
          most: limit,
        }),
      )
      const theirs = await seen(
        actor,
        rows.flatMap(row => row.subject ?? []),
      )
      const last = rows.at(-1)
      return {
        rows: rows.map(({ at, person: name, act, subject, outcome, sealed }) => ({
          at: new Date(at).toISOString(),
          person: name,
          act,
          subject: subject !== null && theirs.has(subject) ? subject : null,
          outcome,
          sealed,
        })),
        after: rows.length < limit || last === undefined ? null : last.id,
      }
    }),
  }
}
