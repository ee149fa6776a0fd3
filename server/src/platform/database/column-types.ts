import pg from 'pg'

const INT8 = 20
const NUMERIC = 1700
const DATE = 1082
const BYTEA = 17
const INTERVAL = 1186
const TEXT_ARRAY = 1009
const ARRAY_OF = new Map([
  [1016, INT8],
  [1231, NUMERIC],
  [1182, DATE],
  [1001, BYTEA],
  [1187, INTERVAL],
])

const asIs = (text: string): string => text

/** int8 → bigint, numeric, date and interval → string, bytea → Uint8Array; all else as the engines have it in common. */
const SCALARS = new Map<number, (text: string) => unknown>([
  [INT8, text => BigInt(text)],
  [NUMERIC, asIs],
  [DATE, asIs],
  [INTERVAL, asIs],
  [BYTEA, bytesFromHex],
])

/** The parsers that the embedded engine takes; it derives those of arrays from them. */
export const embeddedParsers: Record<number, (text: string) => unknown> = Object.fromEntries(SCALARS)

/** The same for node-postgres, whose array parsers (floating-point numerics!) must be replaced one by one. */
export function serverTypes(): pg.TypeOverrides {
  const types = new pg.TypeOverrides()
  for (const [oid, parse] of SCALARS) types.setTypeParser(oid, parse)
  const parseTextArray = types.getTypeParser(TEXT_ARRAY, 'text')
  // @types/pg gives this parser a number to parse; it takes the text.
  const textArray = (text: string): unknown => Reflect.apply(parseTextArray, types, [text])
  for (const [oid, element] of ARRAY_OF) {
    const parse = SCALARS.get(element) ?? asIs
    types.setTypeParser(oid, text => deeply(textArray(text), parse))
  }
  return types
}

function deeply(value: unknown, parse: (text: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map(element => deeply(element, parse))
  return typeof value === 'string' ? parse(value) : value
}

function bytesFromHex(text: string): Uint8Array {
  if (!text.startsWith('\\x')) throw new Error('the database answers bytea in another form than hex')
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'))
}
