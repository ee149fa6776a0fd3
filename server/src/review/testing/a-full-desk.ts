import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { KeepTrial } from '../../keep/testing/trial-keep.ts'
import { manyRecordings } from './many-recordings.ts'

/** What stands out among the recordings, to ask for. */
export type FullDesk = { readonly unit: string; readonly countersigned: number; readonly logSize: number }

/**
 * `count` recordings of a hundred cameras and wearers as `manyRecordings` makes them, and everything a list can be narrowed to: ten
 * units, places and lengths, categories (one in 50), holds (one in 200), shifts (of all but one in 1000), reasons in words, what the
 * log has sealed and countersigned (all but the newest).
 */
export async function aFullDesk(trial: KeepTrial, count: number): Promise<FullDesk> {
  await manyRecordings(trial, count)
  const { agency, place, clock } = trial
  const unit = await units(trial)
  const began = new Date(clock.now() - 10 * 365 * 86_400_000)
  await place.database.asInstallation(async trx => {
    await sql`insert into dock_fact (agency, recording, ord, name, value, source, parser)
      select agency, id, 0, 'duration-ms', to_jsonb(600000 + bytes % 300000), 'mvhd', 'vidne' from dock_recording
      union all
      select agency, id, 1, 'place', jsonb_build_object('latitudeE7', 556000000 + bytes % 1000 * 1000, 'longitudeE7',
        125000000 + bytes % 777 * 1000), 'udta', 'vidne' from dock_recording where bytes % 2 = 0`.execute(trx)
    await sql`insert into review_word (agency, word, recording, source, written)
      select agency, w, id, 'file', false from dock_recording,
        unnest(array['gx' || bytes, camera, lower(split_part(wearer, ' ', 1))]) as w`.execute(trx)
    await sql`insert into review_word (agency, word, recording, source, written)
      select agency, w, id, 'held:1', true from dock_recording, unnest(array['anhold', 'demonstration', 'torv']) as w
      where bytes % 200 = 0`.execute(trx)
    await sql`insert into keep_category (recording, agency, rule, since)
      select id, agency, 'evidence', received_at from dock_recording where bytes % 50 = 0`.execute(trx)
    await sql`insert into keep_hold (id, agency, recording, state, reason, placed_at, review_at)
      select gen_random_uuid(), agency, id, 'placed', 'needed', received_at, received_at + interval '30 days'
      from dock_recording where bytes % 200 = 0`.execute(trx)
    await sql`insert into record_operation (id, agency, title, task, from_at, until_at, ordered_by, created_by, created_at, policy,
        verdict)
      select gen_random_uuid(), ${agency}::uuid, 'Shift ' || i, 'patrol', ${began}::timestamptz + i * interval '8 hours',
        ${began}::timestamptz + (i + 1) * interval '8 hours', 'chief', ${trial.clerk.person}::uuid, now(), sha256('p'), 'may'
      from generate_series(1, 100) as i`.execute(trx)
    await sql`insert into record_made_in (recording, operation, agency)
      select r.id, o.id, r.agency from dock_recording r
      join (select id, row_number() over (order by id) as n from record_operation) o on o.n = r.bytes % 100 + 1
      where r.bytes % 1000 <> 7`.execute(trx)
    await sql`insert into seal_log (log, origin, opened_at, signed_size) values (1, 'desk.test/log', now(), ${count - 20})`.execute(
      trx,
    )
    await sql`insert into seal_leaf (log, index, leaf, label, at)
      select 1, row_number() over (order by at) - 1, label, label, at from history_event where seq = 0`.execute(trx)
  })
  return { unit, countersigned: count - 60, logSize: count }
}

async function units({ agency, place, clock }: KeepTrial): Promise<string> {
  const names = Array.from({ length: 10 }, (_, i) => ({ id: randomUUID(), name: `District ${i}` }))
  const since = new Date(clock.now() - 10 * 365 * 86_400_000)
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
