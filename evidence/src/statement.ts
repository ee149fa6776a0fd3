import { canonicalize } from './jcs.ts'
import type { Json } from './jcs.ts'
import { canonicalValue, FormatRefused, hex32, integer, list, matching, members, oneOf } from './shape.ts'

/** The format versions an installation writes, named in leaf 0. A new version of one is a new number here. */
export const FORMATS = { event: 1, leaf: 1, manifest: 1, map: 1, package: 1, pieces: 1, receipt: 1, blob: 1 } as const
export type Formats = { -readonly [Name in keyof typeof FORMATS]: number }

/** Keys that speak for a log: the log's own, and its countersigners' by the role they sign in. */
export const KEY_ROLES = ['log', 'witness', 'mirror', 'map-checker'] as const
export type KeyRole = (typeof KEY_ROLES)[number]

/**
 * What the log says in the open. A published word can never be taken back, so no member holds free text: times are UTC epoch
 * milliseconds, digests 32 bytes in hexadecimal, rules and packs identifiers, and the one name is the log's own origin.
 */
export type PublicStatement =
  | {
      type: 'log-opened'
      v: 1
      origin: string
      mode: 'normal' | 'rehearsal'
      formats: Formats
      cadenceSeconds: number
      at: number
    }
  | { type: 'policy-in-force'; v: 1; policy: string; pack: string; at: number }
  | { type: 'deletion-run'; v: 1; at: number; counts: { rule: string; items: number }[] }
  | { type: 'log-continued'; v: 1; previous: { origin: string; size: number; root: string }; at: number }
  | { type: 'key-enrolled'; v: 1; role: KeyRole; key: string; at: number }
  | { type: 'key-revoked'; v: 1; role: KeyRole; key: string; at: number }
  | { type: 'software-in-use'; v: 1; version: string; build: string; at: number }
  | { type: 'figures-published'; v: 1; figures: string; from: number; until: number; at: number }

export type StatementOf<Type extends PublicStatement['type']> = Extract<PublicStatement, { type: Type }>

const ORIGIN = /^[A-Za-z0-9][A-Za-z0-9._~:/-]{0,254}$/
const IDENTIFIER = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$/
const VERSION = /^\d{1,5}\.\d{1,5}\.\d{1,5}$/
const MOST_RULES = 256

/** Whether a name can be a log's origin here: letters, digits and `._~:/-`, like `log.example.org/agency`. */
export function isOrigin(name: string): boolean {
  return ORIGIN.test(name)
}

/** A public statement from an untrusted value. Throws FormatRefused. */
export function parseStatement(value: Json): PublicStatement {
  const type = value !== null && typeof value === 'object' && !Array.isArray(value) ? value['type'] : undefined
  const reader = typeof type === 'string' ? READERS.get(type) : undefined
  if (reader === undefined) throw new FormatRefused('wrong-value', 'statement.type')
  return reader(value)
}

/** A public statement from its canonical text. Throws FormatRefused. */
export function decodeStatement(text: string): PublicStatement {
  return parseStatement(canonicalValue(text, 'statement'))
}

/** The canonical text of a public statement, checked once more before it can be published. Throws FormatRefused. */
export function encodeStatement(statement: PublicStatement): string {
  return canonicalize(parseStatement(statement))
}

const READERS: ReadonlyMap<string, (value: Json) => PublicStatement> = new Map<
  string,
  (value: Json) => PublicStatement
>([
  ['log-opened', parseLogOpened],
  ['policy-in-force', parsePolicyInForce],
  ['deletion-run', parseDeletionRun],
  ['log-continued', parseLogContinued],
  ['key-enrolled', value => parseKeyStatement(value, 'key-enrolled')],
  ['key-revoked', value => parseKeyStatement(value, 'key-revoked')],
  ['software-in-use', parseSoftwareInUse],
  ['figures-published', parseFiguresPublished],
])

function parseLogOpened(value: Json): StatementOf<'log-opened'> {
  const names = ['type', 'v', 'origin', 'mode', 'formats', 'cadenceSeconds', 'at'] as const
  const read = members(value, names, 'statement')
  return {
    type: 'log-opened',
    v: oneOf(read.v, [1], 'statement.v'),
    origin: matching(read.origin, ORIGIN, 'statement.origin'),
    mode: oneOf(read.mode, ['normal', 'rehearsal'], 'statement.mode'),
    formats: parseFormats(read.formats),
    cadenceSeconds: integer(read.cadenceSeconds, 'statement.cadenceSeconds', 1, 86_400),
    at: integer(read.at, 'statement.at'),
  }
}

function parseFormats(value: Json): Formats {
  const where = 'statement.formats'
  const read = members(value, ['event', 'leaf', 'manifest', 'map', 'package', 'pieces', 'receipt', 'blob'], where)
  const version = (name: keyof Formats) => integer(read[name], `${where}.${name}`, 1, 65_535)
  return {
    event: version('event'),
    leaf: version('leaf'),
    manifest: version('manifest'),
    map: version('map'),
    package: version('package'),
    pieces: version('pieces'),
    receipt: version('receipt'),
    blob: version('blob'),
  }
}

function parsePolicyInForce(value: Json): StatementOf<'policy-in-force'> {
  const read = members(value, ['type', 'v', 'policy', 'pack', 'at'], 'statement')
  return {
    type: 'policy-in-force',
    v: oneOf(read.v, [1], 'statement.v'),
    policy: hex32(read.policy, 'statement.policy'),
    pack: matching(read.pack, IDENTIFIER, 'statement.pack'),
    at: integer(read.at, 'statement.at'),
  }
}

function parseDeletionRun(value: Json): StatementOf<'deletion-run'> {
  const read = members(value, ['type', 'v', 'at', 'counts'], 'statement')
  const counts = list(read.counts, 'statement.counts', MOST_RULES).map((count, at) => {
    const where = `statement.counts[${at}]`
    const { rule, items } = members(count, ['rule', 'items'], where)
    return { rule: matching(rule, IDENTIFIER, `${where}.rule`), items: integer(items, `${where}.items`) }
  })
  return {
    type: 'deletion-run',
    v: oneOf(read.v, [1], 'statement.v'),
    at: integer(read.at, 'statement.at'),
    counts,
  }
}

function parseLogContinued(value: Json): StatementOf<'log-continued'> {
  const read = members(value, ['type', 'v', 'previous', 'at'], 'statement')
  const previous = members(read.previous, ['origin', 'size', 'root'], 'statement.previous')
  return {
    type: 'log-continued',
    v: oneOf(read.v, [1], 'statement.v'),
    previous: {
      origin: matching(previous.origin, ORIGIN, 'statement.previous.origin'),
      size: integer(previous.size, 'statement.previous.size'),
      root: hex32(previous.root, 'statement.previous.root'),
    },
    at: integer(read.at, 'statement.at'),
  }
}

function parseKeyStatement<Type extends 'key-enrolled' | 'key-revoked'>(
  value: Json,
  type: Type,
): { type: Type; v: 1; role: KeyRole; key: string; at: number } {
  const read = members(value, ['type', 'v', 'role', 'key', 'at'], 'statement')
  return {
    type,
    v: oneOf(read.v, [1], 'statement.v'),
    role: oneOf(read.role, KEY_ROLES, 'statement.role'),
    key: hex32(read.key, 'statement.key'),
    at: integer(read.at, 'statement.at'),
  }
}

function parseSoftwareInUse(value: Json): StatementOf<'software-in-use'> {
  const read = members(value, ['type', 'v', 'version', 'build', 'at'], 'statement')
  return {
    type: 'software-in-use',
    v: oneOf(read.v, [1], 'statement.v'),
    version: matching(read.version, VERSION, 'statement.version'),
    build: hex32(read.build, 'statement.build'),
    at: integer(read.at, 'statement.at'),
  }
}

function parseFiguresPublished(value: Json): StatementOf<'figures-published'> {
  const read = members(value, ['type', 'v', 'figures', 'from', 'until', 'at'], 'statement')
  const from = integer(read.from, 'statement.from')
  return {
    type: 'figures-published',
    v: oneOf(read.v, [1], 'statement.v'),
    figures: hex32(read.figures, 'statement.figures'),
    from,
    until: integer(read.until, 'statement.until', from),
    at: integer(read.at, 'statement.at'),
  }
}
