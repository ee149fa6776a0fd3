import type { Json } from '@vidne/evidence/jcs'
import type { PolicyPack } from '@vidne/policies/pack'
import { actorFields, type Actor } from '../people/people.ts'
import { afterCommit, type Trx } from '../platform/database/door.ts'
import { uuidv7 } from '../platform/identifiers.ts'
import { anchorOf, type AnchorSource, type Captured } from './anchor.ts'
import { PLAUSIBLE_DAYS, type KeepGround, type Which } from './ground.ts'
import { reviewAfter } from './holds.ts'
import { EARLY_RULE, lifeOf, neverShorter, seenFirst, type Life, type LifeReason } from './life.ts'
import {
  categoriesOf,
  insertDeadlines,
  insertHold,
  lockDeadline,
  moveDeadline,
  readCaptured,
  readOneCaptured,
} from './store.ts'
import type { DeadlineRow } from './tables.ts'

type Ground = Pick<KeepGround, 'clock' | 'history' | 'rules' | 'plausibleDays'> & {
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
  const { pack, pol } = await ground.rules.policyInForce(trx, agency)
  const begun = [...(await readCaptured(trx, recordings))].map(([recording, captured]) => {
    // Nobody can have given it a category before it was there.
    return { recording, agency, captured, life: lifeUnder(pack, ground, [], captured), settled: captured.final }
  })
  await insertDeadlines(trx, begun)
  const entries = begun.map(({ recording, life }) => {
    const fields = [...lifeFields(life), { name: 'because', value: 'sealed' }, ...actorFields(null)]
    return { subject: recording, type: 'retention-changed', pol, fields } as const
  })
  await ground.history.appendMany(trx, entries)
  for (const { recording, captured } of begun) {
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
  if (row.rule === EARLY_RULE && by === null) return
  const captured = await readOneCaptured(trx, which.recording)
  const { pack, pol } = await ground.rules.policyInForce(trx, which.agency)
  const life = lifeUnder(pack, ground, await categoriesOf(trx, which.recording), captured)
  const before = lifeInRow(row)
  const after = row.settled ? neverShorter(before, life) : life
  const settled = row.settled || captured.final
  if (!differs(before, after) && settled === row.settled) return
  await moveDeadline(trx, { ...which, life: after, settled })
  afterCommit(() => ground.wake(which.agency))
  if (!differs(before, after)) return
  const fields = [...lifeFields(after), { name: 'because', value: because }, ...actorFields(by)]
  await ground.history.append(trx, { subject: which.recording, type: 'retention-changed', pol, fields })
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

function lifeUnder(pack: PolicyPack, ground: Ground, categories: readonly string[], captured: Captured): Life {
  const anchor = anchorOf(captured, ground.plausibleDays ?? PLAUSIBLE_DAYS)
  return seenFirst(lifeOf(pack, categories, anchor), captured.receivedAt)
}

async function proposeHold(trx: Trx, ground: Ground, which: Which, pol: Uint8Array): Promise<void> {
  const at = ground.clock.now()
  const [id, review] = [uuidv7(ground.clock), reviewAfter(at)]
  await insertHold(trx, {
    ...which,
    id,
    state: 'proposed',
    reason: null,
    placed_by: null,
    placed_at: new Date(at),
    review_at: new Date(review),
  })
  const fields = [
    { name: 'hold', value: id },
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
