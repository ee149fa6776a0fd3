/**
 * The name of a signing key (C2SP signed-note): not empty, no Unicode space, no plus, and, because it stands in a note,
 * well-formed and without control characters.
 */
export function isKeyName(name: string): boolean {
  return /^[ -\u{10ffff}]+$/u.test(name) && !/[\p{White_Space}+]/u.test(name) && name.isWellFormed()
}
