import type { ColumnType, Selectable, Transaction } from 'kysely'
import type { Json } from '@vidne/evidence/jcs'
import type { Trx } from '../platform/database/door.ts'

type JsonColumn = ColumnType<Json, string, string>
type Fixed<T> = ColumnType<T, T, never>

/** The tables that people alone writes. */
export type PeopleTables = {
  people_agency: { id: string; name: string; zone: string; pack: string; created_at: Date }
  people_person: {
    id: string
    agency: string
    name: string
    name_key: string
    machine: boolean
    unit: string | null
    created_at: Date
  }
  people_grant: {
    id: string
    agency: string
    person: string
    role: string
    granted_at: Date
    granted_by: string | null
    revoked_at: Date | null
  }
  people_token: {
    id: string
    agency: string
    person: string
    prefix: string
    secret_hash: Uint8Array
    roles: string[]
    issued_at: Date
    issued_by: string | null
    expires_at: Date | null
    revoked_at: Date | null
    last_used_at: Date | null
  }
  people_approval: {
    id: string
    agency: string
    kind: string
    subject: string | null
    asked_by: string | null
    confirmations_needed: number
    payload: JsonColumn
    told: JsonColumn
    wish: Uint8Array | null
    asked_at: Date
    deadline: Date
    state: 'waiting' | 'done' | 'refused' | 'lapsed' | 'declined' | 'withdrawn'
    because: string | null
    answered_at: Date | null
    answered_by: string | null
  }
  people_confirmation: {
    approval: string
    agency: string
    person: string
    token: string
    at: Date
    on_behalf_of: string | null
  }
  people_unit: {
    id: string
    agency: string
    name: string
    name_key: string
    created_at: Date
    ended_at: Date | null
  }
  people_camera_unit: {
    agency: Fixed<string>
    camera: Fixed<string>
    since: Fixed<Date>
    unit: Fixed<string | null>
    assigned_by: Fixed<string | null>
  }
  people_acceptance: { agency: Fixed<string>; person: Fixed<string>; policy: Fixed<Uint8Array>; at: Fixed<Date> }
  people_training: {
    id: string
    agency: string
    person: string
    course: string
    completed_at: Date
    recorded_at: Date
    recorded_by: string | null
    revoked_at: Date | null
  }
  people_delegation: {
    id: string
    agency: string
    principal: string
    delegate: string
    since: Date
    until: Date
    ended_at: Date | null
  }
  people_audit: {
    id: Fixed<string>
    agency: Fixed<string>
    at: Fixed<Date>
    person: Fixed<string | null>
    token: Fixed<string | null>
    act: Fixed<string>
    subject: Fixed<string | null>
    outcome: Fixed<string>
    salt: Fixed<Uint8Array>
    covered_by: string | null
  }
  people_audit_hour: { id: string; agency: string; hour: Date; rows: number; root: Uint8Array }
}

export type ApprovalRow = Selectable<PeopleTables['people_approval']>

/** The same transaction, narrowed to the tables of people. */
export function peopleTables(trx: Trx): Transaction<PeopleTables> {
  return trx.$extendTables<PeopleTables>()
}
