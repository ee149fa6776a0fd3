import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import { recordTables, type OperationRow, type ParticipantRow } from './tables.ts'
import type { Clause } from './verdicts.ts'

/** How far a clock of a camera may be off the hours of an operation and a report, and still be taken for within them. */
export const CLOCK_MS = 600_000

type NewOperation = Omit<OperationRow, 'clause' | 'ended_at'> & { readonly clause: Clause | null }
type NewParticipant = Pick<ParticipantRow, 'wearer' | 'wearer_key' | 'camera'>

export async function insertOperation(
  trx: Trx,
  operation: NewOperation,
  participants: readonly NewParticipant[],
): Promise<void> {
  const tables = recordTables(trx)
  const clause = operation.clause === null ? null : JSON.stringify(operation.clause)
  await tables
    .insertInto('record_operation')
    .values({ ...operation, clause })
    .execute()
  const { id, agency } = operation
  const rows = participants.map((one, ord) => ({
    ...one,
    operation: id,
    agency,
    ord,
    recording: null,
    looked_at: null,
  }))
  await tables.insertInto('record_participant').values(rows).execute()
}

export type WithParticipants = OperationRow & { readonly participants: ParticipantRow[] }

/** Operations that touch a period, newest first. */
export async function operationsBetween(trx: Trx, agency: string, from: number, until: number) {
  const tables = recordTables(trx)
  const operations = await tables
    .selectFrom('record_operation')
    .selectAll()
    .where('agency', '=', agency)
    .where('from_at', '<=', new Date(until))
    .where('until_at', '>=', new Date(from))
    .orderBy('from_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1000)
    .execute()
  return withParticipants(trx, operations)
}

export async function findOperation(trx: Trx, agency: string, id: string): Promise<OperationRow | null> {
  const row = await recordTables(trx)
    .selectFrom('record_operation')
    .selectAll()
    .where('id', '=', id)
    .where('agency', '=', agency)
    .executeTakeFirst()
  return row ?? null
}

export async function withParticipants(trx: Trx, operations: readonly OperationRow[]): Promise<WithParticipants[]> {
  if (operations.length === 0) return []
  const ids = operations.map(({ id }) => id)
  const rows = await recordTables(trx)
    .selectFrom('record_participant')
    .selectAll()
    .where('operation', 'in', ids)
    .orderBy('ord')
    .execute()
  const of = Map.groupBy(rows, row => row.operation)
  return operations.map(operation => ({ ...operation, participants: of.get(operation.id) ?? [] }))
}

/** Who took part in what, and may be the one whom a report is about. */
export type Who = { readonly wearerKey: string | null; readonly camera: string | null }

/** The operation that somebody, or a camera, takes part in at a moment; the one that began last where there are several. */
export async function operationUnderWay(
  trx: Trx,
  agency: string,
  { wearerKey, camera }: Who,
  at: number,
): Promise<OperationRow | null> {
  const row = await recordTables(trx)
    .selectFrom('record_operation as o')
    .innerJoin('record_participant as p', 'p.operation', 'o.id')
    .selectAll('o')
    .where('o.agency', '=', agency)
    .where('o.from_at', '<=', new Date(at))
    .where('o.until_at', '>=', new Date(at))
    .where(sql<boolean>`(p.wearer_key = ${wearerKey} or p.camera = ${camera})`)
    .orderBy('o.from_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ?? null
}

/**
 * Sets whom these recordings cover: those who take part in an operation that the footage touches, by name or by camera. What one
 * of them covered before is open again first, since its time may be known better now.
 */
export async function coverParticipants(trx: Trx, recordings: readonly string[]): Promise<void> {
  const ids = [...recordings]
  await sql`
    update record_participant set recording = null, looked_at = null where recording = any(${ids}::uuid[])`.execute(trx)
  await sql`
    with touching as (
      select distinct on (p.operation, p.ord) p.operation, p.ord, c.recording
      from record_capture c
      join record_participant p on p.agency = c.agency and p.recording is null
        and (p.wearer_key = c.wearer_key or p.camera = c.camera)
      join record_operation o on o.id = p.operation
      where c.recording = any(${ids}::uuid[])
        and coalesce(c.started_at, c.ended_at) <= o.until_at + ${CLOCK_MS} * interval '1 millisecond'
        and coalesce(c.ended_at, c.started_at) >= o.from_at - ${CLOCK_MS} * interval '1 millisecond'
      order by p.operation, p.ord, coalesce(c.started_at, c.ended_at)
    )
    update record_participant p set recording = t.recording
    from touching t where t.operation = p.operation and t.ord = p.ord`.execute(trx)
  await sql`
    update record_review r set recording = p.recording from record_participant p
    where r.kind = 'missing-recording' and r.subject = p.operation and r.ord = p.ord and r.recording is null
      and p.recording = any(${ids}::uuid[])`.execute(trx)
}

export type Overdue = { readonly operation: OperationRow; readonly participant: ParticipantRow }

/** Periods that ended before `ended` and were not looked through yet, oldest first. */
export async function overdueParticipants(
  trx: Trx,
  agency: string,
  { ended, most }: { ended: number; most: number },
): Promise<Overdue[]> {
  const tables = recordTables(trx)
  const rows = await tables
    .selectFrom('record_participant as p')
    .innerJoin('record_operation as o', 'o.id', 'p.operation')
    .selectAll('p')
    .where('p.agency', '=', agency)
    .where('p.looked_at', 'is', null)
    .where('o.until_at', '<=', new Date(ended))
    .orderBy('o.until_at')
    .orderBy('p.operation')
    .orderBy('p.ord')
    .limit(most)
    .forUpdate('p')
    .execute()
  if (rows.length === 0) return []
  const ids = [...new Set(rows.map(row => row.operation))]
  const operations = await tables.selectFrom('record_operation').selectAll().where('id', 'in', ids).execute()
  const byId = new Map(operations.map(operation => [operation.id, operation]))
  return rows.flatMap(participant => {
    const operation = byId.get(participant.operation)
    return operation === undefined ? [] : [{ operation, participant }]
  })
}

export async function markLookedAt(trx: Trx, { operation, ord }: ParticipantRow, at: number): Promise<void> {
  await recordTables(trx)
    .updateTable('record_participant')
    .set({ looked_at: new Date(at) })
    .where('operation', '=', operation)
    .where('ord', '=', ord)
    .execute()
}
