/** JSON with whole numbers only: the one kind of value that is ever hashed. */
export type Json = null | boolean | number | string | Json[] | { [member: string]: Json }

/** Why a value or text has no canonical form here. */
export type JcsFault = 'not-json' | 'not-a-value' | 'not-an-integer' | 'lone-surrogate' | 'too-deep' | 'not-canonical'

/** Thrown by canonicalize and parseCanonical. */
export class JcsRefused extends Error {
  readonly code: JcsFault
  constructor(code: JcsFault, message: string) {
    super(message)
    this.name = 'JcsRefused'
    this.code = code
  }
}

/** Arrays and objects inside one another, the outermost counted. */
export const DEEPEST = 64

/**
 * RFC 8785, the JSON Canonicalization Scheme, for whole numbers only: a fraction or a number beyond ±(2^53-1) has no one
 * spelling that every language reads back alike. Throws JcsRefused.
 */
export function canonicalize(value: Json): string {
  return write(value, 0)
}

/**
 * The value of a text that is already canonical, exactly as canonicalize would write it. Throws JcsRefused for every
 * other text: spaces, other orders, other escapes, a member named twice.
 */
export function parseCanonical(text: string): Json {
  const value = parseJson(text)
  // A member named twice loses one in parsing, so the text written back differs too.
  if (canonicalize(value) !== text)
    throw new JcsRefused('not-canonical', 'the text is JSON, but not its canonical form')
  return value
}

function parseJson(text: string): Json {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch {
    throw new JcsRefused('not-json', 'the text is not JSON')
  }
}

function write(value: unknown, depth: number): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return writeString(value)
  if (typeof value === 'number') return writeInteger(value)
  if (typeof value !== 'object') throw new JcsRefused('not-a-value', `a ${typeof value} is no JSON value`)
  if (depth >= DEEPEST) throw new JcsRefused('too-deep', `more than ${DEEPEST} levels`)
  return Array.isArray(value) ? writeArray(value, depth + 1) : writeObject(value, depth + 1)
}

function writeInteger(value: number): string {
  if (!Number.isSafeInteger(value))
    throw new JcsRefused('not-an-integer', `${value} is not a whole number up to 2^53-1`)
  return String(value)
}

// RFC 8785 §3.2.2.2 takes ECMAScript's own escaping as its rule.
function writeString(text: string): string {
  if (!text.isWellFormed()) throw new JcsRefused('lone-surrogate', 'a text holds a lone surrogate')
  return JSON.stringify(text)
}

function writeArray(items: readonly unknown[], depth: number): string {
  // Array.from makes a hole `undefined`, which `write` refuses.
  return `[${Array.from(items, item => write(item, depth)).join(',')}]`
}

// RFC 8785 §3.2.3: members in order of their UTF-16 code units, which is how sort() compares.
function writeObject(value: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new JcsRefused('not-a-value', 'only plain objects are JSON values')
  }
  const members = new Map<string, unknown>(Object.entries(value))
  const names = [...members.keys()].sort()
  return `{${names.map(name => `${writeString(name)}:${write(members.get(name), depth)}`).join(',')}}`
}
