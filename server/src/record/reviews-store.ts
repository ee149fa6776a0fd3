import { nameKey } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { visibleId, type Seer } from '../rules/rules.ts'
import type { ReviewKind } from './review-kinds.ts'
import { recordTables, type ReviewRow, type ReviewWords } from './tables.ts'

export type NewReview = {
  readonly id: string
  readonly agency: string
  readonly unit: string | null
  readonly kind: ReviewKind
  readonly subject: string
  readonly ord: number
  readonly recording: string | null
  readonly operation: string | null
  readonly situation: string | null
  readonly aboutPerson: string | null
  readonly words: ReviewWords
  readonly since: number
  readonly at: number
}

/** False when the same was opened before: a job that runs twice asks once. */
export async function insertReview(trx: Trx, review: NewReview): Promise<boolean> {
  const { aboutPerson, words, since, at, ...rest } = review
  const made = await recordTables(trx)
    .insertInto('record_review')
    .values({
      ...rest,
      about_person: aboutPerson,
      words: JSON.stringify(words),
      since: new Date(since),
      opened_at: new Date(at),
      closed_at: null,
      closed_by: null,
      reason: null,
      erased_at: null,
    })
    .onConflict(conflict => conflict.columns(['agency', 'kind', 'subject', 'ord']).doNothing())
    .returning('id')
    .execute()
  return made.length > 0
}

/** The words of a review; none where they went with the footage. */
export function wordsOf({ words }: Pick<ReviewRow, 'words'>): ReviewWords {
  const { wearer = null, camera = null, reason = null } = words
  return { wearer, camera, reason }
}

/**
 * Newest first. What somebody may not know of is left out before the list is cut to its length, so that nobody's own entries are
 * crowded out by others'.
 */
export async function listReviews(
  trx: Trx,
  seer: Seer,
  { state, most }: { state: 'open' | 'closed' | 'all'; most: number },
): Promise<ReviewRow[]> {
  const all = recordTables(trx)
    .selectFrom('record_review')
    .selectAll()
    .where('agency', '=', seer.agency)
    .where(eb => eb.or([eb('recording', 'is', null), visibleId(seer, 'record_review.recording')]))
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
  if (state === 'all') return all.execute()
  return all.where('closed_at', state === 'open' ? 'is' : 'is not', null).execute()
}

/** Of which recording a review is, if of any; null where there is none of that id. Locks nothing. */
export async function recordingOfReview(
  trx: Trx,
  agency: string,
  id: string,
): Promise<{ recording: string | null } | null> {
  const row = await recordTables(trx)
    .selectFrom('record_review')
    .select('recording')
    .where('id', '=', id)
    .where('agency', '=', agency)
    .executeTakeFirst()
  return row ?? null
}

/** Locked until the transaction ends, so that two do not close it at once. After the chain that its event goes to. */
export async function lockReview(trx: Trx, agency: string, id: string): Promise<ReviewRow | null> {
  const row = await recordTables(trx)
    .selectFrom('record_review')
    .selectAll()
    .where('id', '=', id)
    .where('agency', '=', agency)
    .forUpdate()
    .executeTakeFirst()
  return row ?? null
}

export async function setClosed(
  trx: Trx,
  id: string,
  { at, by, reason }: { at: number; by: string; reason: string },
): Promise<void> {
  await recordTables(trx)
    .updateTable('record_review')
    .set({ closed_at: new Date(at), closed_by: by, reason })
    .where('id', '=', id)
    .execute()
}

/** Reviews of a situation show the footage that came of it. */
export async function attachReviews(trx: Trx, situation: string, recording: string): Promise<void> {
  await recordTables(trx)
    .updateTable('record_review')
    .set({ recording })
    .where('situation', '=', situation)
    .where('recording', 'is', null)
    .execute()
}

/** The reason that was given afterwards, for those who look. */
export async function setReviewReason(trx: Trx, situation: string, reason: string): Promise<void> {
  const rows = await recordTables(trx)
    .selectFrom('record_review')
    .selectAll()
    .where('situation', '=', situation)
    .where('erased_at', 'is', null)
    .forUpdate()
    .execute()
  for (const row of rows) {
    await recordTables(trx)
      .updateTable('record_review')
      .set({ words: JSON.stringify({ ...wordsOf(row), reason }) })
      .where('id', '=', row.id)
      .execute()
  }
}

/** An open review of somebody's own captures, with what they were to do. */
export type OwnReview = ReviewRow & { readonly task: string | null }

/** What is open about a person's own captures, newest first: by person where that is known, else by the name cameras have of them. */
export async function listOwnReviews(
  trx: Trx,
  { agency, person, name }: { agency: string; person: string; name: string },
): Promise<OwnReview[]> {
  const rows = await recordTables(trx)
    .selectFrom('record_review')
    .leftJoin('record_operation', 'record_operation.id', 'record_review.operation')
    .selectAll('record_review')
    .select('record_operation.task as task')
    .where('record_review.agency', '=', agency)
    .where('closed_at', 'is', null)
    .where('kind', 'in', [...ASKED_OF_WEARERS])
    .orderBy('record_review.since', 'desc')
    .orderBy('record_review.id', 'desc')
    .limit(MOST_OPEN)
    .execute()
  return rows.filter(row => {
    const { wearer } = wordsOf(row)
    return row.about_person === person || (wearer !== null && nameKey(wearer) === nameKey(name))
  })
}

/** What the wearer can do something about: dock what is missing, or say why it was as it was. */
const ASKED_OF_WEARERS = ['missing-recording', 'to-be-explained', 'late-reason', 'stage-skipped', 'override'] as const

/** So many open ones are looked through for somebody's own. */
const MOST_OPEN = 5000
