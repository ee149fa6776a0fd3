import type { ListingFilter } from '@vidne/contract/listing'
import { endOfDay, isDay, startOfDay } from '@vidne/policies/day'
import type { Actor, People } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import type { Access, Seer } from '../rules/rules.ts'
import type { Seal } from '../seal/seal.ts'
import { type Counts, countRecordings, idsOf } from './listing-counts.ts'
import { type Area, EVERYTHING, type Filter, type LogEnd, type State } from './listing-filter.ts'
import { type PlacesFound, placesOf } from './listing-places.ts'
import { type Span, type Timeline, timelineOf, type Whose } from './listing-timeline.ts'
import { indexFiles, indexTexts, soughtIn } from './listing-words.ts'
import { type Listed, listRecordings, type Mark, type Sort } from './listing.ts'

export type ListingGround = {
  readonly database: Database
  readonly clock: Clock
  readonly people: Pick<People, 'allowed' | 'noteListing' | 'agency'>
  readonly access: Access
  readonly seal: Pick<Seal, 'metrics'>
}

/** A filter as it is asked for over HTTP; days are of the agency's calendar. */
export type Asked = ListingFilter

export type ListedRow = Listed & { readonly state: State; readonly mark: Mark }
export type NamedIds = { readonly ids: readonly string[]; readonly more: boolean }

/** A day of somebody, with the zone whose day it is. */
export type DayOf = Timeline & { readonly zone: string; readonly day: Span }

/** What is listed of recordings. Everything asks the access predicate; null: the actor's roles do not allow the list. */
export interface Listing {
  page(actor: Actor, page: { asked: Asked; sort: Sort; most: number; after: Mark | null }): Promise<ListedRow[] | null>
  counts(actor: Actor, asked: Asked): Promise<Counts | null>
  ids(actor: Actor, asked: Asked): Promise<NamedIds | null>
  places(actor: Actor, asked: Asked): Promise<PlacesFound | null>
  timeline(actor: Actor, asked: { day: string; whose: Whose }): Promise<DayOf | null>
  /** In which zone the actor's agency counts its days. */
  zone(actor: Actor): Promise<string>
}

/** More than this nobody does anything to at once. */
const MOST_IDS = 50_000

/** Keeps the words by which recordings are found: of files as they are sealed, of reasons as they are given. */
export function indexWords(history: Pick<History, 'subscribe'>): void {
  history.subscribe('sealed', (trx, happened) =>
    indexFiles(
      trx,
      happened.map(({ subject }) => subject),
    ),
  )
  for (const [type, named] of [
    ['held', ['reason']],
    ['categorised', ['case', 'offence', 'basis']],
  ] as const)
    history.subscribe(type, (trx, happened) =>
      indexTexts(
        trx,
        happened.map(({ agency, subject: recording, event }) => {
          const said = event.fields.filter(field => named.some(name => name === field.name))
          const text = said.flatMap(({ value }) => (typeof value === 'string' ? [value] : [])).join(' ')
          return { agency, recording, source: `${type}:${event.core.seq}`, text, written: true }
        }),
      ),
    )
}

export function openListing({ database, clock, people, access, seal }: ListingGround): Listing {
  const zoneIn = async (trx: Trx, agency: string): Promise<string> => (await people.agency(trx, agency))?.zone ?? 'UTC'
  const asSeer = async <T>(
    actor: Actor,
    work: (trx: Trx, seer: Seer, zone: string) => Promise<T>,
  ): Promise<T | null> => {
    if (!(await people.allowed(actor, 'list'))) return null
    await people.noteListing(actor, 'list')
    return database.asAgency(actor.agency, async trx =>
      work(trx, await access.seer(trx, actor), await zoneIn(trx, actor.agency)),
    )
  }
  const end = (): LogEnd => {
    const { countersignedLeaves, publicLeaves } = seal.metrics()
    return { countersigned: countersignedLeaves, published: publicLeaves }
  }
  const filterOf = (trx: Trx, actor: Actor, asked: Asked, zone: string) =>
    filterAsked(trx, actor, asked, { zone, now: clock.now() })
  return {
    page: (actor, { asked, sort, most, after }) =>
      asSeer(actor, async (trx, seer, zone) => {
        const filter = await filterOf(trx, actor, asked, zone)
        if (filter === null) return []
        const rows = await listRecordings(trx, seer, { most, after, sort, filter, end: end() })
        const { countersigned } = end()
        return rows.map(row => ({ ...row, state: stateOf(row, countersigned) }))
      }),
    counts: (actor, asked) =>
      asSeer(actor, async (trx, seer, zone) => {
        const filter = await filterOf(trx, actor, asked, zone)
        if (filter === null) return NONE
        return countRecordings(trx, seer, { filter, end: end(), zone })
      }),
    ids: (actor, asked) =>
      asSeer(actor, async (trx, seer, zone) => {
        const filter = await filterOf(trx, actor, asked, zone)
        if (filter === null) return { ids: [], more: false }
        const ids = await idsOf(trx, seer, { filter, end: end(), most: MOST_IDS + 1 })
        return { ids: ids.slice(0, MOST_IDS), more: ids.length > MOST_IDS }
      }),
    places: (actor, asked) =>
      asSeer(actor, async (trx, seer, zone) => {
        const filter = await filterOf(trx, actor, asked, zone)
        return filter === null ? { places: [], tracks: [], more: false } : placesOf(trx, seer, { filter, end: end() })
      }),
    timeline: (actor, { day, whose }) =>
      asSeer(actor, async (trx, seer, zone) => {
        const span = { from: startOfDay(day, zone), until: endOfDay(day, zone) }
        return { zone, day: span, ...(await timelineOf(trx, seer, { day: span, whose, end: end() })) }
      }),
    zone: actor => database.asAgency(actor.agency, trx => zoneIn(trx, actor.agency)),
  }
}

const NONE: Counts = { total: 0, more: false, newest: false, cameras: [], wearers: [], categories: [], days: [] }

/** What is asked for, in moments and stems. Null: no recording can match, as where a search has no word in it. */
async function filterAsked(
  trx: Trx,
  actor: Actor,
  asked: Asked,
  { zone, now }: { zone: string; now: number },
): Promise<Filter | null> {
  const search = asked.search === undefined ? null : await soughtIn(trx, actor, asked.search)
  if (asked.search !== undefined && search === null) return null
  const { camera, wearer, unit, category, state, held, without } = asked
  return {
    ...EVERYTHING,
    ...whatIsSaid({ camera, wearer, unit, category, state, held, without }),
    from: asked.from === undefined ? null : momentOf(asked.from, day => startOfDay(day, zone)),
    // A day ends with its last second, whole.
    until: asked.until === undefined ? null : momentOf(asked.until, day => endOfDay(day, zone) + 999),
    goesBefore: asked.daysLeft === undefined ? null : now + asked.daysLeft * DAY_MS,
    area: asked.area === undefined ? null : areaIn(asked.area),
    search,
  }
}

function momentOf(text: string, dayOf: (day: string) => number): number {
  return isDay(text) ? dayOf(text) : Date.parse(text)
}

/** Without what was not said. */
function whatIsSaid<T extends object>(asked: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

const DAY_MS = 86_400_000

function areaIn(text: string): Area {
  const [south = 0, west = 0, north = 0, east = 0] = text.split(',').map(degrees => Math.round(Number(degrees) * 1e7))
  return { south, west, north, east }
}

function stateOf({ life, index }: Listed, countersigned: number): State {
  if (life !== null && life !== 'kept') return life
  if (index === null) return 'received'
  return index < countersigned ? 'countersigned' : 'sealed'
}
