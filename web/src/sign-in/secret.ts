let taken: string | null = null

/**
 * The secret behind the # of a link, which no server and no log has seen; taken out of the address at once, so that nobody reads it
 * over a shoulder or finds it in what the browser remembers. Asked again on the same page, it is the same.
 */
export function secretOfLink(): string | null {
  const secret = location.hash.slice(1)
  if (secret === '') return taken
  history.replaceState(history.state, '', location.pathname)
  taken = secret
  return secret
}
