import { sql, type Insertable, type Selectable, type Transaction } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import { type Seer, visible } from '../rules/rules.ts'

type ReviewTables = {
  review_view: {
    id: string
    agency: string
    recording: string
    person: string
    /** The session or token it was opened under; null in a row of an earlier release. */
    session: string | null
    purpose: string
    case_number: string | null
    own_report: boolean
    from_byte: bigint
    until_byte: bigint
    opened_at: Date
    until: Date
  }
  review_agreement: {
    approval: string
    agency: string
    recording: string
    wish: Uint8Array
    agreed_at: Date
    used_at: Date | null
  }
}

export type ViewRow = Selectable<ReviewTables['review_view']>

function own(trx: Trx): Transaction<ReviewTables> {
  return trx.$extendTables<ReviewTables>()
}

/** A recording that somebody wants to look at. */
export type Viewable = {
  readonly bytes: number | null
  readonly extension: string | null
  readonly worn: boolean
  readonly state: 'kept' | 'due' | 'erasing' | 'deleted' | null
  readonly incident: boolean
  readonly lost: boolean
  readonly viewed: boolean
}

type FoundRow = Omit<Viewable, 'bytes'> & { bytes: bigint | null }

/**
 * The recording, as far as it is on his list. An incident is told by what people did with it: the rule that decides keeps it until a
 * person decides, or a hold stands on it. A rule that only ends a life says nothing of what is to be seen.
 */
export async function findViewable(trx: Trx, seer: Seer, recording: string): Promise<Viewable | null> {
  const { rows } = await sql<FoundRow>`
    select r.bytes, r.extension, coalesce(r.wearer_key = ${seer.wearerKey}, false) as worn, k.state,
      coalesce(k.direction <> 'max', false) or coalesce(k.held, false) as incident,
      exists (select from keep_v_lost l where l.recording = r.id) as lost,
      exists (select from review_view v where v.recording = r.id) as viewed
    from dock_v_recording r
    left join keep_v_recording k on k.recording = r.id
    where r.id = ${recording}::uuid and ${visible(seer, 'r')}`.execute(trx)
  const row = rows[0]
  return row === undefined ? null : { ...row, bytes: row.bytes === null ? null : Number(row.bytes) }
}

export async function insertView(trx: Trx, row: Insertable<ReviewTables['review_view']>): Promise<void> {
  await own(trx).insertInto('review_view').values(row).execute()
}

/** The view of that id, if it is this person's and session's, of this recording, and not over. */
export async function openViewOf(
  trx: Trx,
  asked: { view: string; recording: string; person: string; session: string; now: number },
): Promise<ViewRow | null> {
  const row = await own(trx)
    .selectFrom('review_view')
    .selectAll()
    .where('id', '=', asked.view)
    .where('recording', '=', asked.recording)
    .where('person', '=', asked.person)
    .where(view => view.or([view('session', 'is', null), view('session', '=', asked.session)]))
    .where('until', '>', new Date(asked.now))
    .executeTakeFirst()
  return row ?? null
}

export async function insertAgreement(
  trx: Trx,
  row: Omit<Insertable<ReviewTables['review_agreement']>, 'used_at'>,
): Promise<void> {
  await own(trx)
    .insertInto('review_agreement')
    .values({ ...row, used_at: null })
    .execute()
}

/** Uses up an agreement to this very wish that is not older than `since`. One agreement is one view. */
export async function useAgreement(
  trx: Trx,
  p: { recording: string; wish: Uint8Array; since: number; now: number },
): Promise<boolean> {
  const used = await own(trx)
    .updateTable('review_agreement')
    .set({ used_at: new Date(p.now) })
    .where('recording', '=', p.recording)
    .where('wish', '=', p.wish)
    .where('used_at', 'is', null)
    .where('agreed_at', '>', new Date(p.since))
    .returning('approval')
    .execute()
  return used.length > 0
}

/** Whose recording it is, whoever asks; null where there is none. asInstallation. */
export async function agencyOfRecording(trx: Trx, recording: string): Promise<string | null> {
  const { rows } = await sql<{ agency: string }>`
    select agency from dock_v_recording where id = ${recording}::uuid`.execute(trx)
  return rows[0]?.agency ?? null
}

/** Removes who looked at a recording that is gone, and what for; what its history says goes with the history's key. asInstallation. */
export async function forgetViews(trx: Trx, recording: string): Promise<void> {
  await own(trx).deleteFrom('review_view').where('recording', '=', recording).execute()
  await own(trx).deleteFrom('review_agreement').where('recording', '=', recording).execute()
}
