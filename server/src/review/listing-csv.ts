// The list as a table for a spreadsheet: the same rows under the same predicate, page after page as the reader takes them.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CSV_MARK, csvLine } from '@vidne/contract/csv'
import { listingFilter, listingSort } from '@vidne/contract/listing'
import da from '@vidne/locales/listing/da.json' with { type: 'json' }
import de from '@vidne/locales/listing/de.json' with { type: 'json' }
import en from '@vidne/locales/listing/en.json' with { type: 'json' }
import sv from '@vidne/locales/listing/sv.json' with { type: 'json' }
import * as z from 'zod'
import type { Actor } from '../people/people.ts'
import { preferred } from '../platform/http/language.ts'
import type { Listing, ListedRow } from './listing-door.ts'
import type { Mark } from './listing.ts'

const PATH = '/api/recordings.csv'
const PAGE = 1000
const WORDS = { da, de, en, sv }

const asked = listingFilter.extend({
  sort: listingSort.default('recorded'),
  language: z.enum(['en', 'da', 'sv', 'de']).optional(),
})

/** Whether a path asks for the list as a table. */
export function asksForTable(path: string): boolean {
  return path === PATH
}

/** Sends the list as CSV (RFC 4180, UTF-8 with a mark that spreadsheets know it by), with heads in the asker's language. */
export async function sendTable(
  listing: Pick<Listing, 'page' | 'zone'>,
  request: IncomingMessage,
  response: ServerResponse,
  actor: Actor,
): Promise<void> {
  const { searchParams } = new URL(request.url ?? '', 'http://here')
  const read = asked.safeParse(Object.fromEntries(searchParams))
  if (!read.success) return refuse(response, { status: 422, code: 'ODD_INPUT', sentence: z.prettifyError(read.error) })
  const { sort, language = preferred(request.headers['accept-language']), ...filter } = read.data
  const page = (after: Mark | null) => listing.page(actor, { asked: filter, sort, most: PAGE, after })
  const first = await page(null)
  const words = WORDS[language]
  if (first === null) return refuse(response, { status: 403, code: 'NOT_ALLOWED', sentence: words.notAllowed })
  const zone = await listing.zone(actor)
  response.writeHead(200, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${words.fileName}.csv"`,
    'cache-control': 'no-store',
  })
  if (request.method === 'HEAD') return void response.end()
  const lines = async function* (): AsyncGenerator<string> {
    yield CSV_MARK + csvLine(Object.values(words.columns))
    for (let rows: ListedRow[] = first; rows.length > 0;) {
      yield rows.map(row => csvLine(cellsOf(row, zone))).join('')
      const last = rows.at(-1)
      rows = rows.length < PAGE || last === undefined ? [] : ((await page(last.mark)) ?? [])
    }
  }
  await pipeline(Readable.from(lines()), response)
}

function refuse(
  response: ServerResponse,
  { status, code, sentence }: { status: number; code: string; sentence: string },
): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify({ defined: true, code, status, message: sentence, data: { sentence } }))
}

/** In the order of the columns that the locales name. Times are in the agency's zone, with their offset. */
function cellsOf(row: ListedRow, zone: string): string[] {
  const at = (time: number | null): string =>
    time === null
      ? ''
      : Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone).toString({ timeZoneName: 'never' })
  const told = (value: string | number | null | undefined): string =>
    value === null || value === undefined ? '' : String(value)
  return [
    row.id,
    at(row.recordedAt),
    told(row.recordedAtSource),
    at(row.receivedAt),
    row.durationMs === null ? '' : told(row.durationMs / 1000),
    told(row.camera),
    told(row.wearer),
    told(row.unit),
    told(row.operation?.title),
    told(row.path),
    told(row.bytes),
    told(row.sha256),
    row.level,
    row.state,
    told(row.rule),
    row.categories.join(' '),
    row.held ? '1' : '0',
    at(row.state === 'deleted' ? null : row.deleteAfter),
    told(row.place?.latitude),
    told(row.place?.longitude),
  ]
}
