// Where recordings were made, as their files say.

import { sql } from 'kysely'
import type { Trx } from '../platform/database/door.ts'
import type { Seer } from '../rules/rules.ts'
import { AT, type Filter, type LogEnd, matching } from './listing-filter.ts'
import { sketchOf, type TrackPoint, trackIn } from './tracks.ts'

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

/** The way of a recording's camera, by few points: a line on a map of many. */
export type Sketched = { readonly recording: string; readonly metres: number; readonly points: readonly TrackPoint[] }

export type PlacesFound = { readonly places: Placed[]; readonly tracks: Sketched[]; readonly more: boolean }

/** More lines than this lie on each other. */
const TRACKS = 100
const SKETCHED = 60

/** The places of what somebody sees and what matches, newest first. */
export async function placesOf(
  trx: Trx,
  seer: Seer,
  { filter, end }: { filter: Filter; end: LogEnd },
): Promise<PlacesFound> {
  const { where } = await matching(trx, seer, filter, end)
  const { rows } = await sql<{ found: readonly Found[] | null }>`
    select json_agg(json_build_array(id, latitude, longitude, floor(extract(epoch from at) * 1000), camera, wearer)) as found from (
      select r.id, r.latitude_e7 as latitude, r.longitude_e7 as longitude, ${AT} as at, r.camera, r.wearer
      from dock_v_recording r where r.latitude_e7 is not null and ${where}
      order by ${AT} desc, r.id desc limit ${PLACES + 1}
    ) f`.execute(trx)
  const found = rows[0]?.found ?? []
  const places = found.slice(0, PLACES).map(([recording, latitude, longitude, at, camera, wearer]) => {
    return { recording, latitude: latitude / 1e7, longitude: longitude / 1e7, at, camera, wearer }
  })
  const tracks = await tracksOf(
    trx,
    seer,
    places.map(place => place.recording),
  )
  return { places, tracks, more: found.length > PLACES }
}

/** The ways of the newest of these that have one. */
async function tracksOf(trx: Trx, seer: Seer, recordings: readonly string[]): Promise<Sketched[]> {
  const { rows: there } = await sql<{ recording: string }>`
    select distinct a.recording from dock_v_fact a
    where a.agency = ${seer.agency}::uuid and a.name = 'track-area' and a.recording = any(${[...recordings]}::uuid[])`.execute(
    trx,
  )
  const having = new Set(there.map(row => row.recording))
  const newest = recordings.filter(recording => having.has(recording)).slice(0, TRACKS)
  const { rows } = await sql<{ recording: string; value: unknown }>`
    select f.recording, f.value from dock_v_fact f
    where f.agency = ${seer.agency}::uuid and f.name = 'track' and f.recording = any(${newest}::uuid[])`.execute(trx)
  return rows.flatMap(({ recording, value }) => {
    const track = trackIn(value)
    return track === null ? [] : [{ recording, metres: track.metres, points: sketchOf(track.points, SKETCHED) }]
  })
}

/** In one value: a row for each of 5000 would take longer to hand over than to find. */
type Found = readonly [
  id: string,
  latitude: number,
  longitude: number,
  at: number,
  camera: string | null,
  wearer: string | null,
]
