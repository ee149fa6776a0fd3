import type { Json } from '@vidne/evidence/jcs'
import { actorFields, type Actor } from '../people/people.ts'
import { afterCommit, type Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import type { AnchorSource } from './anchor.ts'
import { PLAUSIBLE_DAYS, type KeepGround, type Which } from './ground.ts'
import { reviewAfter } from './holds.ts'
import { saidOf, type Said } from './given-store.ts'
import { isDecided, type Life, type LifeReason } from './life.ts'
import { afterEdit, lifeFrom } from './moves.ts'
import { policiesOf, policiesOfOne } from './policies.ts'
import { insertDeadlines, insertHold, lockDeadline, moveDeadline, readCaptured, readOneCaptured } from './store.ts'
import type { DeadlineRow } from './tables.ts'
import { minimumOf, packsSince } from './terms.ts'

type Ground = Pick<KeepGround, 'clock' | 'history' | 'rules' | 'units' | 'plausibleDays'> & {
  readonly wake: (agency: string) => void
}
type Field = { name: string; value: Json }

/**
 * Gives recordings that have just been sealed their deadlines, in the same transaction, and says so in their histories. Where a
 * camera marked one to be kept a hold is proposed, which stops deletion from the first moment.
 */
export async function begin(trx: Trx, ground: Ground, sealed: readonly Which[]): Promise<void> {
  for (const [agency, recordings] of Map.groupBy(sealed, which => which.agency)) {
    await beginIn(
      trx,
      ground,
      agency,
      recordings.map(which => which.recording),
    )
  }
}

async function beginIn(trx: Trx, ground: Ground, agency: string, recordings: readonly string[]): Promise<void> {
  const policies = await policiesOf(trx, ground, agency, recordings)
  const now = ground.clock.now()
  const begun = [...(await readCaptured(trx, recordings))].map(([recording, captured]) => {
    const { versions, inForce } = policies(recording)
    // Nobody can have given it a category before it was there.
    const life = lifeFrom({ versions, said: NOTHING_SAID, now }, captured, plausibleDaysOf(ground))
    return { recording, agency, captured, life, settled: captured.final, pol: inForce.pol }
  })
  await insertDeadlines(trx, begun)
  const entries = begun.map(({ recording, life, pol }) => {
    const fields = [...lifeFields(life), { name: 'because', value: 'sealed' }, ...actorFields(null)]
    return { subject: recording, type: 'retention-changed', pol, fields } as const
  })
  await ground.history.appendMany(trx, entries)
  for (const { recording, captured, pol } of begun) {
    if (captured.proposedHold) await proposeHold(trx, ground, { agency, recording }, pol)
  }
  afterCommit(() => ground.wake(agency))
}

/**
 * Looks at a recording again after something about it was learnt or edited. Until its media has been read the anchor is
 * provisional and may move either way, within what is plausible; from then on no change brings the deletion forward (G8).
 * Does nothing once the deletion has begun.
 */
export async function consider(
  trx: Trx,
  ground: Ground,
  which: Which,
  because: LifeReason,
  by: Actor | null,
): Promise<void> {
  const row = await lockDeadline(trx, ground.history, which.recording)
  if (row === null || row.state === 'erasing' || row.state === 'deleted') return
  // What two persons decided is not undone by a parser; a person who gives it a category does undo it.
  if (isDecided(row) && by === null) return
  const captured = await readOneCaptured(trx, which.recording)
  const { versions, inForce } = await policiesOfOne(trx, ground, which.agency, which.recording)
  const known = { versions, said: await saidOf(trx, which.recording), now: ground.clock.now() }
  const before = lifeInRow(row)
  const edited = afterEdit({ life: before, settled: row.settled }, known, captured, plausibleDaysOf(ground))
  const { life: after, settled } = edited
  if (!differs(before, after) && settled === row.settled) return
  await moveDeadline(trx, { ...which, life: after, settled })
  afterCommit(() => ground.wake(which.agency))
  if (!differs(before, after)) return
  const fields = [...lifeFields(after), { name: 'because', value: because }, ...actorFields(by)]
  await ground.history.append(trx, {
    subject: which.recording,
    type: 'retention-changed',
    pol: inForce.pol,
    fields,
  })
}

/** Whether a minimum still keeps the recording, whatever two persons want. */
export async function minimumStands(
  trx: Trx,
  ground: Pick<KeepGround, 'clock' | 'rules' | 'units' | 'plausibleDays'>,
  row: Pick<DeadlineRow, 'recording' | 'agency' | 'anchor'>,
): Promise<boolean> {
  const [from, now] = [row.anchor.getTime(), ground.clock.now()]
  const { versions } = await policiesOfOne(trx, ground, row.agency, row.recording)
  const packs = packsSince(versions, from, now)
  const minimum = minimumOf({ ...(await saidOf(trx, row.recording)), packs }, from)
  return minimum !== null && minimum > now
}

/** What a recording's life is, as fields of an event. Times in epoch milliseconds. */
export function lifeFields(life: Life): Field[] {
  return [
    { name: 'rule', value: life.rule },
    { name: 'direction', value: life.direction },
    { name: 'delete-after', value: life.deleteAfter },
    { name: 'review-at', value: life.reviewAt },
    { name: 'anchor', value: life.anchor.at },
    { name: 'anchor-source', value: life.anchor.source },
  ]
}

/** The life that a row holds. */
export function lifeInRow(row: DeadlineRow): Life {
  return {
    anchor: { at: row.anchor.getTime(), source: anchorSource(row.anchor_source) },
    rule: row.rule,
    direction: row.direction,
    deleteAfter: row.delete_after?.getTime() ?? null,
    reviewAt: row.review_at?.getTime() ?? null,
  }
}

const SOURCES: readonly AnchorSource[] = [
  'capture-end',
  'capture-start',
  'docked-no-time',
  'docked-clock-unset',
  'docked-clock-ahead',
  'docked-clock-behind',
  'docked-overdue',
]

function anchorSource(text: string): AnchorSource {
  const source = SOURCES.find(one => one === text)
  if (source === undefined) throw new Error(`a deadline is anchored on ${text}, which is no source`)
  return source
}

const NOTHING_SAID: Said = { categories: [], cases: [] }

function plausibleDaysOf({ plausibleDays }: Ground): number {
  return plausibleDays ?? PLAUSIBLE_DAYS
}

async function proposeHold(trx: Trx, ground: Ground, which: Which, pol: Uint8Array): Promise<void> {
  const at = ground.clock.now()
  const [id, review] = [uuidv7(ground.clock), reviewAfter(at)]
  await insertHold(trx, {
    ...which,
    id,
    kind: 'camera',
    state: 'proposed',
    reason: null,
    placed_by: null,
    placed_at: new Date(at),
    review_at: new Date(review),
  })
  const fields = [
    { name: 'hold', value: id },
    { name: 'hold-kind', value: 'camera' },
    { name: 'proposed-by', value: 'camera' },
    { name: 'review', value: review },
    ...actorFields(null),
  ]
  await ground.history.append(trx, { subject: which.recording, type: 'held', pol, fields })
}

function differs(a: Life, b: Life): boolean {
  return (
    a.rule !== b.rule ||
    a.direction !== b.direction ||
    a.deleteAfter !== b.deleteAfter ||
    a.reviewAt !== b.reviewAt ||
    a.anchor.at !== b.anchor.at ||
    a.anchor.source !== b.anchor.source
  )
}
