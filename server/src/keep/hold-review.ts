import { actorFields, may, type Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import type { KeepGround } from './ground.ts'
import { mayLift, mayPlace, type AnyHoldKind } from './hold-kinds.ts'
import { reviewAfter } from './holds.ts'
import { policiesOfOne } from './policies.ts'
import { lockDeadline } from './store.ts'
import { keepTables } from './tables.ts'

type Ground = Pick<KeepGround, 'clock' | 'history' | 'rules' | 'units'>

/** A hold that stands. Times in epoch milliseconds; `placedBy` a person's id, null for the camera's own mark. */
export type StandingHold = {
  readonly hold: string
  readonly recording: string
  readonly kind: AnyHoldKind
  readonly reason: string | null
  readonly placedBy: string | null
  readonly placedAt: number
  readonly review: number
  /** Past its review. It holds all the same. */
  readonly overdue: boolean
  readonly duty: {
    readonly due: number
    readonly toldAt: number | null
    readonly offeredAt: number | null
    readonly overdue: boolean
  } | null
}

/** The agency's holds that stand, those first that are to be reviewed first. */
export async function holdsStanding(trx: Trx, agency: string, now: number): Promise<StandingHold[]> {
  const rows = await keepTables(trx)
    .selectFrom('keep_hold')
    .leftJoin('keep_duty', 'keep_duty.hold', 'keep_hold.id')
    .selectAll('keep_hold')
    .select(['keep_duty.due_at', 'keep_duty.told_at', 'keep_duty.offered_at'])
    .where('keep_hold.agency', '=', agency)
    .where('keep_hold.state', '<>', 'released')
    .orderBy('keep_hold.review_at')
    .orderBy('keep_hold.id')
    .execute()
  return rows.map(row => ({
    hold: row.id,
    recording: row.recording,
    kind: row.kind,
    reason: row.reason,
    placedBy: row.placed_by,
    placedAt: row.placed_at.getTime(),
    review: row.review_at.getTime(),
    overdue: row.review_at.getTime() <= now,
    duty: row.due_at === null ? null : dutyIn(row, row.due_at.getTime(), now),
  }))
}

function dutyIn(row: { told_at: Date | null; offered_at: Date | null }, due: number, now: number) {
  const [toldAt, offeredAt] = [row.told_at?.getTime() ?? null, row.offered_at?.getTime() ?? null]
  return { due, toldAt, offeredAt, overdue: due <= now && (toldAt === null || offeredAt === null) }
}

/** Which recording a hold is on; null: the agency has none of that id. Locks nothing. */
export async function recordingOfHold(trx: Trx, agency: string, hold: string): Promise<string | null> {
  const row = await keepTables(trx)
    .selectFrom('keep_hold')
    .select('recording')
    .where('id', '=', hold)
    .where('agency', '=', agency)
    .executeTakeFirst()
  return row?.recording ?? null
}

export type ReviewRefusal = 'not-allowed' | 'not-this-kind' | 'no-such-hold' | 'no-reason' | 'review-is-past'
export type Reviewed =
  | { readonly state: 'reviewed'; readonly review: number }
  | { readonly state: 'refused'; readonly because: ReviewRefusal }

/** Notes that somebody looked at a hold and found it still needed, and when it is to be looked at again. */
export async function reviewHold(
  trx: Trx,
  ground: Ground,
  wish: { hold: string; reason: string; review: number | null; by: Actor },
): Promise<Reviewed> {
  const { hold, by } = wish
  const now = ground.clock.now()
  const [reason, review] = [wish.reason.trim(), wish.review ?? reviewAfter(now)]
  const refused = (because: ReviewRefusal): Reviewed => ({ state: 'refused', because })
  if (!may(by, 'hold')) return refused('not-allowed')
  if (reason === '') return refused('no-reason')
  if (review <= now) return refused('review-is-past')
  const known = await keepTables(trx)
    .selectFrom('keep_hold')
    .select(['recording', 'kind'])
    .where('id', '=', hold)
    .where('agency', '=', by.agency)
    .where('state', '<>', 'released')
    .executeTakeFirst()
  if (known === undefined) return refused('no-such-hold')
  if (!reviews(by, known.kind)) return refused('not-this-kind')
  await lockDeadline(trx, ground.history, known.recording)
  const moved = await keepTables(trx)
    .updateTable('keep_hold')
    .set({ review_at: new Date(review) })
    .where('id', '=', hold)
    .where('state', '<>', 'released')
    .returning('id')
    .executeTakeFirst()
  if (moved === undefined) return refused('no-such-hold')
  const { pol } = (await policiesOfOne(trx, ground, by.agency, known.recording)).inForce
  const fields = [
    { name: 'hold', value: hold },
    { name: 'reason', value: reason },
    { name: 'review', value: review },
    ...actorFields(by),
  ]
  await ground.history.append(trx, { subject: known.recording, type: 'hold-reviewed', pol, fields })
  return { state: 'reviewed', review }
}

/** Whoever places a kind reviews it; a camera's mark, whoever may lift it. */
function reviews(by: Actor, kind: AnyHoldKind): boolean {
  return kind === 'camera' ? mayLift(by, kind) : mayPlace(by, kind)
}
