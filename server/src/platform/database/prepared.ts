import { parse, protocol, types, type messages, type PGlite, type Results } from '@electric-sql/pglite'

/** Kept in PostgreSQL at once; those least used go. Lists of changing length make a statement of their own each. */
const MOST_KEPT = 300
/**
 * A statement is planned for the tables as they were. Nothing analyses an embedded database in the background, so a plan made
 * for an empty table would be kept while it grows.
 */
const LIFE_MS = 10_000

const BYTEA_ARRAY = 1001

type Prepared = {
  readonly name: string
  readonly parameterTypes: readonly number[]
  /** Null: a statement that answers no rows. */
  readonly columns: messages.RowDescriptionMessage | null
  readonly madeAt: number
}

/**
 * Statements that PostgreSQL has parsed and planned before: bound and executed in one round trip, at a quarter of the price. The
 * caller runs one at a time.
 */
export class PreparedStatements {
  readonly #lite: PGlite
  readonly #kept = new Map<string, Prepared>()
  #made = 0

  constructor(lite: PGlite) {
    this.#lite = lite
  }

  /** `role` is the one it runs under: a plan that row-level security went into is good for one role only. */
  async run(role: string, sql: string, parameters: readonly unknown[]): Promise<Results> {
    const key = `${role} ${sql}`
    const prepared = this.#find(key) ?? (await this.#prepare(key, sql))
    const values = parameters.map((value, at) => this.#serialized(value, prepared.parameterTypes[at] ?? 0))
    const { bind, execute, sync } = protocol.serialize
    const answer = await this.#lite.execProtocol(
      Buffer.concat([bind({ statement: prepared.name, values }), execute({}), sync()]),
    )
    const described = prepared.columns === null ? answer.messages : [prepared.columns, ...answer.messages]
    return parse.parseResults(described, this.#lite.parsers).at(-1) ?? { rows: [], fields: [] }
  }

  /** Forgets all: after a script that may have changed what tables and roles look like. */
  async forget(): Promise<void> {
    if (this.#kept.size === 0) return
    this.#kept.clear()
    await this.#lite.exec('deallocate all')
  }

  #find(key: string): Prepared | null {
    const prepared = this.#kept.get(key)
    if (prepared === undefined || performance.now() - prepared.madeAt > LIFE_MS) return null
    // The newest at the end: the map is the list of least use.
    this.#kept.delete(key)
    this.#kept.set(key, prepared)
    return prepared
  }

  async #prepare(key: string, text: string): Promise<Prepared> {
    const name = `p${this.#made++}`
    const { close, describe, parse: parsed, sync } = protocol.serialize
    const going = this.#going(key).map(old => close({ type: 'S', name: old }))
    const answer = await this.#lite.execProtocol(
      Buffer.concat([...going, parsed({ name, text }), describe({ type: 'S', name }), sync()]),
    )
    const columns = answer.messages.find(message => message.name === 'rowDescription')
    const prepared = {
      name,
      parameterTypes: parse.parseDescribeStatementResults(answer.messages),
      columns: (columns as messages.RowDescriptionMessage | undefined) ?? null, // the message of that name
      madeAt: performance.now(),
    }
    this.#kept.set(key, prepared)
    return prepared
  }

  /** Names whose place the next one takes: its own older self, and the one least used where there are too many. */
  #going(key: string): string[] {
    const own = this.#kept.get(key)
    this.#kept.delete(key)
    if (own !== undefined) return [own.name]
    if (this.#kept.size < MOST_KEPT) return []
    const [oldest] = this.#kept
    if (oldest === undefined) return []
    this.#kept.delete(oldest[0])
    return [oldest[1].name]
  }

  /** Bytes go as they are; PGlite would write them out in hexadecimal, one by one. */
  #serialized(value: unknown, type: number): string | Uint8Array | null {
    if (value === null || value === undefined) return null
    if (type === types.BYTEA && value instanceof Uint8Array) return value
    if (type === BYTEA_ARRAY && Array.isArray(value)) return `{${value.map(hexElement).join(',')}}`
    const serialize = this.#lite.serializers[type]
    if (serialize !== undefined) return serialize(value)
    if (typeof value === 'string') return value
    if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
    throw new TypeError(`a parameter of type ${type} cannot be written out`)
  }
}

function hexElement(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (!(value instanceof Uint8Array)) throw new TypeError('a bytea[] takes bytes')
  return `"\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}"`
}
