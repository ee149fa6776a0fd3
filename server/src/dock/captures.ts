import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import { FILE_DATE } from './clocks.ts'

/** When a recording was made, by which camera and worn by whom: by the camera's word alone. Times in epoch milliseconds. */
export type Capture = {
  readonly recording: string
  readonly agency: string
  readonly wearer: string | null
  readonly camera: string | null
  /** Null: no clock says so. */
  readonly start: number | null
  readonly end: number | null
  readonly dockedAt: number
}

type Row = {
  id: string
  agency: string
  wearer: string | null
  camera: string | null
  received_at: Date
  recorded_at: Date | null
  recorded_at_source: string | null
  duration: unknown
}

const WEEK_MS = 7 * 86_400_000

/** What is known of these recordings; those of them that the transaction sees. */
export async function capturesOf(trx: Trx, recordings: readonly string[]): Promise<Capture[]> {
  const { rows } = await sql<Row>`
    select r.id, r.agency, r.wearer, r.camera, r.received_at, r.recorded_at, r.recorded_at_source, (
      select f.value from dock_fact f where f.recording = r.id and f.name = 'duration-ms' order by f.ord limit 1
    ) as duration
    from dock_recording r where r.id = any(${[...recordings]}::uuid[]) order by r.id`.execute(trx)
  return rows.map(captureOf)
}

function captureOf(row: Row): Capture {
  const { id: recording, agency, wearer, camera, duration } = row
  const said = row.recorded_at?.getTime() ?? null
  // A parser's claim, never trusted: anything but a length of up to a week is none.
  const long = typeof duration === 'number' && Number.isSafeInteger(duration) && duration >= 0 && duration <= WEEK_MS
  const length = long ? duration : null
  const after = (at: number | null, by: number | null) => (at === null || by === null ? null : at + by)
  const times =
    row.recorded_at_source === FILE_DATE
      ? { start: after(said, length === null ? null : -length), end: said }
      : { start: said, end: after(said, length) }
  return { recording, agency, wearer, camera, ...times, dockedAt: row.received_at.getTime() }
}
