import type { Clock } from '../../platform/clock.ts'
import type { Database, Trx } from '../../platform/database/door.ts'
import { Gathering } from '../../platform/gathering.ts'
import type { AuditRow } from '../audit.ts'
import { may, type Actor } from '../roles.ts'
import type { Authentication } from '../tokens.ts'
import { personasOf, type Persona } from './personas.ts'
import {
  authenticateSessions,
  endSessions,
  listSessions,
  openSession,
  ownerOfSession,
  type SessionEntry,
} from './sessions.ts'
import type { SessionMethod } from './store.ts'

export type { Persona } from './personas.ts'
export type { SessionEntry } from './sessions.ts'
export type { SessionMethod } from './store.ts'

export type SessionEnd = 'ended' | 'not-allowed' | 'no-such-session'

/** How people come in at the desk, and how they are let out again. */
export interface SignIn {
  /** Who sits at a browser whose cookie holds this secret. Outside a transaction. */
  authenticate(secret: string): Promise<Authentication>
  /** Everybody whose place can be taken in a rehearsal; nobody in a normal installation. */
  personas(): Promise<Persona[]>
  /** Takes somebody's place by one click; the secret for the cookie, or null where that cannot be. Outside a transaction. */
  asPersona(person: string, client: string): Promise<string | null>
  /** Ends the session that the actor speaks by, at once. */
  signOut(actor: Actor): Promise<void>
  /** The agency's sessions in force; the actor's own where he does not administer the agency. */
  sessions(trx: Trx, actor: Actor): Promise<SessionEntry[]>
  /** Ends a session at once: any of the agency's for its administrators, for others one of their own. */
  endSession(trx: Trx, actor: Actor, id: string): Promise<SessionEnd>
}

export type SignInGround = {
  readonly database: Database
  /** The machine's own clock: a rehearsal that leaps a month ahead does not put everybody out. */
  readonly wall: Clock
  readonly rehearsal: boolean
  readonly note: (row: AuditRow) => Promise<void>
}

export function openSignIn(ground: SignInGround): SignIn {
  const { database, wall, note } = ground
  const asking = new Gathering<string, Authentication>({
    most: 200,
    round: secrets => database.asInstallation(trx => authenticateSessions(trx, wall, secrets)),
  })
  const personas = async () => (ground.rehearsal ? database.asInstallation(personasOf) : [])
  return {
    authenticate: secret => asking.ask(secret),
    personas,
    async asPersona(person, client) {
      const found = (await personas()).find(one => one.person === person)
      if (found === undefined) return null
      return begin(ground, { agency: found.agency.id, person, method: 'persona', client })
    },
    async signOut({ agency, person, token }) {
      const ended = await database.asAgency(agency, trx => endSessions(trx, wall, { agency, id: token }))
      if (ended.length > 0) await note({ agency, person, token, act: 'sign-in', subject: null, outcome: 'signed-out' })
    },
    sessions: (trx, actor) =>
      listSessions(trx, wall, { agency: actor.agency, of: may(actor, 'revoke-token') ? null : actor.person }),
    async endSession(trx, actor, id) {
      const { agency } = actor
      const owner = await ownerOfSession(trx, { agency, id })
      if (owner === null) return 'no-such-session'
      if (owner !== actor.person && !may(actor, 'revoke-token')) return 'not-allowed'
      return (await endSessions(trx, wall, { agency, id })).length > 0 ? 'ended' : 'no-such-session'
    },
  }
}

/** Begins a session and puts it on the agency's audit; the secret for the cookie. */
async function begin(
  { database, wall, note }: SignInGround,
  p: { agency: string; person: string; method: SessionMethod; client: string },
): Promise<string> {
  const { agency, person } = p
  const { id, secret } = await database.asAgency(agency, trx => openSession(trx, wall, p))
  await note({ agency, person, token: id, act: 'sign-in', subject: null, outcome: `signed-in-${p.method}` })
  return secret
}
