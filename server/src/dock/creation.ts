import type { IncomingMessage } from 'node:http'
import type { Actor } from '../people/people.ts'
import { historyKeyId, uuidv7 } from '../platform/identifiers.ts'
import { newObjectName } from '../platform/objects/objects.ts'
import type { Answer } from './answers.ts'
import { appendAt, tooLong } from './appending.ts'
import { finishWhole } from './finishing.ts'
import type { Ground } from './ground.ts'
import { levelOf } from './level.ts'
import { readMetadata } from './metadata.ts'
import type { Described } from './metadata.ts'
import { isRefusal, refuse } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import { refusalFor } from './troubles.ts'
import { bytesHeader } from './tus-headers.ts'
import type { Upload } from './uploads-store.ts'

const MOST_NAMES = 8
const PART_BYTES = 16 * 1_048_576

/** tus 1.0, POST: begins an upload. Its key is durable in the vault before its row is, and its row before the answer. */
export async function create(ground: Ground, request: IncomingMessage, actor: Actor): Promise<Answer | Refusal> {
  const bytes = lengthOf(ground, request)
  if (isRefusal(bytes)) return bytes
  const metadata = request.headers['upload-metadata']
  const described = readMetadata(typeof metadata === 'string' ? metadata : undefined)
  if (isRefusal(described)) return described
  const upload = newUpload(ground, actor, { bytes, metadata: typeof metadata === 'string' ? metadata : '', described })
  try {
    const refusal = await begin(ground, upload)
    if (refusal !== null) return refusal
  } catch (error) {
    const refusal = refusalFor(error)
    if (refusal === null) throw error
    return refusal
  }
  return firstBytes(ground, request, actor, upload)
}

function lengthOf(ground: Ground, request: IncomingMessage): number | null | Refusal {
  const bytes = bytesHeader(request.headers, 'upload-length')
  if (isRefusal(bytes)) return bytes
  const deferred = request.headers['upload-defer-length']
  if (bytes === null && deferred !== '1')
    return refuse('header-unreadable', 'POST needs Upload-Length, or Upload-Defer-Length: 1.')
  if (bytes !== null && deferred !== undefined) {
    return refuse('header-unreadable', 'Upload-Length and Upload-Defer-Length exclude each other.')
  }
  return bytes !== null && bytes > ground.limits.longestBytes ? tooLong(ground) : bytes
}

function newUpload(
  ground: Ground,
  actor: Actor,
  said: { bytes: number | null; metadata: string; described: Described },
): Upload {
  const { described, bytes } = said
  const now = ground.clock.now()
  const names = Math.min(MOST_NAMES, Math.ceil((bytes ?? Infinity) / PART_BYTES) + 1)
  return {
    id: uuidv7(ground.clock),
    agency: actor.agency,
    stored: uuidv7(ground.clock),
    recording: null,
    actor,
    camera: described.camera,
    cameraSource: described.camera === null ? null : described.cameraSource,
    wearer: described.wearer,
    path: described.path.path,
    pathEncoding: described.path.encoding,
    metadata: said.metadata,
    bytes,
    acknowledged: 0,
    parts: 0,
    reserved: Array.from({ length: names }, newObjectName),
    attempt: 0,
    declaredSha256: described.sha256,
    clocks: described.clocks,
    proposedHold: described.proposedHold,
    session: described.session,
    level: levelOf(actor, described),
    state: 'open',
    createdAt: now,
    expiresAt: now + ground.limits.uploadLifeMs,
    admitted: null,
    provenance: described.provenance,
    movedAt: now,
    trouble: null,
  }
}

async function begin(ground: Ground, upload: Upload): Promise<Refusal | null> {
  const { agency, stored } = upload
  const open = await ground.openUploads.of(agency)
  if (open >= ground.limits.openUploads) {
    const message = `${open} uploads of your agency are begun and not finished. Finish or remove some first.`
    return refuse('busy', message, { 'retry-after': '60' })
  }
  const keys = await ground.vault.create({
    agency,
    keys: [
      { id: stored, kind: 'data' },
      { id: historyKeyId(stored), kind: 'history' },
    ],
    // Its deadline is not known before it is sealed; `keep` puts it under the hour it falls due.
    expires: null,
  })
  const key = keys.get(stored)
  if (key === undefined) throw new Error('the vault made no key')
  await ground.beginnings.ask(agency, upload)
  ground.openUploads.more(agency)
  ground.sessions.created(upload, key)
  return null
}

async function firstBytes(
  ground: Ground,
  request: IncomingMessage,
  actor: Actor,
  upload: Upload,
): Promise<Answer | Refusal> {
  const headers = { location: `/upload/${upload.id}`, 'upload-expires': new Date(upload.expiresAt).toUTCString() }
  if (upload.bytes === 0) {
    const done = await finishWhole(ground, upload)
    if (isRefusal(done)) return done
    return {
      status: 201,
      headers: { ...headers, 'upload-offset': '0', ...(done && { 'vidne-recording': done.recording }) },
    }
  }
  if (request.headers['content-type'] !== 'application/offset+octet-stream') return { status: 201, headers }
  const appended = await appendAt(ground, { request, actor, id: upload.id, offset: 0 })
  // The upload is there whatever became of its first bytes; its sender asks for the offset.
  return isRefusal(appended) ? appended : { status: 201, headers: { ...headers, ...appended.headers } }
}
