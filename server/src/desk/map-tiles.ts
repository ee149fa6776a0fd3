import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Context, Env, Hono } from 'hono'

/** Pictures of a map that the operator has put on this machine: `folder/z/x/y.png`, as every map server cuts them. */
export type MapTiles = {
  readonly format: 'png' | 'webp' | 'jpg'
  readonly from: number
  readonly to: number
  /** Who made them, as their licence wants it said: the text of `attribution.txt`. */
  readonly attribution: string | null
}

const TYPES = { png: 'image/png', webp: 'image/webp', jpg: 'image/jpeg' } as const
const FORMATS = ['png', 'webp', 'jpg'] as const
const DEEPEST = 22

/** What lies in the folder; null where there is none, or no tiles in it. Then the desk draws its map by itself. */
export function mapTilesIn(folder: string | undefined): MapTiles | null {
  if (folder === undefined) return null
  const zooms = numbersIn(folder).filter(zoom => zoom <= DEEPEST)
  const [from, to] = [Math.min(...zooms), Math.max(...zooms)]
  const format = zooms.length === 0 ? undefined : formatIn(join(folder, String(from)))
  return format === undefined ? null : { format, from, to, attribution: attributionIn(folder) }
}

/** Serves them from our own address: the page's policy for content lets nothing come from elsewhere (G17). */
export function addMapTiles<E extends Env>(app: Hono<E>, folder: string | undefined): void {
  app.get('/map/tiles/:z/:x/:file', context => (folder === undefined ? none(context) : tile(context, folder)))
}

const NAME = /^(\d{1,2})\/(\d{1,8})\/(\d{1,8})\.(png|webp|jpg)$/

function tile(context: Context, folder: string): Response {
  const { z, x, file } = context.req.param() as Record<'z' | 'x' | 'file', string>
  const name = `${z}/${x}/${file}`
  const format = FORMATS.find(each => each === NAME.exec(name)?.[4])
  const path = join(folder, name)
  const size = format === undefined ? null : sizeOf(path)
  if (format === undefined || size === null) return none(context)
  const headers = {
    'content-type': TYPES[format],
    'content-length': String(size),
    'cache-control': 'private, max-age=86400',
  }
  return new Response(Readable.toWeb(createReadStream(path)) as ReadableStream, { headers })
}

/** The sea, mostly: where a map has nothing to show its maker cuts no picture. */
function none(context: Context): Response {
  return context.body(null, 404)
}

function sizeOf(path: string): number | null {
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true ? found.size : null
}

function numbersIn(folder: string): number[] {
  return namesIn(folder)
    .filter(name => /^\d{1,8}$/.test(name))
    .map(Number)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return [] // not there, or not ours to read: a map without tiles is a map all the same
  }
}

function formatIn(zoom: string): MapTiles['format'] | undefined {
  const [column] = numbersIn(zoom)
  const names = column === undefined ? [] : namesIn(join(zoom, String(column)))
  return FORMATS.find(format => names.some(name => name.endsWith(`.${format}`)))
}

function attributionIn(folder: string): string | null {
  try {
    return readFileSync(join(folder, 'attribution.txt'), 'utf8').trim().slice(0, 500)
  } catch {
    return null
  }
}
