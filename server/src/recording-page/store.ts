import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import { type Seer, visible } from '../rules/rules.ts'

/** One recording on somebody's list, from what the stages publish. */
export type Row = {
  readonly id: string
  readonly sha256: Uint8Array | null
  readonly bytes: bigint | null
  readonly camera: string | null
  readonly wearer: string | null
  readonly path: string | null
  readonly level: 'captured' | 'gateway' | 'received'
  readonly recorded_at: Date | null
  readonly recorded_at_source: string | null
  readonly received_at: Date
  readonly read_state: 'waiting' | 'read' | 'not-parsable'
  readonly index: bigint | null
  readonly sealed_at: Date | null
  readonly state: 'kept' | 'due' | 'erasing' | 'deleted' | null
  readonly rule: string | null
  readonly direction: 'max' | 'min' | 'review' | null
  readonly delete_after: Date | null
  readonly review_at: Date | null
  readonly held: boolean | null
  readonly lost: boolean
}

/** The recording, as far as it is on his list. */
export async function findRow(trx: Trx, seer: Seer, recording: string): Promise<Row | null> {
  const { rows } = await sql<Row>`
    select r.id, r.sha256, r.bytes, r.camera, r.wearer, r.path, r.level, r.recorded_at, r.recorded_at_source, r.received_at,
      r.read_state, s.index, s.at as sealed_at, k.state, k.rule, k.direction, k.delete_after, k.review_at, k.held,
      exists (select from keep_v_lost l where l.recording = r.id) as lost
    from dock_v_recording r
    left join history_event e on e.subject = r.id and e.seq = 0
    left join seal_v_sealed s on s.label = e.label
    left join keep_v_recording k on k.recording = r.id
    where r.id = ${recording}::uuid and ${visible(seer, 'r')}`.execute(trx)
  return rows[0] ?? null
}

/** Where the events of a chain stand in the log, by `seq`; those that no signed checkpoint covers yet are missing. */
export async function placesOf(trx: Trx, recording: string): Promise<ReadonlyMap<number, number>> {
  const { rows } = await sql<{ seq: bigint; index: bigint }>`
    select e.seq, s.index from history_event e join seal_v_sealed s on s.label = e.label
    where e.subject = ${recording}::uuid`.execute(trx)
  return new Map(rows.map(({ seq, index }) => [Number(seq), Number(index)]))
}

/** By which ways each of these persons finds the recording on his list. */
export type Found = { readonly role: boolean; readonly own: boolean; readonly granted: boolean }

/** One question for many persons: the predicate of each, way by way. */
export async function foundBy(trx: Trx, seers: readonly Seer[], recording: string): Promise<Found[]> {
  if (seers.length === 0) return []
  const on = (seer: Seer) =>
    sql<boolean>`exists (select from dock_v_recording r where r.id = ${recording}::uuid and ${visible(seer, 'r')})`
  const questions = seers.map(
    (seer, place) => sql`select ${place}::int as place,
      ${on({ ...seer, own: false, grantees: [] })} as role,
      ${on({ ...seer, all: false, grantees: [] })} as own,
      ${on({ ...seer, all: false, own: false })} as granted`,
  )
  const { rows } = await sql<Found & { place: number }>`${sql.join(questions, sql` union all `)}`.execute(trx)
  return rows.toSorted((a, b) => a.place - b.place).map(({ role, own, granted }) => ({ role, own, granted }))
}
