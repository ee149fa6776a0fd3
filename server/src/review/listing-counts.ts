// How many recordings match, by what they can be narrowed to, and which they are.

import { type RawBuilder, sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import type { Seer } from '../rules/rules.ts'
import { AT, type Filter, type LogEnd, matching } from './listing-filter.ts'

export type Counted = { readonly value: string; readonly count: number }
export type Counts = {
  readonly total: number
  /** There are more than `total`. */
  readonly more: boolean
  /** The numbers beside cameras, wearers, categories and days are those of the newest: there are at least as many. */
  readonly newest: boolean
  readonly cameras: readonly Counted[]
  readonly wearers: readonly Counted[]
  readonly categories: readonly Counted[]
  /** By day of the agency's calendar, newest first. */
  readonly days: readonly { readonly day: string; readonly count: number }[]
}

/** More than this nobody reads off a number. */
export const COUNTED = 100_000
/** By what they can be narrowed to, the newest so many are counted; and no more at all where each has to be looked up elsewhere. */
const COUNTED_APART = 10_000
/** Of each kind, those that most recordings have. */
const SHOWN = 50
const DAYS = 400

/** Counts what somebody sees and what matches. Wearers and cameras are places to look, in the order of their names within a count. */
export async function countRecordings(
  trx: Trx,
  seer: Seer,
  { filter, end, zone, apart: limit = COUNTED_APART }: { filter: Filter; end: LogEnd; zone: string; apart?: number },
): Promise<Counts> {
  const { where, walks } = await matching(trx, seer, filter, end)
  const rows = await countedApart(trx, where, { zone, limit })
  const of = (kind: string) =>
    rows.flatMap(row => (row.kind === kind && row.value !== null ? [{ value: row.value, count: row.count }] : []))
  const apart = rows.find(row => row.kind === 'total')?.count ?? 0
  const newest = apart > limit
  const most = walks ? limit : COUNTED
  const total = newest && !walks ? await countedUpTo(trx, where, most + 1) : apart
  return {
    total: Math.min(total, most),
    more: total > most,
    newest,
    cameras: of('camera'),
    wearers: of('wearer'),
    categories: of('category'),
    days: of('day').map(({ value, count }) => ({ day: value, count })),
  }
}

type Row = { readonly kind: string; readonly value: string | null; readonly count: number }

async function countedApart(
  trx: Trx,
  where: RawBuilder<boolean>,
  { zone, limit }: { zone: string; limit: number },
): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    with found as materialized (
      select r.id, r.camera, r.wearer, r.wearer_key, ${AT} as at from dock_v_recording r
      where ${where} order by ${AT} desc, r.id desc limit ${limit + 1}
    ), these as (
      select * from found limit ${limit}
    ), hours as (
      select date_trunc('hour', at) as hour, count(*)::int as n from these group by 1
    )
    select 'total' as kind, null as value, count(*)::int as count from found
    union all
    (select 'camera', camera, count(*)::int from these where camera is not null group by camera
      order by 3 desc, 2 limit ${SHOWN})
    union all
    (select 'wearer', min(wearer), count(*)::int from these where wearer_key is not null group by wearer_key
      order by 3 desc, 2 limit ${SHOWN})
    union all
    (select 'category', k.rule, count(*)::int from these
      cross join lateral (select rule from keep_v_recording k where k.recording = these.id offset 0) k
      group by k.rule order by 3 desc, 2 limit ${SHOWN})
    union all
    (select 'day', to_char(hour at time zone ${zone}, 'YYYY-MM-DD'), sum(n)::int from hours group by 2
      order by 2 desc limit ${DAYS})`.execute(trx)
  return rows
}

async function countedUpTo(trx: Trx, where: RawBuilder<boolean>, most: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (select from dock_v_recording r where ${where} limit ${most}) found`.execute(trx)
  return rows[0]?.count ?? 0
}

/** How many somebody sees and match, all of them. */
export async function howMany(trx: Trx, seer: Seer, { filter, end }: { filter: Filter; end: LogEnd }): Promise<number> {
  const { where } = await matching(trx, seer, filter, end)
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
  const { where } = await matching(trx, seer, filter, end)
  const { rows } = await sql<{ ids: string | null }>`
    select string_agg(id::text, ' ') as ids from (
      select r.id from dock_v_recording r where ${where}
      order by ${AT} desc, r.id desc limit ${most}
    ) found`.execute(trx)
  const ids = rows[0]?.ids ?? null
  return ids === null ? [] : ids.split(' ')
}
