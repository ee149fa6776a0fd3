import type { Clock } from '../../platform/clock.ts'
import type { Database, Trx } from '../../platform/database/door.ts'
import { Gathering } from '../../platform/gathering.ts'
import type { AuditRow } from '../audit.ts'
import type { Grounded } from '../ground.ts'
import type { Mail } from '../mail/mail.ts'
import { may, type Actor, type Role } from '../roles.ts'
import type { Authentication } from '../tokens.ts'
import { closeAccount } from './accounts.ts'
import { type Entering, openEntering } from './entering.ts'
import { type Identities, openIdentities } from './identities.ts'
import { type Invitation, invitationOf, invite, type Invited, withdraw } from './invitations.ts'
import type { Oidc } from './library.ts'
import { openOwnAccount, type OwnAccount } from './own-account.ts'
import { type Persona, personasOf } from './personas.ts'
import { changeRole, type RoleRefusal, type RosterEntry, rosterOf } from './roster.ts'
import { tidySignIn } from './tidying.ts'
import { authenticateSessions, endSessions, listSessions, ownerOfSession, type SessionEntry } from './sessions.ts'

export type { Entered, Entering, Joined } from './entering.ts'
export type { PresentedPasskey } from './identities.ts'
export type { Invitation, Invited } from './invitations.ts'
export type { Oidc } from './library.ts'
export type { OwnAccount, OwnRefusal } from './own-account.ts'
export type { Persona } from './personas.ts'
export type { RoleRefusal, RosterEntry } from './roster.ts'
export type { SessionEntry } from './sessions.ts'
export type { SessionMethod } from './store.ts'

export type SessionEnd = 'ended' | 'not-allowed' | 'no-such-session'

/** How people come in at the desk, and how they are let out again. */
export interface SignIn {
  /** Who sits at a browser whose cookie holds this secret. Outside a transaction. */
  authenticate(secret: string): Promise<Authentication>
  /** The ways in for browsers at one origin. */
  entering(origin: string): Entering
  /** By what the actor signs in, for a browser at one origin. `address`: from where. */
  own(origin: string, who: { actor: Actor; address: string }): OwnAccount
  /** Whether the agency's own sign-in can be used. */
  readonly byAgency: boolean
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
  /** The invitation of that secret; null where it can no longer be used. Outside a transaction. */
  invitation(secret: string): Promise<Invitation | null>
  /** Invites somebody under these roles; `by` null: at the founding. */
  invite(
    trx: Trx,
    wish: { agency: string; name: string; roles: readonly Role[]; by: Actor | null },
  ): Promise<Invited | 'is-a-machine'>
  withdraw(trx: Trx, actor: Actor, person: string): Promise<boolean>
  /** Everybody of the actor's agency. */
  roster(trx: Trx, actor: Actor): Promise<RosterEntry[]>
  changeRole(
    trx: Trx,
    wish: { actor: Actor; person: string; role: Role; how: 'give' | 'take' },
  ): Promise<'changed' | RoleRefusal>
  /** Closes an account and ends its sessions; false: there was none. Outside a transaction. */
  closeAccount(actor: Actor, person: string): Promise<boolean>
  /** What runs by the clock each hour: clears away what signing in has left. */
  tidy(): Promise<void>
}

export type SignInGround = {
  readonly database: Database
  /** The machine's own clock: a rehearsal that leaps a month ahead does not put everybody out. */
  readonly wall: Clock
  readonly rehearsal: boolean
  /** What identities are kept with; null: nobody can have one here. */
  readonly identities: { readonly secret: string; readonly oidc: Oidc | null } | null
  readonly note: (row: AuditRow) => Promise<void>
  readonly grounded: (trx: Trx, agency: string) => Promise<Grounded>
  readonly mail: Pick<Mail, 'notice' | 'remove'>
}

export function openSignIn(ground: SignInGround): SignIn {
  const { database, wall } = ground
  const asking = new Gathering<string, Authentication>({
    most: 200,
    round: secrets => database.asInstallation(trx => authenticateSessions(trx, wall, secrets)),
  })
  const identitiesAt = identitiesByOrigin(ground)
  const personas = async () => (ground.rehearsal ? database.asInstallation(personasOf) : [])
  const grounded = async (trx: Trx, agency: string) => ({ ...(await ground.grounded(trx, agency)), wall })
  const entering = (origin: string) =>
    openEntering({ ...ground, grounded, personas, identities: () => identitiesAt(origin) })
  return {
    authenticate: secret => asking.ask(secret),
    entering,
    own: (origin, who) =>
      openOwnAccount({ ...ground, note: toldToOwner(ground), identities: () => identitiesAt(origin) }, who),
    byAgency: (ground.identities?.oidc ?? null) !== null,
    personas,
    asPersona: (person, client) => entering(ANY_ORIGIN).asPersona(person, client),
    ...sessionsOf(ground),
    invitation: secret => database.asInstallation(trx => invitationOf(trx, wall, secret)),
    invite: async (trx, wish) => invite(trx, await grounded(trx, wish.agency), wish),
    withdraw: (trx, { agency }, person) => withdraw(trx, { wall }, { agency, person }),
    roster: (trx, { agency }) => rosterOf(trx, wall, agency),
    tidy: () => database.asInstallation(trx => tidySignIn(trx, wall.now())),
    changeRole: async (trx, wish) => changeRole(trx, await grounded(trx, wish.actor.agency), wish),
    async closeAccount(actor, person) {
      const { agency } = actor
      const identity = await database.asAgency(agency, async trx => {
        await ground.mail.remove(trx, { agency, person, by: actor })
        return closeAccount(trx, await grounded(trx, agency), { agency, person, by: actor })
      })
      if (identity !== null) await identitiesAt(ANY_ORIGIN)?.remove(identity)
      return identity !== null
    },
  }
}

/** What somebody changes of their own account they are told by mail too: it may not have been them. */
function toldToOwner({ database, note, mail }: SignInGround): SignInGround['note'] {
  return async row => {
    await note(row)
    const { agency, person, outcome } = row
    const about = TOLD.find(one => one === outcome)
    if (about !== undefined && person !== null)
      await database.asAgency(agency, trx => mail.notice(trx, { agency, person, about }))
  }
}

const TOLD = ['passkey-added', 'password-changed', 'code-changed', 'recovery-codes-made'] as const

function sessionsOf({ database, wall, note, mail }: SignInGround): Pick<SignIn, 'signOut' | 'sessions' | 'endSession'> {
  return {
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
      const ended = (await endSessions(trx, wall, { agency, id })).length > 0
      if (ended && owner !== actor.person) await mail.notice(trx, { agency, person: owner, about: 'signed-out' })
      return ended ? 'ended' : 'no-such-session'
    },
  }
}

const ANY_ORIGIN = 'http://localhost'
/** A passkey belongs to one origin. People reach an installation by few, and strangers may claim many. */
const MOST_ORIGINS = 8

function identitiesByOrigin({ database, wall, identities }: SignInGround): (origin: string) => Identities | null {
  const opened = new Map<string, Identities>()
  return origin => {
    if (identities === null) return null
    const there = opened.get(origin)
    if (there !== undefined) return there
    if (opened.size >= MOST_ORIGINS) opened.clear()
    const made = openIdentities({ database, wall, ...identities }, origin)
    opened.set(origin, made)
    return made
  }
}
