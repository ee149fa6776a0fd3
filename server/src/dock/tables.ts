import type { Generated, Selectable } from 'kysely'
import type { Actor } from '../people/people.ts'
import type { ClockReading } from './metadata.ts'
import type { Provenance } from './provenance.ts'
import type { Trx } from '../platform/database/door.ts'

export type UploadState = 'open' | 'complete' | 'mismatched' | 'withheld' | 'terminated' | 'expired'
/** What stopped an upload the last time, where it was none of its sender's doing. */
export const TROUBLES = [
  'storage-full',
  'storage-away',
  'storage-damaged',
  'database-away',
  'stands-still',
  'too-many-parts',
  'too-long',
] as const
export type Trouble = (typeof TROUBLES)[number]

export type DiscardReason = 'received-again' | 'terminated' | 'expired'

/** Two persons let in what was deleted here before; names as they stood then. */
export type Admission = {
  readonly approval: string
  readonly reason: string
  readonly askedBy: string
  readonly confirmedBy: string
}

export type DockTables = {
  dock_upload: {
    id: string
    agency: string
    stored: string
    recording: string | null
    person: string
    actor: Actor
    camera: string | null
    camera_source: string | null
    wearer: string | null
    path: string
    path_encoding: 'utf-8' | 'percent'
    metadata: string
    bytes: bigint | null
    acknowledged: Generated<bigint>
    parts: Generated<number>
    reserved: Generated<string[]>
    attempt: Generated<number>
    declared_sha256: Uint8Array | null
    clocks: ClockReading[]
    proposed_hold: boolean
    session: string | null
    level: 'gateway' | 'received'
    state: UploadState
    created_at: Date
    expires_at: Date
    admitted: Admission | null
    provenance: Provenance | null
    moved_at: Date
    trouble: Trouble | null
  }
  dock_part: {
    agency: string
    recording: string
    part: number
    object: string
    plain_offset: bigint
    plain_bytes: number
  }
  dock_discard: { stored: string; agency: string; because: DiscardReason; since: Date }
  dock_recording: {
    id: string
    agency: string
    camera: string | null
    wearer: string | null
    wearer_key: string | null
    path: string | null
    path_encoding: string | null
    extension: string | null
    bytes: bigint | null
    sha256: Uint8Array | null
    crc32: bigint | null
    pieces: Uint8Array | null
    manifest: string | null
    level: 'captured' | 'gateway' | 'received'
    clocks: ClockReading[] | null
    received_at: Date
    recorded_at: Date | null
    recorded_at_source: string | null
    proposed_hold: boolean
    read_state: Generated<'waiting' | 'read' | 'not-parsable'>
    read_tries: Generated<number>
    erased_at: Date | null
  }
  dock_fact: {
    agency: string
    recording: string
    ord: number
    name: string
    value: unknown
    source: string
    parser: string
  }
}

export type UploadRow = Selectable<DockTables['dock_upload']>

/** The dock's own view of a transaction. */
export function own(trx: Trx): ReturnType<typeof trx.$extendTables<DockTables>> {
  return trx.$extendTables<DockTables>()
}
