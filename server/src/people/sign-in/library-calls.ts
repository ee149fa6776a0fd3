import { createHash } from 'node:crypto'
import { APIError } from 'better-auth'
import { makeSignature } from 'better-auth/crypto'
import { sql } from 'kysely'
import type { Database } from '../../platform/database/door.ts'
import type { Library } from './library.ts'

// How the library is asked: it wants a browser that is signed in with it, and an address of everybody.

export const NAMELESS = 'nobody.invalid'
const NAMED = 'accounts.invalid'

/** The library wants an address. A name that is none becomes one at a place that never exists. */
export function addressOf(account: string): string {
  const name = account.normalize('NFKC').trim().toLowerCase()
  return name.includes('@') ? name : `${name}@${NAMED}`
}

/** The name that somebody signs in by; null where none was chosen. */
export function accountOf(address: string): string | null {
  if (address.endsWith(`@${NAMELESS}`)) return null
  return address.endsWith(`@${NAMED}`) ? address.slice(0, -NAMED.length - 1) : address
}

/** Keeps the hash of a password, in the place of one there was. */
export async function keepPassword(library: Library, identity: string, hash: string): Promise<void> {
  const { internalAdapter } = await library.$context
  const accounts = await internalAdapter.findAccounts(identity)
  if (accounts.some(one => one.providerId === 'credential')) return internalAdapter.updatePassword(identity, hash)
  await internalAdapter.linkAccount({ userId: identity, providerId: 'credential', accountId: identity, password: hash })
}

/** A new password comes with a new secret for codes. */
export async function forgetCodes(library: Library, identity: string): Promise<void> {
  const { adapter, internalAdapter } = await library.$context
  await adapter.deleteMany({ model: 'twoFactor', where: [{ field: 'userId', value: identity }] })
  await internalAdapter.updateUser(identity, { twoFactorEnabled: false })
}

/** Work that the library does for nobody but a signed-in identity: in a session of the library's that lasts for this call. */
export async function asIdentity<T>(
  library: Library,
  identity: string,
  work: (headers: Headers) => Promise<T>,
): Promise<T> {
  try {
    return await work(await headersOf(library, identity))
  } finally {
    await endAt(library, identity, null)
  }
}

export async function headersOf(library: Library, identity: string): Promise<Headers> {
  const { internalAdapter, authCookies, secret } = await library.$context
  const { token } = await internalAdapter.createSession(identity)
  const signed = encodeURIComponent(`${token}.${await makeSignature(token, secret)}`)
  return new Headers({ cookie: `${authCookies.sessionToken.name}=${signed}` })
}

/** Ends what sessions of the library's an identity has, and passes the answer on. */
export async function endAt<T>(library: Library, identity: string, answer: T): Promise<T> {
  const { internalAdapter } = await library.$context
  await internalAdapter.deleteUserSessions(identity)
  return answer
}

/** A refusal of the library is an answer; what is broken stays broken. */
export async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof APIError && error.statusCode < 500) return null
    throw error
  }
}

export async function held(asked: Promise<unknown>): Promise<boolean> {
  return (await orNull(asked)) !== null
}

/** Set-Cookie headers as a browser sends them back. */
export function asSentBack(cookies: readonly string[]): string {
  return cookies.map(each => each.split(';', 1)[0]).join('; ')
}

const CODE_LIFE_MS = 10 * 60_000

/** Whether this code counts now for the first time (RFC 6238, 5.2): one that was looked at over a shoulder is worth nothing. */
export async function takeCode(
  database: Database,
  { identity, code, now }: { identity: string; code: string; now: number },
): Promise<boolean> {
  const digest = createHash('sha256').update(code, 'utf8').digest()
  return database.asInstallation(async trx => {
    await sql`delete from people_code_used where at < ${new Date(now - CODE_LIFE_MS)}`.execute(trx)
    const { rows } =
      await sql`insert into people_code_used (identity, code, at) values (${identity}, ${digest}, ${new Date(now)})
      on conflict do nothing returning identity`.execute(trx)
    return rows.length > 0
  })
}
