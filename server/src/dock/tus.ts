import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Actor } from '../people/people.ts'
import { isUuid } from '../platform/identifiers.ts'
import { send } from './answers.ts'
import type { Answer } from './answers.ts'
import { append } from './appending.ts'
import { noteTrouble } from './board-store.ts'
import { create } from './creation.ts'
import { finishWhole } from './finishing.ts'
import type { Ground } from './ground.ts'
import { isRefusal, refuse, standsStill } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import { refusalFor } from './troubles.ts'
import { TROUBLES } from './tables.ts'
import { CHECKSUM_ALGORITHMS, TUS_EXTENSIONS, TUS_VERSION } from './tus-headers.ts'
import { findForActor, stateRefusal } from './uploads.ts'
import { insertDiscard, leaveOpen } from './uploads-store.ts'
import type { Upload } from './uploads-store.ts'

/** Answers one request to `/upload/…`. `actor` is null where nobody is signed in. */
export async function handle(
  ground: Ground,
  request: IncomingMessage,
  response: ServerResponse,
  actor: Actor | null,
): Promise<void> {
  const answer = await answerTo(ground, request, actor).catch((error: unknown) => {
    const refusal = refusalFor(error)
    if (refusal === null) throw error
    return refusal
  })
  if (actor !== null && isRefusal(answer)) await remember(ground, { request, actor, refused: answer.refused })
  send(request, response, answer)
}

/** Who stands before the board asks why a camera did not finish, long after its sender was told. */
async function remember(
  ground: Ground,
  { request, actor, refused }: { request: IncomingMessage; actor: Actor; refused: string },
): Promise<void> {
  const trouble = TROUBLES.find(one => one === refused)
  const { id } = placeOf(request)
  if (trouble === undefined || id === null || !isUuid(id) || methodOf(request) !== 'PATCH') return
  await ground.database
    .asAgency(actor.agency, trx => noteTrouble(trx, { upload: id, trouble }))
    // With the database away it is not remembered; its sender was told.
    .catch(() => undefined)
}

async function answerTo(ground: Ground, request: IncomingMessage, actor: Actor | null): Promise<Answer | Refusal> {
  const method = methodOf(request)
  if (method === 'OPTIONS') return options(ground)
  if (actor === null) {
    return refuse('not-signed-in', 'A token is needed, and this one is not known here.', {
      'www-authenticate': 'Bearer',
    })
  }
  if (!(await ground.mayDock(actor)))
    return refuse('not-allowed', 'Your roles do not allow you to bring in recordings.')
  const { id, receipt } = placeOf(request)
  if (receipt && id !== null) return method === 'GET' ? receiptFor(ground, actor, id) : methodRefusal()
  if (request.headers['tus-resumable'] !== TUS_VERSION) {
    return refuse('version-unsupported', 'Uploads speak tus 1.0.0: Tus-Resumable: 1.0.0.', {
      'tus-version': TUS_VERSION,
    })
  }
  const still = method === 'HEAD' ? null : await ground.standsStill()
  if (still !== null) return standsStill(still)
  if (id === null) return method === 'POST' ? create(ground, request, actor) : methodRefusal()
  return answerOfUpload(ground, { request, actor, id, method })
}

async function answerOfUpload(
  ground: Ground,
  p: { request: IncomingMessage; actor: Actor; id: string; method: string },
): Promise<Answer | Refusal> {
  switch (p.method) {
    case 'HEAD':
      return head(ground, p.actor, p.id)
    case 'PATCH':
      return append(ground, p.request, p.actor, p.id)
    case 'DELETE':
      return terminate(ground, p.actor, p.id)
    default:
      return methodRefusal()
  }
}

function methodRefusal(): Refusal {
  return refuse('method-unknown', 'Uploads know POST, HEAD, PATCH, DELETE and OPTIONS.', {
    allow: 'POST, HEAD, PATCH, DELETE, OPTIONS',
  })
}

/** tus 1.0: X-HTTP-Method-Override takes the place of the method, for clients that cannot say PATCH. */
function methodOf(request: IncomingMessage): string {
  const override = request.headers['x-http-method-override']
  return typeof override === 'string' ? override : (request.method ?? '')
}

function placeOf(request: IncomingMessage): { id: string | null; receipt: boolean } {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const [, , id = '', last] = path.split('/')
  return { id: id === '' ? null : id, receipt: last === 'receipt' }
}

function options(ground: Ground): Answer {
  return {
    status: 204,
    headers: {
      'tus-version': TUS_VERSION,
      'tus-extension': TUS_EXTENSIONS,
      'tus-max-size': String(ground.limits.longestBytes),
      'tus-checksum-algorithm': CHECKSUM_ALGORITHMS.join(','),
    },
  }
}

async function head(ground: Ground, actor: Actor, id: string): Promise<Answer | Refusal> {
  await ground.owners.settle(id)
  const upload = await findForActor(ground, actor, id)
  if (isRefusal(upload)) return upload
  const refusal = upload.state === 'complete' ? null : stateRefusal(upload)
  if (refusal !== null) return refusal
  if (upload.state === 'open' && upload.acknowledged === upload.bytes) goOnFinishing(ground, upload)
  return {
    status: 200,
    headers: {
      'upload-offset': String(upload.acknowledged),
      ...(upload.bytes === null ? { 'upload-defer-length': '1' } : { 'upload-length': String(upload.bytes) }),
      ...(upload.metadata === '' ? {} : { 'upload-metadata': upload.metadata }),
      ...(upload.recording === null
        ? { 'upload-expires': new Date(upload.expiresAt).toUTCString() }
        : { 'vidne-recording': upload.recording }),
    },
  }
}

/** All bytes are here and the process was ended before they became a recording. */
function goOnFinishing(ground: Ground, upload: Upload): void {
  if (ground.owners.isHeld(upload.id)) return
  finishWhole(ground, upload).catch((error: unknown) =>
    ground.log.error({ upload: upload.id, error }, 'an upload could not be finished'),
  )
}

async function terminate(ground: Ground, actor: Actor, id: string): Promise<Answer | Refusal> {
  const claim = await ground.owners.claim(id)
  if (claim === null)
    return refuse('upload-in-use', 'Somebody is sending to this upload just now.', { 'retry-after': '2' })
  try {
    const upload = await findForActor(ground, actor, id)
    if (isRefusal(upload)) return upload
    const { agency, stored } = upload
    const done = await ground.database.asAgency(agency, async trx => {
      if (!(await leaveOpen(trx, id, { state: 'terminated', recording: null, at: ground.clock.now() }))) return false
      await insertDiscard(trx, { stored, agency, because: 'terminated', since: ground.clock.now() })
      return true
    })
    if (!done) return stateRefusal(upload) ?? refuse('gone', 'The upload was removed already.')
    ground.sessions.drop(id)
    ground.discarded()
    return { status: 204, headers: {} }
  } finally {
    claim.release()
  }
}

/** The receipt of what the upload became: 200 and the text, or 202 while the log has not taken it in yet. */
async function receiptFor(ground: Ground, actor: Actor, id: string): Promise<Answer | Refusal> {
  const upload = await findForActor(ground, actor, id)
  if (isRefusal(upload)) return upload
  if (upload.state === 'open') {
    if (upload.acknowledged !== upload.bytes) {
      return refuse(
        'offset-conflict',
        `The upload stands at ${upload.acknowledged}; there is no receipt before it is complete.`,
      )
    }
    goOnFinishing(ground, upload)
    return notYet({})
  }
  if (upload.recording === null) return stateRefusal(upload) ?? refuse('gone', 'The upload was removed.')
  const headers = { 'vidne-recording': upload.recording }
  const text = await ground.receiptOf(upload.recording)
  return text === null
    ? notYet(headers)
    : { status: 200, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' }, text }
}

function notYet(headers: Record<string, string>): Answer {
  return { status: 202, headers: { ...headers, 'retry-after': '1' } }
}
