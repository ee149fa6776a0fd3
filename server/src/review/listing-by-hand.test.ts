// The list against one who knows every recording and goes through all of them, by hand: the same rows, counts and places for every
// kind of person and every filter, whichever way the database is asked.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { DAY, KeepTrial } from '../keep/testing/trial-keep.ts'
import { nameKey } from '../people/people.ts'
import { onEachEngine } from '../platform/testing/databases.ts'
import type { Seer } from '../rules/rules.ts'
import { countRecordings, idsOf } from './listing-counts.ts'
import { EVERYTHING, type Filter, type LogEnd } from './listing-filter.ts'
import { placesOf } from './listing-places.ts'
import { listRecordings, type Mark, type Sort } from './listing.ts'
import { lookedAt } from './testing/many-recordings.ts'
import {
  anyRecordings,
  CAMERAS,
  dice,
  RULES,
  rowOf,
  sayAndLink,
  unsay,
  WEARERS,
  type Whole,
  writeRecordings,
} from './testing/random-recordings.ts'

const [OTHERS, COUNT] = [40, 160]
/** Leaves of the log: signed, and of these countersigned. */
const [SIGNED, COUNTERSIGNED] = [170, 120]
/** Of so many the newest are counted by camera, wearer and day. */
const APART = 25
const UNIT_DAYS = 20

onEachEngine('the list and what is true', ground => {
  let trial: KeepTrial
  let all: Whole[]
  let seers: readonly Asker[]
  let filters: readonly Narrowed[]
  let now: number

  beforeAll(async () => {
    trial = await KeepTrial.open(ground)
    await trial.newAgency('uk-met')
    now = trial.clock.at
    // Another agency's rows lie in the same tables, with everything that could be found.
    await fill(anyRecordings(OTHERS, { now, seed: 'others', leaves: 0 }))
    trial.clock.at = now - UNIT_DAYS * DAY
    await trial.newAgency('uk-met')
    for (const camera of ['north-1', 'north-2']) await trial.assign(camera, 'North')
    trial.clock.at = now
    const units = await trial.inAgency(trx => trial.people.units.of(trx, trial.agency))
    const north = units.find(one => one.name === 'North')?.id ?? ''
    all = anyRecordings(COUNT, { now, seed: 'ours', leaves: OTHERS })
    const ida = await fill(all)
    await ground.database.asInstallation(lookedAt)
    seers = whoAsks({ agency: trial.agency, person: ida, north, now })
    filters = [...oneByOne(now, north), ...twoTogether(oneByOne(now, north))]
  })
  afterAll(() => trial.close())

  async function fill(those: readonly Whole[]): Promise<string> {
    const { person } = await trial.person('Ida', 'investigator')
    await writeRecordings(trial, those, { granted: { person, role: 'prosecutor' }, log: SIGNED })
    return person
  }

  const ends: readonly LogEnd[] = [
    { countersigned: COUNTERSIGNED, published: COUNTERSIGNED },
    { countersigned: COUNTERSIGNED, published: COUNTERSIGNED, gathered: 0 },
  ]
  const seen = ({ sees }: Asker, { matches }: Narrowed) =>
    all.filter(one => sees(one) && matches(one)).toSorted(newestFirst)

  test('the same rows, whoever asks, whatever the filter', async () => {
    expect(filters.length).toBeGreaterThan(60)
    await trial.inAgency(async trx => {
      for (const asker of seers)
        for (const narrowed of filters)
          for (const end of ends) {
            const expected = seen(asker, narrowed).map(one => one.id)
            const filter = { ...EVERYTHING, ...narrowed.filter }
            const ids = await idsOf(trx, asker.seer, { filter, end, most: COUNT })
            expect({ ...told(asker, narrowed, end), ids }).toEqual({ ...told(asker, narrowed, end), ids: expected })
          }
    })
  })

  test.each(['recorded', 'received', 'goes'] as const)('the same pages by %s', async sort => {
    await trial.inAgency(async trx => {
      for (const asker of seers)
        for (const narrowed of filters.slice(0, ONE_BY_ONE))
          for (const end of ends) {
            const filter = { ...EVERYTHING, ...narrowed.filter }
            const paged: string[] = []
            for (let after: Mark | null = null, more = true; more;) {
              const rows: { id: string; mark: Mark }[] = await listRecordings(trx, asker.seer, {
                most: 40,
                after,
                sort,
                filter,
                end,
              })
              paged.push(...rows.map(row => row.id))
              more = rows.length === 40
              after = rows.at(-1)?.mark ?? null
            }
            const expected = inOrder(seen(asker, narrowed), sort).map(one => one.id)
            expect({ ...told(asker, narrowed, end), paged }).toEqual({ ...told(asker, narrowed, end), paged: expected })
          }
    })
  })

  test('the same counts and places', async () => {
    await trial.inAgency(async trx => {
      for (const asker of seers)
        for (const narrowed of filters)
          for (const end of ends) {
            const filter = { ...EVERYTHING, ...narrowed.filter }
            const those = seen(asker, narrowed)
            const counts = await countRecordings(trx, asker.seer, { filter, end, zone: 'Europe/London', apart: APART })
            // Where each is looked up elsewhere, no more are counted than are counted apart; which of the two, the next test says.
            const total = counts.more ? APART : those.length
            expect({ ...told(asker, narrowed, end), counts }).toEqual({
              ...told(asker, narrowed, end),
              counts: {
                total,
                more: counts.more && those.length > APART,
                newest: those.length > APART,
                ...countedOf(those.slice(0, APART)),
              },
            })
            const { places, more } = await placesOf(trx, asker.seer, { filter, end })
            expect({ ...told(asker, narrowed, end), places, more }).toEqual({
              ...told(asker, narrowed, end),
              places: those.flatMap(placed),
              more: false,
            })
          }
    })
  })

  test('counts all where an index has them, and says so where it stopped counting', async () => {
    const [supervisor] = seers
    if (supervisor === undefined) throw new Error('nobody asks')
    const counted = (filter: Partial<Filter>, gathered: number) =>
      trial.inAgency(trx =>
        countRecordings(trx, supervisor.seer, {
          filter: { ...EVERYTHING, ...filter },
          zone: 'Europe/London',
          apart: APART,
          end: { countersigned: COUNTERSIGNED, published: COUNTERSIGNED, gathered },
        }),
      )
    expect(await counted({}, 0)).toMatchObject({ total: COUNT, more: false, newest: true })
    expect(await counted({ held: false }, 0)).toMatchObject({ total: APART, more: true, newest: true })
    const free = all.filter(one => !one.held).length
    expect(await counted({ held: false }, COUNT)).toMatchObject({ total: free, more: false, newest: true })
  })

  test('what the list is narrowed by follows what it comes from', async () => {
    const [one] = all.filter(each => !each.gone && each.operations > 0 && each.places.length === 0)
    if (one === undefined) throw new Error('no recording is like that')
    const shown = async () => {
      const found = await trial.inAgency(trx => rowOf(trx, one.id))
      return [found.in_operation, found.latitude_e7, found.longitude_e7]
    }
    await ground.database.asInstallation(trx => sayAndLink(trx, trial.agency, one.id))
    expect(await shown()).toEqual([false, 10, 20])
    await ground.database.asInstallation(trx => unsay(trx, one.id))
    expect(await shown()).toEqual([false, null, null])
  })
})

type Asker = { readonly name: string; readonly seer: Seer; readonly sees: (one: Whole) => boolean }
type Narrowed = { readonly filter: Partial<Filter>; readonly matches: (one: Whole) => boolean }

const told = ({ name }: Asker, { filter }: Narrowed, { gathered }: LogEnd) => ({ name, filter, gathered })
const at = (one: Whole) => one.recordedAt ?? one.receivedAt
const newestFirst = (one: Whole, other: Whole) => at(other) - at(one) || (one.id < other.id ? 1 : -1)
const goes = (one: Whole) => one.state !== 'deleted' && one.deleteAfter !== null && !one.held

function inOrder(those: readonly Whole[], sort: Sort): Whole[] {
  if (sort === 'recorded') return those.toSorted(newestFirst)
  if (sort === 'received')
    return those.toSorted((one, other) => other.receivedAt - one.receivedAt || (one.id < other.id ? 1 : -1))
  return those
    .filter(goes)
    .toSorted((one, other) => (one.deleteAfter ?? 0) - (other.deleteAfter ?? 0) || (one.id < other.id ? -1 : 1))
}

/** Each way to see: the agency, a unit of it, one's own, what was granted to a person or a role, several at once, and nothing. */
function whoAsks({
  agency,
  person,
  north,
  now,
}: {
  agency: string
  person: string
  north: string
  now: number
}): Asker[] {
  const nobody: Seer = { agency, person, wearerKey: 'nobody', all: false, own: false, grantees: [], unit: null, now }
  const ofNorth = (one: Whole) => ofUnit(one, now)
  const own = (one: Whole) => one.wearer === 'Anna Berg'
  const anna = { own: true, wearerKey: nameKey('Anna Berg') }
  return [
    { name: 'all', seer: { ...nobody, all: true, grantees: ['supervisor'] }, sees: () => true },
    { name: 'unit', seer: { ...nobody, all: true, unit: north }, sees: ofNorth },
    { name: 'own', seer: { ...nobody, ...anna }, sees: own },
    { name: 'person', seer: { ...nobody, grantees: ['investigator'] }, sees: one => one.grantedTo === 'person' },
    {
      name: 'role',
      seer: { ...nobody, person: agency, grantees: ['prosecutor'] },
      sees: one => one.grantedTo === 'role',
    },
    {
      name: 'unit, own and granted',
      seer: { ...nobody, ...anna, all: true, unit: north, grantees: ['prosecutor'] },
      sees: one => ofNorth(one) || own(one) || one.grantedTo !== null,
    },
    { name: 'nobody', seer: nobody, sees: () => false },
  ]
}

function ofUnit(one: Whole, now: number): boolean {
  return one.camera?.startsWith('north') === true && at(one) >= now - UNIT_DAYS * DAY
}

function oneByOne(now: number, unit: string): Narrowed[] {
  const before = now + 3 * DAY
  const area = { south: 559_002_000, west: 125_001_000, north: 559_006_000, east: 125_007_000 }
  const word = (typed: string, stems: string[], written: boolean): Narrowed => ({
    filter: { search: [{ typed, stems, written }] },
    matches: one =>
      one.words.some(each => (written || each === 'bridge') && (each.startsWith(typed) || stems.includes(each))),
  })
  return [
    { filter: {}, matches: () => true },
    { filter: { from: now - 9 * DAY }, matches: one => at(one) >= now - 9 * DAY },
    { filter: { until: now - 9 * DAY }, matches: one => at(one) <= now - 9 * DAY },
    ...CAMERAS.map(camera => ({ filter: { camera }, matches: (one: Whole) => one.camera === camera })),
    ...WEARERS.map(wearer => ({ filter: { wearer }, matches: (one: Whole) => one.wearer === wearer })),
    { filter: { unit }, matches: one => ofUnit(one, now) },
    ...RULES.map(category => ({
      filter: { category },
      matches: (one: Whole) => one.rule === category || one.categories.includes(category),
    })),
    ...states(),
    { filter: { held: true }, matches: one => one.held },
    { filter: { held: false }, matches: one => !one.held },
    { filter: { goesBefore: before }, matches: one => goes(one) && (one.deleteAfter ?? 0) <= before },
    { filter: { without: 'camera' }, matches: one => !one.gone && one.camera === null },
    { filter: { without: 'wearer' }, matches: one => !one.gone && one.wearer === null },
    { filter: { without: 'operation' }, matches: one => !one.gone && one.operations === 0 },
    { filter: { without: 'any' }, matches: isOrphan },
    { filter: { area }, matches: one => [...placed(one), ...wayOf(one)].some(place => within(place, area)) },
    word('red', [], true),
    word('bridges', ['bridge'], true),
    word('jacket', [], false),
    word('bri', [], false),
  ]
}
const ONE_BY_ONE = 32

const isOrphan = (one: Whole) => !one.gone && (one.camera === null || one.wearer === null || one.operations === 0)

function states(): Narrowed[] {
  const alive = (one: Whole) => one.state === 'kept'
  const signed = (one: Whole) => one.leaf !== null && one.leaf < SIGNED
  const countersigned = (one: Whole) => one.leaf !== null && one.leaf < COUNTERSIGNED
  return [
    { filter: { state: 'present' }, matches: one => !one.gone },
    { filter: { state: 'received' }, matches: one => alive(one) && !signed(one) },
    { filter: { state: 'sealed' }, matches: one => alive(one) && signed(one) && !countersigned(one) },
    { filter: { state: 'countersigned' }, matches: one => alive(one) && countersigned(one) },
    { filter: { state: 'due' }, matches: one => one.state === 'due' },
    { filter: { state: 'erasing' }, matches: () => false },
    { filter: { state: 'deleted' }, matches: one => one.state === 'deleted' },
  ]
}

/** Filters of different kinds together. */
function twoTogether(singles: readonly Narrowed[]): Narrowed[] {
  const roll = dice('pairs')
  return Array.from({ length: 40 }, () => {
    const [one, other] = [singles[roll(singles.length)], singles[roll(singles.length)]]
    if (one === undefined || other === undefined) throw new Error('no filter')
    const same = Object.keys(one.filter).some(key => key in other.filter)
    if (same) return one
    return {
      filter: { ...one.filter, ...other.filter },
      matches: (each: Whole) => one.matches(each) && other.matches(each),
    }
  })
}

const isDegrees = (value: unknown, most: number): value is number =>
  typeof value === 'number' && Math.abs(value) <= most * 1e7

/** The first that its file says is its place, where that is one. */
function placed(one: Whole) {
  const [latitude, longitude] = one.places[0] ?? []
  if (!isDegrees(latitude, 90) || !isDegrees(longitude, 180)) return []
  const { id: recording, camera, wearer } = one
  return [{ recording, latitude: latitude / 1e7, longitude: longitude / 1e7, at: at(one), camera, wearer }]
}

const wayOf = ({ way }: Whole) =>
  way.map(([latitude, longitude]) => ({ latitude: latitude / 1e7, longitude: longitude / 1e7 }))

function within(place: { latitude: number; longitude: number }, area: NonNullable<Filter['area']>): boolean {
  const [latitude, longitude] = [Math.round(place.latitude * 1e7), Math.round(place.longitude * 1e7)]
  return latitude >= area.south && latitude <= area.north && longitude >= area.west && longitude <= area.east
}

function countedOf(those: readonly Whole[]) {
  const by = (named: (one: Whole) => string | null) => {
    const groups = Map.groupBy(those, named)
    return [...groups].flatMap(([value, group]) => (value === null ? [] : [{ value, count: group.length }]))
  }
  const most = (counted: { value: string; count: number }[]) =>
    counted.toSorted((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1))
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London' })
  const days = by(one => day.format(at(one))).toSorted((one, other) => (one.value < other.value ? 1 : -1))
  return {
    cameras: most(by(one => one.camera)),
    wearers: most(by(one => one.wearer)),
    categories: most(by(one => one.rule)),
    days: days.map(({ value, count }) => ({ day: value, count })),
  }
}
