import type { Actor } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { GatheringPerKey } from '../platform/gathering.ts'
import type { History } from '../platform/history/history.ts'
import type { Logger } from '../platform/http/logging.ts'
import type { Objects } from '../platform/objects/objects.ts'
import type { Vault } from '../platform/vault/port.ts'
import type { Still } from '../platform/still.ts'
import type { Completions } from './completion.ts'
import type { IntakeWatch } from './intake-watch.ts'
import type { DockLimits } from './limits.ts'
import type { OpeningPool } from './opening-pool.ts'
import type { OpenUploads } from './open-uploads.ts'
import type { Owners } from './owners.ts'
import type { SealingPool } from './sealing-pool.ts'
import type { Sessions } from './sessions.ts'
import type { Slots } from './slots.ts'
import type { Turns } from './turns.ts'
import type { Upload } from './uploads-store.ts'

/** What all the rooms of the dock work with. */
export type Ground = {
  readonly database: Database
  readonly objects: Objects
  readonly vault: Vault
  readonly history: History
  readonly clock: Clock
  readonly log: Logger
  readonly limits: DockLimits
  readonly slots: Slots
  readonly turns: Turns
  readonly openParts: Turns
  readonly pool: SealingPool
  readonly openings: OpeningPool
  readonly sessions: Sessions
  readonly owners: Owners
  readonly openUploads: OpenUploads
  readonly watch: IntakeWatch
  /** Digest of the policy in force at the agency, 32 bytes. */
  readonly policyDigest: (trx: Trx, agency: string) => Promise<Uint8Array>
  readonly completions: Completions
  /** Makes rows of begun uploads, those of an agency together. */
  readonly beginnings: GatheringPerKey<Upload, Upload>
  readonly mayDock: (actor: Actor) => Promise<boolean>
  readonly receiptOf: (recording: string) => Promise<string | null>
  /** Why nothing may be taken in or erased, in words; null while it may. */
  readonly standsStill: () => Promise<Still | null>
  /** Why the clock that an agency's uploads run out by may be wrong; null while nothing is against it. */
  readonly clockInDoubt: (agency: string) => Promise<Still | null>
  /** A recording was sealed. */
  readonly sealed: () => void
  /** Storage waits to be erased. */
  readonly discarded: () => void
}
