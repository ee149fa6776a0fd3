import { valuesOf } from '@vidne/policies/values'

export type Override = { [field: string]: unknown }

/** One value that can be changed by itself: where it stands, and what it says now. */
export type Changeable = { readonly path: string; readonly value: string | number | boolean; readonly leaf: object }

/** The values of a policy that are one number, word or yes-or-no and stand by a name of their own; lists are given whole, by a file. */
export function changeable(policy: Override): Changeable[] {
  // The server answers a policy of its own; the types of the package are wider than what travels as JSON.
  const placed = valuesOf(policy as never)
  return placed.flatMap(({ path, leaf }) => {
    const { v } = leaf
    const simple = typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean'
    return simple && standsAt(policy, path, leaf) ? [{ path, value: v, leaf }] : []
  })
}

function standsAt(policy: Override, path: string, leaf: object): boolean {
  let place: unknown = policy
  for (const part of path.split('.')) {
    if (typeof place !== 'object' || place === null || Array.isArray(place)) return false
    place = (place as Override)[part]
  }
  return place === leaf
}

/** The draft with one value changed in it: the leaf whole, with a source of the agency's own. */
export function withChange(
  draft: Override,
  { path, leaf }: Changeable,
  { value, source }: { value: string | number | boolean; source: string },
): Override {
  const { f: _, ...rest } = leaf as Override
  return placed(draft, path.split('.'), { ...rest, v: value, s: source })
}

function placed(into: Override, [first = '', ...rest]: string[], leaf: object): Override {
  if (rest.length === 0) return { ...into, [first]: leaf }
  const inner = into[first]
  return { ...into, [first]: placed(isObject(inner) ? inner : {}, rest, leaf) }
}

/** What was typed for a value, as that kind of value; null where it is none. */
export function typedAs(before: Changeable['value'], text: string): Changeable['value'] | null {
  const said = text.trim()
  if (typeof before === 'number') return /^\d+$/.test(said) ? Number(said) : null
  if (typeof before === 'boolean') return said === 'true' ? true : said === 'false' ? false : null
  return said === '' ? null : said
}

/** A draft from text; null where it is no JSON object. */
export function draftIn(text: string): Override | null {
  try {
    const read: unknown = JSON.parse(text)
    return isObject(read) ? read : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Override {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
