import { endOfCalendarYearAfter, maxDeadline } from '@vidne/policies/deadline'
import type { Json } from '@vidne/evidence/jcs'
import type { PolicyPack } from '@vidne/policies/pack'
import { hourOf, HOUR_MS } from '../platform/vault/port.ts'
import { actorFields, type Role } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { severalAtOnce } from '../platform/several-at-once.ts'
import { lifeFields, lifeInRow } from './deadlines.ts'
import { rolesThatDecided } from './decisions.ts'
import type { Eraser, KeepGround } from './ground.ts'
import { DECIDED_RULE, EARLY_RULE } from './life.ts'
import { policiesOf } from './policies.ts'
import { filesOf, recognitionOf } from './recognition.ts'
import { erasersReported, erasing, insertTombstones, markDeleted, markErasing, noteErased } from './run-store.ts'
import { heldAmong, lockDeadlines } from './store.ts'
import type { DeadlineRow } from './tables.ts'

type Ground = Pick<KeepGround, 'database' | 'clock' | 'vault' | 'history' | 'rules' | 'units' | 'log' | 'plausibleDays'>

export type Deleted = { readonly recording: string; readonly rule: string }
export type Unfinished = { readonly recording: string; readonly state: string; readonly because: string }

const BATCH = 100
/** So many recordings are erased at once; they share the disk's writes. */
const AT_ONCE = 16

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
  const recordings = due.map(row => row.recording)
  const files = await filesOf(trx, agency, recordings)
  const doomed = due.map(async ({ recording }) => {
    const file = files.get(recording)
    return { recording, recognition: file === undefined ? null : await recognitionOf(ground.vault, file) }
  })
  await markErasing(trx, await Promise.all(doomed))
  const policies = await policiesOf(trx, ground, agency, recordings)
  const decided = await rolesThatDecided(trx, recordings)
  const entries = due.map(row => {
    const { pack, pol } = policies(row.recording).inForce
    const decision = decisionFields(pack, row.rule, decided.get(row.recording) ?? null)
    return {
      subject: row.recording,
      type: 'deletion-due' as const,
      pol,
      fields: [...lifeFields(lifeInRow(row)), ...decision, ...actorFields(null)],
    }
  })
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
  const rows = await ground.database.asAgency(agency, trx => erasing(trx, agency))
  const because = new Map<string, string>()
  const deleted: Deleted[] = []
  for (const row of rows) if (row.key_destroyed_at === null) because.set(row.recording, 'key-not-destroyed')
  const keyless = rows.filter(row => row.key_destroyed_at !== null)
  for (let from = 0; from < keyless.length; from += BATCH) {
    const batch = keyless.slice(from, from + BATCH)
    const failed = await eraseBatch(ground, { agency, recordings: batch.map(row => row.recording) }, erasers)
    for (const [recording, eraser] of failed) because.set(recording, eraser)
    const erased = batch.filter(row => !failed.has(row.recording))
    deleted.push(...(await close(ground, agency, erased, erasers)))
  }
  const unfinished = [...because].map(([recording, why]) => ({ recording, state: 'erasing', because: why }))
  return { deleted, unfinished: unfinished.toSorted((a, b) => (a.recording < b.recording ? -1 : 1)) }
}

type Batch = { readonly agency: string; readonly recordings: readonly string[] }

/**
 * Asks each eraser for those of which it has not reported, several at once, and notes together what it reports: each of them
 * waits for disks. Answers the recordings that are not erased, each with the eraser that could not; none is asked after it.
 */
async function eraseBatch(ground: Ground, batch: Batch, erasers: readonly Eraser[]): Promise<Map<string, string>> {
  const { agency, recordings } = batch
  const reported = await ground.database.asAgency(agency, trx => erasersReported(trx, recordings))
  const failed = new Map<string, string>()
  for (const one of erasers) {
    const eraser = one.name
    const asked = recordings.filter(
      recording => !failed.has(recording) && reported.get(recording)?.has(eraser) !== true,
    )
    const { gone, refused } = await askEraser(ground, one, { agency, recordings: asked })
    for (const recording of refused) failed.set(recording, eraser)
    const noted = { agency, eraser, recordings: gone, at: ground.clock.now() }
    if (gone.length > 0) await ground.database.asAgency(agency, trx => noteErased(trx, noted))
  }
  return failed
}

async function askEraser(
  ground: Ground,
  eraser: Eraser,
  { agency, recordings }: Batch,
): Promise<{ gone: readonly string[]; refused: readonly string[] }> {
  const together = recordings.length > 1 ? await eraser.eraseMany?.(agency, recordings).catch(() => null) : null
  if (together === 'gone') return { gone: recordings, refused: [] }
  const gone: string[] = []
  const refused: string[] = []
  await severalAtOnce(recordings, AT_ONCE, async recording => {
    try {
      await eraser.erase(agency, recording)
      gone.push(recording)
    } catch (err) {
      const which = { agency, recording, eraser: eraser.name, err }
      ground.log.error(which, 'a recording could not be erased; the next run tries again')
      refused.push(recording)
    }
  })
  return { gone, refused }
}

async function close(
  ground: Ground,
  agency: string,
  rows: readonly DeadlineRow[],
  erasers: readonly Eraser[],
): Promise<Deleted[]> {
  if (rows.length === 0) return []
  return ground.database.asAgency(agency, async trx => {
    const at = ground.clock.now()
    const ids = rows.map(row => row.recording)
    // Another run may be closing the same: chains and rows are taken in one order by both.
    await lockDeadlines(trx, ground.history, ids)
    const marked = await markDeleted(trx, ids, at)
    const closed = rows.filter(row => marked.has(row.recording))
    const { pack, pol } = await ground.rules.policyInForce(trx, agency)
    const erasedBy = erasers.map(eraser => eraser.name).toSorted()
    const entries = closed.map(row => {
      const fields = [
        { name: 'rule', value: row.rule },
        { name: 'erased-by', value: erasedBy },
        ...actorFields(null),
        { name: 'in-backups-until', value: row.in_backups_until?.getTime() ?? null },
      ]
      return { subject: row.recording, type: 'deleted', pol, fields } as const
    })
    await ground.history.appendMany(trx, entries)
    const eraseAfter = tombstoneEnd(pack, at)
    await insertTombstones(
      trx,
      closed.map(({ recording, rule }) => ({ agency, recording, rule, deletedAt: at, eraseAfter })),
    )
    return closed.map(({ recording, rule }) => ({ recording, rule }))
  })
}

/** When the history of a recording deleted at `at` goes too. */
export function tombstoneEnd(pack: PolicyPack, at: number): number {
  const { v: period, anchor } = pack.logRetention
  const span = { from: at, zone: pack.zone.v, period }
  return anchor === 'end_of_calendar_year' ? endOfCalendarYearAfter(span) : maxDeadline(span)
}
