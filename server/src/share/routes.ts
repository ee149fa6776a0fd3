import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { api } from '../api.ts'
import type { Actor } from '../people/people.ts'
import { preferred } from '../platform/http/language.ts'
import type { Ready, Sealing } from './prepared.ts'
import { wordsOf } from './refusals.ts'
import type { ExportState, Sendable, Share, ShareRefusal } from './share.ts'

export const SHARE_CODES = {
  'not-allowed': 'NOT_ALLOWED',
  'policy-not-accepted': 'NOT_ALLOWED',
  'training-missing': 'NOT_ALLOWED',
  'no-such-recording': 'NOT_FOUND',
  deleted: 'GONE',
  'not-deleted': 'CONFLICT',
  'no-such-export': 'NOT_FOUND',
  'log-stopped': 'STOPPED',
  'bytes-lost': 'CONFLICT',
  'no-such-case': 'NOT_FOUND',
  'nothing-to-give': 'CONFLICT',
} as const

const iso = (at: number) => new Date(at).toISOString()

export function shareRoutes(share: Share) {
  return {
    ask: api.exports.ask.handler(async ({ input, context, errors }) => {
      const wish = { recording: input.id, purpose: input.purpose, case: input.case ?? null, to: input.to ?? null }
      const state = await share.ask(context.actor, wish, input.wait)
      if ('refused' in state)
        throw errors[SHARE_CODES[state.refused]]({ data: { sentence: wordsOf(state, context.about.language) } })
      return answer(state)
    }),
    find: api.exports.find.handler(({ input, context, errors }) => {
      const state = share.find(context.actor, input.id)
      if ('refused' in state)
        throw errors[SHARE_CODES[state.refused]]({ data: { sentence: wordsOf(state, context.about.language) } })
      return answer(state)
    }),
    statement: api.recordings.statement.handler(async ({ input, context, errors }) => {
      const state = await share.statement(context.actor, { recording: input.id, names: input.names ?? false })
      if ('refused' in state)
        throw errors[SHARE_CODES[state.refused]]({ data: { sentence: wordsOf(state, context.about.language) } })
      return answer(state)
    }),
  }
}

/** How far a package is, in the words of the contract; `download`: where its bytes lie. */
export function preparedAnswer(state: Ready | Sealing, download: string) {
  if (state.state === 'sealing') return { ...state, until: iso(state.until) }
  return { ...state, download }
}

function answer(state: ExportState) {
  switch (state.state) {
    case 'waiting':
      return { ...state, deadline: iso(state.deadline) }
    case 'sealing':
    case 'ready':
      return preparedAnswer(state, downloadPath(state.export))
  }
}

const path = /^\/api\/exports\/([0-9a-f-]{36})\/package$/
export const downloadPath = (id: string) => `/api/exports/${id}/package`

/** Whether a path asks for the bytes of a package, which the raw handler sends. */
export function asksForPackage(requested: string): boolean {
  return path.test(requested)
}

/** Sends a package, or the rest of one from `Range: bytes=N-` on. */
export async function sendPackage(
  share: Share,
  request: IncomingMessage,
  response: ServerResponse,
  actor: Actor,
): Promise<void> {
  const id = path.exec((request.url ?? '').split('?', 1)[0] ?? '')?.[1] ?? ''
  const found = share.open(actor, id)
  if ('refused' in found) return refuse(request, response, found)
  await sendSendable(found, { name: id, sending: () => share.sending(actor, id) }, request, response)
}

/** Sends what was prepared, or the rest of it; `sending` is told before, and what it gives when the bytes end. */
export async function sendSendable(
  found: Sendable,
  { name, sending }: { name: string; sending: () => (whole: boolean) => void | Promise<void> },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const offset = startOf(request.headers.range, found.bytes)
  if (offset === null) {
    response.writeHead(416, { 'content-range': `bytes */${found.bytes}` })
    return void response.end()
  }
  const range = offset > 0 ? { 'content-range': `bytes ${offset}-${found.bytes - 1}/${found.bytes}` } : {}
  response.writeHead(offset > 0 ? 206 : 200, {
    ...range,
    'content-type': 'application/zip',
    'content-length': found.bytes - offset,
    'content-disposition': `attachment; filename="${name}.zip"`,
    'accept-ranges': 'bytes',
    'cache-control': 'no-store',
  })
  if (request.method === 'HEAD') return void response.end()
  const ended = sending()
  let whole = false
  try {
    whole = await send(found.content(offset), response)
  } finally {
    await ended(whole)
  }
}

/** Whether all of it left. A receiver who hangs up is no fault of ours; the next request goes on from where this one ended. */
async function send(content: AsyncIterable<Uint8Array>, response: ServerResponse): Promise<boolean> {
  try {
    await pipeline(content, response)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE') return false
    throw error
  }
}

function startOf(range: string | undefined, bytes: number): number | null {
  if (range === undefined) return 0
  const from = Number(/^bytes=(\d{1,16})-$/.exec(range)?.[1] ?? Number.NaN)
  return Number.isSafeInteger(from) && from < bytes ? from : null
}

function refuse(request: IncomingMessage, response: ServerResponse, refusal: ShareRefusal): void {
  const message = wordsOf(refusal, preferred(request.headers['accept-language']))
  response.writeHead(404, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: 'NOT_FOUND', message }))
}
