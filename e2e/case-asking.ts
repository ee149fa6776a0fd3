import { type Asked, get } from './guarantees/asking.ts'

/** A case with these recordings as exhibits. */
export async function caseWith(who: Asked, recordings: readonly string[], number: string): Promise<string> {
  const { id } = await get<{ id: string }>(who, 'POST', '/api/cases', { number, title: 'Burglary in Vestergade' })
  for (const recording of recordings) await get(who, 'POST', `/api/cases/${id}/exhibits`, { recording })
  return id
}

/** No link outlives a year. */
export function inHalfAYear(): string {
  return new Date(Date.now() + 180 * 86_400_000).toISOString()
}

export type LinkWish = { openings?: number; until?: string; recipientRole?: string; exhibits?: string[] }

/** A link as its maker is told of it: where it is, and whom it waits for. */
export type MadeLink = { link: string; state: string; address: string; secret: string; approval: string | null }

export async function makeLink(who: Asked, id: string, wish: LinkWish = {}): Promise<MadeLink> {
  const made = await get<Omit<MadeLink, 'secret'>>(who, 'POST', `/api/cases/${id}/links`, {
    recipient: 'Advokat Pia Holm',
    recipientRole: 'defence',
    purpose: 'investigation',
    until: inHalfAYear(),
    openings: 2,
    ...wish,
  })
  return { ...made, secret: made.address.split('.')[1] ?? '' }
}

/** A link that a second person has agreed to. */
export async function agreedLink(who: Asked, second: Asked, id: string, wish: LinkWish = {}): Promise<MadeLink> {
  const made = await makeLink(who, id, wish)
  if (made.approval !== null) await get(second, 'POST', `/api/approvals/${made.approval}/approve`)
  return made
}

export type SharedSaid = { status: number; said: Record<string, unknown>; cookie: string | null }

/** Asks as the page of a link does: JSON from the page's own origin, with the cookie of this browser, if it has one. */
export async function askShared(
  url: string,
  what: string,
  body: object,
  { cookie = null, ...headers }: { cookie?: string | null } & Record<string, string | null> = {},
): Promise<SharedSaid> {
  const given = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))
  const answer = await fetch(`${url}/api/shared/${what}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(cookie === null ? {} : { cookie }),
      ...Object.fromEntries(given),
    },
    body: JSON.stringify(body),
  })
  const set = answer.headers.get('set-cookie')
  const text = await answer.text()
  const said: Record<string, unknown> = text.startsWith('{') ? JSON.parse(text) : { text }
  return { status: answer.status, said, cookie: set?.split(';', 1)[0] ?? null }
}
