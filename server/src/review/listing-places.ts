// Where recordings were made, as their files say.

import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import type { Seer } from '../rules/rules.ts'
import { AT, type Filter, type LogEnd, matching } from './listing-filter.ts'
import { placeIn } from './listing.ts'

export type Placed = {
  readonly recording: string
  readonly latitude: number
  readonly longitude: number
  readonly at: number
  readonly camera: string | null
  readonly wearer: string | null
}

/** More points than this nobody tells apart on a map; the newest are shown. */
export const PLACES = 5000

/** The places of what somebody sees and what matches, newest first. */
export async function placesOf(
  trx: Trx,
  seer: Seer,
  { filter, end }: { filter: Filter; end: LogEnd },
): Promise<{ places: Placed[]; more: boolean }> {
  const where = await matching(trx, seer, filter, end)
  const { rows } = await sql<{ id: string; value: unknown; at: Date; camera: string | null; wearer: string | null }>`
    select r.id, f.value, ${AT} as at, r.camera, r.wearer
    from dock_v_recording r
    join lateral (
      select f.value from dock_v_fact f
      where f.agency = ${seer.agency}::uuid and f.recording = r.id and f.name = 'place' order by f.ord limit 1
    ) f on true
    where ${where}
    order by ${AT} desc, r.id desc limit ${PLACES + 1}`.execute(trx)
  const places = rows.slice(0, PLACES).flatMap(({ id, value, at, camera, wearer }) => {
    const place = placeIn(value)
    return place === null ? [] : [{ recording: id, ...place, at: at.getTime(), camera, wearer }]
  })
  return { places, more: rows.length > PLACES }
}
