import type { Approvals, Units } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import type { Objects } from '../platform/objects/port.ts'
import type { Still } from '../platform/still.ts'
import type { Vault } from '../platform/vault/port.ts'
import type { Rules } from '../rules/rules.ts'
import type { LogStanding } from '../seal/seal.ts'
import type { ClockLead } from './clock-guard.ts'

/** Which recording, of which agency: UUIDs. */
export type Which = { readonly agency: string; readonly recording: string }

/**
 * One holder of something of a recording: bytes, rows, thumbnails, an index. Every stage that holds any registers one.
 * Both calls may come again after a crash, and resolve only when it is durable that nothing is left.
 */
export interface Eraser {
  /** Unique; stands in the recording's last event. */
  readonly name: string
  /** Erases what the stage holds of the footage and of what was found in it. Outside any transaction. */
  erase(agency: string, recording: string): Promise<'gone'>
  /** As `erase`, of many; where it fails, each is asked for by itself. Saves transactions in a large night. */
  eraseMany?(agency: string, recordings: readonly string[]): Promise<'gone'>
  /** Erases what is left for the tombstone's sake, at its end. */
  forget?(agency: string, recording: string): Promise<'gone'>
}

/** The part of a logger that keep uses; pino's fits. */
export interface KeepLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

export type KeepGround = {
  readonly database: Database
  readonly clock: Clock
  readonly history: History
  readonly vault: Pick<
    Vault,
    | 'key'
    | 'rewrap'
    | 'under'
    | 'destroyHour'
    | 'destroyKey'
    | 'replayDestructions'
    | 'check'
    | 'position'
    | 'recognises'
  >
  readonly objects: Pick<Objects, 'recognises' | 'list' | 'size' | 'mark' | 'moveMark'>
  readonly rules: Rules
  readonly approvals: Approvals
  /** Whose camera it was: a unit's own rules hold for what its cameras recorded. */
  readonly units: Pick<Units, 'haveCameras' | 'ofCameras' | 'ofPerson'>
  readonly log: KeepLog
  /** The installation's id, as objects and vault were claimed under. */
  readonly installation: string
  readonly logStanding: () => LogStanding | Promise<LogStanding>
  /** Whether the operator of a rehearsal installation moved the clock from `from` to `to` on purpose. */
  readonly deliberateLeap: (from: number, to: number) => boolean | Promise<boolean>
  /** By how much our clock leads that of each witness that was heard; empty without any. `seal` knows. */
  readonly clockLeads: () => readonly ClockLead[] | Promise<readonly ClockLead[]>
  /** Whether an agency has uploads under way, which a wrong clock would end too. `dock` knows; none when absent. */
  readonly unfinished?: (trx: Trx, agency: string) => Promise<boolean>
  /** Removes the agency's audit rows of before a moment, and those about recordings whose history is erased. `people` does. */
  readonly endAudit?: (agency: string, before: number) => Promise<number>
  /** Removes names and words of the agency of before a moment that no footage takes along. `record` does. */
  readonly endWords?: (agency: string, before: number) => Promise<number>
  /** Ends the texts of the agency's cases that were closed before a moment. `review` does. */
  readonly endCases?: (agency: string, before: number) => Promise<number>
  /** Told of each stop that a run finds, however long ago all was found right. */
  readonly stopped?: (stop: Still) => void
  /** How many days a camera's clock may lie behind the dock and still be believed; 60 when absent. */
  readonly plausibleDays?: number
}

export const PLAUSIBLE_DAYS = 60
