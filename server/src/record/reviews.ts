import { actorFields, nameKey, type Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import type { Deciding } from './ground.ts'
import { policyAt, polOf } from './policy-at.ts'
import type { ReviewKind } from './review-kinds.ts'
import { insertReview, lockReview, recordingOfReview, setClosed, wordsOf, type NewReview } from './reviews-store.ts'

export type CloseRefusal = 'not-allowed' | 'no-such-review' | 'closed-before' | 'own-act' | 'no-reason'
export type Closed = { readonly state: 'closed' } | { readonly state: 'refused'; readonly because: CloseRefusal }

export type Opening = Omit<NewReview, 'id' | 'at'>

/**
 * Puts something before a supervisor: once, however often it is found. Its event stands in the history of the recording, and in
 * the agency's where there is none: there without a word of anybody, since that chain is never erased.
 */
export async function openReview(trx: Trx, ground: Deciding, opening: Opening): Promise<void> {
  const { agency, kind, recording, since } = opening
  const id = uuidv7(ground.clock)
  const opened = await insertReview(trx, { ...opening, id, at: ground.clock.now() })
  if (!opened) return
  const policy = await policyAt(trx, ground, { agency, at: ground.clock.now() })
  const fields = [
    { name: 'review-id', value: id },
    { name: 'about', value: kind },
    { name: 'since', value: since },
    ...operationField(opening.operation),
    ...actorFields(null),
  ]
  const subject = recording ?? agency
  await ground.history.append(trx, { subject, type: 'review-opened', pol: polOf(policy?.pol ?? null), fields })
}

function operationField(operation: string | null): { name: string; value: string }[] {
  return operation === null ? [] : [{ name: 'operation', value: operation }]
}

/** Closes a review with a reason. Nobody closes one about what he did himself. */
export async function closeReview(
  trx: Trx,
  ground: Deciding,
  { review: id, reason, by }: { review: string; reason: string; by: Actor },
): Promise<Closed> {
  const said = reason.trim()
  if (said === '') return refused('no-reason')
  const known = await recordingOfReview(trx, by.agency, id)
  if (known === null) return refused('no-such-review')
  const subject = known.recording ?? by.agency
  await ground.history.lock(trx, [subject])
  const review = await lockReview(trx, by.agency, id)
  if (review === null) return refused('no-such-review')
  if (review.closed_at !== null) return refused('closed-before')
  const { wearer } = wordsOf(review)
  const own = review.about_person === by.person || (wearer !== null && nameKey(wearer) === nameKey(by.name))
  if (own) return refused('own-act')
  await setClosed(trx, id, { at: ground.clock.now(), by: by.person, reason: said })
  const kind: ReviewKind = review.kind
  const fields = [
    { name: 'review-id', value: id },
    { name: 'about', value: kind },
    ...operationField(review.operation),
    // The agency's own chain is never erased, so nobody's words about footage enter it.
    ...(subject === by.agency ? [] : [{ name: 'reason', value: said }]),
    ...actorFields(by),
  ]
  const policy = await policyAt(trx, ground, { agency: by.agency, at: ground.clock.now() })
  await ground.history.append(trx, { subject, type: 'review-closed', pol: polOf(policy?.pol ?? null), fields })
  return { state: 'closed' }
}

function refused(because: CloseRefusal): Closed {
  return { state: 'refused', because }
}
