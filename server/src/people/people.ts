import { systemClock, type Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { Gathering } from '../platform/gathering.ts'
import { historyKeyId, uuidv7 } from '../platform/identifiers.ts'
import type { Vault } from '../platform/vault/port.ts'
import { agencyOf, foundAgency, type Agency, type Founded, type Founding } from './agencies.ts'
import { openApprovals, type Approvals } from './approvals.ts'
import { openDelegations, type Delegations } from './delegations.ts'
import type { Grounded } from './ground.ts'
import { endAudit } from './audit-end.ts'
import { commitAudit, listingNotes, noteAudit, type AuditRow } from './audit.ts'
import { grantRole, nameKey, personCalled, personNamed, type Person } from './persons.ts'
import { may, type Act, type Actor, type Role } from './roles.ts'
import { openRegisters, type Registers } from './registers.ts'
import { openStaff, type Staff } from './staff.ts'
import { openUnits, type Units } from './units.ts'
import { type Mail, openMail, type Sending } from './mail/mail.ts'
import { peopleTables } from './store.ts'
import { openSignIn, type SignIn, type SignInGround } from './sign-in/sign-in.ts'
import { administratorsBeside, listTokens, ownerOf, type TokenEntry } from './token-list.ts'
import { authenticateTokens, issueToken, revokeToken, type Authentication } from './tokens.ts'
import { presentedToken, type PresentedToken } from './token-text.ts'

export type { Agency, Founded, Founding } from './agencies.ts'
export type { ApprovalKind, WithoutAnswer } from './approval-kinds.ts'
export type { Answer, AnswerRefusal, Approvals, Approved, Asked, Carried, Overtaken, Question } from './approvals.ts'
export type { Answered, Ended, EndRefusal } from './approvals.ts'
export type { AuditRow } from './audit.ts'
export type { Delegation, Delegations, Principal } from './delegations.ts'
export type { AddressRefusal, Mail, Notice, OwnAddresses, Sending } from './mail/mail.ts'
export type { Acceptance, Registers, Training } from './registers.ts'
export type { Act, Actor, Role } from './roles.ts'
export type {
  Entered,
  Entering,
  Invitation,
  Invited,
  Joined,
  Oidc,
  OwnAccount,
  OwnRefusal,
  Persona,
  PresentedPasskey,
  RoleRefusal,
  RosterEntry,
  SessionEnd,
  SessionEntry,
  SignIn,
} from './sign-in/sign-in.ts'
export type { Staff, StaffEntry } from './staff.ts'
export type { TokenEntry } from './token-list.ts'
export type { Authentication, SignInRefusal } from './tokens.ts'
export type { UnitRefusal, UnitStanding } from './unit-changes.ts'
export type { CameraUnit, Member, Unit, Units } from './units.ts'
export type { Publication, Waiting } from './waiting.ts'
export { actorFields } from './actor-fields.ts'
export { nameKey } from './persons.ts'
export { ACTS, isRole, may, ROLES } from './roles.ts'
export { cookieName, secretIn, sessionCookie } from './sign-in/cookie.ts'
export { CALLBACK_PATH as OIDC_CALLBACK } from './sign-in/identities.ts'
export { standingOf } from './waiting.ts'

export type TokenRefusal = 'not-allowed' | 'nobody' | 'already-over' | 'machine-and-person'

export type Revocation = 'revoked' | 'not-allowed' | 'no-such-token' | 'last-administrator'

export type NewToken =
  | { readonly made: true; readonly token: string; readonly person: string; readonly expires: number | null }
  | { readonly made: false; readonly because: TokenRefusal }

export type PeopleGround = {
  readonly database: Database
  readonly clock: Clock
  readonly history: History
  readonly vault: Pick<Vault, 'create'>
  /** Digest of the policy in force at the agency; `rules` gives it. */
  readonly policyDigest: (trx: Trx, agency: string) => Promise<Uint8Array>
  /** What the policy wants of a person before a right that their roles give: `rules` knows. Absent: nothing. */
  readonly gate?: (trx: Trx, actor: Actor, act: Act) => Promise<Gate | null>
  /** By what sessions and locks run out; the machine's own clock when absent, also in a rehearsal. */
  readonly wall?: Clock
  /** Whether places can be taken by one click. */
  readonly rehearsal?: boolean
  /** What identities are kept with; absent: nobody can have one. */
  readonly identities?: SignInGround['identities']
  /** What it takes to send mail; null or absent: none is sent. */
  readonly mail?: Sending | null
}

/** What keeps somebody from a right that their roles give: the policy in force is not accepted, or a training is missing or over. */
export type Gate = 'policy-not-accepted' | 'training-missing'

/** Persons, roles, tokens and approvals of every agency of the installation. Shared ground: it imports no stage. */
export interface People {
  readonly approvals: Approvals
  readonly units: Units
  readonly registers: Registers
  readonly staff: Staff
  readonly signIn: SignIn
  /** The person of that name in the agency; null: there is none, or it is a machine. */
  person(trx: Trx, agency: string, name: string): Promise<Person | null>
  readonly delegations: Delegations
  readonly mail: Mail
  /** A new agency's id, with the key of its chain made in the vault. */
  newAgencyId(): Promise<string>
  /** Founds an agency under an id from `newAgencyId`, in a transaction asAgency of that id. */
  createAgency(trx: Trx, founding: Founding): Promise<Founded>
  agency(trx: Trx, id: string): Promise<(Agency & { readonly createdAt: number }) | null>
  /** The ids of all agencies, oldest first. */
  agencies(): Promise<string[]>
  /**
   * Who presents this Authorization header. Refusals of a token that was once right are put on the
   * agency's audit. Outside a transaction.
   */
  authenticate(header: string | null | undefined): Promise<Authentication>
  /** Whether the actor may do this; a refusal is put on the agency's audit. Outside a transaction. */
  allowed(actor: Actor, act: Act, subject?: string): Promise<boolean>
  /** As `allowed`, with why not; null where they may. */
  refusal(actor: Actor, act: Act, subject?: string): Promise<'not-allowed' | Gate | null>
  /** What the policy wants of the person before a right that their roles give; null where nothing stands in the way. Notes nothing. */
  kept(trx: Trx, actor: Actor, act: Act): Promise<Gate | null>
  /** A token for a person by name, with one role that the person is given along with it. */
  createToken(trx: Trx, actor: Actor, wish: { person: string; role: Role; expires: number | null }): Promise<NewToken>
  /** The agency's tokens, newest first; the actor's own where he does not administer the agency. */
  tokens(trx: Trx, actor: Actor): Promise<TokenEntry[]>
  /** Refuses a token from the commit on: any of the agency's for its administrators, for others one of their own. */
  revokeToken(trx: Trx, actor: Actor, token: string): Promise<Revocation>
  noteAudit(trx: Trx, row: AuditRow): Promise<void>
  /** Puts a listing on the agency's audit: the first of its kind that a token asks for in an hour. Outside a transaction. */
  noteListing(actor: Actor, act: Act, subject?: string): Promise<void>
  /** Name by person id, for those of them that the transaction sees. */
  names(trx: Trx, persons: readonly string[]): Promise<Map<string, string>>
  /** What runs by the clock each hour: commits finished hours of audit, closes questions nobody answered in time. */
  hourly(): Promise<{ audited: number; lapsed: number }>
  /**
   * Removes an agency's audit rows whose time is over: older than `before` (epoch ms), or about a recording whose history was
   * erased. What the log committed to stays, and so do the proofs of other rows. Says how many went.
   */
  endAudit(agency: string, before: number): Promise<number>
}

export function openPeople(ground: PeopleGround): People {
  const { database, clock, history, vault } = ground
  const grounded = async (trx: Trx, agency: string): Promise<Grounded> => ({
    clock,
    history,
    pol: await ground.policyDigest(trx, agency),
  })
  const note = (row: AuditRow) => database.asAgency(row.agency, trx => noteAudit(trx, clock, row))
  const agencies = () => database.asInstallation(allAgencies)
  const approvals = openApprovals(ground)
  const refusal = refusals(ground, note)
  const mail = mailOf(ground, { approvals, grounded })
  const signIn = signInOf(ground, { note, grounded, mail })
  return {
    approvals,
    units: openUnits(grounded),
    registers: openRegisters(grounded),
    staff: openStaff(grounded),
    signIn,
    person: personCalled,
    delegations: openDelegations(clock, grounded),
    mail,
    async newAgencyId() {
      const id = uuidv7(clock)
      await vault.create({ agency: id, keys: [{ id: historyKeyId(id), kind: 'history' }], expires: null })
      return id
    },
    createAgency: (trx, founding) => foundAgency(trx, ground, founding),
    agency: agencyOf,
    agencies,
    authenticate: signIns(ground, note),
    allowed: async (actor, act, subject) => (await refusal(actor, act, subject)) === null,
    refusal,
    kept: async (trx, actor, act) => (await ground.gate?.(trx, actor, act)) ?? null,
    createToken: async (trx, actor, wish) => createToken(trx, await grounded(trx, actor.agency), actor, wish),
    tokens: (trx, actor) =>
      listTokens(trx, {
        agency: actor.agency,
        now: clock.now(),
        of: may(actor, 'revoke-token') ? null : actor.person,
      }),
    revokeToken: async (trx, actor, token) => revoke(trx, await grounded(trx, actor.agency), actor, token),
    noteAudit: (trx, row) => noteAudit(trx, clock, row),
    noteListing: listingNotes(clock, note),
    names: namesOf,
    async hourly() {
      let audited = 0
      for (const agency of await agencies()) {
        audited += await database.asAgency(agency, async trx =>
          commitAudit(trx, { ...(await grounded(trx, agency)), agency }),
        )
      }
      const lapsed = await database.asInstallation(trx => approvals.lapse(trx))
      await signIn.tidy()
      await mail.tidy(await agencies())
      return { audited, lapsed }
    },
    endAudit: (agency, before) => endAllAudit(database, agency, before),
  }
}

function mailOf(
  { database, clock, wall = systemClock, mail: sending = null }: PeopleGround,
  doors: { approvals: Approvals; grounded: SignInGround['grounded'] },
): Mail {
  return openMail({ database, clock, wall, sending, ...doors })
}

function signInOf(
  { database, wall = systemClock, rehearsal = false, identities = null }: PeopleGround,
  doors: Pick<SignInGround, 'note' | 'grounded' | 'mail'>,
): SignIn {
  return openSignIn({ database, wall, rehearsal, identities, ...doors })
}

async function endAllAudit(database: Database, agency: string, before: number): Promise<number> {
  for (let ended = 0; ;) {
    const more = await database.asInstallation(trx => endAudit(trx, { agency, before }))
    ended += more
    if (more === 0) return ended
  }
}

/** Who presents an Authorization header. Those who ask at the same time share a transaction. */
function signIns(
  { database, clock }: PeopleGround,
  note: (row: AuditRow) => Promise<void>,
): (header: string | null | undefined) => Promise<Authentication> {
  const seen = new Map<string, number>()
  const signingIn = new Gathering<PresentedToken, Authentication>({
    most: 200,
    round: asked => database.asInstallation(trx => authenticateTokens(trx, clock, asked)),
  })
  return async header => {
    const presented = presentedToken(header)
    if (presented === null) return { holds: false, because: 'unknown', known: null }
    const found = await signingIn.ask(presented)
    const row = signInRow(found, seen, clock)
    if (row !== null) await note(row)
    return found
  }
}

type Refuse = (actor: Actor, act: Act, subject?: string) => Promise<'not-allowed' | Gate | null>

/** What keeps an actor from an act: the roles first, then what the policy wants of the person. Each refusal is an audit row. */
function refusals({ database, gate }: PeopleGround, note: (row: AuditRow) => Promise<void>): Refuse {
  return async (actor, act, subject) => {
    const { agency, person, token } = actor
    const gated = async () => database.asAgency(agency, async trx => (await gate?.(trx, actor, act)) ?? null)
    const because = may(actor, act) ? await gated() : 'not-allowed'
    if (because !== null) await note({ agency, person, token, act, subject: subject ?? null, outcome: because })
    return because
  }
}

async function createToken(
  trx: Trx,
  ground: { clock: Clock; history: History; pol: Uint8Array },
  actor: Actor,
  wish: { person: string; role: Role; expires: number | null },
): Promise<NewToken> {
  const { agency } = actor
  const { role, expires } = wish
  if (!may(actor, 'create-token')) return { made: false, because: 'not-allowed' }
  if (nameKey(wish.person) === '') return { made: false, because: 'nobody' }
  if (expires !== null && expires <= ground.clock.now()) return { made: false, because: 'already-over' }
  const machine = role === 'dock'
  const person = await personNamed(trx, ground.clock, { agency, name: wish.person, machine })
  // What a machine does must not count as a person's act, nor the other way round.
  if (person.machine !== machine) return { made: false, because: 'machine-and-person' }
  await grantRole(trx, ground, { agency, person, role, by: actor })
  const token = await issueToken(trx, ground, { agency, person, roles: [role], expires, by: actor })
  return { made: true, token: token.text, person: person.id, expires }
}

async function revoke(
  trx: Trx,
  ground: { clock: Clock; history: History; pol: Uint8Array },
  actor: Actor,
  token: string,
): Promise<Revocation> {
  const { agency, person } = actor
  const owner = await ownerOf(trx, { agency, token })
  if (owner !== person && !may(actor, 'revoke-token')) {
    const row = {
      agency,
      person,
      token: actor.token,
      act: 'revoke-token',
      subject: token,
      outcome: 'not-allowed',
    } as const
    await noteAudit(trx, ground.clock, row)
    return 'not-allowed'
  }
  if (owner === null) return 'no-such-token'
  // Without one nobody could make a token again: not even the one who wants to be rid of a stolen one.
  if (!(await administratorsBeside(trx, { agency, token, now: ground.clock.now() }))) return 'last-administrator'
  return (await revokeToken(trx, ground, { token, by: actor })) ? 'revoked' : 'no-such-token'
}

const HOUR_MS = 3_600_000

/** The audit row of a sign-in: each refusal of a known token, and the first use of a token in an hour. */
function signInRow(found: Authentication, seen: Map<string, number>, clock: Clock): AuditRow | null {
  const actor = found.holds ? found.actor : found.known
  if (actor === null) return null
  const outcome = found.holds ? 'signed-in' : found.because
  const hour = Math.floor(clock.now() / HOUR_MS)
  if (found.holds && seen.get(actor.token) === hour) return null
  if (found.holds) seen.set(actor.token, hour)
  const { agency, person, token } = actor
  return { agency, person, token, act: 'sign-in', subject: null, outcome }
}

async function allAgencies(trx: Trx): Promise<string[]> {
  const rows = await peopleTables(trx)
    .selectFrom('people_agency')
    .select('id')
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(row => row.id)
}

async function namesOf(trx: Trx, persons: readonly string[]): Promise<Map<string, string>> {
  if (persons.length === 0) return new Map()
  const rows = await peopleTables(trx)
    .selectFrom('people_person')
    .select(['id', 'name'])
    .where('id', 'in', [...persons])
    .execute()
  return new Map(rows.map(row => [row.id, row.name]))
}
