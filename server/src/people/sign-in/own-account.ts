import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/door.ts'
import type { AuditRow } from '../audit.ts'
import type { Actor } from '../roles.ts'
import type { Begun, Identities } from './identities.ts'
import type { Proven } from './proofs.ts'
import { endOtherSessions } from './sessions.ts'
import { signInTables } from './store.ts'
import { openTries } from './tries.ts'

/** Why something of one's own account is not changed. `wait`: so many seconds first. */
export type OwnRefusal =
  | 'no-account'
  | 'not-fresh'
  | 'wrong-password'
  | 'wrong-passkey'
  | 'wrong-code'
  | 'no-such-passkey'
  | 'last-way'
  | { readonly wait: number }
type Refused = { readonly refused: OwnRefusal }

/** By what somebody signs in, changed by themselves: from a session of their own account, at one origin. Each outside a transaction. */
export interface OwnAccount {
  look(): Promise<(Proven & { readonly fresh: boolean }) | null>
  askPasskey(name: string): Promise<Begun<unknown> | Refused>
  addPasskey(p: { cookie: string; response: unknown; name: string }): Promise<'done' | Refused>
  namePasskey(p: { id: string; name: string }): Promise<'done' | Refused>
  removePasskey(id: string): Promise<'done' | Refused>
  changePassword(p: { old: string; password: string }): Promise<'done' | Refused>
  askNewCode(password: string): Promise<{ readonly uri: string } | Refused>
  confirmNewCode(code: string): Promise<'done' | Refused>
  newRecoveryCodes(password: string): Promise<readonly string[] | Refused>
}

export type OwnGround = {
  readonly database: Database
  readonly wall: Clock
  readonly note: (row: AuditRow) => Promise<void>
  readonly identities: () => Identities | null
}

/** A desk that was left open lets nobody add a key of theirs: after this one signs in anew first. */
const FRESH_MS = 15 * 60_000
const refused = (because: OwnRefusal): Refused => ({ refused: because })

type Mine = { readonly library: Identities; readonly identity: string; readonly fresh: boolean }

export function openOwnAccount(ground: OwnGround, who: { actor: Actor; address: string }): OwnAccount {
  const { actor } = who
  const mine = () => mineOf(ground, actor)
  const note = (outcome: string) =>
    ground.note({
      agency: actor.agency,
      person: actor.person,
      token: actor.token,
      act: 'sign-in',
      subject: null,
      outcome,
    })
  return {
    async look() {
      const found = await mine()
      return found === null ? null : { ...(await found.library.proofsOf(found.identity)), fresh: found.fresh }
    },
    ...passkeysOf(mine, note),
    ...secretsOf(ground, { ...who, mine, note }),
  }
}

type Note = (outcome: string) => Promise<void>
type Passkeys = 'askPasskey' | 'addPasskey' | 'namePasskey' | 'removePasskey'

function passkeysOf(mine: () => Promise<Mine | null>, note: Note): Pick<OwnAccount, Passkeys> {
  const fresh = async (work: (found: Mine) => Promise<'done' | Refused>): Promise<'done' | Refused> => {
    const found = await mine()
    if (found === null) return refused('no-account')
    return found.fresh ? work(found) : refused('not-fresh')
  }
  return {
    async askPasskey(name) {
      const found = await mine()
      if (found === null) return refused('no-account')
      return found.fresh ? found.library.askNewPasskey(found.identity, name) : refused('not-fresh')
    },
    addPasskey: p =>
      fresh(async ({ library, identity }) => {
        if (!(await library.addPasskey(identity, p))) return refused('wrong-passkey')
        await note('passkey-added')
        return 'done'
      }),
    async namePasskey(p) {
      const found = await mine()
      if (found === null) return refused('no-account')
      return (await found.library.namePasskey(found.identity, p)) ? 'done' : refused('no-such-passkey')
    },
    removePasskey: id =>
      fresh(async ({ library, identity }) => {
        const removed = await library.removePasskey(identity, id)
        if (removed !== 'removed') return refused(removed)
        await note('passkey-removed')
        return 'done'
      }),
  }
}

type Secrets = 'changePassword' | 'askNewCode' | 'confirmNewCode' | 'newRecoveryCodes'
type Asked = { actor: Actor; address: string; mine: () => Promise<Mine | null>; note: Note }

function secretsOf(ground: OwnGround, { actor, address, mine, note }: Asked): Pick<OwnAccount, Secrets> {
  const proven = async <T>(password: string, work: (found: Mine) => Promise<T>): Promise<T | Refused> => {
    const found = await mine()
    const name = found === null ? null : (await found.library.proofsOf(found.identity)).account
    if (found === null || name === null) return refused('no-account')
    const because = await guessed(ground, found, { name, password, address })
    return because === null ? work(found) : refused(because)
  }
  return {
    changePassword: ({ old, password }) =>
      proven(old, async ({ library, identity }) => {
        await library.changePassword(identity, password)
        const { agency, person, token } = actor
        await ground.database.asAgency(agency, trx =>
          endOtherSessions(trx, ground.wall, { agency, person, but: token }),
        )
        await note('password-changed')
        return 'done' as const
      }),
    askNewCode: password => proven(password, ({ library, identity }) => library.askNewCode(identity)),
    async confirmNewCode(code) {
      const found = await mine()
      if (found === null) return refused('no-account')
      if (!(await found.library.confirmNewCode(found.identity, code))) return refused('wrong-code')
      await note('code-changed')
      return 'done'
    },
    newRecoveryCodes: password =>
      proven(password, async ({ library, identity }) => {
        const codes = await library.newRecoveryCodes(identity, password)
        if (codes === null) return refused('wrong-password')
        await note('recovery-codes-made')
        return codes
      }),
  }
}

/** Whoever guesses at the password of a desk that was left open waits as at the door. */
async function guessed(
  { database, wall }: OwnGround,
  { library, identity }: Mine,
  p: { name: string; password: string; address: string },
): Promise<OwnRefusal | null> {
  const tries = openTries(database, wall)
  const wait = await tries.wait({ account: p.name, address: p.address })
  if (wait > 0) return { wait }
  await tries.failedAs(p.name)
  if (!(await library.passwordIs(identity, p.password))) {
    await tries.failedFrom(p.address)
    return 'wrong-password'
  }
  await tries.succeededAs(p.name)
  return null
}

/** What the session's person proves themselves by; null by a token, and where a place was taken in a rehearsal. */
async function mineOf({ database, wall, identities }: OwnGround, actor: Actor): Promise<Mine | null> {
  const library = identities()
  if (library === null) return null
  const row = await database.asAgency(actor.agency, trx =>
    signInTables(trx)
      .selectFrom('people_session as session')
      .innerJoin('people_account as account', join =>
        join.onRef('account.person', '=', 'session.person').on('account.closed_at', 'is', null),
      )
      .select(['session.began_at', 'account.identity'])
      .where('session.agency', '=', actor.agency)
      .where('session.id', '=', actor.token)
      .where('session.method', '<>', 'persona')
      .where('session.ended_at', 'is', null)
      .executeTakeFirst(),
  )
  if (row === undefined) return null
  return { library, identity: row.identity, fresh: row.began_at.getTime() + FRESH_MS > wall.now() }
}
