import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { KeepTrial } from '../../keep/testing/trial-keep.ts'
import type { Trx } from '../../platform/database/door.ts'
import {
  inOperation,
  latitude,
  located,
  longitude,
  manyRecordings,
  olderThan,
  withoutTriggers,
} from './many-recordings.ts'

/** What stands out among the recordings, to ask for. */
export type FullDesk = { readonly unit: string; readonly countersigned: number }

/** So many rows a statement writes in less than the time it has. */
const AT_ONCE = 50_000
/** The leaves are numbered downwards from here, since the newest recordings are written first. */
const NEXT_LEAF = 10_000_000
const BYTES = sql.ref('bytes')
const TEN_YEARS_MS = 3650 * 86_400_000

/**
 * `count` recordings of a hundred cameras and wearers as `manyRecordings` makes them, and everything a list can be narrowed to: ten
 * units, places and lengths, categories (one in 50), holds (one in 200), shifts (of all but one in 1000), reasons in words, what the
 * log has sealed and countersigned (all but the newest).
 */
export async function aFullDesk(trial: KeepTrial, count: number): Promise<FullDesk> {
  const unit = await units(trial)
  await trial.place.database.asInstallation(trx => shifts(trx, trial))
  for (let before = 0; before < count; before += AT_ONCE) {
    const more = Math.min(AT_ONCE, count - before)
    await manyRecordings(trial, more, { before, desk: true })
    await trial.place.database.asInstallation(trx => everythingOf(trx, trial, { before, count: more }))
  }
  await trial.place.database.asInstallation(trx =>
    sql`insert into seal_log (log, origin, opened_at, signed_size) values (1, 'desk.test/log', now(), ${NEXT_LEAF - 20})`.execute(
      trx,
    ),
  )
  return { unit, countersigned: NEXT_LEAF - 60 }
}

async function everythingOf(
  trx: Trx,
  { agency, clock }: KeepTrial,
  { before, count }: { before: number; count: number },
): Promise<void> {
  await withoutTriggers(trx)
  await sql`create temp table these on commit drop as
    select id, bytes, camera, wearer, received_at from dock_recording
    where agency = ${agency}::uuid and ${olderThan(clock.now(), before, count)}`.execute(trx)
  await sql`insert into dock_fact (agency, recording, ord, name, value, source, parser)
    select ${agency}::uuid, id, 0, 'duration-ms', to_jsonb(600000 + bytes % 300000), 'mvhd', 'vidne' from these
    union all
    select ${agency}::uuid, id, 1, 'place', jsonb_build_object('latitudeE7', ${latitude(BYTES)}, 'longitudeE7',
      ${longitude(BYTES)}), 'udta', 'vidne' from these where ${located(BYTES)}`.execute(trx)
  await sql`insert into review_word (agency, word, recording, source, written)
    select ${agency}::uuid, w, id, 'file', false from these,
      unnest(array['gx' || bytes, camera, lower(split_part(wearer, ' ', 1))]) as w
    union all
    select ${agency}::uuid, w, id, 'held:1', true from these, unnest(array['anhold', 'demonstration', 'torv']) as w
    where bytes % 200 = 0`.execute(trx)
  await sql`insert into keep_category (recording, agency, rule, since)
    select id, ${agency}::uuid, 'evidence', received_at from these where bytes % 50 = 0`.execute(trx)
  await sql`insert into keep_hold (id, agency, recording, state, reason, placed_at, review_at)
    select gen_random_uuid(), ${agency}::uuid, id, 'placed', 'needed', received_at, received_at + interval '30 days'
    from these where bytes % 200 = 0`.execute(trx)
  await sql`insert into record_made_in (recording, operation, agency)
    select r.id, o.id, ${agency}::uuid from these r
    join (select id, row_number() over (order by id) as n from record_operation) o on o.n = r.bytes % 100 + 1
    where ${inOperation(sql`r.bytes`)}`.execute(trx)
  // The newest lie last in the log.
  await sql`insert into seal_leaf (log, index, leaf, label, at)
    select 1, ${NEXT_LEAF - before}::int - row_number() over (order by e.at desc), e.label, e.label, e.at
    from history_event e join these t on t.id = e.subject where e.seq = 0`.execute(trx)
}

async function shifts(trx: Trx, { agency, clerk, clock }: KeepTrial): Promise<void> {
  const began = new Date(clock.now() - TEN_YEARS_MS)
  await sql`insert into record_operation (id, agency, title, task, from_at, until_at, ordered_by, created_by, created_at, policy, verdict)
    select gen_random_uuid(), ${agency}::uuid, 'Shift ' || i, 'patrol', ${began}::timestamptz + i * interval '8 hours',
      ${began}::timestamptz + (i + 1) * interval '8 hours', 'chief', ${clerk.person}::uuid, now(), sha256('p'), 'may'
    from generate_series(1, 100) as i`.execute(trx)
}

/** Ten units with ten cameras each; the id of one of them. */
async function units({ agency, place, clock }: KeepTrial): Promise<string> {
  const names = Array.from({ length: 10 }, (_, i) => ({ id: randomUUID(), name: `District ${i}` }))
  const since = new Date(clock.now() - TEN_YEARS_MS)
  await place.database.asInstallation(async trx => {
    for (const { id, name } of names)
      await sql`insert into people_unit (id, agency, name, name_key, created_at)
        values (${id}::uuid, ${agency}::uuid, ${name}, ${name.toLowerCase()}, ${since})`.execute(trx)
    await sql`insert into people_camera_unit (agency, camera, since, unit)
      select ${agency}::uuid, 'cam-' || i, ${since}, (${names.map(unit => unit.id)}::uuid[])[i % 10 + 1]
      from generate_series(0, 99) as i`.execute(trx)
  })
  return names[3]?.id ?? ''
}
