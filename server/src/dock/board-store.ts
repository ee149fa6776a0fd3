// SQL of the board of the charging room. What people bring in that was no camera's of ours is not on it.

import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import type { Trouble } from './tables.ts'

/** Files of a camera that became recordings. */
export type CameraCount = { readonly done: number; readonly bytes: number; readonly movedAt: number }

export type UnfinishedUpload = {
  readonly id: string
  readonly camera: string | null
  readonly path: string
  readonly state: 'open' | 'mismatched' | 'withheld'
  /** Null: its length was not said yet. */
  readonly bytes: number | null
  readonly acknowledged: number
  readonly movedAt: number
  readonly trouble: Trouble | null
}

type Asked = { readonly agency: string; readonly since: number }

const OF_CAMERAS = sql<boolean>`coalesce(u.provenance ->> 'origin', 'own-camera') = 'own-camera'`
const MOST_CAMERAS = 500
const MOST_UNFINISHED = 1000

/** The cameras of which files became recordings since, those that moved last. */
export async function camerasSince(trx: Trx, { agency, since }: Asked): Promise<Map<string | null, CameraCount>> {
  const { rows } = await sql<{ camera: string | null; done: bigint; bytes: string; moved_at: Date }>`
    select u.camera, count(*) as done, coalesce(sum(u.bytes), 0) as bytes, max(u.moved_at) as moved_at
    from dock_upload u
    where u.agency = ${agency}::uuid and u.created_at > ${new Date(since)} and u.state = 'complete' and ${OF_CAMERAS}
    group by u.camera order by moved_at desc limit ${MOST_CAMERAS}`.execute(trx)
  return new Map(
    rows.map(row => [
      row.camera,
      { done: Number(row.done), bytes: Number(row.bytes), movedAt: row.moved_at.getTime() },
    ]),
  )
}

/**
 * Files of cameras that are no recording yet: all that are open, and what was stopped since; but for those whose file came in later after
 * all.
 */
export async function unfinishedOfCameras(trx: Trx, { agency, since }: Asked): Promise<UnfinishedUpload[]> {
  const { rows } = await sql<{
    id: string
    camera: string | null
    path: string
    state: UnfinishedUpload['state']
    bytes: bigint | null
    acknowledged: bigint
    moved_at: Date
    trouble: Trouble | null
  }>`
    select u.id, u.camera, u.path, u.state, u.bytes, u.acknowledged, u.moved_at, u.trouble
    from dock_upload u
    where u.agency = ${agency}::uuid and ${OF_CAMERAS}
      and (u.state = 'open' or (u.state in ('mismatched', 'withheld') and u.created_at > ${new Date(since)}))
      and not exists (
        select from dock_upload l
        where l.agency = u.agency and l.created_at > u.created_at and l.state = 'complete' and l.path = u.path
          and l.camera is not distinct from u.camera)
    order by u.moved_at desc limit ${MOST_UNFINISHED}`.execute(trx)
  return rows.map(row => ({
    id: row.id,
    camera: row.camera,
    path: row.path,
    state: row.state,
    bytes: row.bytes === null ? null : Number(row.bytes),
    acknowledged: Number(row.acknowledged),
    movedAt: row.moved_at.getTime(),
    trouble: row.trouble,
  }))
}

/** Remembers what stopped an upload, until something of it arrives. */
export async function noteTrouble(trx: Trx, p: { upload: string; trouble: Trouble }): Promise<void> {
  await sql`update dock_upload set trouble = ${p.trouble} where id = ${p.upload}::uuid and state = 'open'`.execute(trx)
}
