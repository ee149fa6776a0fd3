import { endOfDay, isDay } from '@vidne/policies/day'
import { api } from '../api.ts'
import type { Database } from '../platform/database/door.ts'
import type { People, Revocation, TokenRefusal } from './people.ts'

const iso = (at: number) => new Date(at).toISOString()

/** Tokens: made, listed, revoked. `zoneOf`: in which time zone an agency's days are. */
export function tokenRoutes(people: People, database: Database, zoneOf: (agency: string) => Promise<string>) {
  return {
    create: api.tokens.create.handler(async ({ input, context, errors }) => {
      const { actor } = context
      const refused = (because: TokenRefusal) =>
        errors[tokenCodes[because]]({ data: { sentence: tokenSentences[because] } })
      if (!(await people.allowed(actor, 'create-token'))) throw refused('not-allowed')
      const expires = isDay(input.expires)
        ? endOfDay(input.expires, await zoneOf(actor.agency))
        : Date.parse(input.expires)
      const wish = { person: input.person, role: input.role, expires }
      const made = await database.asAgency(actor.agency, trx => people.createToken(trx, actor, wish))
      if (!made.made) throw refused(made.because)
      return { token: made.token, person: made.person, expires: iso(expires) }
    }),
    list: api.tokens.list.handler(async ({ context }) => {
      const { actor } = context
      const tokens = await database.asAgency(actor.agency, trx => people.tokens(trx, actor))
      return tokens.map(one => ({
        ...one,
        roles: [...one.roles],
        issuedAt: iso(one.issuedAt),
        issuedBy: one.issuedBy ?? 'installation',
        expires: one.expires === null ? null : iso(one.expires),
        lastUsedAt: one.lastUsedAt === null ? null : iso(one.lastUsedAt),
      }))
    }),
    revoke: api.tokens.revoke.handler(async ({ input, context, errors }) => {
      const { actor } = context
      const revoked = await database.asAgency(actor.agency, trx => people.revokeToken(trx, actor, input.id))
      if (revoked === 'revoked') return { state: revoked }
      throw errors[revocationCodes[revoked]]({ data: { sentence: revocationSentences[revoked] } })
    }),
  }
}

const tokenCodes = {
  'not-allowed': 'NOT_ALLOWED',
  nobody: 'ODD_INPUT',
  'already-over': 'ODD_INPUT',
  'machine-and-person': 'CONFLICT',
} as const

const tokenSentences: Readonly<Record<TokenRefusal, string>> = {
  'not-allowed': 'Only an agency administrator makes tokens.',
  nobody: 'person: say whose token it is.',
  'already-over': 'expires: this lies in the past.',
  'machine-and-person':
    'This name is a machine (or a person) already and cannot be both: what a machine does is no act of a person.',
}

type Unrevoked = Exclude<Revocation, 'revoked'>

const revocationCodes = {
  'not-allowed': 'NOT_ALLOWED',
  'no-such-token': 'NOT_FOUND',
  'last-administrator': 'CONFLICT',
} as const

const revocationSentences: Readonly<Record<Unrevoked, string>> = {
  'not-allowed': 'This token is not yours, and only an agency administrator revokes those of others.',
  'no-such-token': 'There is no such token that could be revoked. See: vidne token list',
  'last-administrator':
    'This is the last token of an agency administrator: without it nobody could make or revoke tokens. ' +
    'Make another one first: vidne token create --role agency-administrator',
}
