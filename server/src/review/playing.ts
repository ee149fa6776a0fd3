import type { Fact } from '../dock/dock.ts'

/** What the desk has to know of a file before it can show it, from what the file says of itself. */
export type Playing = {
  readonly kind: 'video' | 'audio' | null
  readonly container: string | null
  readonly videoCodec: string | null
  readonly audioCodec: string | null
  readonly durationMs: number | null
  readonly startMs: number
  readonly rotation: number
  /** Times of the keyframes, ascending; null where they are not known. */
  readonly keyframes: readonly number[] | null
}

export function playingOf(facts: readonly Fact[]): Playing {
  const kind = text(facts, 'kind')
  return {
    kind: kind === 'video' || kind === 'audio' ? kind : null,
    container: text(facts, 'container'),
    videoCodec: text(facts, 'video-codec'),
    audioCodec: text(facts, 'audio-codec'),
    durationMs: number(facts, 'duration-ms'),
    startMs: number(facts, 'start-ms') ?? 0,
    rotation: number(facts, 'rotation') ?? 0,
    keyframes: times(facts),
  }
}

/** What our own process can put into segments; anything else goes through ffmpeg. */
const CUTTABLE: ReadonlySet<string> = new Set(['mp4', 'mov', 'webm', 'mkv', 'mpeg-ts'])

/** Whether the file can be cut without decoding it. */
export function isCuttable({ container, keyframes, durationMs }: Playing): boolean {
  return CUTTABLE.has(container ?? '') && durationMs !== null && keyframes !== null && keyframes.length > 0
}

export type Segment = { readonly from: number; readonly until: number | null; readonly seconds: number }

/** Short enough that a jump is answered at once, long enough that a process for each is no burden. */
const SEGMENT_MS = 4000

/** The segments of a file, each from a keyframe to another; the first is as short as it can be, so that it plays soon. */
export function segmentsOf({ keyframes, durationMs, startMs }: Playing): Segment[] {
  if (keyframes === null || durationMs === null) return []
  const cuts: number[] = []
  for (const at of keyframes) {
    const least = cuts.length === 1 ? 0 : SEGMENT_MS
    const last = cuts.at(-1)
    if (last === undefined || at - last >= Math.max(least, 1)) cuts.push(at)
  }
  const end = startMs + durationMs
  return cuts.map((from, place) => {
    const until = cuts[place + 1] ?? null
    return { from, until, seconds: Math.max(0.001, ((until ?? Math.max(end, from + 1)) - from) / 1000) }
  })
}

/** How the pictures of a strip lie, and how far apart in time they are. */
export type StripPlan = { readonly columns: number; readonly rows: number; readonly everyMs: number }

const COLUMNS = 8
const MOST_TILES = 48

/** Null: there are no pictures, or nobody knows how long they go on. */
export function stripOf({ kind, durationMs }: Playing): StripPlan | null {
  if (kind !== 'video' || durationMs === null) return null
  const tiles = Math.min(MOST_TILES, Math.max(1, Math.floor(durationMs / 1000)))
  const columns = Math.min(COLUMNS, tiles)
  const rows = Math.ceil(tiles / columns)
  return { columns, rows, everyMs: Math.max(1, Math.ceil(durationMs / tiles)) }
}

/** The times of a strip's pictures, in the file's own time. */
export function stripTimes({ columns, rows, everyMs }: StripPlan, { startMs, durationMs }: Playing): number[] {
  const all = Array.from({ length: columns * rows }, (_, place) => startMs + place * everyMs)
  return all.filter(at => at < startMs + (durationMs ?? 0))
}

/** The keyframe at or before a time; null where none is known. */
export function keyframeBefore({ keyframes }: Playing, at: number): number | null {
  return keyframes?.findLast(key => key <= at) ?? null
}

function valueOf(facts: readonly Fact[], name: string): unknown {
  return facts.find(fact => fact.name === name)?.value
}

function text(facts: readonly Fact[], name: string): string | null {
  const value = valueOf(facts, name)
  return typeof value === 'string' ? value : null
}

function number(facts: readonly Fact[], name: string): number | null {
  const value = valueOf(facts, name)
  return typeof value === 'number' ? value : null
}

function times(facts: readonly Fact[]): number[] | null {
  const value = valueOf(facts, 'keyframe-times-ms')
  if (!Array.isArray(value)) return null
  const all = value.filter(one => typeof one === 'number')
  return all.length === value.length ? all : null
}
