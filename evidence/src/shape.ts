import { isHex } from './bytes.ts'
import { canonicalize, JcsRefused, parseCanonical } from './jcs.ts'
import type { Json } from './jcs.ts'

/** Why an untrusted value is not of our format. */
export type FormatFault =
  | 'not-canonical'
  | 'not-an-object'
  | 'missing-member'
  | 'unknown-member'
  | 'wrong-value'
  | 'not-sorted'
  | 'duplicate-field'
  | 'field-not-committed'

/** Thrown by every parser of a JSON format here. `where` names the member, as in `core.prev`. */
export class FormatRefused extends Error {
  readonly code: FormatFault
  readonly where: string
  constructor(code: FormatFault, where: string) {
    super(`${where}: ${code}`)
    this.name = 'FormatRefused'
    this.code = code
    this.where = where
  }
}

/** The value of a canonical text. Throws FormatRefused `not-canonical`. */
export function canonicalValue(text: string, where: string): Json {
  try {
    return parseCanonical(text)
  } catch (refusal) {
    if (refusal instanceof JcsRefused)
      throw Object.assign(new FormatRefused('not-canonical', where), { cause: refusal })
    throw refusal
  }
}

/** The members of an object that has exactly these names. Throws FormatRefused. */
export function members<Name extends string>(value: Json, names: readonly Name[], where: string): Record<Name, Json> {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new FormatRefused('not-an-object', where)
  const read = new Map(Object.entries(value))
  const found = Object.fromEntries(names.map(name => [name, taken(read, name, where)]))
  for (const name of read.keys()) throw new FormatRefused('unknown-member', `${where}.${name.slice(0, 40)}`)
  // The names were just read one by one, which `fromEntries` cannot tell the compiler.
  return found as Record<Name, Json>
}

function taken(read: Map<string, Json>, name: string, where: string): Json {
  const value = read.get(name)
  if (value === undefined) throw new FormatRefused('missing-member', `${where}.${name}`)
  read.delete(name)
  return value
}

/** A whole number from `least` to `most`. Throws FormatRefused. */
export function integer(value: Json, where: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least || value > most) {
    throw new FormatRefused('wrong-value', where)
  }
  return value
}

/** Thirty-two bytes in lower-case hexadecimal. Throws FormatRefused. */
export function hex32(value: Json, where: string): string {
  if (!isHex(value, 32)) throw new FormatRefused('wrong-value', where)
  return value
}

/** A text that matches the whole pattern. Throws FormatRefused. */
export function matching(value: Json, pattern: RegExp, where: string): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw new FormatRefused('wrong-value', where)
  return value
}

/** One of the values listed. Throws FormatRefused. */
export function oneOf<Choice extends string | number>(value: Json, choices: readonly Choice[], where: string): Choice {
  const choice = choices.find(known => known === value)
  if (choice === undefined) throw new FormatRefused('wrong-value', where)
  return choice
}

/** An array of at most `most` items. Throws FormatRefused. */
export function list(value: Json, where: string, most: number): Json[] {
  if (!Array.isArray(value) || value.length > most) throw new FormatRefused('wrong-value', where)
  return value
}

/** The value itself when it can be written canonically. Throws FormatRefused `not-canonical`. */
export function writable(value: Json, where: string): Json {
  try {
    canonicalize(value)
    return value
  } catch (refusal) {
    if (refusal instanceof JcsRefused)
      throw Object.assign(new FormatRefused('not-canonical', where), { cause: refusal })
    throw refusal
  }
}
