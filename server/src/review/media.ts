import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { refusalWords } from '@vidne/locales/refusals'
import type { Actor } from '../people/people.ts'
import { preferred } from '../platform/http/language.ts'
import { isUuid } from '../platform/identifiers.ts'
import { type PartName, type Workshop, partNamed, sendPart } from './parts.ts'
import type { Shown, Views } from './views.ts'

const PATH = /^\/media\/([0-9a-fA-F-]{36})(?:\/([\w.-]{1,80}))?$/
const CHUNK_BYTES = 1024 * 1024

/** Where the bytes of a view lie. */
export function mediaPath(recording: string, view: string): string {
  return `/media/${recording}?view=${view}`
}

/** Whether a path asks for footage. Everything below `/media/` does: no other answer may come from there. */
export function asksForMedia(path: string): boolean {
  return path.startsWith('/media/')
}

/** Who asks: somebody who is signed in; else why not, with whom the token belonged to, where it was once right. */
export type Asker = { readonly actor: Actor } | { readonly because: string; readonly known: Actor | null }

/** Whoever shows footage: the views, and the places for what is made of it meanwhile. */
export type Showing = { readonly views: Pick<Views, 'show' | 'noteTry'>; readonly workshop: Workshop }

/**
 * Sends footage under an open view, whole or by ranges, or what a browser needs to show it. Every refusal is the same 403, whatever was wrong, so that nobody learns
 * what there is; which it was stands on the audit of the agency. Nothing on the way may keep the bytes.
 */
export async function sendMedia(
  { views, workshop }: Showing,
  request: IncomingMessage,
  response: ServerResponse,
  asker: Asker,
): Promise<void> {
  const { recording, view, part, query } = readAddress(request.url ?? '')
  if (recording === null) return refuse(request, response)
  if (!('actor' in asker)) {
    await views.noteTry(asker.known, recording, asker.because)
    return refuse(request, response)
  }
  const shown = await views.show(asker.actor, { recording, view })
  if (shown === null) return refuse(request, response)
  await sendPiece(workshop, request, response, { part, shown, view: view ?? '', query })
}

/** `part` null: the footage itself; else what is made of it. */
type Piece = {
  readonly part: Address['part']
  readonly shown: Shown
  readonly view: string
  readonly query: URLSearchParams
}

/** Sends what a view shows, of somebody of the agency or of somebody with a link: the footage, or what a browser needs to show it. */
export async function sendPiece(
  workshop: Workshop,
  request: IncomingMessage,
  response: ServerResponse,
  { part, shown, ...asked }: Piece,
): Promise<void> {
  if (part === null) return sendShown(shown, request, response)
  response.setHeaders(new Headers(headersOf(shown)))
  // What is made of a recording shows all of it.
  if (part === 'unknown' || shown.from !== 0 || shown.to !== shown.footage.bytes) return refuse(request, response)
  await sendPart(workshop, request, response, { name: part, shown, ...asked })
}

/** Sends what a view shows, whole or by ranges. */
async function sendShown(shown: Shown, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const range = rangeOf(request.headers.range, shown)
  response.setHeaders(new Headers({ ...headersOf(shown), 'accept-ranges': 'bytes' }))
  if (range === null) {
    response.writeHead(416, { 'content-range': `bytes */${shown.footage.bytes}` })
    return void response.end()
  }
  const { from, to } = range
  // A browser that asked for a range wants to hear that it got one, also where it is all there is.
  const whole = request.headers.range === undefined && from === 0 && to === shown.footage.bytes
  if (!whole) response.setHeader('content-range', `bytes ${from}-${to - 1}/${shown.footage.bytes}`)
  response.writeHead(whole ? 200 : 206, { 'content-length': to - from })
  if (request.method === 'HEAD') return void response.end()
  await send(bytesOf(shown, from, to), response)
}

type Address = {
  readonly recording: string | null
  readonly view: string | null
  /** Null: the footage itself. */
  readonly part: PartName | 'unknown' | null
  readonly query: URLSearchParams
}

function readAddress(url: string): Address {
  const [path = '', asked = ''] = url.split('?', 2)
  const [, id, name] = PATH.exec(path) ?? []
  const query = new URLSearchParams(asked)
  const recording = id?.toLowerCase() ?? null
  return {
    recording: recording !== null && isUuid(recording) ? recording : null,
    view: query.get('view'),
    part: name === undefined ? null : (partNamed(name) ?? 'unknown'),
    query,
  }
}

/** What a browser plays; anything else is bytes. A file of a camera is never a page of this server. */
const TYPES: Readonly<Record<string, string>> = {
  mp4: 'video/mp4',
  m4v: 'video/mp4',
  mov: 'video/quicktime',
  mkv: 'video/x-matroska',
  webm: 'video/webm',
  avi: 'video/x-msvideo',
  ts: 'video/mp2t',
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
}

function headersOf({ extension }: Shown): Record<string, string> {
  return {
    'content-type': TYPES[extension ?? ''] ?? 'application/octet-stream',
    'cache-control': 'no-store, private',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'referrer-policy': 'no-referrer',
    vary: 'authorization, cookie',
  }
}

type Range = { from: number; to: number }

/**
 * The bytes that were asked for, as far as the view shows them; several ranges at once are answered as none. Null: the first of
 * them is not shown.
 */
function rangeOf(header: string | undefined, { from, to, footage }: Shown): Range | null {
  const asked = askedIn(header, footage.bytes)
  if (asked === null) return { from, to }
  const range = { from: asked.from, to: Math.min(to, asked.to) }
  return range.from >= from && range.from < range.to ? range : null
}

function askedIn(header: string | undefined, bytes: number): Range | null {
  const match = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/.exec(header ?? '')
  if (match === null) return null
  const [, first, last, end] = match
  if (first === undefined) return { from: Math.max(0, bytes - Number(end)), to: bytes }
  return { from: Number(first), to: last === '' ? bytes : Number(last) + 1 }
}

/** Portion by portion; a view that ends meanwhile ends the answer. */
async function* bytesOf({ footage, over }: Shown, from: number, to: number): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; at += CHUNK_BYTES) {
    if (await over()) throw new ViewOver('the view has ended')
    yield await footage.read(at, Math.min(CHUNK_BYTES, to - at))
  }
}

class ViewOver extends Error {
  override readonly name = 'ViewOver'
}

/** A viewer who hangs up is no fault of ours, and neither is a view that ends; the connection is cut then. */
async function send(content: AsyncIterable<Uint8Array>, response: ServerResponse): Promise<void> {
  try {
    await pipeline(content, response)
  } catch (error) {
    if (error instanceof ViewOver) return void response.destroy()
    if (error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE') return
    throw error
  }
}

function refuse(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(403, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  const message = refusalWords(preferred(request.headers['accept-language']), 'view', 'no-open-view')
  response.end(JSON.stringify({ error: 'NOT_ALLOWED', message }))
}
