// How many recordings match, by what they can be narrowed to, and which they are.

import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import type { Seer } from '../rules/rules.ts'
import { AT, type Filter, type LogEnd, matching } from './listing-filter.ts'

export type Counted = { readonly value: string; readonly count: number }
export type Counts = {
  readonly total: number
  /** There are more than were counted: the newest were. */
  readonly more: boolean
  readonly cameras: readonly Counted[]
  readonly wearers: readonly Counted[]
  readonly categories: readonly Counted[]
  /** By day of the agency's calendar, newest first. */
  readonly days: readonly { readonly day: string; readonly count: number }[]
}

/** More than this nobody reads off a number: the newest so many are counted. */
export const COUNTED = 100_000
/** Of each kind, those that most recordings have. */
const SHOWN = 50
const DAYS = 400

/** Counts what somebody sees and what matches. Wearers and cameras are places to look, in the order of their names within a count. */
export async function countRecordings(
  trx: Trx,
  seer: Seer,
  { filter, end, zone }: { filter: Filter; end: LogEnd; zone: string },
): Promise<Counts> {
  const where = await matching(trx, seer, filter, end)
  const { rows } = await sql<{ kind: string; value: string | null; count: number }>`
    with found as materialized (
      select r.id, r.camera, r.wearer, r.wearer_key, ${AT} as at from dock_v_recording r
      where ${where} order by ${AT} desc, r.id desc limit ${COUNTED + 1}
    ), days as (
      select date_trunc('hour', at) as hour, count(*)::int as n from found group by 1
    )
    select 'total' as kind, null as value, count(*)::int as count from found
    union all
    (select 'camera', camera, count(*)::int from found where camera is not null group by camera
      order by 3 desc, 2 limit ${SHOWN})
    union all
    (select 'wearer', min(wearer), count(*)::int from found where wearer_key is not null group by wearer_key
      order by 3 desc, 2 limit ${SHOWN})
    union all
    (select 'category', k.rule, count(*)::int from found join keep_v_recording k on k.recording = found.id
      group by k.rule order by 3 desc, 2 limit ${SHOWN})
    union all
    (select 'day', to_char(hour at time zone ${zone}, 'YYYY-MM-DD'), sum(n)::int from days group by 2
      order by 2 desc limit ${DAYS})`.execute(trx)
  const of = (kind: string) =>
    rows.flatMap(row => (row.kind === kind && row.value !== null ? [{ value: row.value, count: row.count }] : []))
  const total = rows.find(row => row.kind === 'total')?.count ?? 0
  return {
    total: Math.min(total, COUNTED),
    more: total > COUNTED,
    cameras: of('camera'),
    wearers: of('wearer'),
    categories: of('category'),
    days: of('day').map(({ value, count }) => ({ day: value, count })),
  }
}

/** How many somebody sees and match, all of them. */
export async function howMany(trx: Trx, seer: Seer, { filter, end }: { filter: Filter; end: LogEnd }): Promise<number> {
  const where = await matching(trx, seer, filter, end)
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from dock_v_recording r where ${where}`.execute(trx)
  return rows[0]?.count ?? 0
}

/** Which they are, newest first, `most` of them. In one value: a row for each of 50 000 would take longer to hand over than to find. */
export async function idsOf(
  trx: Trx,
  seer: Seer,
  { filter, end, most }: { filter: Filter; end: LogEnd; most: number },
): Promise<string[]> {
  const where = await matching(trx, seer, filter, end)
  const { rows } = await sql<{ ids: string | null }>`
    select string_agg(id::text, ' ') as ids from (
      select r.id from dock_v_recording r where ${where}
      order by ${AT} desc, r.id desc limit ${most}
    ) found`.execute(trx)
  const ids = rows[0]?.ids ?? null
  return ids === null ? [] : ids.split(' ')
}
