import { loadavg } from 'node:os'
import { KeepTrial } from '@vidne/server/keep/testing/trial-keep'
import type { Actor } from '@vidne/server/people/people'
import { openDatabase, type Trx } from '@vidne/server/platform/database/door'
import { silentLogger } from '@vidne/server/platform/http/logging'
import { asSuperuser, engines, freshPlace } from '@vidne/server/platform/testing/databases'
import { listRecordings, type Mark, type Sort } from '@vidne/server/review/listing'
import { countRecordings } from '@vidne/server/review/listing-counts'
import { EVERYTHING, type Filter } from '@vidne/server/review/listing-filter'
import { placesOf } from '@vidne/server/review/listing-places'
import { timelineOf } from '@vidne/server/review/listing-timeline'
import { soughtIn } from '@vidne/server/review/listing-words'
import { nearTheEnd, oneRecording, rowsByKey, someIds } from '@vidne/server/review/testing/beside-the-list'
import { aFullDesk, type FullDesk } from '@vidne/server/review/testing/a-full-desk'
import { lookedAt } from '@vidne/server/review/testing/many-recordings'
import type { Seer } from '@vidne/server/rules/rules'
import { accessOf } from './access-of.ts'
import { type Extent, type Result, atMost, median, quantile, said } from './measure.ts'

const SIZES = [50_000, 1_000_000]
/** Ends well within a quarter of an hour: most of it is writing a million recordings twice. */
const ROUNDS = 41
/** What the desk asks for at once. */
const PAGE = 100
/** The page and each filter of a list of 50 000, in every twentieth case at the worst. */
const WITHIN_MS = 200
const DAY_MS = 86_400_000
/** Its peer: as many rows by their primary key, by nobody's leave, on the same database. */
const PEER = 'a page by primary key'

type Ask = (trx: Trx, seer: Seer) => Promise<unknown>

/**
 * What the desk asks of the list, as a supervisor of the whole agency: pages in each order and from the middle, each filter, the
 * search, counts, places, a day, and one recording; with 50 000 and with 1 000 000 recordings, on both databases. Each question is
 * asked as the server asks it: policy, predicate and rows in a transaction of its own.
 */
export async function run({ short }: Extent): Promise<Result[]> {
  const results: Result[] = []
  for (const size of short ? [2000] : SIZES)
    for (const engine of engines) {
      const place = await freshPlace(engine, 'empty')
      const database = await openDatabase({ ...place, log: silentLogger })
      const trial = await KeepTrial.open({ database, folder: place.folder })
      try {
        await trial.newAgency('uk-met')
        const began = performance.now()
        const desk = await aFullDesk(trial, size)
        await looked(trial, place.url)
        results.push(said(called(WRITTEN, column({ size, engine })), (performance.now() - began) / 1000, 's'))
        results.push(...(await measured(trial, desk, { size, engine, rounds: short ? 2 : ROUNDS })))
      } finally {
        await trial.close()
        await database.close()
        await place.remove()
      }
    }
  return results
}

/** What the database does of itself after a night, or after it has grown: PostgreSQL's own vacuum, the embedded one's upkeep. */
async function looked({ place: { database } }: KeepTrial, url: string | null): Promise<void> {
  if (url === null) await database.asInstallation(lookedAt)
  else await asSuperuser(url, 'vacuum analyze')
}

type Where = { readonly size: number; readonly engine: string; readonly rounds: number }

async function measured(trial: KeepTrial, desk: FullDesk, { size, engine, rounds }: Where): Promise<Result[]> {
  const supervisor = await trial.person('Sam of the whole', 'supervisor')
  const access = accessOf(trial)
  const asks = await asked(trial, desk, supervisor)
  const times = new Map<string, number[]>([...asks.keys()].map(name => [name, []]))
  // In turn, so that a change of the machine's mood meets all of them; the first round does not count.
  const loads = [loadavg()[0] ?? 0]
  for (let round = -1; round < rounds; round++)
    for (const [name, ask] of asks) {
      const began = performance.now()
      await trial.inAgency(async trx => ask(trx, await access.seer(trx, supervisor)))
      if (round >= 0) times.get(name)?.push(performance.now() - began)
    }
  const peer = median(times.get(PEER) ?? [])
  const where = column({ size, engine })
  loads.push(loadavg()[0] ?? 0)
  const load = said(called(LOAD, where), Math.max(...loads), '')
  const figures = [...times].flatMap(([name, all]) => {
    const slow = quantile(all, 0.95)
    const what = called(name, where, 'p95')
    const judged = size === SIZES[0] ? atMost(what, slow, WITHIN_MS, 'ms') : said(what, slow, 'ms')
    const middle = said(called(name, where, 'p50'), median(all), 'ms')
    return [middle, judged, said(called(name, where, 'of its peer'), median(all) / peer, 'x')]
  })
  return [load, ...figures]
}

const column = ({ size, engine }: { size: number; engine: string }): string => `${size} ${engine}`
const BETWEEN = ' · '
const called = (...parts: string[]): string => parts.join(BETWEEN)
const WRITTEN = 'writing it, in s'
const LOAD = 'load of the machine'

/** As a table: p50 / p95 in ms, beside how busy the machine was. A p95 over its target says so. */
export function shown(results: readonly Result[]): string {
  const found = new Map(results.map(result => [result.what, result]))
  const parts = results.map(({ what }) => what.split(BETWEEN))
  const [names, columns] = [0, 1].map(at => [...new Set(parts.map(each => each[at] ?? ''))])
  const value = (...what: string[]) => Number(found.get(called(...what))?.value.toFixed(1))
  const cell = (name: string, where: string): string => {
    const slow = found.get(called(name, where, 'p95'))
    if (slow === undefined) return String(value(name, where))
    return `${value(name, where, 'p50')} / ${value(name, where, 'p95')}${slow.holds === false ? ' **no**' : ''}`
  }
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    line(['p50 / p95 in ms', ...(columns ?? [])]),
    line(['---', ...(columns ?? []).map(() => '---')]),
    ...(names ?? []).map(name => line([name, ...(columns ?? []).map(where => cell(name, where))])),
  ].join('\n')
}

async function asked(
  trial: KeepTrial,
  { unit, countersigned }: FullDesk,
  supervisor: Actor,
): Promise<Map<string, Ask>> {
  const now = trial.clock.now()
  const end = { countersigned, published: countersigned }
  const list = (filter: Partial<Filter>, sort: Sort = 'recorded', after: Mark | null = null): Ask => {
    const page = { most: PAGE, after, sort, filter: { ...EVERYTHING, ...filter }, end }
    return (trx, seer) => listRecordings(trx, seer, page)
  }
  const words =
    (text: string): Ask =>
    async (trx, seer) =>
      list({ search: (await soughtIn(trx, supervisor, text)) ?? [] })(trx, seer)
  const ids = await trial.inAgency(trx => someIds(trx, PAGE))
  const oldest = await trial.inAgency(trx => nearTheEnd(trx, 3 * PAGE))
  const filter = { ...EVERYTHING, state: 'present' as const }
  const day = { from: now - DAY_MS, until: now }
  const area = { south: 556_001_000, west: 125_001_000, north: 556_050_000, east: 125_050_000 }
  return new Map<string, Ask>([
    [PEER, trx => rowsByKey(trx, ids)],
    ['the first page', list({ state: 'present' })],
    ['the first page by receipt', list({ state: 'present' }, 'received')],
    ['the first page of what goes first', list({ state: 'present' }, 'goes')],
    ['a page far down', list({ state: 'present' }, 'recorded', oldest)],
    ['filter time', list({ from: now - 3 * DAY_MS, until: now - 2 * DAY_MS })],
    ['filter camera', list({ camera: 'cam-7' })],
    ['filter wearer', list({ wearer: 'W7' })],
    ['filter unit', list({ unit })],
    ['filter place', list({ area })],
    ['filter category, of many', list({ category: 'uncategorised' })],
    ['filter category, of few', list({ category: 'evidence' })],
    ['filter state received', list({ state: 'received' })],
    ['filter state sealed', list({ state: 'sealed' })],
    ['filter state countersigned', list({ state: 'countersigned' })],
    ['filter state deleted', list({ state: 'deleted' })],
    ['filter hold', list({ held: true })],
    ['filter days left', list({ goesBefore: now + 3 * DAY_MS })],
    ['filter days left, what goes first', list({ goesBefore: now + 3 * DAY_MS }, 'goes')],
    // Most match, and all of these are older than what is looked at first.
    ['filter days left, of many', list({ goesBefore: now + 20 * DAY_MS })],
    ['filter orphans', list({ without: 'any' })],
    ['filter without a camera', list({ without: 'camera' })],
    ['filter without an operation', list({ without: 'operation' })],
    ['three filters', list({ camera: 'cam-50', held: true, from: now - 20 * DAY_MS })],
    ['search a stem', words('anholdt demonstrationen')],
    ['search a file', words('gx2000')],
    ['search what most have', words('gx')],
    ['search what none has', words('xyzzy')],
    ['counts', (trx, seer) => countRecordings(trx, seer, { filter, end, zone: 'Europe/London' })],
    ['places', (trx, seer) => placesOf(trx, seer, { filter, end })],
    ['a day', (trx, seer) => timelineOf(trx, seer, { day, whose: { wearer: 'W7', camera: null }, end })],
    ['one recording', (trx, seer) => oneRecording(trx, seer, ids[0] ?? '')],
  ])
}
