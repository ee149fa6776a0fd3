import { refusalWords as refusedWords } from '@vidne/locales/refusals'
import { type InstallationKey, ofInstallation } from '@vidne/locales/installation'
import { type Actor, type People, secretIn, type SignInRefusal } from './people/people.ts'
import type { About } from './platform/http/about.ts'

/** How people reach the installation: what a browser says of its own pages must agree with it. */
export type Site = { readonly publicUrl: string | undefined; readonly secure: boolean }

/** A request as far as it says who makes it; `header` gives null for one that is not there. */
export type Request = { readonly method: string; readonly header: (name: string) => string | null }

/**
 * Who asks, by a token or by the session of a browser. `known`: whose it was, when the secret was right. `from-elsewhere`: another
 * site's page made the browser ask, and its session does not count.
 */
export type Who =
  | { readonly holds: true; readonly actor: Actor; readonly by: 'token' | 'session' }
  | {
      readonly holds: false
      readonly because: SignInRefusal | 'from-elsewhere'
      readonly known: Actor | null
      readonly by: 'token' | 'session' | 'nobody'
    }

const CHANGES_NOTHING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The one answer to who makes a request. A token goes before a cookie: programs send it on purpose. A cookie is sent by the
 * browser, so a request that changes something must come from a page of ours.
 */
export async function whoAsks(people: People, asked: Request, site: Site): Promise<Who> {
  const authorization = asked.header('authorization')
  const secret = secretIn(asked.header('cookie'), site.secure)
  if (authorization !== null || secret === null) {
    const found = await people.authenticate(authorization)
    return found.holds ? { ...found, by: 'token' } : { ...found, by: authorization === null ? 'nobody' : 'token' }
  }
  if (!CHANGES_NOTHING.has(asked.method) && !isFromHere(asked, site))
    return { holds: false, because: 'from-elsewhere', known: null, by: 'session' }
  return { ...(await people.signIn.authenticate(secret)), by: 'session' }
}

/**
 * Whether a page of this installation made the request. Browsers say so themselves, in headers that no page can write: all
 * send `Origin` with what changes something, and the newer ones `Sec-Fetch-Site`.
 */
export function isFromHere({ header }: Request, { publicUrl, secure }: Site): boolean {
  const site = header('sec-fetch-site')
  if (site !== null && site !== 'same-origin') return false
  const origin = header('origin')
  if (origin === null) return site === 'same-origin'
  if (publicUrl !== undefined && origin === new URL(publicUrl).origin) return true
  return origin === `${secure ? 'https' : 'http'}://${header('host')}`
}

/**
 * Where the browser that asks is. Without a public address only this machine itself is served, under one of its own names; whatever
 * else somebody claims to have asked is not taken over into links or into what a passkey is bound to.
 */
export function originOf({ header }: Request, { publicUrl, secure }: Site): string {
  if (publicUrl !== undefined) return new URL(publicUrl).origin
  const asked = URL.parse(`${secure ? 'https' : 'http'}://${header('host')}`)
  const ours = asked !== null && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(asked.hostname)
  return ours ? asked.origin : `${secure ? 'https' : 'http'}://localhost`
}

/** A form of another site can send text, but never this type without asking first. */
export function saysJson({ header }: Request): boolean {
  const type = header('content-type')
  return type === null ? (header('content-length') ?? '0') === '0' : /^application\/json\s*(?:;|$)/i.test(type)
}

/** Nobody of ours. */
export type Stranger = Extract<Who, { holds: false }>

export const NOBODY: Stranger = { holds: false, because: 'unknown', known: null, by: 'nobody' }

/** What is said to whoever was not recognised. */
export function refusalWords({ language }: About, { by, because }: Stranger): string {
  if (because === 'from-elsewhere') return ofInstallation(language, 'signIn.fromElsewhere', {})
  return by === 'session'
    ? ofInstallation(language, SESSION_KEYS[because], {})
    : refusedWords(language, 'all', `${because}-token`)
}

const SESSION_KEYS = {
  unknown: 'signIn.unknown',
  expired: 'signIn.expired',
  revoked: 'signIn.ended',
} as const satisfies Record<SignInRefusal, InstallationKey>
