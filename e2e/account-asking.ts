// How somebody comes by an account and through its door, over HTTP alone.

import { expect } from 'vitest'
import type { Me } from '@vidne/contract/me'
import { codeOf } from '@vidne/server/people/testing/authenticator'
import { ask, get, type Said } from './guarantees/asking.ts'
import type { Inside } from './guarantees/inside.ts'

export const PASSWORD = 'correct horse battery staple'

/** What is asked of accounts in the installation that `here` gives. */
export function accountsOf(here: () => Inside) {
  const post = (path: string, body: object): Promise<Said> =>
    ask({ url: here().clerk.url, token: null }, 'POST', path, body)

  async function invited(name: string, roles: string[] = []): Promise<{ person: string; secret: string }> {
    const made = await get<{ person: string; link: string }>(here().clerk, 'POST', '/api/people/invitations', {
      name,
      roles,
    })
    expect(made.link).toMatch(/^\/invitation#[\w-]{43}$/)
    return { person: made.person, secret: made.link.split('#')[1] ?? '' }
  }

  /** Takes an invitation up by password and code; what the authenticator was given. */
  async function joined(secret: string, account: string): Promise<string> {
    const set = await post('/api/invitation/password', { secret, account, password: PASSWORD })
    expect(set.status).toBe(200)
    const { uri } = set.said as { uri: string }
    expect((await post('/api/invitation/code', { secret, code: codeOf(uri) })).status).toBe(200)
    return uri
  }

  /** One try at the door; the cookie where it was opened. */
  async function signIn(account: string, password: string, code: string) {
    const answer = await fetch(`${here().clerk.url}/api/sign-in/password`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': 'en' },
      body: JSON.stringify({ account, password, code }),
    })
    const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0] ?? ''
    return {
      status: answer.status,
      said: (await answer.json()) as { message: string; data?: { sentence: string } },
      cookie,
    }
  }

  async function meBy(cookie: string): Promise<Me['person']> {
    const answer = await fetch(`${here().clerk.url}/api/me`, { headers: { cookie } })
    return ((await answer.json()) as Me).person
  }

  return { post, invited, joined, signIn, meBy }
}
