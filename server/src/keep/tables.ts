import type { Selectable, Transaction } from 'kysely'
import type { Direction } from '@vidne/policies/retention'
import type { Trx } from '../platform/database/door.ts'

export type LifeState = 'kept' | 'due' | 'erasing' | 'deleted'
export type VaultState = 'unsettled' | 'settled' | 'lost'
export type HoldState = 'proposed' | 'placed' | 'released'
export type RunOutcome = 'done' | 'waiting' | 'stopped' | 'clock-stopped' | 'clock-confirmed'

/** The tables that keep alone writes. */
export type KeepTables = {
  keep_ground: { one: boolean; installation: string; vault: string; vault_commit: bigint; objects_mark: bigint | null }
  keep_deadline: {
    recording: string
    agency: string
    rule: string
    direction: Direction
    anchor: Date
    anchor_source: string
    settled: boolean
    delete_after: Date | null
    review_at: Date | null
    state: LifeState
    vault_state: VaultState
    vault_hour: bigint | null
    key_destroyed_at: Date | null
    in_backups_until: Date | null
    deleted_at: Date | null
    counted: boolean
    recognition: Uint8Array | null
  }
  keep_category: { recording: string; agency: string; rule: string; since: Date; person: string | null }
  keep_hold: {
    id: string
    agency: string
    recording: string
    state: HoldState
    reason: string | null
    placed_by: string | null
    placed_at: Date
    review_at: Date
    released_at: Date | null
    approval: string | null
  }
  keep_braked: { approval: string; agency: string; recording: string; approved: boolean }
  keep_run: {
    id: string
    agency: string
    at: Date
    person: string | null
    outcome: RunOutcome
    because: string | null
    approval: string | null
    deleted: number
    unfinished: number
  }
  keep_erased: { recording: string; agency: string; eraser: string; at: Date }
  keep_tombstone: {
    recording: string
    agency: string
    rule: string
    deleted_at: Date
    erase_after: Date
    forgotten_at: Date | null
    erased_at: Date | null
  }
  keep_lost: { recording: string; agency: string; at: Date; parts: number }
  /** What dock publishes for later stages; read only. */
  dock_v_recording: {
    id: string
    agency: string
    received_at: Date
    recorded_at: Date | null
    camera: string | null
    sha256: Uint8Array | null
    proposed_hold: boolean
    read_state: 'waiting' | 'read' | 'not-parsable'
  }
  dock_v_part: { agency: string; recording: string; object: string }
  dock_v_fact: { agency: string; recording: string; ord: number; name: string; value: unknown }
}

export type DeadlineRow = Selectable<KeepTables['keep_deadline']>
export type HoldRow = Selectable<KeepTables['keep_hold']>

/** The same transaction, narrowed to the tables of keep. */
export function keepTables(trx: Trx): Transaction<KeepTables> {
  return trx.$extendTables<KeepTables>()
}
