import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import { type Seer, visible } from '../rules/rules.ts'

/** One recording as the list shows it; times in epoch milliseconds. After a deletion only its history and its rule are left. */
export type Listed = {
  id: string
  sha256: string | null
  bytes: number | null
  camera: string | null
  wearer: string | null
  path: string | null
  level: 'captured' | 'gateway' | 'received'
  recordedAt: number | null
  recordedAtSource: string | null
  receivedAt: number
  /** Index of its first event in the log, once a signed checkpoint covers it. */
  index: number | null
  sealedAt: number | null
  life: 'kept' | 'due' | 'erasing' | 'deleted' | null
  rule: string | null
  deleteAfter: number | null
  held: boolean
  parsable: boolean | null
  /** Stored bytes of it are gone for good. */
  bytesLost: boolean
}

/** Where a page ends; the next begins behind it. */
export type Mark = { receivedAt: number; id: string }

type Row = {
  id: string
  sha256: Uint8Array | null
  bytes: bigint | null
  camera: string | null
  wearer: string | null
  path: string | null
  level: Listed['level']
  recorded_at: Date | null
  recorded_at_source: string | null
  received_at: Date
  read_state: 'waiting' | 'read' | 'not-parsable'
  index: bigint | null
  sealed_at: Date | null
  state: Listed['life']
  rule: string | null
  delete_after: Date | null
  held: boolean | null
  lost: boolean
}

/** The recordings that somebody may see, newest first. Reads only what earlier stages publish. */
export async function listRecordings(
  trx: Trx,
  seer: Seer,
  page: { most: number; after: Mark | null },
): Promise<Listed[]> {
  const behind =
    page.after === null
      ? sql`true`
      : sql`(r.received_at, r.id) < (${new Date(page.after.receivedAt)}::timestamptz, ${page.after.id}::uuid)`
  const { rows } = await sql<Row>`
    select r.id, r.sha256, r.bytes, r.camera, r.wearer, r.path, r.level, r.recorded_at, r.recorded_at_source, r.received_at,
      r.read_state, s.index, s.at as sealed_at, k.state, k.rule, k.delete_after, k.held,
      l.recording is not null as lost
    from (
      select * from dock_v_recording r where ${visible(seer, 'r')} and ${behind} order by r.received_at desc, r.id desc limit ${page.most}
    ) r
    left join history_event e on e.subject = r.id and e.seq = 0
    left join seal_v_sealed s on s.label = e.label
    left join keep_v_recording k on k.recording = r.id
    left join keep_v_lost l on l.recording = r.id
    order by r.received_at desc, r.id desc`.execute(trx)
  return rows.map(listed)
}

function listed(row: Row): Listed {
  return {
    id: row.id,
    sha256: row.sha256 === null ? null : Buffer.from(row.sha256).toString('hex'),
    bytes: row.bytes === null ? null : Number(row.bytes),
    camera: row.camera,
    wearer: row.wearer,
    path: row.path,
    level: row.level,
    recordedAt: row.recorded_at?.getTime() ?? null,
    recordedAtSource: row.recorded_at_source,
    receivedAt: row.received_at.getTime(),
    index: row.index === null ? null : Number(row.index),
    sealedAt: row.sealed_at?.getTime() ?? null,
    life: row.state,
    rule: row.rule,
    deleteAfter: row.delete_after?.getTime() ?? null,
    held: row.held ?? false,
    parsable: row.read_state === 'waiting' ? null : row.read_state === 'read',
    bytesLost: row.lost,
  }
}
