import { symmetricEncrypt } from 'better-auth/crypto'
import type { Database } from '../../platform/database/door.ts'
import { type Library, type LibraryGround, LIBRARY_PATH, OIDC_PROVIDER, openLibrary } from './library.ts'
import {
  addressOf,
  asIdentity,
  asSentBack,
  endAt,
  forgetCodes,
  headersOf,
  held,
  keepPassword,
  NAMELESS,
  orNull,
  takeCode,
} from './library-calls.ts'
import { labelled, openProofs, type Proofs } from './proofs.ts'

/** What a step of signing in that has more than one must find again in the browser: Set-Cookie headers of ten minutes at most. */
export type Begun<T> = { readonly answer: T; readonly cookies: readonly string[] }

/** What a browser answers when a passkey was used. */
export type PresentedPasskey = NonNullable<
  Parameters<Library['api']['verifyPasskeyAuthentication']>[0]
>['body']['response']

/** What proves an identity, and how it is taken on. The identity's id is ours to keep; everything else the library keeps. */
export interface Identities extends Proofs {
  /** The identity of that name, made when there is none yet; then nothing proves it. No name of a person: the library needs none. */
  named(name: string): Promise<string>
  remove(identity: string): Promise<void>
  /** Gives it a name to sign in by, a password, and the secret for codes; the address that an authenticator reads. */
  setPassword(identity: string, p: { account: string; password: string }): Promise<{ readonly uri: string } | 'taken'>
  /** Whether the code is of that secret. From then on the identity can be proven by password and code. */
  confirmCode(identity: string, code: string): Promise<boolean>
  /** Whose name, password and code these are, the code of an authenticator or one for recovery; null for any that are not, whichever. */
  byPassword(p: { account: string; password: string; code: string }): Promise<string | null>
  askNewPasskey(identity: string, name: string): Promise<Begun<unknown>>
  /** Takes a new passkey on; false where it is none, or was not asked for by this identity. */
  addPasskey(identity: string, p: { cookie: string; response: unknown; name?: string }): Promise<boolean>
  askPasskey(): Promise<Begun<unknown>>
  byPasskey(p: { cookie: string; response: PresentedPasskey }): Promise<string | null>
  /** Where the agency's own sign-in is, to come back to `back`; null where none is set, or it does not answer. */
  askOidc(p: { identity: string | null; back: string }): Promise<Begun<string> | null>
  /** The way back from there: where to go on to, and whom it proved; null: nobody, or it only tied the two. */
  byOidc(request: Request): Promise<{ to: string; identity: string | null; refused: boolean }>
}

type Ground = LibraryGround & { readonly database: Database }

/** Identities for browsers at one origin. */
export function openIdentities(ground: Ground, origin: string): Identities {
  const library = openLibrary(ground, origin)
  return {
    ...passwords(ground, library),
    ...passkeys(library),
    ...oidc(library),
    ...openProofs(ground, library),
    async named(name) {
      const { adapter, internalAdapter } = await library.$context
      const where = [{ field: 'name', value: name }]
      const there = await adapter.findOne<{ id: string }>({ model: 'user', where })
      if (there !== null) return there.id
      // The library finds everybody by an address; this one is nobody's, until a name to sign in by is chosen.
      const user = { name, email: `${crypto.randomUUID()}@${NAMELESS}`, emailVerified: false }
      return (await internalAdapter.createUser(user, { method: 'admin' })).id
    },
    async remove(identity) {
      const { internalAdapter } = await library.$context
      await internalAdapter.deleteUser(identity)
    },
  }
}

function passwords(
  { database, wall }: Ground,
  library: Library,
): Pick<Identities, 'setPassword' | 'confirmCode' | 'byPassword'> {
  const once = (identity: string, code: string) => takeCode(database, { identity, code, now: wall.now() })
  return {
    async setPassword(identity, { account, password }) {
      const { internalAdapter, password: passwordOf } = await library.$context
      const email = addressOf(account)
      const there = await internalAdapter.findUserByEmail(email)
      if (there !== null && there.user.id !== identity) return 'taken'
      await internalAdapter.updateUser(identity, { email })
      await keepPassword(library, identity, await passwordOf.hash(password))
      await forgetCodes(library, identity)
      const uri = await asIdentity(library, identity, async headers => {
        const made = await library.api.enableTwoFactor({ body: { password, method: 'totp' }, headers })
        if (!('totpURI' in made)) throw new Error('the library made no secret for codes')
        return made.totpURI
      })
      await forgetRecovery(library, identity)
      return { uri: labelled(uri, account) }
    },
    confirmCode: (identity, code) =>
      asIdentity(library, identity, async headers => {
        if (!(await once(identity, code))) return false
        return held(library.api.verifyTOTP({ body: { code }, headers }))
      }),
    async byPassword({ account, password, code }) {
      const first = await orNull(
        library.api.signInEmail({ body: { email: addressOf(account), password }, returnHeaders: true }),
      )
      if (first === null) return null
      // Without a second factor the library has let somebody in already; here nobody comes in by a password alone.
      if (!('twoFactorRedirect' in first.response)) return endAt(library, first.response.user.id, null)
      const headers = new Headers({ cookie: asSentBack(first.headers.getSetCookie()) })
      const recovers = !SIX_DIGITS.test(code)
      const asked = { body: { code }, headers }
      const second = await orNull(recovers ? library.api.verifyBackupCode(asked) : library.api.verifyTOTP(asked))
      if (second === null) return null
      const identity = second.user.id
      return endAt(library, identity, (await once(identity, code)) ? identity : null)
    },
  }
}

const SIX_DIGITS = /^\d{6}$/

/** The library makes codes for recovery that nobody was shown; they are made when somebody asks for them. */
async function forgetRecovery(library: Library, identity: string): Promise<void> {
  const { adapter, secretConfig } = await library.$context
  const update = { backupCodes: await symmetricEncrypt({ key: secretConfig, data: '[]' }) }
  await adapter.update({ model: 'twoFactor', where: [{ field: 'userId', value: identity }], update })
}

function passkeys(library: Library): Pick<Identities, 'askNewPasskey' | 'addPasskey' | 'askPasskey' | 'byPasskey'> {
  const { api } = library
  return {
    async askNewPasskey(identity, name) {
      const query = { context: `${identity} ${name}` }
      const { response, headers } = await api.generatePasskeyRegistrationOptions({ query, returnHeaders: true })
      return { answer: response, cookies: headers.getSetCookie() }
    },
    async addPasskey(identity, { cookie, response, name }) {
      const body = { response, ...(name === undefined ? {} : { name }) }
      const made = await orNull(api.verifyPasskeyRegistration({ body, headers: new Headers({ cookie }) }))
      if (made === null) return false
      if (made.userId === identity) return true
      const { adapter } = await library.$context
      await adapter.delete({ model: 'passkey', where: [{ field: 'id', value: made.id }] })
      return false
    },
    async askPasskey() {
      const { response, headers } = await api.generatePasskeyAuthenticationOptions({ returnHeaders: true })
      return { answer: { ...response, userVerification: 'required' }, cookies: headers.getSetCookie() }
    },
    async byPasskey({ cookie, response }) {
      const found = await orNull(
        api.verifyPasskeyAuthentication({ body: { response }, headers: new Headers({ cookie }) }),
      )
      return found === null ? null : endAt(library, found.user.id, found.user.id)
    },
  }
}

function oidc(library: Library): Pick<Identities, 'askOidc' | 'byOidc'> {
  const { api } = library
  const refusedTo = (back: string) => `${back}${back.includes('?') ? '&' : '?'}refused`
  return {
    async askOidc({ identity, back }) {
      const body = {
        provider: OIDC_PROVIDER,
        callbackURL: back,
        errorCallbackURL: refusedTo(back),
        disableRedirect: true,
      }
      const asked = await orNull(
        identity === null
          ? api.signInSocial({ body, returnHeaders: true })
          : api.linkSocialAccount({ body, headers: await headersOf(library, identity), returnHeaders: true }),
      )
      if (asked?.response.url === undefined) return null
      return { answer: asked.response.url, cookies: asked.headers.getSetCookie() }
    },
    async byOidc(request) {
      const response = await library.handler(request)
      const to = response.headers.get('location') ?? '/'
      const { internalAdapter, authCookies } = await library.$context
      const token = valueOf(response.headers.getSetCookie(), authCookies.sessionToken.name)
      const found = token === null ? null : await internalAdapter.findSession(token)
      if (found !== null) await endAt(library, found.user.id, null)
      return { to, identity: found?.user.id ?? null, refused: /[?&](?:refused|error=)/.test(to) }
    },
  }
}

/** The value that a signed cookie stands for; the library has signed it a moment ago. */
function valueOf(cookies: readonly string[], name: string): string | null {
  const set = cookies.find(each => each.startsWith(`${name}=`))
  const value = decodeURIComponent(set?.slice(name.length + 1).split(';', 1)[0] ?? '')
  return value === '' ? null : value.slice(0, value.lastIndexOf('.'))
}

export const CALLBACK_PATH = `${LIBRARY_PATH}/callback/${OIDC_PROVIDER}`
