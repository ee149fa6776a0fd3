import { type RawBuilder, sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import type { Seer } from '../rules/rules.ts'
import { AT, EVERYTHING, type Filter, type LogEnd, matching } from './listing-filter.ts'

/** One recording as the list shows it; times in epoch milliseconds. After a deletion only its history and its rule are left. */
export type Listed = {
  id: string
  sha256: string | null
  bytes: number | null
  camera: string | null
  wearer: string | null
  path: string | null
  level: 'captured' | 'gateway' | 'received'
  recordedAt: number | null
  recordedAtSource: string | null
  receivedAt: number
  /** Index of its first event in the log, once a signed checkpoint covers it. */
  index: number | null
  sealedAt: number | null
  life: 'kept' | 'due' | 'erasing' | 'deleted' | null
  rule: string | null
  deleteAfter: number | null
  held: boolean
  parsable: boolean | null
  /** Stored bytes of it are gone for good. */
  bytesLost: boolean
  durationMs: number | null
  unit: string | null
  categories: string[]
  operation: { id: string; title: string } | null
  place: { latitude: number; longitude: number } | null
}

/** received: newest first; recorded: by the list's time, newest first; goes: soonest first, and only what goes by itself. */
export type Sort = 'received' | 'recorded' | 'goes'

/** Where a page ends, by what it is sorted by; the next begins behind it. */
export type Mark = { at: number; id: string }

/** A page of a list; what is not said is not narrowed. */
export type Page = {
  most: number
  after: Mark | null
  sort?: Sort
  filter?: Filter
  end?: LogEnd
}

type Row = {
  id: string
  sort_at: Date
  sha256: Uint8Array | null
  bytes: bigint | null
  camera: string | null
  wearer: string | null
  path: string | null
  level: Listed['level']
  recorded_at: Date | null
  recorded_at_source: string | null
  received_at: Date
  read_state: 'waiting' | 'read' | 'not-parsable'
  index: bigint | null
  sealed_at: Date | null
  state: Listed['life']
  rule: string | null
  delete_after: Date | null
  held: boolean | null
  lost: boolean
  unit: string | null
  categories: string[] | null
  operation: string | null
  title: string | null
  facts: Record<string, unknown> | null
}

/** The recordings that somebody may see and that match, with the mark of each. Reads only what earlier stages publish. */
export async function listRecordings(trx: Trx, seer: Seer, page: Page): Promise<(Listed & { mark: Mark })[]> {
  const { ids, order } = await pageOf(trx, seer, page)
  const { rows } = await sql<Row>`
    with page as materialized (${ids})
    select r.id, page.sort_at, r.sha256, r.bytes, r.camera, r.wearer, r.path, r.level, r.recorded_at, r.recorded_at_source,
      r.received_at, r.read_state, s.index, s.at as sealed_at, k.state, k.rule, k.delete_after, k.held,
      l.recording is not null as lost, ${UNIT} as unit, ${CATEGORIES} as categories, o.operation, o.title, ${FACTS} as facts
    from page
    join lateral (select * from dock_v_recording d where d.id = page.id offset 0) r on true
    left join history_event e on e.subject = r.id and e.seq = 0
    left join seal_v_sealed s on s.label = e.label
    left join keep_v_recording k on k.recording = r.id
    left join keep_v_lost l on l.recording = r.id
    left join lateral (${OPERATION}) o on true
    order by ${order}`.execute(trx)
  return rows.map(row => ({ ...listed(row), mark: { at: row.sort_at.getTime(), id: row.id } }))
}

async function pageOf(
  trx: Trx,
  seer: Seer,
  page: Page,
): Promise<{ ids: RawBuilder<unknown>; order: RawBuilder<unknown> }> {
  const { sort = 'received', filter = EVERYTHING, end = { countersigned: 0, published: 0 }, after, most } = page
  const { where } = await matching(trx, seer, filter, end)
  const mark = after === null ? null : sql`(${new Date(after.at)}::timestamptz, ${after.id}::uuid)`
  if (sort === 'goes') {
    const behind = mark === null ? sql`true` : sql`(g.delete_after, g.recording) > ${mark}`
    return {
      ids: sql`select r.id, g.delete_after as sort_at from keep_v_going g join dock_v_recording r on r.id = g.recording
        where g.agency = ${seer.agency}::uuid and ${where} and ${behind} order by g.delete_after, g.recording limit ${most}`,
      order: sql`page.sort_at, page.id`,
    }
  }
  const key = sort === 'received' ? sql`r.received_at` : sql`(${AT})`
  const behind = mark === null ? sql`true` : sql`(${key}, r.id) < ${mark}`
  return {
    ids: sql`select r.id, ${key} as sort_at from dock_v_recording r
      where ${where} and ${behind} order by ${key} desc, r.id desc limit ${most}`,
    order: sql`page.sort_at desc, page.id desc`,
  }
}

// `offset 0` keeps the order of looking: a few recordings, then what belongs to each. Before the first statistics of a new table
// the planner would take all rows of the agency for a handful, and go through them for each row of the page.
const OPERATION = sql`
  select o.id as operation, o.title
  from (select m.operation from record_v_made_in m where m.recording = r.id offset 0) m
  cross join lateral (select p.id, p.title, p.from_at from record_v_operation p where p.id = m.operation offset 0) o
  order by o.from_at desc, o.id limit 1`

const UNIT = sql`(
  select u.name from people_unit u where u.id = (
    select c.unit from people_camera_unit c
    where c.agency = r.agency and c.camera = r.camera and c.since <= (${AT}) order by c.since desc limit 1))`

const CATEGORIES = sql`(select array_agg(c.rule order by c.rule) from keep_v_category c where c.recording = r.id)`

const FACTS = sql`(
  select jsonb_object_agg(f.name, f.value order by f.ord desc) from dock_v_fact f
  where f.recording = r.id and f.name in ('duration-ms', 'place'))`

function listed(row: Row): Listed {
  const { id, camera, wearer, path, level, rule, unit } = row
  return {
    id,
    sha256: row.sha256 === null ? null : Buffer.from(row.sha256).toString('hex'),
    bytes: row.bytes === null ? null : Number(row.bytes),
    camera,
    wearer,
    path,
    level,
    ...timesOf(row),
    recordedAtSource: row.recorded_at_source,
    index: row.index === null ? null : Number(row.index),
    life: row.state,
    rule,
    held: row.held ?? false,
    parsable: row.read_state === 'waiting' ? null : row.read_state === 'read',
    bytesLost: row.lost,
    unit,
    ...aboutIt(row),
  }
}

function timesOf(row: Row) {
  return {
    recordedAt: row.recorded_at?.getTime() ?? null,
    receivedAt: row.received_at.getTime(),
    sealedAt: row.sealed_at?.getTime() ?? null,
    deleteAfter: row.delete_after?.getTime() ?? null,
  }
}

function aboutIt({ facts, categories, operation, title }: Row) {
  return {
    durationMs: durationIn(facts?.['duration-ms']),
    categories: categories ?? [],
    operation: operation === null || title === null ? null : { id: operation, title },
    place: placeIn(facts?.['place']),
  }
}

const WEEK_MS = 7 * 86_400_000

/** A parser's claim, never trusted: anything but a length of up to a week is none. */
export function durationIn(value: unknown): number | null {
  const long = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= WEEK_MS
  return long ? value : null
}

/** Likewise a claim: a point of the Earth, or none. */
export function placeIn(value: unknown): { latitude: number; longitude: number } | null {
  if (typeof value !== 'object' || value === null || !('latitudeE7' in value) || !('longitudeE7' in value)) return null
  const { latitudeE7, longitudeE7 } = value
  if (typeof latitudeE7 !== 'number' || typeof longitudeE7 !== 'number') return null
  const [latitude, longitude] = [latitudeE7 / 1e7, longitudeE7 / 1e7]
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null
}
