import { api } from '../api.ts'
import type { Listing, ListedRow } from './listing-door.ts'
import type { Mark } from './listing.ts'
import type { Span } from './listing-timeline.ts'
import { refusedIn } from '../platform/http/refused.ts'

const iso = (at: number) => new Date(at).toISOString()
const isoOrNull = (at: number | null) => (at === null ? null : iso(at))
const span = ({ from, until }: Span) => ({ from: iso(from), until: iso(until) })

type Tiles = { format: string; from: number; to: number; attribution: string | null }

/** The list, what can be counted of it, its ids, a day of it, and where it was made. */
export function listingRoutes(listing: Listing, tiles: () => Tiles | null) {
  return {
    list: api.recordings.list.handler(async ({ input, context, errors }) => {
      const { sort, limit, after: behind, ...asked } = input
      const after = behind === undefined ? null : readMark(behind)
      if (after === 'odd') throw errors.ODD_INPUT(refusedIn(context.about, 'list', 'odd-mark'))
      const rows = await listing.page(context.actor, { asked, sort, most: limit, after })
      if (rows === null) throw errors.NOT_ALLOWED(refusedIn(context.about, 'list', 'not-allowed'))
      const last = rows.length === limit ? rows.at(-1) : undefined
      return { recordings: rows.map(told), after: last === undefined ? null : writeMark(last.mark) }
    }),
    counts: api.listing.counts.handler(async ({ input, context, errors }) => {
      const counts = await listing.counts(context.actor, input)
      if (counts === null) throw errors.NOT_ALLOWED(refusedIn(context.about, 'list', 'not-allowed'))
      const { cameras, wearers, categories, days, ...rest } = counts
      return { ...rest, cameras: [...cameras], wearers: [...wearers], categories: [...categories], days: [...days] }
    }),
    ids: api.listing.ids.handler(async ({ input, context, errors }) => {
      const named = await listing.ids(context.actor, input)
      if (named === null) throw errors.NOT_ALLOWED(refusedIn(context.about, 'list', 'not-allowed'))
      return { ids: [...named.ids], more: named.more }
    }),
    places: api.listing.places.handler(async ({ input, context, errors }) => {
      const found = await listing.places(context.actor, input)
      if (found === null) throw errors.NOT_ALLOWED(refusedIn(context.about, 'list', 'not-allowed'))
      return {
        places: found.places.map(place => ({ ...place, at: iso(place.at) })),
        tracks: found.tracks.map(({ recording, metres, points }) => ({
          recording,
          metres,
          points: points.map(({ latitude, longitude }) => ({ latitude, longitude })),
        })),
        more: found.more,
      }
    }),
    map: api.listing.map.handler(() => {
      const there = tiles()
      if (there === null) return { tiles: null }
      const { format, ...rest } = there
      return { tiles: { ...rest, path: `/map/tiles/{z}/{x}/{y}.${format}` } }
    }),
    timeline: api.listing.timeline.handler(async ({ input, context, errors }) => {
      const whose = { wearer: input.wearer ?? null, camera: input.camera ?? null }
      if ((whose.wearer === null) === (whose.camera === null))
        throw errors.ODD_INPUT(refusedIn(context.about, 'list', 'one-of-two'))
      const found = await listing.timeline(context.actor, { day: input.day, whose })
      if (found === null) throw errors.NOT_ALLOWED(refusedIn(context.about, 'list', 'not-allowed'))
      return {
        zone: found.zone,
        ...span(found.day),
        spans: found.spans.map(one => ({ ...one, ...span(one) })),
        duties: found.duties.map(one => ({ ...one, ...span(one) })),
        gaps: found.gaps.map(span),
      }
    }),
  }
}

function told(listed: ListedRow) {
  const { index: _, life: __, mark: ___, sealedAt, recordedAt, receivedAt, deleteAfter, ...rest } = listed
  return {
    ...rest,
    recordedAt: isoOrNull(recordedAt),
    receivedAt: iso(receivedAt),
    sealedAt: isoOrNull(sealedAt),
    deleteAfter: listed.state === 'deleted' ? null : isoOrNull(deleteAfter),
  }
}

function writeMark({ at, id }: Mark): string {
  return `${at}_${id}`
}

function readMark(text: string): Mark | 'odd' {
  const match = /^(-?\d{1,16})_([0-9a-f-]{36})$/.exec(text)
  return match?.[1] === undefined || match[2] === undefined ? 'odd' : { at: Number(match[1]), id: match[2] }
}
