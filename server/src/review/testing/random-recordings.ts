import { createHash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { KeepTrial } from '../../keep/testing/trial-keep.ts'
import { nameKey } from '../../people/people.ts'
import type { Trx } from '../../platform/database/door.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

export const CAMERAS = ['north-1', 'north-2', 'south-1', 'south-2'] as const
export const WEARERS = ['Anna Berg', 'Bo Ek', 'Cleo Day'] as const
export const RULES = ['uncategorised', 'evidence', 'complaint'] as const
const WORDS = ['red', 'jacket', 'bridge', 'redwood'] as const

/** A recording with all that a list can be narrowed by, as one who knew everything would write it down. */
export type Whole = {
  readonly id: string
  readonly camera: string | null
  readonly wearer: string | null
  readonly receivedAt: number
  readonly recordedAt: number | null
  readonly gone: boolean
  readonly state: 'kept' | 'due' | 'deleted'
  readonly rule: string
  readonly categories: readonly string[]
  /** Categories that were taken away again. */
  readonly taken: readonly string[]
  readonly deleteAfter: number | null
  readonly held: boolean
  readonly operations: number
  /** As its file says it, in the order of saying; not each is a place. */
  readonly places: readonly (readonly [latitudeE7: unknown, longitudeE7: unknown])[]
  /** Where its camera went, in degrees times 10^7; empty: the file does not say. */
  readonly way: readonly (readonly [latitudeE7: number, longitudeE7: number])[]
  readonly words: readonly string[]
  /** Its first event's place in the log; null: not signed yet. */
  readonly leaf: number | null
  readonly grantedTo: 'person' | 'role' | null
}

/** Numbers that are the same in each run: what fails once fails again. */
export function dice(seed: string): (sides: number) => number {
  let thrown = 0
  return sides => createHash('sha256').update(`${seed} ${thrown++}`).digest().readUInt32BE(0) % sides
}

/** `count` recordings of an agency, about every one of them different; some of the same moment. `leaves`: so many the log had before. */
export function anyRecordings(
  count: number,
  { now, seed, leaves }: { now: number; seed: string; leaves: number },
): Whole[] {
  const roll = dice(seed)
  const oneOf = <T>(all: readonly T[]): T => all[roll(all.length)] as T
  const maybe = <T>(sides: number, value: T): T | null => (roll(sides) === 0 ? null : value)
  return Array.from({ length: count }, (_, i): Whole => {
    const receivedAt = now - roll(40) * DAY - roll(24) * HOUR
    const given = RULES.filter(() => roll(5) === 0)
    const point = [559_000_000 + roll(9) * 1000, 125_000_000 + roll(9) * 1000] as const
    const odd = [point[0], oneOf(['far', 9e20, null])] as const
    const kept: Whole = {
      id: idOf(`${seed} ${i}`),
      camera: maybe(5, oneOf(CAMERAS)),
      wearer: maybe(4, oneOf(WEARERS)),
      receivedAt,
      recordedAt: maybe(4, receivedAt - roll(3) * DAY),
      gone: false,
      state: maybe(10, 'kept') ?? 'due',
      rule: oneOf(RULES),
      categories: given,
      taken: RULES.filter(rule => !given.includes(rule) && roll(5) === 0),
      deleteAfter: maybe(6, receivedAt + (25 + roll(20)) * DAY),
      held: roll(7) === 0,
      operations: roll(3),
      places: oneOf([[], [point], [point], [odd], [odd, point], [point, odd]]),
      way: oneOf([[], [], [], [point, [point[0] + roll(9) * 1000, point[1] + roll(9) * 1000]]]),
      words: WORDS.filter(() => roll(4) === 0),
      leaf: i % 7 === 0 ? null : leaves + i,
      grantedTo: oneOf(['person', 'role', null, null, null]),
    }
    return roll(8) === 0 ? { ...kept, ...GONE } : kept
  })
}

/** What a deletion takes along. */
const GONE = {
  camera: null,
  wearer: null,
  recordedAt: null,
  gone: true,
  state: 'deleted',
  operations: 0,
  places: [],
  way: [],
} as const

/** A UUID of a text. */
function idOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex').slice(0, 32)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}

/** Who sees by a grant: a person, and whoever holds a role. */
export type Granted = { readonly person: string; readonly role: string }

/**
 * Writes them as the stages do, one statement for each table: what the database keeps by itself beside them it has to find out itself.
 * `log`: how many leaves are signed.
 */
export async function writeRecordings(
  trial: Pick<KeepTrial, 'agency' | 'clerk' | 'place' | 'clock'>,
  all: readonly Whole[],
  { granted, log }: { granted: Granted; log: number },
): Promise<void> {
  const { agency, clerk, place } = trial
  await place.database.asInstallation(async trx => {
    const rows = sql`${JSON.stringify(all.map(given))}::jsonb`
    await sql`create temp table given on commit drop as select ${agency}::uuid as agency, g.* from jsonb_to_recordset(${rows}) as g
      (id uuid, camera text, wearer text, key text, received timestamptz, recorded timestamptz, erased timestamptz, state text, rule text,
        categories text[], taken text[], goes timestamptz, held boolean, operations int, places jsonb, facts jsonb, words text[], leaf bigint)`.execute(
      trx,
    )
    await sql`insert into dock_recording (id, agency, camera, wearer, wearer_key, bytes, level, received_at, recorded_at, proposed_hold, erased_at)
      select id, agency, camera, wearer, key, 1, 'gateway', received, recorded, false, erased from given`.execute(trx)
    await keptBy(trx)
    await sql`insert into dock_fact (agency, recording, ord, name, value, source, parser)
      select agency, id, p.ord, 'place', p.value, 'udta', 'vidne' from given, jsonb_array_elements(places) with ordinality as p (value, ord)`.execute(
      trx,
    )
    await sql`insert into dock_fact (agency, recording, ord, name, value, source, parser)
      select agency, id, 10 + f.ord, f.value ->> 'name', f.value -> 'value', 'gpmf', 'vidne'
      from given, jsonb_array_elements(facts) with ordinality as f (value, ord)`.execute(trx)
    await sql`insert into record_operation (id, agency, title, task, from_at, until_at, ordered_by, created_by, created_at, policy, verdict)
      select gen_random_uuid(), ${agency}::uuid, 'Shift ' || i, 'patrol', now(), now() + interval '8 hours', 'chief', ${clerk.person}::uuid,
        now(), sha256('p'), 'may' from generate_series(1, 2) as i`.execute(trx)
    await sql`insert into record_made_in (recording, operation, agency)
      select g.id, o.id, g.agency from given g
      join (select id, agency, row_number() over (partition by agency order by id) as n from record_operation) o
        on o.agency = g.agency and o.n <= g.operations`.execute(trx)
    await sealed(trx, log)
  })
  await place.database.asAgency(agency, trx => seenBy(trx, all, granted))
}

function given(whole: Whole) {
  const at = (time: number | null) => (time === null ? null : new Date(time).toISOString())
  const { id, camera, wearer, state, rule, categories, taken, held, operations, words, leaf } = whole
  return {
    id,
    camera,
    wearer,
    state,
    rule,
    categories,
    taken,
    held,
    operations,
    words,
    leaf,
    key: wearer === null ? null : nameKey(wearer),
    received: at(whole.receivedAt),
    recorded: at(whole.recordedAt),
    erased: whole.gone ? at(whole.receivedAt + DAY) : null,
    goes: at(whole.deleteAfter),
    facts: whole.way.length === 0 ? [] : factsOf(whole.way),
    places: whole.places.map(([latitudeE7, longitudeE7]) => ({ latitudeE7, longitudeE7 })),
  }
}

/** A way as the reader of media says it: what it lies within, and its points. */
function factsOf(way: Whole['way']) {
  const [latitudes, longitudes] = [way.map(([latitude]) => latitude), way.map(([, longitude]) => longitude)]
  const area = {
    southE7: Math.min(...latitudes),
    northE7: Math.max(...latitudes),
    westE7: Math.min(...longitudes),
    eastE7: Math.max(...longitudes),
  }
  const points = way.map(([latitude, longitude], at) => [at * 1000, latitude, longitude])
  return [
    { name: 'track-area', value: area },
    { name: 'track', value: { from: null, until: null, metres: 10, points } },
  ]
}

async function keptBy(trx: Trx): Promise<void> {
  await sql`insert into keep_deadline (recording, agency, rule, direction, anchor, anchor_source, settled, delete_after, state, vault_state,
      key_destroyed_at)
    select id, agency, rule, case when goes is null then 'review' else 'max' end, received, 'capture-end', true, goes, state, 'settled',
      erased from given`.execute(trx)
  await sql`insert into keep_category (recording, agency, rule, since, until)
    select id, agency, c.rule, received, case when c.rule <> all (categories) then received + interval '1 day' end
    from given, unnest(categories || taken) as c (rule)`.execute(trx)
  // One that was released beside one that stands changes nothing.
  await sql`insert into keep_hold (id, agency, recording, state, reason, placed_at, review_at, released_at)
    select gen_random_uuid(), agency, id, s.state, 'needed', received, received, case when s.state = 'released' then received end
    from given, unnest(array['placed', 'released']) as s (state) where held or s.state = 'released'`.execute(trx)
}

async function seenBy(trx: Trx, all: readonly Whole[], { person, role }: Granted): Promise<void> {
  const grant = (to: Whole['grantedTo'], who: RawBuilder<unknown>) => {
    const ids = all.filter(one => one.grantedTo === to).map(one => one.id)
    return sql`insert into rules_grant (id, agency, recording, kind, person, role, since, until, reason)
      select gen_random_uuid(), r.agency, r.id, 'case', ${who}, r.received_at, r.received_at + interval '1 year', 'case 7'
      from dock_recording r where r.id = any(${ids}::uuid[])`.execute(trx)
  }
  await grant('person', sql`${person}::uuid, null`)
  await grant('role', sql`null, ${role}`)
}

async function sealed(trx: Trx, log: number): Promise<void> {
  await sql`insert into review_word (agency, word, recording, source, written)
    select agency, w, id, 'note:1', w <> 'bridge' from given, unnest(words) as w`.execute(trx)
  await sql`insert into history_chain (subject, agency, kind, capture_id, created_at)
    select id, agency, 'recording', sha256(id::text::bytea), received from given`.execute(trx)
  await sql`insert into history_event (id, agency, subject, seq, label, commitment, type, at)
    select gen_random_uuid(), agency, id, 0, sha256(id::text::bytea), sha256(id::text::bytea), 'sealed', received from given`.execute(
    trx,
  )
  await sql`insert into seal_log (log, origin, opened_at, signed_size) values (1, 'by-hand.test/log', now(), ${log}) on conflict do nothing`.execute(
    trx,
  )
  await sql`insert into history_pending (leaf, label)
    select sha256(id::text::bytea), sha256(id::text::bytea) from given where leaf is null`.execute(trx)
  await sql`insert into seal_leaf (log, index, leaf, label, at)
    select 1, leaf, sha256(id::text::bytea), sha256(id::text::bytea), received from given where leaf is not null`.execute(
    trx,
  )
}

/** What lies with a recording of what is known of it elsewhere. */
export async function rowOf(trx: Trx, id: string) {
  type Row = { in_operation: boolean; latitude_e7: number | null; longitude_e7: number | null }
  const { rows } = await sql<Row>`
    select in_operation, latitude_e7, longitude_e7 from dock_recording where id = ${id}::uuid`.execute(trx)
  const [row] = rows
  if (row === undefined) throw new Error(`there is no recording ${id}`)
  return row
}

/** Takes a recording out of its operations, and lets its file say two places. */
export async function sayAndLink(trx: Trx, agency: string, id: string): Promise<void> {
  await sql`delete from record_made_in where recording = ${id}::uuid`.execute(trx)
  for (const [ord, e7] of [
    [2, 30],
    [1, 10],
  ] as const)
    await sql`insert into dock_fact (agency, recording, ord, name, value, source, parser)
      values (${agency}::uuid, ${id}::uuid, ${ord}, 'place', jsonb_build_object('latitudeE7', ${e7}::int, 'longitudeE7', ${e7 + 10}::int),
        'udta', 'vidne')`.execute(trx)
}

export async function unsay(trx: Trx, id: string): Promise<void> {
  await sql`delete from dock_fact where recording = ${id}::uuid`.execute(trx)
}
