// What a list is narrowed to, as conditions on `dock_v_recording r`.
//
// What other stages know of a recording is asked in one of two ways. Where few match, they are gathered first, and the list looks
// among them. Where many match, the list is walked in its own order and each recording is looked up, so a page is full after a few
// steps. Which it is, is counted before: the planner's guess is off by what columns have to do with each other.

import { type RawBuilder, sql } from 'kysely'
import { recordedByUnit, type Seer, visible } from '../rules/rules.ts'
import { nameKey } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { foundBy, type SoughtWord } from './listing-words.ts'

/** A recording's way: received → sealed → countersigned; then due → erasing → deleted. */
export type State = 'received' | 'sealed' | 'countersigned' | 'due' | 'erasing' | 'deleted'

/** Degrees times 10^7. */
export type Area = { readonly south: number; readonly west: number; readonly north: number; readonly east: number }

/** What is asked for; null: whatever it is. Times in epoch milliseconds, `until` is the last of them. */
export type Filter = {
  readonly from: number | null
  readonly until: number | null
  readonly camera: string | null
  readonly wearer: string | null
  readonly unit: string | null
  readonly category: string | null
  readonly state: State | 'present' | null
  readonly held: boolean | null
  readonly goesBefore: number | null
  readonly without: 'camera' | 'wearer' | 'operation' | 'any' | null
  readonly area: Area | null
  readonly search: readonly SoughtWord[] | null
}

export const EVERYTHING: Filter = {
  from: null,
  until: null,
  camera: null,
  wearer: null,
  unit: null,
  category: null,
  state: null,
  held: null,
  goesBefore: null,
  without: null,
  area: null,
  search: null,
}

/** How many leaves of the log somebody countersigned, which tells sealed and countersigned apart; and how many are public. */
export type LogEnd = { readonly countersigned: number; readonly published: number }

type Condition = RawBuilder<boolean>

/**
 * The list's time of a recording: the camera's word where there is one, else when it was received. Written as the indexes have it; with
 * `coalesce` they would not be used under row-level security.
 */
export const AT = sql<Date>`case when r.recorded_at is null then r.received_at else r.recorded_at end`

/** The access predicate and the filter, for a where clause. */
export async function matching(trx: Trx, seer: Seer, filter: Filter, end: LogEnd): Promise<Condition> {
  const conditions = [visible(seer, 'r'), ...ofRecording(filter, seer), ...ofState(filter, seer, end)]
  for (const asked of [...ofKeeping(filter, seer), ...(filter.search ?? []).map(word => foundBy(seer, word))])
    conditions.push((await isLarge(trx, asked.set)) ? asked.probe : sql<boolean>`r.id in (${asked.set})`)
  return sql<boolean>`${sql.join(conditions, sql` and `)}`
}

/** What is known of recordings elsewhere: `set` gives the ids of those that match, `probe` says of `r` whether it does. */
export type Elsewhere = { readonly set: RawBuilder<unknown>; readonly probe: Condition }

/** So many ids are gathered and hashed in a few hundredths of a second. */
const GATHERED = 20_000

async function isLarge(trx: Trx, set: RawBuilder<unknown>): Promise<boolean> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from (select from (${set}) s limit ${GATHERED + 1}) t`.execute(trx)
  return (rows[0]?.n ?? 0) > GATHERED
}

function given<Value>(value: Value | null, condition: (value: Value) => Condition): Condition[] {
  return value === null ? [] : [condition(value)]
}

function ofRecording(filter: Filter, seer: Seer): Condition[] {
  const { agency } = seer
  return [
    ...given(filter.from, from => sql<boolean>`(${AT}) >= ${new Date(from)}`),
    ...given(filter.until, until => sql<boolean>`(${AT}) <= ${new Date(until)}`),
    ...given(filter.camera, camera => sql<boolean>`r.camera = ${camera}`),
    ...given(filter.wearer, wearer => sql<boolean>`r.wearer_key = ${nameKey(wearer)}`),
    ...given(filter.without, without => sql<boolean>`r.id in (${orphans(agency, without)})`),
    ...given(filter.area, area => sql<boolean>`r.id in (${madeIn(agency, area)})`),
  ]
}

/** What is deleted has no camera and no wearer any more, and is nobody's orphan. */
function orphans(agency: string, without: NonNullable<Filter['without']>): RawBuilder<unknown> {
  const of = (which: Condition) =>
    sql`select u.id from dock_v_recording u where u.agency = ${agency}::uuid and u.erased_at is null and ${which}`
  const [camera, wearer] = [sql<boolean>`u.camera is null`, sql<boolean>`u.wearer is null`]
  const operation = sql<boolean>`not exists (select from record_v_made_in m where m.recording = u.id)`
  if (without === 'any') return sql`${of(sql`(${camera} or ${wearer})`)} union all ${of(operation)}`
  return of({ camera, wearer, operation }[without])
}

function madeIn(agency: string, { south, west, north, east }: Area): RawBuilder<unknown> {
  const [latitude, longitude] = [sql`(f.value->>'latitudeE7')::bigint`, sql`(f.value->>'longitudeE7')::bigint`]
  return sql`select f.recording from dock_v_fact f where f.agency = ${agency}::uuid and f.name = 'place'
    and ${latitude} between ${south} and ${north} and ${longitude} between ${west} and ${east}
    union all ${cameThrough(agency, { south, west, north, east })}`
}

/** By the ways of cameras: those that lie within what may be one of the area first, since a way has many points. */
function cameThrough(agency: string, { south, west, north, east }: Area): RawBuilder<unknown> {
  const edge = (name: string) => sql`(a.value->>${name})::bigint`
  return sql`select a.recording from dock_v_fact a where a.agency = ${agency}::uuid and a.name = 'track-area'
    and ${edge('southE7')} <= ${north} and ${edge('northE7')} >= ${south}
    and ${edge('westE7')} <= ${east} and ${edge('eastE7')} >= ${west}
    and exists (
      select from dock_v_fact t, jsonb_array_elements(t.value->'points') point
      where t.agency = ${agency}::uuid and t.recording = a.recording and t.name = 'track'
        and (point->>1)::bigint between ${south} and ${north} and (point->>2)::bigint between ${west} and ${east})`
}

/** Of what other stages know. */
function ofKeeping(filter: Filter, { agency }: Seer): Elsewhere[] {
  const { unit, category, held, goesBefore } = filter
  return [
    ...(unit === null ? [] : [ofUnit(agency, unit)]),
    ...(category === null ? [] : [underRule(agency, category)]),
    ...(held === null ? [] : [heldOrNot(agency, held)]),
    ...(goesBefore === null ? [] : [goingBefore(agency, new Date(goesBefore))]),
  ]
}

function ofUnit(agency: string, unit: string): Elsewhere {
  return {
    set: recordedByUnit(agency, unit),
    probe: sql<boolean>`${unit}::uuid = (
      select c.unit from people_camera_unit c
      where c.agency = ${agency}::uuid and c.camera = r.camera and c.since <= (${AT}) order by c.since desc limit 1)`,
  }
}

function underRule(agency: string, rule: string): Elsewhere {
  const set = (table: string) =>
    sql`select c.recording from ${sql.table(table)} c where c.agency = ${agency}::uuid and c.rule = ${rule}`
  const probe = (table: string) =>
    sql`exists (select from ${sql.table(table)} c where c.recording = r.id and c.rule = ${rule})`
  return {
    set: sql`${set('keep_v_recording')} union all ${set('keep_v_category')}`,
    probe: sql<boolean>`(${probe('keep_v_recording')} or ${probe('keep_v_category')})`,
  }
}

function heldOrNot(agency: string, held: boolean): Elsewhere {
  const holds = sql`exists (select from keep_v_held k where k.recording = r.id)`
  if (held)
    return {
      set: sql`select k.recording from keep_v_held k where k.agency = ${agency}::uuid`,
      probe: sql<boolean>`${holds}`,
    }
  const free = sql<boolean>`not ${holds}`
  return { set: sql`select r.id from dock_v_recording r where r.agency = ${agency}::uuid and ${free}`, probe: free }
}

function goingBefore(agency: string, before: Date): Elsewhere {
  const soon = sql`g.delete_after <= ${before}`
  return {
    set: sql`select g.recording from keep_v_going g where g.agency = ${agency}::uuid and ${soon}`,
    probe: sql<boolean>`exists (select from keep_v_going g where g.recording = r.id and ${soon})`,
  }
}

function ofState({ state }: Filter, { agency }: Seer, { countersigned, published }: LogEnd): Condition[] {
  if (state === null) return []
  if (state === 'present') return [sql<boolean>`r.erased_at is null`]
  const ended = (which: RawBuilder<unknown>) =>
    sql`select k.recording from keep_v_recording k where k.agency = ${agency}::uuid and ${which}`
  if (state === 'due' || state === 'erasing' || state === 'deleted')
    return [sql<boolean>`r.id in (${ended(sql`k.state = ${state}`)})`]
  // Few are on their way out at any time; what is deleted has lost its columns.
  const alive = sql<boolean>`r.erased_at is null and r.id not in (${ended(sql`k.state in ('due', 'erasing')`)})`
  // What is public is signed: said again, so that the planner knows that few are left behind it.
  const waiting = firstEventsIn(sql`select u.label from seal_v_unsealed u where u.index >= ${published}::bigint`)
  if (state === 'received') return [alive, sql<boolean>`r.id in (${waiting})`]
  // Nobody has countersigned yet, or all but the newest: where the line lies is looked up from the end that has few.
  const beyond = firstEventsIn(sql`select s.label from seal_v_sealed s where s.index >= ${countersigned}`)
  if (state === 'countersigned')
    return countersigned === 0
      ? [sql<boolean>`false`]
      : [alive, sql<boolean>`r.id not in (${waiting})`, sql<boolean>`r.id not in (${beyond})`]
  return countersigned === 0
    ? [alive, sql<boolean>`r.id not in (${waiting})`]
    : [alive, sql<boolean>`r.id in (${beyond})`]
}

function firstEventsIn(labels: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select e.subject from history_event e where e.seq = 0 and e.label in (${labels})`
}
