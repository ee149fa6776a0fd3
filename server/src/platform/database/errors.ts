/**
 * The database could not be reached or was lost in the middle of work. Try again later: recovery needs no hands.
 * `committed` is 'unknown' when the connection broke while the commit was under way; then the work may stand, and only
 * what is idempotent may simply be repeated. `full`: its disk has no room, which somebody has to make.
 */
export class DatabaseAway extends Error {
  override readonly name = 'DatabaseAway'
  readonly retryable = true
  readonly committed: 'no' | 'unknown'
  readonly full: boolean

  constructor(message: string, options: { cause?: unknown; committed?: 'no' | 'unknown'; full?: true } = {}) {
    super(message, { cause: options.cause })
    this.committed = options.committed ?? 'no'
    this.full = options.full ?? false
  }
}

/** A statement ran over its time and was stopped; its transaction is rolled back. */
export class StatementTimedOut extends Error {
  override readonly name = 'StatementTimedOut'
  readonly code = '57014'
}

/** The database must not be opened as it is. The message says in words what is wrong and what to do. */
export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused'
  readonly because: Refusal

  constructor(because: Refusal, message: string, cause?: unknown) {
    super(message, { cause })
    this.because = because
  }
}

export type Refusal =
  | 'in-use'
  | 'made-by-another-postgresql'
  | 'too-old-postgresql'
  | 'newer-than-program'
  | 'migration-altered'
  | 'migration-missing'
  | 'not-durable'
  | 'not-a-database'
  | 'too-few-rights'

/** The house's own rules of the door were broken by our code: a nested transaction, a statement after its end. */
export class DoorMisused extends Error {
  override readonly name = 'DoorMisused'
}

/** What PostgreSQL says of a refused statement, the same on both engines. `code` is the SQLSTATE. */
export class StatementRefused extends Error {
  override readonly name = 'StatementRefused'
  readonly code: string
  readonly detail: string | null
  readonly constraint: string | null
  readonly table: string | null

  constructor(message: string, facts: StatementFacts) {
    super(message)
    this.code = facts.code
    this.detail = facts.detail ?? null
    this.constraint = facts.constraint ?? null
    this.table = facts.table ?? null
  }
}

export type StatementFacts = {
  readonly code: string
  readonly detail?: string | null | undefined
  readonly constraint?: string | null | undefined
  readonly table?: string | null | undefined
}

/** True when `error` is PostgreSQL's refusal with this SQLSTATE (23505: there already is such a row). */
export function refusedWith(error: unknown, code: string): boolean {
  return error instanceof StatementRefused && error.code === code
}

/**
 * SQLSTATEs that mean that the database itself, not the statement, is in trouble. 53100: disk full; 57P0x: shutting down;
 * 40P01, 40001: two transactions stood in each other's way, and this one was rolled back.
 */
const AWAY = new Set(['40001', '40P01', '53100', '53200', '53300', '57P01', '57P02', '57P03', '25P03', '58030'])

/** PostgreSQL's answer to a refused statement as one of the errors above, the same for both engines. */
export function fromPostgres(message: string, facts: StatementFacts, cause?: unknown): Error {
  const { code } = facts
  if (code === '57014') return new StatementTimedOut(`a statement took too long and was stopped: ${message}`)
  if (code === '53100') return new DatabaseAway(`the disk of the database is full: ${message}`, { cause, full: true })
  if (AWAY.has(code) || code.startsWith('08')) {
    return new DatabaseAway(`the database does not serve now (${code}): ${message}`, { cause })
  }
  return new StatementRefused(message, facts)
}
