/** One answer of the database, typed alike on both engines. */
export type Answer = {
  readonly rows: readonly Record<string, unknown>[]
  readonly command: string
  readonly affected: number | null
}

/** One connection, held by one transaction alone. After `release` every statement throws DoorMisused. */
export interface Lease {
  /** A single statement with parameters, or, without parameters, a script of several; then the last answer counts. */
  run(text: string, parameters: readonly unknown[]): Promise<Answer>
  /** Commits; resolved, the work is on the disk. Others may have the connection by then. */
  commit(): Promise<void>
  /** Gives the connection back; `broken` means that its state is not known and it must not be used again. */
  release(broken: boolean): void
}

/**
 * 'unhurried', for migrations and upkeep: no time-out cuts it. 'settled': all that it can see is on the disk already, for
 * work that does something outside the database before it commits.
 */
export type LeaseNeed = 'unhurried' | 'settled'

/** What an engine offers to the door. Errors are those of errors.ts. */
export interface Connections {
  /** Waits for a free connection. */
  lease(need?: LeaseNeed): Promise<Lease>
  /** False when the disk below has no reserve left: reads go on, but nothing new should be taken in. */
  hasReserve(): boolean
  close(): Promise<void>
}

/** The part of a logger that the database uses; pino's fits. */
export interface DatabaseLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** Throws when PostgreSQL answered a commit with a rollback, which it does without calling it an error. */
export function mustBeCommit(answer: { readonly command: string }): void {
  if (answer.command !== 'COMMIT') throw new Error(`the database answered the commit with ${answer.command}`)
}

export type EngineSettings = {
  readonly log: DatabaseLog
  readonly statementTimeoutMs: number
  /** How long a transaction may hold its connection without sending anything. */
  readonly idleInTransactionMs: number
}
