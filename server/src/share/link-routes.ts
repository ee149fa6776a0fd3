import { caseWords } from '@vidne/locales/cases'
import type { Language } from '@vidne/locales/say'
import { endOfDay, isDay } from '@vidne/policies/day'
import { api } from '../api.ts'
import type { People } from '../people/people.ts'
import type { Database } from '../platform/database/door.ts'
import type { LinkRefusal } from './links.ts'
import { wordsOf } from './refusals.ts'
import { SHARE_CODES, downloadPath, preparedAnswer } from './routes.ts'
import type { Share } from './share.ts'

const iso = (at: number) => new Date(at).toISOString()

const CODES = {
  'not-allowed': 'NOT_ALLOWED',
  'policy-not-accepted': 'NOT_ALLOWED',
  'training-missing': 'NOT_ALLOWED',
  'no-such-case': 'NOT_FOUND',
  closed: 'CONFLICT',
  'no-such-exhibit': 'NOT_FOUND',
  'nothing-to-give': 'CONFLICT',
  'already-over': 'ODD_INPUT',
  'too-long': 'ODD_INPUT',
  'unknown-purpose': 'ODD_INPUT',
  'no-such-link': 'NOT_FOUND',
} as const satisfies Record<LinkRefusal, string>

function sentence(because: LinkRefusal, { language }: { language: Language }) {
  return { data: { sentence: caseWords(language, `refused.${because}`) } }
}

/** Where the page of a link is. What stands behind the # never leaves the browser by itself. */
export function linkAddress(link: string, secret: string): string {
  return `/shared#${link}.${secret}`
}

type Grounds = { share: Share; people: People; database: Database; zoneOf: (agency: string) => Promise<string> }

/** What of a case is given to somebody outside: its package, and links. */
export function caseShareRoutes({ share, people, database, zoneOf }: Grounds) {
  const { links } = share
  return {
    package: api.cases.package.handler(async ({ input, context, errors }) => {
      const wish = { case: input.id, purpose: input.purpose, to: input.to ?? null }
      const state = await share.askCase(context.actor, wish, input.wait)
      if ('refused' in state)
        throw errors[SHARE_CODES[state.refused]]({ data: { sentence: wordsOf(state, context.about.language) } })
      if (state.state === 'waiting') return { ...state, deadline: iso(state.deadline) }
      return preparedAnswer(state, downloadPath(state.export))
    }),
    links: api.cases.links.handler(async ({ input, context, errors }) => {
      const { actor } = context
      const found = await links.list(actor, input.id)
      if ('because' in found) throw errors[CODES[found.because]](sentence(found.because, context.about))
      const persons = found.links.flatMap(({ row }) => [row.made_by, row.revoked_by ?? []].flat())
      const names = await database.asAgency(actor.agency, trx => people.names(trx, [...new Set(persons)]))
      const name = (person: string): string => names.get(person) ?? person
      return {
        purposes: found.purposes,
        links: found.links.map(({ row, state, exhibits }) => ({
          id: row.id,
          recipient: row.recipient,
          recipientRole: row.recipient_role,
          purpose: row.purpose,
          until: row.until.toISOString(),
          mostOpenings: row.most_openings,
          openings: row.openings,
          state,
          exhibits: [...exhibits],
          madeBy: name(row.made_by),
          madeAt: row.made_at.toISOString(),
          revokedBy: row.revoked_by === null ? null : name(row.revoked_by),
          revokedAt: row.revoked_at?.toISOString() ?? null,
          approval: state === 'waiting' ? row.approval : null,
        })),
      }
    }),
    makeLink: api.cases.makeLink.handler(async ({ input, context, errors }) => {
      const { actor } = context
      const { id, recipient, recipientRole, purpose, openings, exhibits = null } = input
      const until = isDay(input.until) ? endOfDay(input.until, await zoneOf(actor.agency)) : Date.parse(input.until)
      const made = await links.make(actor, { case: id, recipient, recipientRole, purpose, until, openings, exhibits })
      if (made.state === 'refused') throw errors[CODES[made.because]](sentence(made.because, context.about))
      const { state, link, approval } = made
      return { link, state, address: linkAddress(link, made.secret), until: iso(until), approval }
    }),
    revokeLink: api.cases.revokeLink.handler(async ({ input, context, errors }) => {
      const { id, link, reason } = input
      const revoked = await links.revoke(context.actor, { case: id, link, reason })
      if (revoked === 'revoked') return { state: 'revoked' as const }
      throw errors[CODES[revoked.because]](sentence(revoked.because, context.about))
    }),
  }
}
