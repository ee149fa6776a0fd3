import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import type { Noticed } from './reported.ts'
import { recordTables } from './tables.ts'

export type NewCapture = {
  readonly recording: string
  readonly agency: string
  readonly camera: string | null
  readonly wearer: string | null
  readonly wearerKey: string | null
  readonly start: number | null
  readonly end: number | null
  readonly dockedAt: number
  readonly policy: Uint8Array | null
  readonly marks: readonly string[]
  readonly noticeNeeded: boolean
}

const dateOf = (at: number | null): Date | null => (at === null ? null : new Date(at))

export async function insertCaptures(trx: Trx, captures: readonly NewCapture[]): Promise<void> {
  if (captures.length === 0) return
  const rows = captures.map(one => ({
    recording: one.recording,
    agency: one.agency,
    camera: one.camera,
    wearer: one.wearer,
    wearer_key: one.wearerKey,
    started_at: dateOf(one.start),
    ended_at: dateOf(one.end),
    docked_at: new Date(one.dockedAt),
    policy: one.policy,
    marks: [...one.marks],
    notice_needed: one.noticeNeeded,
    noticed: null,
    notice_asked_at: null,
    erased_at: null,
  }))
  await recordTables(trx).insertInto('record_capture').values(rows).execute()
}

/**
 * Those of these recordings whose camera or wearer takes part in anything ordered here, or is named in a report that has no recording
 * yet. No other can fit either. Most of what a rack of cameras brings is among neither, and is asked about once and not six times.
 */
export async function namedElsewhere(trx: Trx, recordings: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ recording: string }>`
    select c.recording from record_capture c
    where c.recording = any(${[...recordings]}::uuid[]) and (
      exists (select from record_participant p where p.agency = c.agency and p.wearer_key = c.wearer_key)
      or exists (select from record_participant p where p.agency = c.agency and p.camera = c.camera)
      or exists (select from record_situation s where s.agency = c.agency and s.recording is null and s.erased_at is null
        and (s.wearer_key = c.wearer_key or s.camera = c.camera)))`.execute(trx)
  return rows.map(({ recording }) => recording)
}

/** The time is known better once the media was read. */
export async function retimeCapture(
  trx: Trx,
  { recording, start, end }: { recording: string; start: number | null; end: number | null },
): Promise<void> {
  await recordTables(trx)
    .updateTable('record_capture')
    .set({ started_at: dateOf(start), ended_at: dateOf(end) })
    .where('recording', '=', recording)
    .where('erased_at', 'is', null)
    .execute()
}

/** What is kept of a sealed recording here. */
export type Capture = {
  readonly recording: string
  readonly wearerKey: string | null
  readonly camera: string | null
  readonly start: number | null
  readonly end: number | null
  readonly marks: readonly string[]
  readonly noticed: Noticed | null
}

/** Those of an agency; none that were erased. */
export async function findCapture(trx: Trx, agency: string, recording: string): Promise<Capture | null> {
  const row = await recordTables(trx)
    .selectFrom('record_capture')
    .select(['recording', 'wearer_key', 'camera', 'started_at', 'ended_at', 'marks', 'noticed'])
    .where('recording', '=', recording)
    .where('agency', '=', agency)
    .where('erased_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) return null
  return {
    recording: row.recording,
    wearerKey: row.wearer_key,
    camera: row.camera,
    start: row.started_at?.getTime() ?? null,
    end: row.ended_at?.getTime() ?? null,
    marks: row.marks,
    noticed: row.noticed,
  }
}

export async function setNoticed(trx: Trx, recording: string, noticed: Noticed): Promise<void> {
  await recordTables(trx)
    .updateTable('record_capture')
    .set({ noticed })
    .where('recording', '=', recording)
    .where('noticed', 'is', null)
    .execute()
}

/** Recordings of which nobody has said in time whether people were told, although the policy wants it. */
export async function unnoticed(
  trx: Trx,
  agency: string,
  p: { docked: number; most: number },
): Promise<{ recording: string; since: number; wearer: string | null; camera: string | null }[]> {
  const rows = await recordTables(trx)
    .selectFrom('record_capture')
    .select(['recording', 'wearer', 'camera', 'started_at', 'docked_at'])
    .where('agency', '=', agency)
    .where('notice_needed', '=', true)
    .where('noticed', 'is', null)
    .where('notice_asked_at', 'is', null)
    .where('erased_at', 'is', null)
    .where('docked_at', '<=', new Date(p.docked))
    .orderBy('docked_at')
    .limit(p.most)
    .execute()
  return rows.map(({ recording, wearer, camera, started_at: started, docked_at: docked }) => {
    return { recording, wearer, camera, since: (started ?? docked).getTime() }
  })
}

export async function markNoticeAsked(trx: Trx, recording: string, at: number): Promise<void> {
  await recordTables(trx)
    .updateTable('record_capture')
    .set({ notice_asked_at: new Date(at) })
    .where('recording', '=', recording)
    .execute()
}
