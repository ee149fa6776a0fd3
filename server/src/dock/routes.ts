import type { IncomingMessage, ServerResponse } from 'node:http'
import { ofInstallation } from '@vidne/locales/installation'
import { refusalWords, type RefusalIn } from '@vidne/locales/refusals'
import type { Language } from '@vidne/locales/say'
import { api } from '../api.ts'
import { type Act, type Actor, may, type People } from '../people/people.ts'
import { preferred } from '../platform/http/language.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/door.ts'
import type { BoardCamera, Dock } from './dock.ts'
import { refusedIn } from '../platform/http/refused.ts'

/** Whether the actor may do this; a refusal is noted on the agency's audit. */
type Allowed = (actor: Actor, act: Act, subject?: string) => Promise<boolean>

type Doors = { dock: Dock; database: Database; clock: Clock; people: Pick<People, 'allowed' | 'noteListing'> }

export function dockRoutes({ dock, database, clock, people }: Doors) {
  const allowed: Allowed = (actor, act, subject) => people.allowed(actor, act, subject)
  return {
    board: api.dock.board.handler(async ({ context: { actor, about }, errors }) => {
      const { language } = about
      if (!(await allowed(actor, 'see-dock')))
        throw errors.NOT_ALLOWED({ data: { sentence: ofInstallation(language, 'board.not-allowed', {}) } })
      await people.noteListing(actor, 'see-dock')
      const cameras = await database.asAgency(actor.agency, trx => dock.board(trx, actor.agency))
      return { at: new Date(clock.now()).toISOString(), cameras: cameras.map(one => shown(one, language)) }
    }),
    known: api.dock.known.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'dock')))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'admission', 'dock-not-allowed'))
      return dock.known(context.actor.agency, input.camera, input.sha256)
    }),
    admit: api.dock.admit.handler(async ({ input, context, errors }) => {
      if (!(await allowed(context.actor, 'admit')))
        throw errors.NOT_ALLOWED(refusedIn(context.about, 'admission', 'not-allowed'))
      const asked = await dock.askAdmission(context.actor, { upload: input.id, reason: input.reason })
      if (asked.state === 'waiting')
        return { state: asked.state, approval: asked.approval, deadline: new Date(asked.deadline).toISOString() }
      throw errors[admissionCodes[asked.because]](refusedIn(context.about, 'admission', asked.because))
    }),
  }
}

function shown({ movedAt, failures, ...camera }: BoardCamera, language: Language) {
  const told = failures.map(failure => ({
    ...failure,
    sentence: ofInstallation(language, `board.${failure.because}`, {}),
  }))
  return { ...camera, movedAt: new Date(movedAt).toISOString(), failures: told }
}

const admissionCodes = {
  'not-allowed': 'NOT_ALLOWED',
  'no-reason': 'ODD_INPUT',
  'no-such-upload': 'NOT_FOUND',
  'not-withheld': 'CONFLICT',
} as const

const path = /^\/api\/recordings\/([0-9a-f-]{36})\/receipt$/

/** Whether a path asks for the receipt of a recording, which is a text of its own format. */
export function asksForReceipt(requested: string): boolean {
  return path.test(requested)
}

type Receipts = {
  dock: Dock
  database: Database
  allowed: Allowed
  /** Whether the recording is on the actor's list. */
  sees: (actor: Actor, recording: string) => Promise<boolean>
  receiptOf: (recording: string) => Promise<string | null>
}

/** Gives the receipt of a recording once more: 200 and the text, 202 while the log has not taken it in. */
export async function sendReceipt(
  { dock, database, allowed, sees, receiptOf }: Receipts,
  request: IncomingMessage,
  response: ServerResponse,
  actor: Actor,
): Promise<void> {
  const language = preferred(request.headers['accept-language'])
  const words = (code: RefusalIn<'admission'>): string => refusalWords(language, 'admission', code)
  const id = path.exec((request.url ?? '').split('?', 1)[0] ?? '')?.[1] ?? ''
  // Who docks has its bytes already, and may ask whether they were sealed; everybody else asks his list.
  const docks = may(actor, 'dock')
  if (!docks && !may(actor, 'list') && !(await allowed(actor, 'dock', id)))
    return say(response, 403, words('dock-not-allowed'))
  if (!docks && !(await sees(actor, id))) return say(response, 404, words('no-such-recording'))
  const recording = await database.asAgency(actor.agency, trx => dock.find(trx, id))
  if (recording === null) return say(response, 404, words('no-such-recording'))
  const text = await receiptOf(id)
  if (text === null) return say(response, 202, words('not-in-the-log'), { 'retry-after': '1' })
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'vidne-recording': id })
  response.end(text)
}

function say(response: ServerResponse, status: number, message: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { ...headers, 'content-type': 'application/json' })
  response.end(JSON.stringify({ message }))
}
