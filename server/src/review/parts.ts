import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { type Fed, canConvert, posterStrip, viewingCopy } from '@vidne/media/converting'
import { refusalWords } from '@vidne/locales/refusals'
import { NotCut, aboutFootage, cutFootage } from '@vidne/media/cutting'
import { preferred } from '../platform/http/language.ts'
import { sendSentence } from '../platform/http/sentence.ts'
import { Places } from './places.ts'
import { type Playing, isCuttable, keyframeBefore, playingOf, segmentsOf, stripOf, stripTimes } from './playing.ts'
import type { Shown } from './views.ts'

/** What is made of footage while somebody looks at it, by the name it has below the footage's address. */
export type PartName =
  | { readonly part: 'about' | 'playlist' | 'init' | 'strip' }
  | { readonly part: 'segment'; readonly from: number; readonly until: number | null }
  | { readonly part: 'copy' }

const NAMES: Readonly<Record<string, PartName>> = {
  'about.json': { part: 'about' },
  'play.m3u8': { part: 'playlist' },
  'init.mp4': { part: 'init' },
  'strip.jpg': { part: 'strip' },
  'copy.mp4': { part: 'copy' },
}

export function partNamed(name: string): PartName | null {
  const [, from, until] = /^segment-(-?\d{1,12})-(-?\d{1,12}|end)\.m4s$/.exec(name) ?? []
  if (from !== undefined && until !== undefined)
    return { part: 'segment', from: Number(from), until: until === 'end' ? null : Number(until) }
  return Object.hasOwn(NAMES, name) ? (NAMES[name] ?? null) : null
}

/** How much is cut and converted at the same time. Whoever asks for a copy beyond it is told to wait, and holds nobody up. */
export type Workshop = { readonly cuts: Places; readonly copies: Places }

/** The agency's people and those with a link have a workshop each: who was sent a link keeps nobody of the agency waiting. */
export function openWorkshop(places: { cuts: number; copies: number } = { cuts: 4, copies: 3 }): Workshop {
  return { cuts: new Places(places.cuts), copies: new Places(places.copies) }
}

type Made = { readonly type: string; readonly content: AsyncIterable<Uint8Array | string> }
type Asked = { readonly shown: Shown; readonly view: string; readonly query: URLSearchParams }

/**
 * Sends a part of what a view shows: made now, by processes that end with the answer, and kept nowhere. 415: it cannot be made of
 * this file, or not on this machine.
 */
export async function sendPart(
  workshop: Workshop,
  request: IncomingMessage,
  response: ServerResponse,
  { name, ...asked }: Asked & { name: PartName },
): Promise<void> {
  const language = preferred(request.headers['accept-language'])
  const words: Words = code => refusalWords(language, 'view', code)
  const free = await placeFor(workshop, name)
  if (free === null) return sendSentence(response, 503, words('too-many-copies'))
  try {
    // It may have ended while there was no place.
    if (await asked.shown.over()) return sendSentence(response, 403, words('over'))
    const playing = playingOf(await asked.shown.facts())
    const made = make(name, asked, playing)
    if (made === null) return sendSentence(response, 415, words('cannot-be-made'))
    if (request.method === 'HEAD') return void response.writeHead(200, { 'content-type': made.type }).end()
    await send(made, asked.shown, response, words)
  } finally {
    free()
  }
}

type Words = (code: 'too-many-copies' | 'over' | 'cannot-be-made') => string

async function placeFor({ cuts, copies }: Workshop, { part }: PartName): Promise<(() => void) | null> {
  if (part === 'playlist') return () => {}
  return part === 'copy' ? copies.takeNow() : cuts.take()
}

function make(name: PartName, asked: Asked, playing: Playing): Made | null {
  const { footage } = asked.shown
  switch (name.part) {
    case 'about':
      return { type: 'application/json', content: about(footage) }
    case 'playlist':
      return isCuttable(playing)
        ? { type: 'application/vnd.apple.mpegurl', content: playlist(playing, asked.view) }
        : null
    case 'init':
      return { type: 'video/mp4', content: cutFootage(footage, { kind: 'init' }) }
    case 'segment':
      return { type: 'video/mp4', content: segment(asked, name, playing) }
    case 'strip':
      return strip(asked, playing)
    case 'copy':
      return copy(asked, playing)
  }
}

async function* about(footage: Shown['footage']): AsyncGenerator<string> {
  yield JSON.stringify(await aboutFootage(footage))
}

/** HLS (RFC 8216) over fMP4. The view stands in each address: an address that loses it shows nothing. */
async function* playlist(playing: Playing, view: string): AsyncGenerator<string> {
  const segments = segmentsOf(playing)
  const longest = Math.ceil(Math.max(1, ...segments.map(({ seconds }) => seconds)))
  yield `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:${longest}
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4?view=${view}"
`
  for (const { from, until, seconds } of segments)
    yield `#EXTINF:${seconds.toFixed(3)},\nsegment-${from}-${until ?? 'end'}.m4s?view=${view}\n`
  yield '#EXT-X-ENDLIST\n'
}

function segment(
  { shown }: Asked,
  { from, until }: { from: number; until: number | null },
  { keyframes }: Playing,
): AsyncGenerator<Uint8Array> {
  const first = keyframes?.[0] === from
  return cutFootage(shown.footage, { kind: 'segment', from, until, first })
}

function strip(asked: Asked, playing: Playing): Made | null {
  const plan = stripOf(playing)
  if (plan === null || !canConvert()) return null
  const { columns, rows, everyMs } = plan
  const shape = { columns, rows, rotation: playing.rotation }
  const { footage } = asked.shown
  const content = isCuttable(playing)
    ? posterStrip(ours(cutFootage(footage, { kind: 'keyframes', at: stripTimes(plan, playing) })), shape, null)
    : posterStrip(asItIs(asked.shown), shape, everyMs / 1000)
  return { type: 'image/jpeg', content }
}

/** From the time that is asked for on; a copy cannot be jumped about in, so that the player asks for another. */
function copy(asked: Asked, playing: Playing): Made | null {
  const from = Number(asked.query.get('from') ?? '0')
  if (!Number.isSafeInteger(from) || from < 0 || !canConvert()) return null
  const at = playing.startMs + from
  const key = isCuttable(playing) ? keyframeBefore(playing, at) : null
  if (!isCuttable(playing)) return { type: 'video/mp4', content: viewingCopy(asItIs(asked.shown), from / 1000) }
  const start = key ?? playing.startMs
  const cut = cutFootage(asked.shown.footage, { kind: 'from', from: start }, { bytes: Infinity, wallMs: 120_000 })
  return { type: 'video/mp4', content: viewingCopy(ours(cut), Math.max(0, at - start) / 1000) }
}

function ours(bytes: AsyncIterable<Uint8Array>): Fed {
  return { bytes, container: 'matroska' }
}

const PORTION_BYTES = 1024 * 1024

function asItIs({ footage }: Shown): Fed {
  async function* portions() {
    for (let at = 0; at < footage.bytes; at += PORTION_BYTES)
      yield await footage.read(at, Math.min(PORTION_BYTES, footage.bytes - at))
  }
  return { bytes: portions(), container: null }
}

/** Nothing is said before the first bytes are there: until then it can still be told that there are none. */
async function send({ type, content }: Made, shown: Shown, response: ServerResponse, words: Words): Promise<void> {
  const bytes = content[Symbol.asyncIterator]()
  const first = await bytes.next().catch(cannot)
  if (first === null || first.done === true) return sendSentence(response, 415, words('cannot-be-made'))
  response.writeHead(200, { 'content-type': type })
  try {
    await pipeline(untilOver(first.value, bytes, shown), response)
  } catch (error) {
    if (error instanceof NotCut || hungUp(error)) return void response.destroy()
    throw error
  } finally {
    await bytes.return?.()
  }
}

function cannot(error: unknown): null {
  if (error instanceof NotCut) return null
  throw error
}

/** Ends with the view: within a megabyte, as the footage itself does. */
async function* untilOver<T extends Uint8Array | string>(
  first: T,
  rest: AsyncIterator<T>,
  shown: Shown,
): AsyncGenerator<T> {
  yield first
  let sent = first.length
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    sent += next.value.length
    if (sent >= PORTION_BYTES) {
      if (await shown.over()) throw new NotCut('the view has ended')
      sent = 0
    }
    yield next.value
  }
}

function hungUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'
}
