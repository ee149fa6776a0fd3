import type { Act, Actor, People } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import type { Access, Rules } from '../rules/rules.ts'

/** What a docked recording says of where it comes from. Times in UTC epoch milliseconds, by the camera's word; null: unknown. */
export type Captured = {
  readonly recording: string
  readonly agency: string
  readonly wearer: string | null
  readonly camera: string | null
  readonly start: number | null
  readonly end: number | null
  readonly dockedAt: number
}

export type RecordGround = {
  readonly database: Database
  readonly clock: Clock
  readonly history: History
  readonly rules: Pick<Rules, 'policyInForce' | 'policies'>
  readonly people: Pick<People, 'allowed' | 'noteListing' | 'names' | 'units' | 'approvals'>
  readonly access: Pick<Access, 'seer'>
  /** Whether a recording is on the actor's own list; where not, that is noted. */
  readonly sees: (actor: Actor, act: Act, recording: string) => Promise<boolean>
  /** What is known of these recordings; inside a transaction. `dock` knows. */
  readonly captures: (trx: Trx, recordings: readonly string[]) => Promise<readonly Captured[]>
}

/** The part that decides and writes inside a transaction. */
export type Deciding = Pick<RecordGround, 'clock' | 'history' | 'rules' | 'people'>
