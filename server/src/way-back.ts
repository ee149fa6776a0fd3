import type { House } from './compose.ts'
import { OIDC_CALLBACK, sessionCookie } from './people/people.ts'
import type { About } from './platform/http/about.ts'

/** Where the agency's own sign-in sends browsers back to; to be entered there. */
export const WAY_BACK = OIDC_CALLBACK

type Back = { request: Request; about: About; origin: string; secure: boolean }

/**
 * Signs in whom the agency's own sign-in has proven, and leads on to the desk; nothing of it stays in an address. Who is not known
 * here is led to the page of sign-in, which says so.
 */
export async function backFromAgency({ ground }: House, { request, about, origin, secure }: Back): Promise<Response> {
  const { search } = new URL(request.url)
  // As the browser sees it: the library compares it with where it sent the browser from.
  const asked = new Request(`${origin}${WAY_BACK}${search}`, {
    headers: { cookie: request.headers.get('cookie') ?? '', host: new URL(origin).host },
  })
  const from = { address: about.client, client: request.headers.get('user-agent') ?? '' }
  const { entered, joining } = await ground.people.signIn.entering(origin).byOidc(asked, from)
  const headers = new Headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
  if ('secret' in entered) {
    headers.append('set-cookie', sessionCookie(entered.secret, secure))
    headers.set('location', '/')
  } else headers.set('location', joining ? '/invitation#refused' : '/sign-in#refused')
  return new Response(null, { status: 303, headers })
}
