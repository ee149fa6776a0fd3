import { passkey } from '@better-auth/passkey'
import { APIError, type BetterAuthOptions, betterAuth } from 'better-auth'
import { genericOAuth, twoFactor } from 'better-auth/plugins'
import { libraryHandle } from '../../platform/database/library-handle.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/door.ts'
import { uuidv7 } from '../../platform/identifiers.ts'
import { hashPassword, LONGEST_PASSWORD, passwordMatches, SHORTEST_PASSWORD } from './password.ts'

/** An agency's own sign-in, by OpenID Connect. */
export type Oidc = {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string | null
}

export type LibraryGround = {
  readonly database: Pick<Database, 'asInstallation'>
  readonly wall: Clock
  /** Signs what passes through the browser and encrypts what codes are made with. */
  readonly secret: string
  readonly oidc: Oidc | null
}

export const OIDC_PROVIDER = 'agency'
/** The library's addresses; of them only the way back from the agency's own sign-in is served. */
export const LIBRARY_PATH = '/auth'

/**
 * How the library is set: it knows identities and what proves them, and nothing of agencies, roles or sessions at the desk. Its own
 * sessions last for the call that needs one and never reach a browser. `origin`: where the browser that asks is.
 */
function optionsOf({ database, wall, secret, oidc }: LibraryGround, origin: string) {
  const host = new URL(origin).hostname
  return {
    appName: 'Vidne',
    baseURL: origin,
    basePath: LIBRARY_PATH,
    secret,
    trustedOrigins: [origin],
    telemetry: { enabled: false },
    // Who may try how often is decided before the library is asked.
    rateLimit: { enabled: false },
    logger: { disabled: true },
    database: { db: libraryHandle(database), type: 'postgres', transaction: true },
    advanced: {
      database: { generateId: () => uuidv7(wall) },
      cookiePrefix: 'vidne',
      useSecureCookies: origin.startsWith('https://'),
    },
    user: { modelName: 'people_identity' },
    session: { modelName: 'people_identity_session', expiresIn: 600, disableSessionRefresh: true },
    verification: { modelName: 'people_identity_verification' },
    account: {
      modelName: 'people_identity_account',
      storeStateStrategy: 'database',
      // Nobody is found by an address that somebody else's sign-in claims: an identity is tied to it by an invitation alone.
      accountLinking: {
        enabled: true,
        disableImplicitLinking: true,
        allowDifferentEmails: true,
        trustedProviders: [OIDC_PROVIDER],
      },
    },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      autoSignIn: false,
      minPasswordLength: SHORTEST_PASSWORD,
      maxPasswordLength: LONGEST_PASSWORD,
      password: { hash: hashPassword, verify: ({ password, hash }) => passwordMatches(password, hash) },
    },
    plugins: [
      twoFactor({
        issuer: 'Vidne',
        allowPasswordless: true,
        accountLockout: { enabled: false },
        schema: { twoFactor: { modelName: 'people_identity_code' } },
      }),
      passkey({
        rpID: host,
        rpName: 'Vidne',
        origin,
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        registration: { requireSession: false, resolveUser: async ({ context }) => passkeyOwner(context) },
        authentication: { afterVerification: async ({ verification }) => demandVerifiedUser(verification) },
        schema: { passkey: { modelName: 'people_identity_passkey' } },
      }),
      ...(oidc === null ? [] : [agencySignIn(oidc)]),
    ],
  } satisfies BetterAuthOptions
}

function agencySignIn({ issuer, clientId, clientSecret }: Oidc) {
  return genericOAuth({
    config: [
      {
        providerId: OIDC_PROVIDER,
        discoveryUrl: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
        clientId,
        ...(clientSecret === null ? {} : { clientSecret }),
        scopes: ['openid'],
        requireIdTokenVerification: true,
        disableImplicitSignUp: true,
        disableSignUp: true,
        // The library wants an address of everybody. Who it is, the subject says, and nothing else is asked for.
        mapProfileToUser: profile => ({
          email: `${String(profile.sub)}@oidc.invalid`,
          emailVerified: false,
          name: 'Vidne',
        }),
      },
    ],
  })
}

/** `context` comes from our own call alone: the library is not reachable from outside. */
function passkeyOwner(context: string | null | undefined) {
  const [id, ...name] = (context ?? '').split(' ')
  if (id === undefined || id === '') throw new APIError('BAD_REQUEST')
  return { id, name: name.join(' '), displayName: name.join(' ') }
}

/** A passkey stands alone, so the device must have asked for a finger, a face or a number. */
function demandVerifiedUser({ authenticationInfo }: { authenticationInfo: { userVerified: boolean } }): void {
  if (!authenticationInfo.userVerified) throw new APIError('UNAUTHORIZED')
}

/** The library for browsers at one origin. */
export function openLibrary(ground: LibraryGround, origin: string) {
  return betterAuth(optionsOf(ground, origin))
}

export type Library = ReturnType<typeof openLibrary>

/** For the test that the tables are what this version of the library wants. */
export function libraryOptions(ground: LibraryGround): BetterAuthOptions {
  return optionsOf(ground, 'http://localhost')
}
