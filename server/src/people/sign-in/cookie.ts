/**
 * The cookie of a session. Over https its name begins with `__Host-`: no other host of the domain, and no page over plain
 * http, can set one in its place. SameSite=Strict: no request that another site causes carries it.
 */
export function cookieName(secure: boolean): string {
  return secure ? '__Host-vidne' : 'vidne'
}

/** The secret in a Cookie header; null without one. Two of that name are none: somebody has put one beside ours. */
export function secretIn(header: string | null | undefined, secure: boolean): string | null {
  const name = `${cookieName(secure)}=`
  const ours = (header ?? '').split(';').flatMap(part => {
    const pair = part.trim()
    return pair.startsWith(name) ? [pair.slice(name.length)] : []
  })
  return ours.length === 1 ? (ours[0] ?? null) : null
}

/** The Set-Cookie header that begins a session, or that ends it in this browser where `secret` is null. */
export function sessionCookie(secret: string | null, secure: boolean): string {
  const rest = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`
  return secret === null ? `${cookieName(secure)}=; Max-Age=0; ${rest}` : `${cookieName(secure)}=${secret}; ${rest}`
}
