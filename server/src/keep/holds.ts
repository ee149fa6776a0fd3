import type { Json } from '@vidne/evidence/jcs'
import { actorFields, may, type Actor, type Approved, type Carried } from '../people/people.ts'
import { afterCommit, type Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { openDuty } from './duties.ts'
import type { KeepGround } from './ground.ts'
import { mayLift, mayPlace, type HoldKind } from './hold-kinds.ts'
import { policiesOfOne } from './policies.ts'
import { insertHold, lockDeadline, releaseHolds, standingHolds, unsettle } from './store.ts'

const REVIEW_DAYS = 30
const DAY_MS = 86_400_000

/** When a hold without a date of its own is reviewed: after 30 days. Until somebody lifts it, it stands all the same. */
export function reviewAfter(placedAt: number): number {
  return placedAt + REVIEW_DAYS * DAY_MS
}

export type HoldRefusal =
  'not-allowed' | 'not-this-kind' | 'no-such-recording' | 'too-late' | 'no-reason' | 'review-is-past'
/** `duty`: by when the other party of a dispute has to be told and offered a copy; null where nobody has to. */
export type Held =
  | {
      readonly state: 'held'
      readonly hold: string
      readonly kind: HoldKind
      readonly review: number
      readonly duty: number | null
    }
  | { readonly state: 'refused'; readonly because: HoldRefusal }

export type ReleaseRefusal = 'not-allowed' | 'complaint' | 'no-such-recording' | 'not-held' | 'no-reason'
export type ReleaseAsked =
  | { readonly state: 'waiting'; readonly approval: string; readonly deadline: number }
  | { readonly state: 'refused'; readonly because: ReleaseRefusal }

type Ground = Pick<KeepGround, 'clock' | 'history' | 'rules' | 'units' | 'approvals' | 'plausibleDays'> & {
  readonly wake: (agency: string) => void
}

/**
 * Places a hold. From the commit of this transaction on no run deletes the recording: a run takes the same row's lock
 * before its point of no return, and looks for holds under it. `review` in epoch milliseconds.
 */
export async function placeHold(
  trx: Trx,
  ground: Ground,
  wish: { recording: string; kind: HoldKind; reason: string; review: number | null; by: Actor },
): Promise<Held> {
  const { recording, kind, by } = wish
  const now = ground.clock.now()
  const [reason, review] = [wish.reason.trim(), wish.review ?? reviewAfter(now)]
  if (!may(by, 'hold')) return { state: 'refused', because: 'not-allowed' }
  if (!mayPlace(by, kind)) return { state: 'refused', because: 'not-this-kind' }
  if (reason === '') return { state: 'refused', because: 'no-reason' }
  if (review <= now) return { state: 'refused', because: 'review-is-past' }
  const row = await lockDeadline(trx, ground.history, recording)
  if (row === null || row.agency !== by.agency) return { state: 'refused', because: 'no-such-recording' }
  if (row.state === 'erasing' || row.state === 'deleted') return { state: 'refused', because: 'too-late' }
  const id = uuidv7(ground.clock)
  const { agency, person } = by
  const times = { placed_at: new Date(now), review_at: new Date(review) }
  await insertHold(trx, { id, agency, recording, kind, state: 'placed', reason, placed_by: person, ...times })
  await unsettle(trx, recording)
  const { pack, pol } = (await policiesOfOne(trx, ground, agency, recording)).inForce
  const duty = kind === 'dispute' ? await openDuty(trx, pack, { hold: id, agency, recording, at: now }) : null
  const fields = [
    { name: 'hold', value: id },
    { name: 'hold-kind', value: kind },
    { name: 'reason', value: reason },
    { name: 'review', value: review },
    ...(duty === null ? [] : [{ name: 'duty', value: duty }]),
    ...actorFields(by),
  ]
  await ground.history.append(trx, { subject: recording, type: 'held', pol, fields })
  afterCommit(() => ground.wake(agency))
  return { state: 'held', hold: id, kind, review, duty }
}

/**
 * Asks for the recording's holds, those that stand now, to be lifted by a second person. A complaint's hold is no affair of the
 * unit: who may not lift it asks for the others alone, and with a complaint in the question nobody of the unit confirms it.
 */
export async function askRelease(
  trx: Trx,
  ground: Ground,
  wish: { recording: string; reason: string; by: Actor },
): Promise<ReleaseAsked> {
  const { recording, by } = wish
  const reason = wish.reason.trim()
  if (!may(by, 'release')) return { state: 'refused', because: 'not-allowed' }
  if (reason === '') return { state: 'refused', because: 'no-reason' }
  const row = await lockDeadline(trx, ground.history, recording)
  if (row === null || row.agency !== by.agency) return { state: 'refused', because: 'no-such-recording' }
  const standing = await standingHolds(trx, recording)
  if (standing.length === 0) return { state: 'refused', because: 'not-held' }
  const theirs = standing.filter(hold => mayLift(by, hold.kind))
  if (theirs.length === 0) return { state: 'refused', because: 'complaint' }
  const holds = theirs.map(hold => hold.id)
  const kind = theirs.some(hold => hold.kind === 'complaint') ? 'complaint-release' : 'hold-release'
  const { agency } = by
  const payload = { reason, holds, askedBy: { name: by.name, person: by.person } }
  const asked = await ground.approvals.ask(trx, {
    agency,
    kind,
    subject: recording,
    by,
    reason,
    payload,
  })
  return { state: 'waiting', approval: asked.approval, deadline: asked.deadline }
}

/**
 * Lifts the holds that stood when it was asked; one placed since then was not part of the question and stands. The
 * recording's deadline applies again, and where it has passed the next run lets it go.
 */
export async function liftHolds(trx: Trx, ground: Ground, approved: Approved): Promise<Carried> {
  const recording = approved.subject
  const { reason, holds, askedBy } = releasePayload(approved.payload)
  if (recording === null || (await lockDeadline(trx, ground.history, recording)) === null)
    return { done: false, because: 'no-such-recording' }
  const { approval, confirmedBy, agency } = approved
  const lifted = await releaseHolds(trx, { holds, at: ground.clock.now(), approval })
  if (lifted.length === 0) return { done: false, because: 'not-held' }
  await unsettle(trx, recording)
  const { pol } = (await policiesOfOne(trx, ground, agency, recording)).inForce
  const entries = lifted.map(hold => ({
    subject: recording,
    type: 'hold-released' as const,
    pol,
    fields: [
      { name: 'hold', value: hold },
      { name: 'reason', value: reason },
      { name: 'approval', value: approval },
      { name: 'asked-by', value: askedBy },
      ...actorFields(confirmedBy),
    ],
  }))
  await ground.history.appendMany(trx, entries)
  afterCommit(() => ground.wake(agency))
  return { done: true }
}

type ReleasePayload = { readonly reason: string; readonly holds: string[]; readonly askedBy: Json }

function releasePayload(payload: Json): ReleasePayload {
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload))
    throw new Error('a release without payload')
  const { reason, holds, askedBy } = payload
  if (typeof reason !== 'string' || !Array.isArray(holds)) throw new Error('a release with a payload of another kind')
  return { reason, holds: holds.filter(hold => typeof hold === 'string'), askedBy: askedBy ?? null }
}
