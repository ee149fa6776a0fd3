import type { IncomingMessage, ServerResponse } from 'node:http'
import { preferred } from '../platform/http/language.ts'
import { stillWords } from '../platform/still.ts'
import { isRefusal } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import { TUS_VERSION } from './tus-headers.ts'

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text?: string
}

/** How long the rest of a refused body is read and thrown away, so that its sender gets to see the answer. */
const DRAIN_MS = 30_000

/** Sends an answer or a refusal. A refusal's body is {"error","message"}. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer | Refusal): void {
  response.setHeader('tus-resumable', TUS_VERSION)
  response.setHeader('cache-control', 'no-store')
  const text = isRefusal(answer) ? refusalText(request, answer) : answer.text
  if (isRefusal(answer)) response.setHeader('content-type', 'application/json')
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value)
  if (text !== undefined) response.setHeader('content-length', Buffer.byteLength(text))
  response.writeHead(answer.status)
  response.end(request.method === 'HEAD' ? undefined : text)
  if (!request.complete) drain(request)
}

/** In the language of whoever sends, where the installation says why it stands still. */
function refusalText({ headers }: IncomingMessage, { refused: error, message }: Refusal): string {
  const words = typeof message === 'string' ? message : stillWords(preferred(headers['accept-language']), message)
  return JSON.stringify({ error, message: words })
}

function drain(request: IncomingMessage): void {
  const { socket } = request
  const patience = setTimeout(() => socket.destroy(), DRAIN_MS)
  patience.unref()
  request.on('end', () => clearTimeout(patience))
  request.on('close', () => clearTimeout(patience))
  request.on('error', () => {})
  request.resume()
}
