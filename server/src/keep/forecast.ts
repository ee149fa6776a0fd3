import type { BlockedBecause } from '@vidne/contract/keep'
import type { Trx } from '../platform/database/door.ts'
import { heldBack } from './brake.ts'
import { decisionFrom } from './decisions.ts'
import { due, type Due } from './due.ts'
import { dueHorizon } from './erasing.ts'
import type { KeepGround } from './ground.ts'
import { policiesOf } from './policies.ts'
import { lastOutcome, letThrough } from './run-store.ts'
import { dueBefore } from './store.ts'
import { keepTables, type DeadlineRow } from './tables.ts'
import { UNCATEGORISED } from './terms.ts'

export type { BlockedBecause } from '@vidne/contract/keep'

/**
 * What keeps an item, or wants a person first. `deleteAfter`: when its rule would let it go, null where none does. `until`: the
 * review of the hold or of the rule, or when it goes without a decision; null where there is no such day.
 */
export type Blocked = {
  readonly recording: string
  readonly rule: string
  readonly deleteAfter: number | null
  readonly because: BlockedBecause
  readonly until: number | null
}

/** `items`: what no hold and no review keeps; of those, `blocked` says what a run of today would stop at. */
export type Forecast = Due & { readonly blocked: readonly Blocked[] }

type Ground = Pick<KeepGround, 'clock' | 'rules' | 'units' | 'plausibleDays'>

/** What will have fallen due by a moment if nothing changed until then, by which rule, and what is in its way. Changes nothing. */
export async function forecast(trx: Trx, ground: Ground, agency: string, by: number): Promise<Forecast> {
  const planned = await due(trx, agency, by)
  const blocked = [
    ...(await held(trx, agency, by)),
    ...(await underReview(trx, agency, by)),
    ...(await decisionsAwaited(trx, ground, agency, planned)),
    ...(await stopped(trx, ground, agency)),
    ...(await unfinished(trx, agency)),
  ]
  return { ...planned, blocked }
}

async function held(trx: Trx, agency: string, by: number): Promise<Blocked[]> {
  const rows = await keepTables(trx)
    .selectFrom('keep_deadline')
    .innerJoin('keep_hold', 'keep_hold.recording', 'keep_deadline.recording')
    .select(['keep_deadline.recording', 'rule', 'delete_after'])
    .select(eb => eb.fn.min('keep_hold.review_at').as('review'))
    .where('keep_deadline.agency', '=', agency)
    .where('keep_deadline.state', 'in', ['kept', 'due'])
    .where('delete_after', '<', dueHorizon(by))
    .where('keep_hold.state', '<>', 'released')
    .groupBy(['keep_deadline.recording', 'rule', 'delete_after'])
    .orderBy('delete_after')
    .orderBy('keep_deadline.recording')
    .execute()
  return rows.map(row => ({ ...itemOf(row), because: 'held', until: row.review?.getTime() ?? null }))
}

/** Nothing lets them go but a person, who is to look at them by then. */
async function underReview(trx: Trx, agency: string, by: number): Promise<Blocked[]> {
  const rows = await keepTables(trx)
    .selectFrom('keep_deadline')
    .select(['recording', 'rule', 'delete_after', 'review_at'])
    .where('agency', '=', agency)
    .where('state', 'in', ['kept', 'due'])
    .where('delete_after', 'is', null)
    .where('review_at', '<=', new Date(by))
    .orderBy('review_at')
    .orderBy('recording')
    .execute()
  return rows.map(row => ({ ...itemOf(row), because: 'under-review', until: row.review_at?.getTime() ?? null }))
}

/** Wearer and superior may still decide about them; if they do not, they go at their time. */
async function decisionsAwaited(trx: Trx, ground: Ground, agency: string, { items, by }: Due): Promise<Blocked[]> {
  const open = items.filter(({ rule }) => rule === UNCATEGORISED)
  const recordings = open.map(({ recording }) => recording)
  const policies = await policiesOf(trx, ground, agency, recordings)
  return open
    .filter(({ recording, anchor }) => (decisionFrom(policies(recording).inForce.pack, anchor) ?? Infinity) <= by)
    .map(({ recording, rule, deleteAfter }) => {
      return { recording, rule, deleteAfter, because: 'decision-awaited', until: deleteAfter }
    })
}

/** What is due now, and a run of now would not delete: the newest run stopped for its clock, or the brake takes hold. */
async function stopped(trx: Trx, ground: Ground, agency: string): Promise<Blocked[]> {
  const rows = await dueBefore(trx, agency, dueHorizon(ground.clock.now()))
  if (rows.length === 0) return []
  const items = (of: readonly DeadlineRow[], because: BlockedBecause): Blocked[] =>
    of.map(row => ({ ...itemOf(row), because, until: null }))
  if ((await lastOutcome(trx, agency)) === 'clock-stopped') return items(rows, 'clock')
  const through = await letThrough(trx, agency)
  const rest = rows.filter(row => !through.has(row.recording))
  const recordings = rest.map(({ recording }) => recording)
  const held = new Set((await heldBack(trx, ground, agency, recordings))?.recordings)
  return items(
    rest.filter(({ recording }) => held.has(recording)),
    'brake',
  )
}

/** Their keys are gone, and something that is left of them could not be removed yet: each run tries again. */
async function unfinished(trx: Trx, agency: string): Promise<Blocked[]> {
  const rows = await keepTables(trx)
    .selectFrom('keep_deadline')
    .select(['recording', 'rule', 'delete_after'])
    .where('agency', '=', agency)
    .where('state', '=', 'erasing')
    .orderBy('recording')
    .execute()
  return rows.map(row => ({ ...itemOf(row), because: 'unfinished', until: null }))
}

function itemOf(row: Pick<DeadlineRow, 'recording' | 'rule' | 'delete_after'>) {
  return { recording: row.recording, rule: row.rule, deleteAfter: row.delete_after?.getTime() ?? null }
}
