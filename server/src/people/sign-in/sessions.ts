import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Trx } from '../../platform/database/door.ts'
import { uuidv7 } from '../../platform/identifiers.ts'
import { isRole, type Actor } from '../roles.ts'
import type { Authentication } from '../tokens.ts'
import { digestOf, newSecret } from './secret.ts'
import { type SessionMethod, signInTables } from './store.ts'

const MINUTE_MS = 60_000
/** However busy: who sits there is asked again once in a working day. */
const LONGEST_MS = 8 * 60 * MINUTE_MS
/** A desk that was left ends by itself. */
const IDLE_MS = 60 * MINUTE_MS
const LONGEST_CLIENT = 200

/** A session as its owner is shown it; times in epoch milliseconds, by the machine's clock. */
export type SessionEntry = {
  readonly id: string
  readonly person: string
  readonly name: string
  readonly method: SessionMethod
  readonly client: string
  readonly beganAt: number
  readonly seenAt: number
  readonly endsAt: number
}

export type NewSession = { agency: string; person: string; method: SessionMethod; client: string }

/**
 * Begins a session under a secret that nobody had before: what a browser held until then is worth nothing afterwards. Only the
 * secret's digest is kept. asAgency.
 */
export async function openSession(trx: Trx, wall: Clock, p: NewSession): Promise<{ id: string; secret: string }> {
  const now = wall.now()
  const id = uuidv7(wall)
  const secret = newSecret()
  const hash = digestOf(secret)
  if (hash === null) throw new Error('a secret of ours is none')
  await signInTables(trx)
    .insertInto('people_session')
    .values({
      id,
      agency: p.agency,
      person: p.person,
      secret_hash: hash,
      method: p.method,
      client: p.client.slice(0, LONGEST_CLIENT),
      began_at: new Date(now),
      seen_at: new Date(now),
      ends_at: new Date(now + LONGEST_MS),
      ended_at: null,
    })
    .execute()
  return { id, secret }
}

/** Whose sessions these are, in their order. All roles that the person holds now; a grant taken back takes effect at once. asInstallation. */
export async function authenticateSessions(
  trx: Trx,
  wall: Clock,
  secrets: readonly string[],
): Promise<Authentication[]> {
  const hashes = secrets.map(digestOf)
  const known = hashes.flatMap(hash => (hash === null ? [] : [hash]))
  const rows = await sessionRows(trx, known)
  const now = wall.now()
  const found = hashes.map(hash => (hash === null ? UNKNOWN : authentication(rows.get(hexOf(hash)) ?? null, now)))
  await noteSeen(trx, now, found)
  return found
}

const UNKNOWN: Authentication = { holds: false, because: 'unknown', known: null }

async function sessionRows(trx: Trx, hashes: readonly Uint8Array[]) {
  if (hashes.length === 0) return new Map<string, never>()
  const rows = await signInTables(trx)
    .selectFrom('people_session as session')
    .innerJoin('people_person as person', 'person.id', 'session.person')
    .select(['session.id', 'session.agency', 'session.person', 'session.secret_hash', 'person.name'])
    .select(['session.seen_at', 'session.ends_at', 'session.ended_at'])
    .select(
      sql<string[]>`array(select role from people_grant where person = session.person and revoked_at is null)`.as(
        'granted',
      ),
    )
    .where('session.secret_hash', 'in', [...hashes])
    .execute()
  return new Map(rows.map(row => [hexOf(row.secret_hash), row]))
}

type SessionRow = NonNullable<ReturnType<Awaited<ReturnType<typeof sessionRows>>['get']>>

function authentication(row: SessionRow | null, now: number): Authentication {
  if (row === null) return UNKNOWN
  const roles = row.granted.filter(isRole)
  const actor: Actor = { person: row.person, agency: row.agency, roles, token: row.id, name: row.name }
  if (row.ended_at !== null) return { holds: false, because: 'revoked', known: actor }
  const over = row.ends_at.getTime() <= now || row.seen_at.getTime() + IDLE_MS <= now
  return over ? { holds: false, because: 'expired', known: actor } : { holds: true, actor }
}

/** To the minute: a page that asks ten times a second is no reason to write ten times a second. */
async function noteSeen(trx: Trx, now: number, found: readonly Authentication[]): Promise<void> {
  const seen = [...new Set(found.flatMap(one => (one.holds ? [one.actor.token] : [])))]
  if (seen.length === 0) return
  await signInTables(trx)
    .updateTable('people_session')
    .set({ seen_at: new Date(now) })
    .where('id', 'in', seen)
    .where('seen_at', '<=', new Date(now - MINUTE_MS))
    .execute()
}

/** Ends sessions at once: one of them, or all of a person. Says which. asAgency. */
export async function endSessions(
  trx: Trx,
  wall: Clock,
  p: { agency: string } & ({ id: string } | { person: string }),
): Promise<string[]> {
  const open = signInTables(trx)
    .updateTable('people_session')
    .set({ ended_at: new Date(wall.now()) })
    .where('agency', '=', p.agency)
    .where('ended_at', 'is', null)
  const one = 'id' in p ? open.where('id', '=', p.id) : open.where('person', '=', p.person)
  return (await one.returning('id').execute()).map(row => row.id)
}

/** Ends all of a person's sessions at once but the one they sit at. asAgency. */
export async function endOtherSessions(
  trx: Trx,
  wall: Clock,
  { agency, person, but }: { agency: string; person: string; but: string },
): Promise<void> {
  await signInTables(trx)
    .updateTable('people_session')
    .set({ ended_at: new Date(wall.now()) })
    .where('agency', '=', agency)
    .where('person', '=', person)
    .where('id', '<>', but)
    .where('ended_at', 'is', null)
    .execute()
}

/** The sessions of an agency that are in force, the last used first; `of`: those of one person alone. */
export async function listSessions(
  trx: Trx,
  wall: Clock,
  { agency, of }: { agency: string; of: string | null },
): Promise<SessionEntry[]> {
  const now = wall.now()
  const all = signInTables(trx)
    .selectFrom('people_session as session')
    .innerJoin('people_person as person', 'person.id', 'session.person')
    .select(['session.id', 'session.person', 'person.name', 'session.method', 'session.client'])
    .select(['session.began_at', 'session.seen_at', 'session.ends_at'])
    .where('session.agency', '=', agency)
    .where('session.ended_at', 'is', null)
    .where('session.ends_at', '>', new Date(now))
    .where('session.seen_at', '>', new Date(now - IDLE_MS))
    .orderBy('session.seen_at', 'desc')
  const rows = await (of === null ? all : all.where('session.person', '=', of)).execute()
  return rows.map(({ began_at: began, seen_at: seen, ends_at: ends, ...rest }) => ({
    ...rest,
    beganAt: began.getTime(),
    seenAt: seen.getTime(),
    endsAt: Math.min(ends.getTime(), seen.getTime() + IDLE_MS),
  }))
}

/** Whose session it is; null when the agency has none of that id in force. */
export async function ownerOfSession(trx: Trx, p: { agency: string; id: string }): Promise<string | null> {
  const row = await signInTables(trx)
    .selectFrom('people_session')
    .select('person')
    .where('agency', '=', p.agency)
    .where('id', '=', p.id)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return row?.person ?? null
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
