import type { ColumnType, Selectable, Transaction } from 'kysely'
import type { Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import type { Noticed, Reported } from './reported.ts'
import type { ReviewKind } from './review-kinds.ts'
import type { Clause, Decided, Verdict } from './verdicts.ts'

type JsonOf<T> = ColumnType<T, string, string>

/** Who and what a review is about, in words that go with the footage. */
export type ReviewWords = {
  readonly wearer: string | null
  readonly camera: string | null
  readonly reason: string | null
}

/** The tables that record alone writes. */
type RecordTables = {
  record_operation: {
    id: string
    agency: string
    unit: string | null
    title: string
    task: string
    from_at: Date
    until_at: Date
    ordered_by: string
    created_by: string
    created_at: Date
    policy: Uint8Array
    verdict: Verdict
    clause: ColumnType<Clause | null, string | null, never>
    ended_at: ColumnType<Date | null, null | undefined, Date>
  }
  record_participant: {
    operation: string
    agency: string
    ord: number
    wearer: string | null
    wearer_key: string | null
    camera: string | null
    recording: string | null
    looked_at: Date | null
    ended_at: ColumnType<Date | null, null | undefined, Date>
  }
  record_capture: {
    recording: string
    agency: string
    camera: string | null
    wearer: string | null
    wearer_key: string | null
    started_at: Date | null
    ended_at: Date | null
    docked_at: Date
    policy: Uint8Array | null
    marks: string[]
    notice_needed: boolean
    noticed: Noticed | null
    notice_asked_at: Date | null
    erased_at: Date | null
  }
  record_made_in: { recording: string; operation: string; agency: string }
  record_situation: {
    id: string
    agency: string
    operation: string | null
    recording: string | null
    wearer_key: string | null
    camera: string | null
    at: Date
    reported: JsonOf<Reported | Record<string, never>>
    reporter: ColumnType<Actor | null, string | null, string | null>
    reported_by: string
    reported_at: Date
    policy: Uint8Array | null
    verdict: Verdict
    decided: JsonOf<Decided>
    explained_at: Date | null
    explanation: string | null
    looked_at: Date | null
    reason_by: Date | null
    reason_looked_at: Date | null
    erased_at: Date | null
  }
  record_decided_again: {
    situation: string
    ord: number
    agency: string
    at: Date
    policy: Uint8Array | null
    verdict: Verdict
    decided: JsonOf<Decided>
  }
  record_review: {
    id: string
    agency: string
    unit: string | null
    kind: ReviewKind
    subject: string
    ord: number
    recording: string | null
    operation: string | null
    situation: string | null
    about_person: string | null
    words: JsonOf<Partial<ReviewWords>>
    since: Date
    opened_at: Date
    closed_at: Date | null
    closed_by: string | null
    reason: string | null
    erased_at: Date | null
  }
}

export type OperationRow = Selectable<RecordTables['record_operation']>
export type ParticipantRow = Selectable<RecordTables['record_participant']>
export type SituationRow = Selectable<RecordTables['record_situation']>
export type ReviewRow = Selectable<RecordTables['record_review']>

/** The same transaction, narrowed to the tables of record. */
export function recordTables(trx: Trx): Transaction<RecordTables> {
  return trx.$extendTables<RecordTables>()
}
