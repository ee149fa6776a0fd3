import { sql } from 'kysely'
import type { Clock } from '../platform/clock.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { actorFields } from './actor-fields.ts'
import type { Grounded } from './ground.ts'
import type { Person } from './persons.ts'
import { isRole, type Actor, type Role } from './roles.ts'
import { peopleTables } from './store.ts'
import { newToken, secretMatches, type PresentedToken } from './token-text.ts'

export type SignInRefusal = 'unknown' | 'expired' | 'revoked'

/** `known`: whose token it was, when its secret was right; for the audit of the agency. */
export type Authentication =
  | { readonly holds: true; readonly actor: Actor }
  | { readonly holds: false; readonly because: SignInRefusal; readonly known: Actor | null }

export type IssuedToken = { readonly id: string; readonly text: string }

/** Makes a token; only its digest is kept. `expires` in epoch milliseconds, null: until it is revoked. */
export async function issueToken(
  trx: Trx,
  { clock, history, pol }: Grounded,
  issue: { agency: string; person: Person; roles: readonly Role[]; expires: number | null; by: Actor | null },
): Promise<IssuedToken> {
  const { agency, person, roles, expires, by } = issue
  const token = newToken()
  const id = uuidv7(clock)
  await peopleTables(trx)
    .insertInto('people_token')
    .values({
      id,
      agency,
      person: person.id,
      prefix: token.prefix,
      secret_hash: token.secretHash,
      roles: [...roles],
      issued_at: new Date(clock.now()),
      issued_by: by?.person ?? null,
      expires_at: expires === null ? null : new Date(expires),
      revoked_at: null,
      last_used_at: null,
    })
    .execute()
  const fields = [
    { name: 'issued', value: id },
    { name: 'to', value: person.id },
    { name: 'to-name', value: person.name },
    { name: 'for-roles', value: [...roles] },
    { name: 'expires', value: expires },
  ]
  await history.append(trx, { subject: agency, type: 'token-issued', pol, fields: [...fields, ...actorFields(by)] })
  return { id, text: token.text }
}

/** Revokes a token at once; false when the agency has no such token that is not revoked yet. */
export async function revokeToken(
  trx: Trx,
  { clock, history, pol }: Grounded,
  { token, by }: { token: string; by: Actor },
): Promise<boolean> {
  const revoked = await peopleTables(trx)
    .updateTable('people_token')
    .set({ revoked_at: new Date(clock.now()) })
    .where('agency', '=', by.agency)
    .where('id', '=', token)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute()
  if (revoked.length === 0) return false
  const fields = [{ name: 'revoked', value: token }, ...actorFields(by)]
  await history.append(trx, { subject: by.agency, type: 'token-revoked', pol, fields })
  return true
}

/**
 * Whose tokens these are, in their order. The roles are those that the token and the person's grants have in common, so a grant taken back
 * takes effect at once. A wrong secret is `unknown`, whatever state the token of that prefix is in.
 */
export async function authenticateTokens(
  trx: Trx,
  clock: Clock,
  presented: readonly PresentedToken[],
): Promise<Authentication[]> {
  const rows = await tokenRows(trx, [...new Set(presented.map(one => one.prefix))])
  const found = presented.map(one => authentication(clock, one, rows.get(one.prefix) ?? null))
  await noteUsed(trx, clock.now(), found, rows)
  return found
}

async function tokenRows(trx: Trx, prefixes: readonly string[]) {
  const rows = await peopleTables(trx)
    .selectFrom('people_token as token')
    .innerJoin('people_person as person', 'person.id', 'token.person')
    .select(['token.prefix', 'token.id', 'token.agency', 'token.person', 'token.secret_hash', 'token.roles'])
    .select(['token.expires_at', 'token.revoked_at', 'token.last_used_at', 'person.name'])
    .select(
      sql<string[]>`array(select role from people_grant where person = token.person and revoked_at is null)`.as(
        'granted',
      ),
    )
    .where('token.prefix', '=', sql<string>`any(${prefixes}::text[])`)
    .execute()
  return new Map(rows.map(row => [row.prefix, row]))
}

const MINUTE_MS = 60_000

/** To the minute: a dock that asks ten times a second is no reason to write ten times a second. */
async function noteUsed(
  trx: Trx,
  now: number,
  found: readonly Authentication[],
  rows: ReadonlyMap<string, { readonly id: string; readonly last_used_at: Date | null }>,
): Promise<void> {
  const holding = new Set(found.flatMap(one => (one.holds ? [one.actor.token] : [])))
  const stale = [...rows.values()].filter(
    row => holding.has(row.id) && Math.abs(now - (row.last_used_at?.getTime() ?? 0)) >= MINUTE_MS,
  )
  if (stale.length === 0) return
  const ids = stale.map(row => row.id)
  await peopleTables(trx)
    .updateTable('people_token')
    .set({ last_used_at: new Date(now) })
    .where('id', 'in', ids)
    .execute()
}

type TokenRow = NonNullable<ReturnType<Awaited<ReturnType<typeof tokenRows>>['get']>>

function authentication(clock: Clock, presented: PresentedToken, row: TokenRow | null): Authentication {
  if (!secretMatches(presented.secretHash, row?.secret_hash ?? null) || row === null) {
    return { holds: false, because: 'unknown', known: null }
  }
  const roles = row.roles.filter(isRole).filter(role => row.granted.includes(role))
  const actor: Actor = { person: row.person, agency: row.agency, roles, token: row.id, name: row.name }
  if (row.revoked_at !== null) return { holds: false, because: 'revoked', known: actor }
  const expired = row.expires_at !== null && row.expires_at.getTime() <= clock.now()
  return expired ? { holds: false, because: 'expired', known: actor } : { holds: true, actor }
}
