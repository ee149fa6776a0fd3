// A day of a wearer or a camera: what was recorded, when there was a duty, and what lies between.

import { sql } from 'kysely'
import { nameKey } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import type { Seer } from '../rules/rules.ts'
import { AT, EVERYTHING, type Filter, type LogEnd, matching } from './listing-filter.ts'
import { durationIn } from './listing.ts'

export type Span = { readonly from: number; readonly until: number }
export type RecordedSpan = Span & {
  readonly recording: string
  readonly exact: boolean
  readonly camera: string | null
  readonly wearer: string | null
  readonly held: boolean
}
export type Duty = Span & { readonly operation: string; readonly title: string }
export type Timeline = {
  readonly spans: readonly RecordedSpan[]
  readonly duties: readonly Duty[]
  readonly gaps: readonly Span[]
}

export type Whose = { readonly wearer: string | null; readonly camera: string | null }

/** So many files of one camera in a day are no shift any more. */
const MOST = 5000
/** What began the day before may reach into this one. */
const LONGEST_MS = 86_400_000
/** Shorter than this a camera only began its next file. */
const NO_GAP_MS = 2000

/** What somebody sees of a day of a wearer or a camera. Without a time that a clock says, a recording has no place on it. */
export async function timelineOf(
  trx: Trx,
  seer: Seer,
  { day, whose, end }: { day: Span; whose: Whose; end: LogEnd },
): Promise<Timeline> {
  const filter: Filter = { ...EVERYTHING, ...whose, from: day.from - LONGEST_MS, until: day.until, state: 'present' }
  const { where } = await matching(trx, seer, filter, end)
  const { rows } = await sql<{
    id: string
    camera: string | null
    wearer: string | null
    at: Date
    duration: unknown
    held: boolean
  }>`
    select r.id, r.camera, r.wearer, r.recorded_at as at, exists (select from keep_v_held h where h.recording = r.id) as held, (
      select f.value from dock_v_fact f where f.recording = r.id and f.name = 'duration-ms' order by f.ord limit 1
    ) as duration
    from dock_v_recording r where r.recorded_at is not null and ${where}
    order by ${AT}, r.id limit ${MOST}`.execute(trx)
  const spans = rows
    .map(row => {
      const [from, long] = [row.at.getTime(), durationIn(row.duration)]
      const { id: recording, camera, wearer, held } = row
      return { recording, camera, wearer, held, from, until: from + (long ?? 0), exact: long !== null }
    })
    .filter(span => span.until >= day.from)
  const duties = await dutiesOf(trx, seer, day, whose)
  return { spans, duties, gaps: gapsIn(day, spans, duties) }
}

/** The shifts and operations of that day that somebody took part in. Who sees nothing of him is not told of them either. */
async function dutiesOf(trx: Trx, seer: Seer, day: Span, { wearer, camera }: Whose): Promise<Duty[]> {
  const own = wearer !== null && seer.own && nameKey(wearer) === seer.wearerKey
  if (!seer.all && !own) return []
  const { rows } = await sql<{ operation: string; title: string; from_at: Date; until_at: Date }>`
    select distinct d.operation, d.title, d.from_at, d.until_at from record_v_duty d
    where d.agency = ${seer.agency}::uuid and d.from_at <= ${new Date(day.until)} and d.until_at >= ${new Date(day.from)}
      and ${wearer === null ? sql`d.camera = ${camera}` : sql`d.wearer_key = ${nameKey(wearer)}`}
    order by d.from_at, d.operation`.execute(trx)
  return rows.map(row => ({
    operation: row.operation,
    title: row.title,
    from: row.from_at.getTime(),
    until: row.until_at.getTime(),
  }))
}

/**
 * Where nothing was recorded: within the duties of the day, where there are any; else between its first and its last recording. A
 * recording of which nobody knows how long it is ends a gap and begins none that could be measured, so none is drawn after it.
 */
export function gapsIn(
  day: Span,
  spans: readonly (Span & { readonly exact: boolean })[],
  duties: readonly Span[],
): Span[] {
  const sorted = spans.toSorted((a, b) => a.from - b.from)
  const frames = duties.length > 0 ? joined(duties) : between(sorted)
  return frames.flatMap(frame => {
    const [from, until] = [Math.max(frame.from, day.from), Math.min(frame.until, day.until)]
    const gaps: Span[] = []
    let covered = from
    let known = true
    for (const span of sorted) {
      if (span.until < from || span.from > until) continue
      if (known && span.from - covered > NO_GAP_MS) gaps.push({ from: covered, until: span.from })
      if (span.until >= covered) {
        covered = span.until
        known = span.exact
      }
    }
    if (known && until - covered > NO_GAP_MS) gaps.push({ from: covered, until })
    return gaps
  })
}

function between(sorted: readonly Span[]): Span[] {
  const [first, last] = [sorted[0], Math.max(...sorted.map(span => span.until))]
  return first === undefined ? [] : [{ from: first.from, until: last }]
}

/** Spans that touch as one, in their order. */
function joined(spans: readonly Span[]): Span[] {
  const all: Span[] = []
  for (const { from, until } of spans.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1)
    if (last !== undefined && from <= last.until)
      all[all.length - 1] = { from: last.from, until: Math.max(last.until, until) }
    else all.push({ from, until })
  }
  return all
}
