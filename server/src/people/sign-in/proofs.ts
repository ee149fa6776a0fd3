import { sql } from 'kysely'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/door.ts'
import { type Library, OIDC_PROVIDER } from './library.ts'
import { accountOf, asIdentity, forgetCodes, held, keepPassword, orNull, takeCode } from './library-calls.ts'

export type Passkey = {
  readonly id: string
  /** Null: its owner gave none. */
  readonly name: string | null
  readonly madeAt: number | null
  /** Whether the device's maker keeps it on other devices too. */
  readonly synced: boolean
}

/** By what an identity can be proven. */
export type Proven = {
  readonly passkeys: readonly Passkey[]
  /** The name that goes with a password and a confirmed code; null: there is no such way in. */
  readonly account: string | null
  /** Codes for recovery that are left. */
  readonly recoveryCodes: number
  readonly byAgency: boolean
}

/** What proves an identity, seen and changed by whoever it is of. */
export interface Proofs {
  proofsOf(identity: string): Promise<Proven>
  namePasskey(identity: string, p: { id: string; name: string }): Promise<boolean>
  /** Never the last way in, also when two are removed at once. */
  removePasskey(identity: string, id: string): Promise<'removed' | 'no-such-passkey' | 'last-way'>
  passwordIs(identity: string, password: string): Promise<boolean>
  changePassword(identity: string, password: string): Promise<void>
  /** A new secret for codes, which counts for nothing until its first code is there: the one before still does. */
  askNewCode(identity: string): Promise<{ readonly uri: string }>
  confirmNewCode(identity: string, code: string): Promise<boolean>
  /** New codes for recovery in the place of all before; null where the password is another. Each counts once. */
  newRecoveryCodes(identity: string, password: string): Promise<readonly string[] | null>
}

type Ground = { readonly database: Database; readonly wall: Clock; readonly oidc: unknown }

export function openProofs(ground: Ground, library: Library): Proofs {
  return { ...passkeysOf(ground, library), ...passwordOf(library), ...codesOf(ground, library) }
}

type Kept = { id: string; name?: string | null; createdAt?: Date | null; backedUp: boolean }

function passkeysOf(
  { database, oidc }: Ground,
  library: Library,
): Pick<Proofs, 'proofsOf' | 'namePasskey' | 'removePasskey'> {
  return {
    async proofsOf(identity) {
      const { adapter, internalAdapter } = await library.$context
      const where = [{ field: 'userId', value: identity }]
      const passkeys = await adapter.findMany<Kept>({ model: 'passkey', where })
      const [user, accounts] = [
        await internalAdapter.findUserById(identity),
        await internalAdapter.findAccounts(identity),
      ]
      const withCode = user !== null && 'twoFactorEnabled' in user && user.twoFactorEnabled === true
      const withPassword = withCode && accounts.some(one => one.providerId === 'credential')
      const codes = withPassword ? await orNull(library.api.viewBackupCodes({ body: { userId: identity } })) : null
      return {
        passkeys: passkeys.map(one => ({
          id: one.id,
          name: one.name ?? null,
          madeAt: one.createdAt?.getTime() ?? null,
          synced: one.backedUp,
        })),
        account: withPassword ? accountOf(user.email) : null,
        recoveryCodes: codes?.backupCodes.length ?? 0,
        byAgency: oidc !== null && accounts.some(one => one.providerId === OIDC_PROVIDER),
      }
    },
    async namePasskey(identity, { id, name }) {
      const { adapter } = await library.$context
      const where = [
        { field: 'id', value: id },
        { field: 'userId', value: identity },
      ]
      return (await adapter.update({ model: 'passkey', where, update: { name } })) !== null
    },
    removePasskey: (identity, id) =>
      database.asInstallation(async trx => {
        // Held until the end: of two that are removed at once, the second is counted after the first has gone.
        await sql`select id from people_identity where id = ${identity} for update`.execute(trx)
        const { rows } = await sql<{ mine: boolean; others: number }>`
          select exists (select from people_identity_passkey where id = ${id} and "userId" = ${identity}) as mine,
            (select count(*)::int from people_identity_passkey where id <> ${id} and "userId" = ${identity})
            + (select count(*)::int from people_identity_account a join people_identity i on i.id = a."userId"
                where a."userId" = ${identity} and (
                  (a."providerId" = 'credential' and i."twoFactorEnabled") or
                  (${oidc !== null} and a."providerId" = ${OIDC_PROVIDER}))) as others`.execute(trx)
        if (rows[0]?.mine !== true) return 'no-such-passkey'
        if (rows[0].others === 0) return 'last-way'
        await sql`delete from people_identity_passkey where id = ${id} and "userId" = ${identity}`.execute(trx)
        return 'removed'
      }),
  }
}

function passwordOf(library: Library): Pick<Proofs, 'passwordIs' | 'changePassword'> {
  return {
    async passwordIs(identity, password) {
      const { internalAdapter, password: of } = await library.$context
      const accounts = await internalAdapter.findAccounts(identity)
      const hash = accounts.find(one => one.providerId === 'credential')?.password ?? null
      return hash !== null && (await of.verify({ hash, password }))
    },
    async changePassword(identity, password) {
      const { password: of } = await library.$context
      await keepPassword(library, identity, await of.hash(password))
    },
  }
}

type Codes = 'askNewCode' | 'confirmNewCode' | 'newRecoveryCodes'

function codesOf({ database, wall }: Ground, library: Library): Pick<Proofs, Codes> {
  return {
    async askNewCode(identity) {
      // On an identity of its own, so that the secret before counts until the new one has shown a code.
      const aside = await besides(library, identity)
      await forgetCodes(library, aside.id)
      const { internalAdapter } = await library.$context
      const account = accountOf((await internalAdapter.findUserById(identity))?.email ?? '')
      return asIdentity(library, aside.id, async headers => {
        const made = await library.api.enableTwoFactor({ body: { method: 'totp' }, headers })
        if (!('totpURI' in made)) throw new Error('the library made no secret for codes')
        return { uri: labelled(made.totpURI, account ?? '') }
      })
    },
    async confirmNewCode(identity, code) {
      const aside = await besides(library, identity)
      const right = await asIdentity(library, aside.id, async headers => {
        // Counted for the identity itself: the same code does not sign in afterwards.
        if (!(await takeCode(database, { identity, code, now: wall.now() }))) return false
        return held(library.api.verifyTOTP({ body: { code }, headers }))
      })
      if (!right) return false
      const { adapter, internalAdapter } = await library.$context
      const of = (id: string) => [{ field: 'userId', value: id }]
      const made = await adapter.findOne<{ secret: string }>({ model: 'twoFactor', where: of(aside.id) })
      if (made === null) throw new Error('a secret that was confirmed is not there')
      await adapter.update({ model: 'twoFactor', where: of(identity), update: { secret: made.secret } })
      await internalAdapter.deleteUser(aside.id)
      return true
    },
    newRecoveryCodes: (identity, password) =>
      asIdentity(library, identity, async headers => {
        const made = await orNull(library.api.generateBackupCodes({ body: { password }, headers }))
        return made?.backupCodes ?? null
      }),
  }
}

/** Where a new secret waits for its first code. What is never finished is tidied away as any identity without an account. */
async function besides(library: Library, identity: string): Promise<{ id: string }> {
  const { adapter, internalAdapter } = await library.$context
  const name = `new code of ${identity}`
  const there = await adapter.findOne<{ id: string }>({ model: 'user', where: [{ field: 'name', value: name }] })
  if (there !== null) return there
  const user = { name, email: `${crypto.randomUUID()}@nobody.invalid`, emailVerified: false }
  return internalAdapter.createUser(user, { method: 'admin' })
}

/** As an authenticator shows it: under the name that its owner signs in by. */
export function labelled(uri: string, account: string): string {
  return `otpauth://totp/Vidne:${encodeURIComponent(account)}?${new URL(uri).searchParams}`
}
