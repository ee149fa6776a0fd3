import { endOfCalendarYearAfter, maxDeadline } from '@vidne/policies/deadline'
import type { Json } from '@vidne/evidence/jcs'
import type { PolicyPack } from '@vidne/policies/pack'
import { hourOf, HOUR_MS } from '../platform/vault/port.ts'
import type { Role } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { lifeFields, lifeInRow } from './deadlines.ts'
import { rolesThatDecided } from './decisions.ts'
import type { Eraser, KeepGround, Which } from './ground.ts'
import { DECIDED_RULE, EARLY_RULE } from './life.ts'
import { fileOf, recognitionOf } from './recognition.ts'
import { erasersReported, erasing, insertTombstone, markDeleted, markErasing, noteErased } from './run-store.ts'
import { heldAmong, lockDeadlines } from './store.ts'
import type { DeadlineRow } from './tables.ts'

type Ground = Pick<KeepGround, 'database' | 'clock' | 'vault' | 'history' | 'rules' | 'log'>

export type Deleted = { readonly recording: string; readonly rule: string }
export type Unfinished = { readonly recording: string; readonly state: string; readonly because: string }

const BATCH = 50

/**
 * Begins the deletion of what is due: the point of no return. Each row is locked and asked once more, since a hold, a
 * longer life or another run may have come in between; `deletion-due` is written in the same transaction.
 */
export async function beginErasing(ground: Ground, agency: string, recordings: readonly string[]): Promise<number> {
  let begun = 0
  for (let from = 0; from < recordings.length; from += BATCH) {
    const batch = recordings.slice(from, from + BATCH)
    begun += await ground.database.asAgency(agency, trx => beginBatch(trx, ground, agency, batch))
  }
  return begun
}

async function beginBatch(trx: Trx, ground: Ground, agency: string, batch: readonly string[]): Promise<number> {
  const rows = await lockDeadlines(trx, ground.history, batch)
  const held = await heldAmong(trx, batch)
  const now = ground.clock.now()
  const due = rows.filter(row => !held.has(row.recording) && isDue(row, now))
  for (const row of due) {
    const file = await fileOf(trx, agency, row.recording)
    await markErasing(trx, row.recording, file === null ? null : await recognitionOf(ground.vault, file))
  }
  const { pack, pol } = await ground.rules.policyInForce(trx, agency)
  const decided = await rolesThatDecided(
    trx,
    due.map(row => row.recording),
  )
  const entries = due.map(row => ({
    subject: row.recording,
    type: 'deletion-due' as const,
    pol,
    fields: [...lifeFields(lifeInRow(row)), ...decisionFields(pack, row.rule, decided.get(row.recording) ?? null)],
  }))
  await ground.history.appendMany(trx, entries)
  return due.length
}

/** Due: the hour of the deadline has come. Rounded down, since a maximum says "within". */
export function isDue(row: Pick<DeadlineRow, 'state' | 'delete_after'>, now: number): boolean {
  if (row.state !== 'kept' && row.state !== 'due') return false
  return row.delete_after !== null && hourOf(row.delete_after.getTime()) <= hourOf(now)
}

/** Everything with a deadline before this moment is due at `now`. */
export function dueHorizon(now: number): Date {
  return new Date((hourOf(now) + 1) * HOUR_MS)
}

/**
 * Who decided that a recording goes: the rule alone, two persons, or in their two roles those whom the policy asks. Where it asks
 * some and nobody did decide, the history says that too, and in which roles they could have. Roles, and no names: the statement
 * is given to people outside.
 */
function decisionFields(
  pack: PolicyPack,
  rule: string,
  decided: readonly Role[] | null,
): { name: string; value: Json }[] {
  if (rule === DECIDED_RULE && decided !== null)
    return [
      { name: 'decision', value: 'both-roles' },
      { name: 'decision-roles', value: [...decided] },
    ]
  if (rule === EARLY_RULE) return [{ name: 'decision', value: 'two-persons' }]
  if (pack.decision === undefined && !pack.secondPerson.some(one => one.act === 'deletion-decision'))
    return [{ name: 'decision', value: 'by-rule' }]
  return [
    { name: 'decision', value: 'nobody-decided' },
    ...(pack.decision === undefined ? [] : [{ name: 'decision-roles', value: [...pack.decision.v.by] }]),
  ]
}

/**
 * Has everything that is left of recordings without a key erased, and closes those of which every eraser has reported.
 * An eraser that fails leaves its recording `erasing`; the next run asks it again, and it alone.
 */
export async function eraseAll(
  ground: Ground,
  agency: string,
  erasers: readonly Eraser[],
): Promise<{ deleted: Deleted[]; unfinished: Unfinished[] }> {
  const deleted: Deleted[] = []
  const unfinished: Unfinished[] = []
  for (const row of await ground.database.asAgency(agency, trx => erasing(trx, agency))) {
    const { recording, rule } = row
    const because =
      row.key_destroyed_at === null ? 'key-not-destroyed' : await eraseOne(ground, { agency, recording }, erasers)
    if (because !== null) unfinished.push({ recording, state: 'erasing', because })
    else if (await close(ground, row, erasers)) deleted.push({ recording, rule })
  }
  return { deleted, unfinished }
}

/** Null when every eraser has reported; else the name of the one that could not. */
async function eraseOne(ground: Ground, which: Which, erasers: readonly Eraser[]): Promise<string | null> {
  const reported = await ground.database.asAgency(which.agency, trx => erasersReported(trx, which.recording))
  for (const eraser of erasers) {
    if (reported.has(eraser.name)) continue
    try {
      await eraser.erase(which.agency, which.recording)
    } catch (error) {
      ground.log.error(
        { ...which, eraser: eraser.name, err: error },
        'a recording could not be erased; the next run tries again',
      )
      return eraser.name
    }
    const note = { ...which, eraser: eraser.name, at: ground.clock.now() }
    await ground.database.asAgency(which.agency, trx => noteErased(trx, note))
  }
  return null
}

async function close(ground: Ground, row: DeadlineRow, erasers: readonly Eraser[]): Promise<boolean> {
  const { agency, recording, rule } = row
  return ground.database.asAgency(agency, async trx => {
    const at = ground.clock.now()
    if (!(await markDeleted(trx, recording, at))) return false
    const { pack, pol } = await ground.rules.policyInForce(trx, agency)
    const fields = [
      { name: 'rule', value: rule },
      { name: 'erased-by', value: erasers.map(eraser => eraser.name).toSorted() },
      { name: 'in-backups-until', value: row.in_backups_until?.getTime() ?? null },
    ]
    await ground.history.append(trx, { subject: recording, type: 'deleted', pol, fields })
    await insertTombstone(trx, { agency, recording, rule, deletedAt: at, eraseAfter: tombstoneEnd(pack, at) })
    return true
  })
}

/** When the history of a recording deleted at `at` goes too. */
export function tombstoneEnd(pack: PolicyPack, at: number): number {
  const { v: period, anchor } = pack.logRetention
  const span = { from: at, zone: pack.zone.v, period }
  return anchor === 'end_of_calendar_year' ? endOfCalendarYearAfter(span) : maxDeadline(span)
}
