import { sql } from 'kysely'
import type { Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { CLOCK_MS } from './operations-store.ts'
import type { Reported } from './reported.ts'
import { recordTables, type SituationRow } from './tables.ts'
import type { Decided } from './verdicts.ts'

/** What was reported of a capture, and what was decided about it. Times in epoch milliseconds. */
export type StoredSituation = {
  readonly id: string
  readonly agency: string
  readonly operation: string | null
  readonly recording: string | null
  readonly wearerKey: string | null
  readonly report: Reported
  readonly reporter: Actor
  readonly reportedAt: number
  readonly policy: Uint8Array | null
  readonly decided: Decided
  /** The reason that was given afterwards. */
  readonly explanation: string | null
}

export async function insertSituation(trx: Trx, one: StoredSituation): Promise<void> {
  await recordTables(trx)
    .insertInto('record_situation')
    .values({
      id: one.id,
      agency: one.agency,
      operation: one.operation,
      recording: one.recording,
      wearer_key: one.wearerKey,
      camera: one.report.camera,
      at: new Date(one.report.at),
      reported: JSON.stringify(one.report),
      reporter: JSON.stringify(one.reporter),
      reported_by: one.reporter.person,
      reported_at: new Date(one.reportedAt),
      policy: one.policy,
      verdict: one.decided.verdict,
      decided: JSON.stringify(one.decided),
      explained_at: null,
      explanation: null,
      looked_at: null,
      reason_by: reasonBy(one.decided),
      reason_looked_at: null,
      erased_at: null,
    })
    .execute()
}

function reasonBy({ reasonNeeded, reasonBy: by }: Decided): Date | null {
  return reasonNeeded && typeof by === 'number' ? new Date(by) : null
}

/** What is decided about it from now on, and who agreed. The first verdict stays; what was decided before stands in its history. */
export async function insertDecidedAgain(trx: Trx, one: StoredSituation, at: number): Promise<void> {
  const { id, agency, report, policy, decided } = one
  const { rows } = await sql<{ ord: number }>`
    select count(*)::int as ord from record_decided_again where situation = ${id}::uuid`.execute(trx)
  await recordTables(trx)
    .insertInto('record_decided_again')
    .values({
      situation: id,
      ord: rows[0]?.ord ?? 0,
      agency,
      at: new Date(at),
      policy,
      verdict: decided.verdict,
      decided: JSON.stringify(decided),
    })
    .execute()
  await recordTables(trx)
    .updateTable('record_situation')
    .set({ reported: JSON.stringify(report), reason_by: reasonBy(decided) })
    .where('id', '=', id)
    .execute()
}

/** Rows as they are decided now, in their order; none whose words went with its footage. */
async function asDecidedNow(trx: Trx, rows: readonly SituationRow[]): Promise<StoredSituation[]> {
  const found = rows.map(situationOf).filter(one => one !== null)
  if (found.length === 0) return []
  const again = await recordTables(trx)
    .selectFrom('record_decided_again')
    .selectAll()
    .where(
      'situation',
      'in',
      found.map(({ id }) => id),
    )
    .orderBy('ord')
    .execute()
  const newest = new Map(again.map(row => [row.situation, row]))
  return found.map(one => {
    const row = newest.get(one.id)
    return row === undefined ? one : { ...one, policy: row.policy, decided: row.decided }
  })
}

/** Null for one whose words went with its footage. */
function situationOf(row: SituationRow): StoredSituation | null {
  const { reported, reporter } = row
  if (reporter === null || !isReport(reported)) return null
  return {
    id: row.id,
    agency: row.agency,
    operation: row.operation,
    recording: row.recording,
    wearerKey: row.wearer_key,
    report: reported,
    reporter,
    reportedAt: row.reported_at.getTime(),
    policy: row.policy,
    decided: row.decided,
    explanation: row.explanation,
  }
}

function isReport(reported: Reported | Record<string, never>): reported is Reported {
  return 'triggers' in reported
}

export async function findSituation(trx: Trx, agency: string, id: string): Promise<StoredSituation | null> {
  const row = await recordTables(trx)
    .selectFrom('record_situation')
    .selectAll()
    .where('id', '=', id)
    .where('agency', '=', agency)
    .executeTakeFirst()
  return row === undefined ? null : ((await asDecidedNow(trx, [row]))[0] ?? null)
}

/** What was reported of a recording, oldest first. */
export async function situationsOf(trx: Trx, agency: string, recording: string): Promise<StoredSituation[]> {
  const rows = await recordTables(trx)
    .selectFrom('record_situation')
    .selectAll()
    .where('recording', '=', recording)
    .where('agency', '=', agency)
    .orderBy('at')
    .orderBy('id')
    .execute()
  return asDecidedNow(trx, rows)
}

/**
 * Reports that one of these recordings fits and that none was found for yet: the same wearer or camera, and a moment within the
 * footage, or as near to it as two clocks may lie apart.
 */
export async function fittingSituations(
  trx: Trx,
  recordings: readonly string[],
): Promise<{ situation: StoredSituation; recording: string }[]> {
  const { rows } = await sql<{ id: string; recording: string }>`
    select distinct on (s.id) s.id, c.recording
    from record_capture c
    join record_situation s on s.agency = c.agency and s.recording is null and s.erased_at is null
      and (s.wearer_key = c.wearer_key or s.camera = c.camera)
      and s.at between coalesce(c.started_at, c.ended_at) - ${CLOCK_MS} * interval '1 millisecond'
        and coalesce(c.ended_at, c.started_at) + ${CLOCK_MS} * interval '1 millisecond'
    where c.recording = any(${[...recordings]}::uuid[])
    order by s.id, coalesce(c.started_at, c.ended_at)`.execute(trx)
  if (rows.length === 0) return []
  const found = await recordTables(trx)
    .selectFrom('record_situation')
    .selectAll()
    .where(
      'id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('at')
    .orderBy('id')
    .execute()
  const recordingOf = new Map(rows.map(row => [row.id, row.recording]))
  return (await asDecidedNow(trx, found)).flatMap(situation => {
    const recording = recordingOf.get(situation.id)
    return recording === undefined ? [] : [{ situation, recording }]
  })
}

export async function attachTo(trx: Trx, situation: string, recording: string): Promise<void> {
  await recordTables(trx)
    .updateTable('record_situation')
    .set({ recording })
    .where('id', '=', situation)
    .where('recording', 'is', null)
    .execute()
}

/** False when the reason was given before. */
export async function markExplained(
  trx: Trx,
  situation: string,
  { at, explanation }: { at: number; explanation: string },
): Promise<boolean> {
  const done = await recordTables(trx)
    .updateTable('record_situation')
    .set({ explained_at: new Date(at), explanation })
    .where('id', '=', situation)
    .where('explained_at', 'is', null)
    .executeTakeFirst()
  return done.numUpdatedRows === 1n
}

/**
 * Reports of what had to be recorded and has no recording, from before `happened`, oldest first. One of an operation that must
 * be recorded is not among them: whoever takes part there is asked once, for the operation.
 */
export async function unrecorded(
  trx: Trx,
  agency: string,
  { happened, most }: { happened: number; most: number },
): Promise<StoredSituation[]> {
  const rows = await recordTables(trx)
    .selectFrom('record_situation as s')
    .leftJoin('record_operation as o', 'o.id', 's.operation')
    .selectAll('s')
    .where('s.agency', '=', agency)
    .where('s.recording', 'is', null)
    .where('s.looked_at', 'is', null)
    .where('s.erased_at', 'is', null)
    .where(
      sql<boolean>`coalesce((
      select a.verdict from record_decided_again a where a.situation = s.id order by a.ord desc limit 1), s.verdict) = 'must'`,
    )
    .where('s.at', '<=', new Date(happened))
    .where(sql<boolean>`(o.id is null or o.verdict <> 'must')`)
    .orderBy('s.at')
    .limit(most)
    .forUpdate('s')
    .execute()
  return asDecidedNow(trx, rows)
}

/** What happened in a span of time (the end left out), with the unit of its operation and whose camera it was, oldest first. */
export async function situationsBetween(
  trx: Trx,
  agency: string,
  { from, to }: { from: number; to: number },
): Promise<{ readonly situation: StoredSituation; readonly unit: string | null; readonly camera: string | null }[]> {
  const rows = await recordTables(trx)
    .selectFrom('record_situation as s')
    .leftJoin('record_operation as o', 'o.id', 's.operation')
    .leftJoin('record_capture as c', 'c.recording', 's.recording')
    .selectAll('s')
    .select(['o.unit', 'c.camera as docked'])
    .where('s.agency', '=', agency)
    .where('s.at', '>=', new Date(from))
    .where('s.at', '<', new Date(to))
    .orderBy('s.at')
    .orderBy('s.id')
    .execute()
  return rows.flatMap(({ unit, docked, ...row }) => {
    const situation = situationOf(row)
    return situation === null ? [] : [{ situation, unit, camera: docked ?? situation.report.camera }]
  })
}

export async function markSituationLookedAt(trx: Trx, situation: string, at: number): Promise<void> {
  await recordTables(trx)
    .updateTable('record_situation')
    .set({ looked_at: new Date(at) })
    .where('id', '=', situation)
    .execute()
}

/** Situations whose reason was wanted by now, is not there, and was not asked after; oldest first. */
export async function unexplained(
  trx: Trx,
  agency: string,
  { now, most }: { now: number; most: number },
): Promise<StoredSituation[]> {
  const rows = await recordTables(trx)
    .selectFrom('record_situation')
    .selectAll()
    .where('agency', '=', agency)
    .where('reason_by', '<', new Date(now))
    .where('explained_at', 'is', null)
    .where('reason_looked_at', 'is', null)
    .where('erased_at', 'is', null)
    .orderBy('reason_by')
    .limit(most)
    .forUpdate()
    .execute()
  return asDecidedNow(trx, rows)
}

export async function markReasonLookedAt(trx: Trx, situation: string, at: number): Promise<void> {
  await recordTables(trx)
    .updateTable('record_situation')
    .set({ reason_looked_at: new Date(at) })
    .where('id', '=', situation)
    .execute()
}
