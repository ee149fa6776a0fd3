import type { Clock } from '../../platform/clock.ts'
import type { Database, Trx } from '../../platform/database/door.ts'
import type { AuditRow } from '../audit.ts'
import type { Grounded } from '../ground.ts'
import type { Mail } from '../mail/mail.ts'
import { accountOf, openAccount } from './accounts.ts'
import type { Begun, Identities, PresentedPasskey } from './identities.ts'
import { type Invitation, invitationOf, useUp } from './invitations.ts'
import type { Persona } from './personas.ts'
import { openSession } from './sessions.ts'
import type { SessionMethod } from './store.ts'
import { openTries, type Tries } from './tries.ts'

/** From where somebody tries, and how their browser names itself. */
export type From = { readonly address: string; readonly client: string }

/** `secret`: what the browser's cookie holds from now on. `wait`: so many seconds first. */
export type Entered = { readonly secret: string } | { readonly refused: 'wrong' } | { readonly wait: number }

export type Joined = { readonly secret: string } | { readonly refused: 'over' | 'wrong' }

/** The ways in, for browsers at one origin. Each outside a transaction. */
export interface Entering {
  byPassword(p: { account: string; password: string; code: string }, from: From): Promise<Entered>
  askPasskey(): Promise<Begun<unknown> | null>
  byPasskey(p: { cookie: string; response: PresentedPasskey }, from: From): Promise<Entered>
  /** Where the agency's own sign-in is; with an invitation's secret, to tie the two. */
  askOidc(invitation: string | null): Promise<Begun<string> | null>
  /** The way back from there. */
  byOidc(request: Request, from: From): Promise<{ entered: Entered; joining: boolean }>
  /** Takes somebody's place by one click, in a rehearsal; null where that cannot be. */
  asPersona(person: string, client: string): Promise<string | null>
  /** With the secret of an invitation: a name and a password, then the first code; or a passkey. */
  choosePassword(
    invitation: string,
    p: { account: string; password: string },
  ): Promise<{ readonly uri: string } | { readonly refused: 'over' | 'taken' }>
  joinByCode(invitation: string, p: { code: string; client: string }): Promise<Joined>
  askNewPasskey(invitation: string): Promise<Begun<unknown> | null>
  joinByPasskey(invitation: string, p: { cookie: string; response: unknown; client: string }): Promise<Joined>
}

export type EnteringGround = {
  readonly database: Database
  readonly wall: Clock
  readonly note: (row: AuditRow) => Promise<void>
  readonly grounded: (trx: Trx, agency: string) => Promise<Grounded & { wall: Clock }>
  readonly personas: () => Promise<Persona[]>
  readonly identities: () => Identities | null
  readonly mail: Pick<Mail, 'notice'>
}

const WRONG = { refused: 'wrong' } as const
const OVER = { refused: 'over' } as const

export function openEntering(ground: EnteringGround): Entering {
  const tries = openTries(ground.database, ground.wall)
  return {
    ...signingIn(ground, tries),
    ...joining(ground),
    async asPersona(person, client) {
      const found = (await ground.personas()).find(one => one.person === person)
      if (found === undefined) return null
      return begin(ground, { agency: found.agency.id, person, method: 'persona', client })
    },
  }
}

type SigningIn = 'byPassword' | 'askPasskey' | 'byPasskey' | 'askOidc' | 'byOidc'

function signingIn(ground: EnteringGround, tries: Tries): Pick<Entering, SigningIn> {
  const { identities, database, wall } = ground
  const enter = (identity: string | null, method: SessionMethod, from: From) =>
    letIn(ground, { identity, method, from })
  return {
    async byPassword(p, from) {
      const wait = await tries.wait({ account: p.account, address: from.address })
      if (wait > 0) return { wait }
      // Counted before it is known to be wrong: many tries at once are as many as one after the other.
      await tries.failedAs(p.account)
      const entered = await enter((await identities()?.byPassword(p)) ?? null, 'password', from)
      await ('secret' in entered ? tries.succeededAs(p.account) : tries.failedFrom(from.address))
      return entered
    },
    askPasskey: async () => (await identities()?.askPasskey()) ?? null,
    async byPasskey(p, from) {
      const wait = await tries.wait({ account: null, address: from.address })
      if (wait > 0) return { wait }
      const entered = await enter((await identities()?.byPasskey(p)) ?? null, 'passkey', from)
      if (!('secret' in entered)) await tries.failedFrom(from.address)
      return entered
    },
    async askOidc(secret) {
      const library = identities()
      if (library === null) return null
      if (secret === null) return library.askOidc({ identity: null, back: SIGNED_IN })
      const invitation = await database.asInstallation(trx => invitationOf(trx, wall, secret))
      if (invitation === null) return null
      return library.askOidc({ identity: await library.named(invitation.id), back: `${JOINED}${invitation.id}` })
    },
    byOidc: (request, from) => backFromAgency(ground, request, from),
  }
}

const SIGNED_IN = '/auth/signed-in'
const JOINED = '/auth/joined/'

/** The library has checked what it was sent back with, and says to which of our two ends the way led. */
async function backFromAgency(
  ground: EnteringGround,
  request: Request,
  from: From,
): Promise<{ entered: Entered; joining: boolean }> {
  const library = ground.identities()
  if (library === null) return { entered: WRONG, joining: false }
  const { to, identity, refused } = await library.byOidc(request)
  const path = new URL(to, request.url).pathname
  const id = path.startsWith(JOINED) ? path.slice(JOINED.length) : null
  if (refused) return { entered: WRONG, joining: id !== null }
  if (id === null) return { entered: await letIn(ground, { identity, method: 'oidc', from }), joining: false }
  const invitation = await openInvitation(ground, id)
  if (invitation === null) return { entered: WRONG, joining: true }
  const joined = await join(ground, invitation, { method: 'oidc', client: from.client })
  return { entered: 'secret' in joined ? joined : WRONG, joining: true }
}

type Joining = 'choosePassword' | 'joinByCode' | 'askNewPasskey' | 'joinByPasskey'

function joining(ground: EnteringGround): Pick<Entering, Joining> {
  const { database, wall, identities } = ground
  const invitationBy = (secret: string) => database.asInstallation(trx => invitationOf(trx, wall, secret))
  const invited = async (secret: string) => {
    const library = identities()
    const invitation = library === null ? null : await invitationBy(secret)
    if (library === null || invitation === null) return null
    return { library, invitation, identity: await library.named(invitation.id) }
  }
  return {
    async choosePassword(secret, p) {
      const found = await invited(secret)
      if (found === null) return OVER
      const set = await found.library.setPassword(found.identity, p)
      return set === 'taken' ? { refused: set } : set
    },
    async joinByCode(secret, { code, client }) {
      const found = await invited(secret)
      if (found === null) return OVER
      if (!(await found.library.confirmCode(found.identity, code))) return WRONG
      return join(ground, found.invitation, { method: 'password', client })
    },
    async askNewPasskey(secret) {
      const found = await invited(secret)
      return found === null ? null : found.library.askNewPasskey(found.identity, found.invitation.person.name)
    },
    async joinByPasskey(secret, { cookie, response, client }) {
      const found = await invited(secret)
      if (found === null) return OVER
      if (!(await found.library.addPasskey(found.identity, { cookie, response }))) return WRONG
      return join(ground, found.invitation, { method: 'passkey', client })
    },
  }
}

/** The identity is proven and the invitation used up, in one: the account stands, and its person is signed in. */
async function join(
  ground: EnteringGround,
  invitation: Invitation,
  { method, client }: { method: SessionMethod; client: string },
): Promise<Joined> {
  const { database, wall } = ground
  const library = ground.identities()
  if (library === null) return OVER
  const identity = await library.named(invitation.id)
  const [agency, { id: person, name }] = [invitation.agency.id, invitation.person]
  const opened = await database.asAgency(agency, async trx => {
    if (!(await useUp(trx, wall, { id: invitation.id, agency }))) return null
    const before = await openAccount(trx, await ground.grounded(trx, agency), { agency, person, name, identity })
    if (before !== null) await ground.mail.notice(trx, { agency, person, about: 'account-renewed' })
    return { before }
  })
  if (opened === null) return OVER
  if (opened.before !== null) await library.remove(opened.before)
  return { secret: await begin(ground, { agency, person, method, client }) }
}

async function openInvitation({ database, wall }: EnteringGround, id: string): Promise<Invitation | null> {
  return database.asInstallation(trx => invitationOf(trx, wall, { id }))
}

/** Lets in whom an identity is an account of. */
async function letIn(
  ground: EnteringGround,
  p: { identity: string | null; method: SessionMethod; from: From },
): Promise<Entered> {
  const { identity, method, from } = p
  if (identity === null) return WRONG
  const account = await ground.database.asInstallation(trx => accountOf(trx, identity))
  if (account === null) return WRONG
  const { agency, person } = account
  return { secret: await begin(ground, { agency, person, method, client: from.client }) }
}

/** Begins a session and puts it on the agency's audit; the secret for the cookie. */
async function begin(
  { database, wall, note }: EnteringGround,
  p: { agency: string; person: string; method: SessionMethod; client: string },
): Promise<string> {
  const { agency, person } = p
  const { id, secret } = await database.asAgency(agency, trx => openSession(trx, wall, p))
  await note({ agency, person, token: id, act: 'sign-in', subject: null, outcome: `signed-in-${p.method}` })
  return secret
}
