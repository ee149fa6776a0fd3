import { encodeBundle, parseTilePath } from '@vidne/tlog/tiles'
import { TileMissing, type TileStore } from './tile-store.ts'

/** An answer under `/log/`, for whatever shell sends it. */
export type Served = {
  readonly status: 200 | 404
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

const WIDTH = 256
const NOT_FOUND: Served = {
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  body: new TextEncoder().encode('not in the public log\n'),
}
// What is not public yet is refused like what will never be; a cache must not remember the refusal.
const IMMUTABLE = {
  'content-type': 'application/octet-stream',
  'cache-control': 'public, max-age=31536000, immutable',
  'access-control-allow-origin': '*',
}
const MUTABLE = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-cache',
  'access-control-allow-origin': '*',
}

/** What is shown of a log: its public checkpoint, and the newest one that a map-checker has signed too, if any. */
export type Shown = { readonly size: number; readonly note: string; readonly checked: string | null }

/**
 * Answers `checkpoint` and the canonical tile paths of C2SP tlog-tiles (without `/log/`) up to the public checkpoint, and
 * `checked`; everything else, and every leaf beyond it, is 404.
 */
export async function serveLog(path: string, publicly: Shown | null, tiles: TileStore): Promise<Served> {
  if (publicly === null) return NOT_FOUND
  if (path === 'checkpoint') return asNote(publicly.note)
  if (path === 'checked') return publicly.checked === null ? NOT_FOUND : asNote(publicly.checked)
  const name = parseTilePath(path)
  if (name === null) return NOT_FOUND
  const level = name.kind === 'tile' ? name.level : 0
  const shown = Math.floor(publicly.size / WIDTH ** level)
  if (name.index * WIDTH + name.width > shown) return NOT_FOUND
  try {
    const body =
      name.kind === 'tile'
        ? await tiles.tile(name.level, name.index, name.width)
        : encodeBundle(await tiles.entries(name.index, name.width))
    return { status: 200, headers: IMMUTABLE, body }
  } catch (error) {
    // A log whose tiles are lost has stopped and says so elsewhere.
    if (error instanceof TileMissing) return NOT_FOUND
    throw error
  }
}

function asNote(note: string): Served {
  return { status: 200, headers: MUTABLE, body: new TextEncoder().encode(note) }
}
