import { endOfDay, isDay } from '@vidne/policies/day'
import { api } from '../api.ts'
import type { Database } from '../platform/database/door.ts'
import type { People, TokenRefusal } from './people.ts'
import { refusedIn } from '../platform/http/refused.ts'

const iso = (at: number) => new Date(at).toISOString()

/** Tokens: made, listed, revoked. `zoneOf`: in which time zone an agency's days are. */
export function tokenRoutes(people: People, database: Database, zoneOf: (agency: string) => Promise<string>) {
  return {
    create: api.tokens.create.handler(async ({ input, context, errors }) => {
      const { actor } = context
      const refused = (because: TokenRefusal) => errors[tokenCodes[because]](refusedIn(context.about, 'token', because))
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
      throw errors[revocationCodes[revoked]](refusedIn(context.about, 'revocation', revoked))
    }),
  }
}

const tokenCodes = {
  'not-allowed': 'NOT_ALLOWED',
  nobody: 'ODD_INPUT',
  'already-over': 'ODD_INPUT',
  'machine-and-person': 'CONFLICT',
} as const

const revocationCodes = {
  'not-allowed': 'NOT_ALLOWED',
  'no-such-token': 'NOT_FOUND',
  'last-administrator': 'CONFLICT',
} as const
