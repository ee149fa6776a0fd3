import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'

type SealTables = {
  seal_log: {
    log: number
    origin: string
    opened_at: Date
    retired_at: Date | null
    signed_size: bigint
    signed_note: string | null
    signed_at: Date | null
  }
  seal_public: { log: number; size: bigint; note: string; at: Date }
}

/** A log as the database knows it. `signed` is the size of the last private checkpoint it was told of. */
export type LogRow = {
  readonly log: number
  readonly origin: string
  readonly signed: number
}

/** A leaf to be numbered; `label` is null unless it is event-shaped. */
export type NewLeaf = { readonly leaf: Uint8Array; readonly label: Uint8Array | null }

/** A public checkpoint with the cosignatures it has; `at`: when it was made, epoch milliseconds. */
export type PublicNote = { readonly size: number; readonly note: string; readonly at: number }

/** How many public checkpoints are remembered, so that a slow cosigner can still sign one of them. */
export const PUBLIC_KEPT = 256

const tables = (trx: Trx) => trx.$extendTables<SealTables>()

/** The log in use, or null before the first. */
export async function logInUse(trx: Trx): Promise<LogRow | null> {
  const row = await tables(trx)
    .selectFrom('seal_log')
    .select(['log', 'origin', 'signed_size'])
    .where('retired_at', 'is', null)
    .executeTakeFirst()
  return row === undefined ? null : { log: row.log, origin: row.origin, signed: Number(row.signed_size) }
}

export async function insertLog(trx: Trx, { origin, at }: { origin: string; at: number }): Promise<number> {
  const { rows } = await sql<{ log: number }>`
    insert into seal_log (log, origin, opened_at)
    values ((select coalesce(max(log), 0) + 1 from seal_log), ${origin}, ${new Date(at)}) returning log`.execute(trx)
  return rows[0]?.log ?? 1
}

export async function retireLog(trx: Trx, { log, at }: { log: number; at: number }): Promise<void> {
  await tables(trx)
    .updateTable('seal_log')
    .set({ retired_at: new Date(at) })
    .where('log', '=', log)
    .execute()
}

export async function recordSigned(
  trx: Trx,
  signed: { log: number; size: number; note: string; at: number },
): Promise<void> {
  await tables(trx)
    .updateTable('seal_log')
    .set({ signed_size: BigInt(signed.size), signed_note: signed.note, signed_at: new Date(signed.at) })
    .where('log', '=', signed.log)
    .where('signed_size', '<', BigInt(signed.size))
    .execute()
}

/** How many leaves have their number. */
export async function countLeaves(trx: Trx, log: number): Promise<number> {
  const { rows } = await sql<{ leaves: bigint }>`
    select coalesce(max(index) + 1, 0)::bigint as leaves from seal_leaf where log = ${log}`.execute(trx)
  return Number(rows[0]?.leaves ?? 0n)
}

/** Writes leaves under the numbers from `first` on. A number or label that is taken is refused by the database (23505). */
export async function insertLeaves(
  trx: Trx,
  { log, first, leaves, at }: { log: number; first: number; leaves: readonly NewLeaf[]; at: number },
): Promise<void> {
  await sql`
    insert into seal_leaf (log, index, leaf, label, at)
    select ${log}::int, ${first}::bigint + place - 1, leaf, label, ${new Date(at)}::timestamptz
    from unnest(${leaves.map(one => one.leaf)}::bytea[], ${leaves.map(one => one.label)}::bytea[])
      with ordinality as fresh (leaf, label, place)`.execute(trx)
}

/** The leaves from `from` on, in order, at most `most`. */
export async function leavesFrom(
  trx: Trx,
  { log, from, most }: { log: number; from: number; most: number },
): Promise<Uint8Array[]> {
  const { rows } = await sql<{ leaf: Uint8Array }>`
    select leaf from seal_leaf where log = ${log} and index >= ${from} order by index limit ${most}`.execute(trx)
  return rows.map(row => row.leaf)
}

/** How many event-shaped leaves stand at index `from` and after. */
export async function eventsSince(trx: Trx, { log, from }: { log: number; from: number }): Promise<number> {
  const { rows } = await sql<{ events: bigint }>`
    select count(*) as events from seal_leaf where log = ${log} and index >= ${from} and label is not null`.execute(trx)
  return Number(rows[0]?.events ?? 0n)
}

export async function positionOf(trx: Trx, log: number, label: Uint8Array): Promise<number | null> {
  const { rows } = await sql<{ index: bigint }>`
    select index from seal_leaf where log = ${log} and label = ${label}`.execute(trx)
  return rows[0] === undefined ? null : Number(rows[0].index)
}

/** The youngest public statement (0x04 ‖ JCS) of this type before `size`; with `policy`, the one that names this digest. */
export async function findStatement(
  trx: Trx,
  wanted: { log: number; size: number; type: string; policy: string | null },
): Promise<{ index: number; leaf: Uint8Array } | null> {
  const { rows } = await sql<{ index: bigint; leaf: Uint8Array }>`
    select index, leaf from (
      select index, leaf, convert_from(substr(leaf, 2), 'UTF8')::jsonb as said from seal_leaf
      where log = ${wanted.log} and label is null and index < ${wanted.size} and get_byte(leaf, 0) = 4
      order by index desc offset 0
    ) statement
    where said ->> 'type' = ${wanted.type} and (${wanted.policy}::text is null or said ->> 'policy' = ${wanted.policy})
    order by index desc limit 1`.execute(trx)
  return rows[0] === undefined ? null : { index: Number(rows[0].index), leaf: rows[0].leaf }
}

/** Statements of one type that are out: in this log below `size`, and in those before it as far as they were signed. Oldest first. */
export async function statementsOut(
  trx: Trx,
  wanted: { log: number; size: number; type: string },
): Promise<{ index: number; leaf: Uint8Array }[]> {
  const { rows } = await sql<{ index: bigint; leaf: Uint8Array }>`
    select index, leaf from (
      select l.log, l.index, l.leaf, convert_from(substr(l.leaf, 2), 'UTF8')::jsonb as said
      from seal_leaf l join seal_log g on g.log = l.log
      where l.label is null and get_byte(l.leaf, 0) = 4
        and l.index < case when l.log = ${wanted.log} then ${wanted.size} else g.signed_size end
      offset 0
    ) statement
    where said ->> 'type' = ${wanted.type}
    order by log, index`.execute(trx)
  return rows.map(({ index, leaf }) => ({ index: Number(index), leaf }))
}

export async function insertPublic(trx: Trx, fresh: PublicNote & { log: number }): Promise<void> {
  const { log, size, note } = fresh
  const row = { log, size: BigInt(size), note, at: new Date(fresh.at) }
  await tables(trx).insertInto('seal_public').values(row).execute()
  await sql`
    delete from seal_public where log = ${log} and size < (
      select min(size) from (
        select size from seal_public where log = ${log} order by size desc limit ${PUBLIC_KEPT}) kept)`.execute(trx)
}

/** The remembered public checkpoints, newest first. */
export async function publicNotes(trx: Trx, log: number): Promise<PublicNote[]> {
  const rows = await tables(trx)
    .selectFrom('seal_public')
    .select(['size', 'note', 'at'])
    .where('log', '=', log)
    .orderBy('size', 'desc')
    .execute()
  return rows.map(row => ({ size: Number(row.size), note: row.note, at: row.at.getTime() }))
}

/** What a beat has to know: leaves that have their number, and the size of the newest public checkpoint (0 for none). */
export async function progress(trx: Trx, log: number): Promise<{ leaves: number; signed: number; published: number }> {
  const { rows } = await sql<{ signed: bigint; published: bigint }>`
    select signed_size as signed, (
      select coalesce(max(size), 0)::bigint from seal_public where log = ${log}) as published
    from seal_log where log = ${log}`.execute(trx)
  const leaves = await countLeaves(trx, log)
  return { leaves, signed: Number(rows[0]?.signed ?? 0n), published: Number(rows[0]?.published ?? 0n) }
}

/** Adds to a public checkpoint while nobody else does. `change` gives its new note; null when it is not remembered. */
export async function changePublic(
  trx: Trx,
  { log, size }: { log: number; size: number },
  change: (note: string) => string,
): Promise<string | null> {
  const { rows } = await sql<{ note: string }>`
    select note from seal_public where log = ${log} and size = ${size} for update`.execute(trx)
  if (rows[0] === undefined) return null
  const note = change(rows[0].note)
  await sql`update seal_public set note = ${note} where log = ${log} and size = ${size}`.execute(trx)
  return note
}

/** Copies the events and public statements of a retired log behind those the new log has; its map roots stay behind. */
export async function carryOver(
  trx: Trx,
  carried: { from: number; to: number; first: number; at: number },
): Promise<void> {
  await sql`
    insert into seal_leaf (log, index, leaf, label, at)
    select ${carried.to}::int, ${carried.first}::bigint + row_number() over (order by index) - 1, leaf, label,
      ${new Date(carried.at)}::timestamptz
    from seal_leaf
    where log = ${carried.from} and (label is not null or (get_byte(leaf, 0) = 4
      and convert_from(substr(leaf, 2), 'UTF8')::jsonb ->> 'type' not in ('log-opened', 'log-continued')))`.execute(trx)
}

const SEQUENCER_LOCK = 8_420_041

/** Takes the sequencer's lock until the transaction ends; false when another process holds it. PostgreSQL only. */
export async function tryLead(trx: Trx): Promise<boolean> {
  const { rows } = await sql<{ leads: boolean }>`select pg_try_advisory_xact_lock(${SEQUENCER_LOCK}) as leads`.execute(
    trx,
  )
  return rows[0]?.leads === true
}
