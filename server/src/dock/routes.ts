import type { IncomingMessage, ServerResponse } from 'node:http'
import { api } from '../api.ts'
import { type Actor, may } from '../people/people.ts'
import type { Database } from '../platform/database/door.ts'
import type { Dock } from './dock.ts'

export function dockRoutes(dock: Dock) {
  return {
    known: api.dock.known.handler(async ({ input, context, errors }) => {
      if (!may(context.actor, 'dock')) throw errors.NOT_ALLOWED({ data: { sentence: notAllowed } })
      return dock.known(context.actor.agency, input.camera, input.sha256)
    }),
  }
}

const notAllowed = 'Your roles do not allow you to dock.'
const path = /^\/api\/recordings\/([0-9a-f-]{36})\/receipt$/

/** Whether a path asks for the receipt of a recording, which is a text of its own format. */
export function asksForReceipt(requested: string): boolean {
  return path.test(requested)
}

type Receipts = { dock: Dock; database: Database; receiptOf: (recording: string) => Promise<string | null> }

/** Gives the receipt of a recording once more: 200 and the text, 202 while the log has not taken it in. */
export async function sendReceipt(
  { dock, database, receiptOf }: Receipts,
  request: IncomingMessage,
  response: ServerResponse,
  actor: Actor,
): Promise<void> {
  const id = path.exec((request.url ?? '').split('?', 1)[0] ?? '')?.[1] ?? ''
  if (!may(actor, 'dock') && !may(actor, 'list')) return say(response, 403, notAllowed)
  const recording = await database.asAgency(actor.agency, trx => dock.find(trx, id))
  if (recording === null) return say(response, 404, 'There is no recording of that id that you may see.')
  const text = await receiptOf(id)
  if (text === null) return say(response, 202, 'The log has not taken it in yet.', { 'retry-after': '1' })
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'vidne-recording': id })
  response.end(text)
}

function say(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...headers, 'content-type': 'application/json' })
  response.end(JSON.stringify({ message }))
}
