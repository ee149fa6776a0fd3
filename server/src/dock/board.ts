import type { Trx } from '../platform/database/door.ts'
import { camerasSince, unfinishedOfCameras } from './board-store.ts'
import type { CameraCount, UnfinishedUpload } from './board-store.ts'
import type { Trouble } from './tables.ts'

/** Why a file of a camera did not come in: what stopped it last, or that it changed, was deleted here before, or just ended. */
export type Failure = Trouble | 'mismatched' | 'withheld' | 'stopped'

/** A camera, as whoever stands in the charging room wants to know it. Times in epoch milliseconds. */
export type BoardCamera = {
  /** Null: files of which nobody knows the camera. */
  readonly camera: string | null
  readonly state: 'docking' | 'done' | 'failed'
  /** When anything of it last arrived. */
  readonly movedAt: number
  readonly files: { readonly done: number; readonly open: number }
  /** Of the files that are known by now; a camera is asked for one after the other. */
  readonly bytes: { readonly arrived: number; readonly all: number }
  readonly failures: readonly { readonly file: string; readonly because: Failure }[]
}

/** What of the past still stands on the board: one shift and the one before. */
const SHOWN_MS = 16 * 3_600_000
/** Between two files a camera is read. Who takes it away then loses nothing, but it would not be done. */
const BETWEEN_FILES_MS = 20_000
/** A sender who goes on by himself does so within this. */
const PATIENCE_MS = 90_000
const MOST_FAILURES = 5

/** Cameras that dock now, have failed, or are done; in this order. `isHeld`: whether somebody sends to an upload just now. */
export async function boardOf(
  trx: Trx,
  p: { agency: string; now: number; isHeld: (upload: string) => boolean },
): Promise<BoardCamera[]> {
  const since = p.now - SHOWN_MS
  const [counts, unfinished] = [
    await camerasSince(trx, { ...p, since }),
    await unfinishedOfCameras(trx, { ...p, since }),
  ]
  const cameras = new Set([...counts.keys(), ...unfinished.map(({ camera }) => camera)])
  return [...cameras]
    .map(camera => {
      const own = unfinished.filter(upload => upload.camera === camera)
      return standing(camera, counts.get(camera) ?? NOTHING, own, p)
    })
    .toSorted((a, b) => RANK[a.state] - RANK[b.state] || b.movedAt - a.movedAt)
}

const RANK = { failed: 0, docking: 1, done: 2 } as const
const NOTHING: CameraCount = { done: 0, bytes: 0, movedAt: 0 }

/** What is said of a camera. Where one file failed and another comes in, both are said. */
export function standing(
  camera: string | null,
  count: CameraCount,
  unfinished: readonly UnfinishedUpload[],
  { now, isHeld }: { now: number; isHeld: (upload: string) => boolean },
): BoardCamera {
  const judged = unfinished.map(upload => ({ upload, because: failureOf(upload, now, isHeld(upload.id)) }))
  const failures = judged.flatMap(({ upload, because }) => (because === null ? [] : [{ file: upload.path, because }]))
  const coming = judged.filter(({ because }) => because === null).map(({ upload }) => upload)
  const movedAt = Math.max(count.movedAt, ...unfinished.map(upload => upload.movedAt))
  const docking = coming.length > 0 || (failures.length === 0 && now - movedAt < BETWEEN_FILES_MS)
  const arrived = coming.reduce((sum, { acknowledged }) => sum + acknowledged, count.bytes)
  const all = coming.reduce((sum, { bytes, acknowledged }) => sum + (bytes ?? acknowledged), count.bytes)
  return {
    camera,
    state: docking ? 'docking' : failures.length > 0 ? 'failed' : 'done',
    movedAt,
    files: { done: count.done, open: unfinished.length },
    bytes: { arrived, all },
    failures: failures.slice(0, MOST_FAILURES),
  }
}

function failureOf(upload: UnfinishedUpload, now: number, held: boolean): Failure | null {
  if (upload.state !== 'open') return upload.state
  if (held) return null
  if (upload.trouble !== null) return upload.trouble
  return now - upload.movedAt < PATIENCE_MS ? null : 'stopped'
}
