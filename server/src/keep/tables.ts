import type { Selectable, Transaction } from 'kysely'
import type { CaseEvent, Direction } from '@vidne/policies/retention'
import type { HoldKind } from '@vidne/contract/recordings'
import type { RecordKind } from '@vidne/contract/records'
import type { Trx } from '../platform/database/door.ts'

export type LifeState = 'kept' | 'due' | 'erasing' | 'deleted'
export type VaultState = 'unsettled' | 'settled' | 'lost'
export type HoldState = 'proposed' | 'placed' | 'released'
export type RunOutcome = 'done' | 'waiting' | 'stopped' | 'clock-stopped' | 'clock-confirmed'

export type DecisionOutcome = 'delete' | 'keep'

/** What brings a deletion forward; each takes two persons. */
export type ShorteningKind = 'early-deletion' | 'category-downgrade' | 'deletion-decision' | 'policy'

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
    shortening: string | null
  }
  keep_category: {
    recording: string
    agency: string
    rule: string
    since: Date
    person: string | null
    case_number: string | null
    offence: string | null
    until: Date | null
    approval: string | null
  }
  keep_case_event: {
    id: string
    agency: string
    recording: string
    case_number: string | null
    event: CaseEvent
    happened_at: Date
    noted_at: Date
    person: string
  }
  keep_decision: {
    approval: string
    agency: string
    recording: string
    outcome: DecisionOutcome
    roles: readonly string[]
    at: Date
  }
  keep_shortening: {
    id: string
    agency: string
    recording: string
    kind: ShorteningKind
    approval: string | null
    policy: Uint8Array | null
    at: Date
  }
  /** `scope`: a unit, or the agency itself for its own versions. */
  keep_reckoned: { agency: string; scope: string; since: Date }
  keep_hold: {
    id: string
    agency: string
    recording: string
    kind: HoldKind | 'camera'
    state: HoldState
    reason: string | null
    placed_by: string | null
    placed_at: Date
    review_at: Date
    released_at: Date | null
    approval: string | null
  }
  keep_duty: {
    hold: string
    agency: string
    recording: string
    due_at: Date
    told_at: Date | null
    told_by: string | null
    offered_at: Date | null
    offered_by: string | null
  }
  keep_record: {
    id: string
    agency: string
    kind: RecordKind
    ref: string | null
    about: string | null
    entered_at: Date
    entered_by: string
    monitoring_end: Date | null
    deleted_at: Date | null
    disposal: string | null
  }
  keep_disposal: {
    id: string
    agency: string
    kind: RecordKind
    authority: string
    decided_on: string
    reference: string
    noted_at: Date
    person: string
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
export type RecordRow = Selectable<KeepTables['keep_record']>
export type HoldRow = Selectable<KeepTables['keep_hold']>

/** The same transaction, narrowed to the tables of keep. */
export function keepTables(trx: Trx): Transaction<KeepTables> {
  return trx.$extendTables<KeepTables>()
}
