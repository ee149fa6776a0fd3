// What a list is narrowed to, as conditions on `dock_v_recording r`.
//
// What lies with the recording (time, camera, wearer, what is missing, place) has an index in the list's own order. What other stages
// know of it is asked in one of two ways. Where few match, they are gathered first, and the list looks among them. Where many match,
// the list is walked in its own order and each recording is looked up, so a page is full after a few steps. Which it is, is counted
// before, and nothing of it is left to the planner: it takes "matches" and "is new" for independent.

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

/**
 * How many leaves of the log somebody countersigned, which tells sealed and countersigned apart; and how many are public. `gathered`: how
 * many ids are gathered at most, `GATHERED` where it is not said.
 */
export type LogEnd = { readonly countersigned: number; readonly published: number; readonly gathered?: number }

type Condition = RawBuilder<boolean>

/**
 * The list's time of a recording: the camera's word where there is one, else when it was received. Written as the indexes have it; with
 * `coalesce` they would not be used under row-level security.
 */
export const AT = sql<Date>`case when r.recorded_at is null then r.received_at else r.recorded_at end`

/** A where clause on `r`. `walks`: recordings are looked up one by one in other tables, so counting all of them takes long. */
export type Matching = { readonly where: Condition; readonly walks: boolean }

/** The access predicate and the filter. */
export async function matching(trx: Trx, seer: Seer, filter: Filter, end: LogEnd): Promise<Matching> {
  const { conditions: ofWay, elsewhere } = ofState(filter, seer, end)
  const conditions = [visible(seer, 'r'), ...ofRecording(filter), ...ofWay]
  const gathered: RawBuilder<unknown>[] = []
  let walks = false
  for (const asked of [...elsewhere, ...ofElsewhere(filter, seer)])
    if (await isLarge(trx, asked.set, end.gathered ?? GATHERED)) {
      conditions.push(asked.probe)
      walks = true
    } else gathered.push(asked.set)
  if (gathered.length > 0) conditions.push(among(gathered))
  return { where: sql<boolean>`${sql.join(conditions, sql` and `)}`, walks }
}

function ofElsewhere(filter: Filter, seer: Seer): Elsewhere[] {
  const { area, search } = filter
  return [
    ...ofKeeping(filter, seer),
    ...(area === null ? [] : [madeIn(seer.agency, area)]),
    ...(search ?? []).map(word => foundBy(seer, word)),
  ]
}

/** In each of the sets. As an array, which is made once and looked up by primary key: of a subquery the planner may think otherwise. */
function among(sets: readonly RawBuilder<unknown>[]): Condition {
  const each = sets.map(set => sql`select * from (${set}) s`)
  return sql<boolean>`r.id = any(array(${sql.join(each, sql` intersect `)}))`
}

/**
 * What is known of recordings elsewhere: `set` gives the ids of those that match, `probe` says of `r` whether it does. A probe ends in
 * `offset 0`: without it the planner may gather the whole set after all.
 */
export type Elsewhere = { readonly set: RawBuilder<unknown>; readonly probe: Condition }

/** So many ids are gathered and looked up in a few hundredths of a second. */
const GATHERED = 10_000

async function isLarge(trx: Trx, set: RawBuilder<unknown>, gathered: number): Promise<boolean> {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from (select from (${set}) s limit ${gathered + 1}) t`.execute(trx)
  return (rows[0]?.n ?? 0) > gathered
}

function given<Value>(value: Value | null, condition: (value: Value) => Condition): Condition[] {
  return value === null ? [] : [condition(value)]
}

function ofRecording(filter: Filter): Condition[] {
  return [
    ...given(filter.from, from => sql<boolean>`(${AT}) >= ${new Date(from)}`),
    ...given(filter.until, until => sql<boolean>`(${AT}) <= ${new Date(until)}`),
    ...given(filter.camera, camera => sql<boolean>`r.camera = ${camera}`),
    ...given(filter.wearer, wearer => sql<boolean>`r.wearer_key = ${nameKey(wearer)}`),
    ...given(filter.without, without => sql<boolean>`r.erased_at is null and ${MISSING[without]}`),
  ]
}

/** What is deleted has no camera and no wearer any more, and is nobody's orphan. Written as the indexes have it. */
const MISSING: Readonly<Record<NonNullable<Filter['without']>, Condition>> = {
  camera: sql`r.camera is null`,
  wearer: sql`r.wearer is null`,
  operation: sql`not r.in_operation`,
  any: sql`(r.camera is null or r.wearer is null or not r.in_operation)`,
}

/** By the place of a recording, or by the way of its camera. */
function madeIn(agency: string, area: Area): Elsewhere {
  const { south, west, north, east } = area
  const within = (alias: string) => {
    const [latitude, longitude] = [sql.ref(`${alias}.latitude_e7`), sql.ref(`${alias}.longitude_e7`)]
    return sql<boolean>`${latitude} between ${south}::int and ${north}::int and ${longitude} between ${west}::int and ${east}::int`
  }
  const through = sql`select a.recording from dock_v_fact a where a.agency = ${agency}::uuid and ${cameThrough(area)}`
  return {
    set: sql`select p.id from dock_v_recording p where p.agency = ${agency}::uuid and ${within('p')} union all ${through}`,
    probe: sql<boolean>`(coalesce(${within('r')}, false)
      or exists (select from dock_v_fact a where a.recording = r.id and ${cameThrough(area)} offset 0))`,
  }
}

/** A fact `a` is that of a way through an area: those that lie within what may be one of it first, since a way has many points. */
function cameThrough({ south, west, north, east }: Area): Condition {
  const edge = (name: string) => sql`(a.value->>${name})::bigint`
  return sql<boolean>`a.name = 'track-area'
    and ${edge('southE7')} <= ${north} and ${edge('northE7')} >= ${south}
    and ${edge('westE7')} <= ${east} and ${edge('eastE7')} >= ${west}
    and exists (
      select from dock_v_fact t, jsonb_array_elements(t.value->'points') point
      where t.agency = a.agency and t.recording = a.recording and t.name = 'track'
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
    sql`exists (select from ${sql.table(table)} c where c.recording = r.id and c.rule = ${rule} offset 0)`
  return {
    set: sql`${set('keep_v_recording')} union all ${set('keep_v_category')}`,
    probe: sql<boolean>`(${probe('keep_v_recording')} or ${probe('keep_v_category')})`,
  }
}

function heldOrNot(agency: string, held: boolean): Elsewhere {
  const holds = sql`exists (select from keep_v_held k where k.recording = r.id offset 0)`
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
    probe: sql<boolean>`exists (select from keep_v_going g where g.recording = r.id and ${soon} offset 0)`,
  }
}

type OfState = { readonly conditions: Condition[]; readonly elsewhere: Elsewhere[] }

function ofState({ state }: Filter, { agency }: Seer, { countersigned, published }: LogEnd): OfState {
  if (state === null) return { conditions: [], elsewhere: [] }
  if (state === 'present') return { conditions: [sql<boolean>`r.erased_at is null`], elsewhere: [] }
  if (state === 'due' || state === 'erasing' || state === 'deleted') {
    // What is deleted has lost its columns before; an index has those alone.
    const lost = state === 'deleted' ? [sql<boolean>`r.erased_at is not null`] : []
    return { conditions: lost, elsewhere: [living(agency, state)] }
  }
  // Few are on their way out at any time; what is deleted has lost its columns.
  const ending = sql`select k.recording from keep_v_recording k where k.agency = ${agency}::uuid and k.state in ('due', 'erasing')`
  const alive = sql<boolean>`r.erased_at is null and r.id not in (${ending})`
  // What is public is signed: said again, so that the planner knows that few are left behind it.
  const waiting = sql`select u.label from seal_v_unsealed u where u.index >= ${published}::bigint`
  if (state === 'received') return { conditions: [alive], elsewhere: [firstEventIn(waiting)] }
  const sealed = [alive, sql<boolean>`r.id not in (${firstEventIn(waiting).set})`]
  // Nobody has countersigned yet, or all but the newest: where the line lies is looked up from the end that has few.
  const beyond = firstEventIn(sql`select s.label from seal_v_sealed s where s.index >= ${countersigned}::bigint`)
  if (state === 'countersigned') {
    if (countersigned === 0) return { conditions: [sql<boolean>`false`], elsewhere: [] }
    return { conditions: [...sealed, sql<boolean>`r.id not in (${beyond.set})`], elsewhere: [] }
  }
  return { conditions: sealed, elsewhere: countersigned === 0 ? [] : [beyond] }
}

function living(agency: string, state: 'due' | 'erasing' | 'deleted'): Elsewhere {
  return {
    set: sql`select k.recording from keep_v_recording k where k.agency = ${agency}::uuid and k.state = ${state}`,
    probe: sql<boolean>`exists (select from keep_v_recording k where k.recording = r.id and k.state = ${state} offset 0)`,
  }
}

/** Whose first event has one of these labels. */
function firstEventIn(labels: RawBuilder<unknown>): Elsewhere {
  return {
    set: sql`select e.subject from history_event e where e.seq = 0 and e.label in (${labels})`,
    probe: sql<boolean>`exists (
      select from history_event e where e.subject = r.id and e.seq = 0 and e.label in (${labels}) offset 0)`,
  }
}
