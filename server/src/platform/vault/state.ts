// What an open vault is made of.

import type { Clock } from '../clock.ts'
import { FsyncFailed, type Disk } from '../durable/disk.ts'
import type { LiveCopy } from './copy.ts'
import type { Header } from './header.ts'
import { tombstoneOf, type Journal } from './journal.ts'
import type { KeyCache } from './key-cache.ts'
import { KeyDestroyed, KeyUnknown, VaultDegraded, type VaultFinding } from './port.ts'
import type { SlotTable } from './slot-table.ts'
import type { MasterKeys } from './wrap.ts'
import type { WrappingKeys } from './wrapping-keys.ts'

/** What does not change while the vault is open. */
export type VaultPlace = {
  readonly folders: readonly [string, string]
  readonly master: Uint8Array
  readonly clock: Clock
  readonly disk: Disk
  readonly cache: KeyCache
}

/** What was read from the disk and is kept equal to it. */
export type VaultState = {
  /** The copies in use, `a` first; one only while the vault is degraded. */
  readonly copies: readonly LiveCopy[]
  header: Header
  readonly keys: MasterKeys
  readonly table: SlotTable
  readonly journal: Journal
  readonly wrappings: WrappingKeys
  /** Number of the latest commit. All of commit n is in both copies before commit n + 1 begins. */
  commit: number
  readonly findings: readonly VaultFinding[]
  /** Why nothing may be changed, or null. */
  readonly degraded: string | null
  /** A change failed half-way; the copies are read anew before the next one. */
  stale: boolean
  /** An fsync failed: what the disk holds is unknown, and nothing is changed any more (G2). */
  fatal: FsyncFailed | null
}

/** Notes what a failed change means for the next one. */
export function noteFailure(state: VaultState, error: unknown): void {
  if (error instanceof FsyncFailed) state.fatal = error
  else state.stale = true
}

/** @throws VaultDegraded */
export function demandBothCopies(state: VaultState): void {
  if (state.degraded !== null) throw new VaultDegraded(state.degraded)
}

/** Where a key lies. @throws KeyDestroyed, KeyUnknown */
export function demandSlot(state: VaultState, id: string): number {
  const index = state.table.find(id)
  if (index !== null) return index
  throw state.journal.destroyedAt(tombstoneOf(id)) === null ? new KeyUnknown(id) : new KeyDestroyed(id)
}
