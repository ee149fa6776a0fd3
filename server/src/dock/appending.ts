import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Actor } from '../people/people.ts'
import type { Answer } from './answers.ts'
import { finishUpload } from './finishing.ts'
import type { Ground } from './ground.ts'
import { Intake } from './intake.ts'
import type { BodyEnd } from './intake.ts'
import type { Claim } from './owners.ts'
import { PartSink } from './part-sink.ts'
import { isRefusal, refuse } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import type { Session } from './session.ts'
import { refusalFor } from './troubles.ts'
import { bytesHeader, checksumHeader, wholeDigestHeader } from './tus-headers.ts'
import type { Checksum } from './tus-headers.ts'
import { findForActor, stateRefusal } from './uploads.ts'
import { declareDigest, setLength } from './uploads-store.ts'

/** What a request says of the bytes it brings. */
type Bringing = {
  readonly offset: number
  readonly length: number | null
  readonly checksum: Checksum | null
  readonly whole: Uint8Array | null
  /** Content-Length; null where the body is chunked. */
  readonly bodyBytes: number | null
}

/** tus 1.0, PATCH: takes in the body and answers with the new offset once it is durable. */
export async function append(
  ground: Ground,
  request: IncomingMessage,
  actor: Actor,
  id: string,
): Promise<Answer | Refusal> {
  if (request.headers['content-type'] !== 'application/offset+octet-stream') {
    return refuse('wrong-content-type', 'PATCH takes Content-Type: application/offset+octet-stream.')
  }
  const offset = bytesHeader(request.headers, 'upload-offset')
  if (offset === null) return refuse('header-unreadable', 'PATCH needs the header Upload-Offset.')
  return isRefusal(offset) ? offset : appendAt(ground, { request, actor, id, offset })
}

/** As `append`, at an offset that the request need not name: the first bytes may come along with the creation. */
export async function appendAt(
  ground: Ground,
  p: { request: IncomingMessage; actor: Actor; id: string; offset: number },
): Promise<Answer | Refusal> {
  const bringing = readBringing(p.request.headers, p.offset)
  if (isRefusal(bringing)) return bringing
  return owned(ground, p.id, claim => appendOwned(ground, { ...p, claim, bringing }))
}

/** Works as the upload's only owner, and turns troubles into refusals. */
async function owned(
  ground: Ground,
  id: string,
  work: (claim: Claim) => Promise<Answer | Refusal>,
): Promise<Answer | Refusal> {
  if (ground.watch.bodies >= ground.limits.bodies) {
    return refuse('busy', 'Too many uploads are being received just now; come back shortly.', { 'retry-after': '5' })
  }
  const claim = await ground.owners.claim(id)
  if (claim === null) {
    return refuse('upload-in-use', 'Somebody is sending to this upload just now; try again when that has ended.', {
      'retry-after': '2',
    })
  }
  try {
    return await work(claim)
  } catch (error) {
    ground.sessions.drop(id)
    const refusal = refusalFor(error)
    if (refusal === null) throw error
    ground.log.warn(
      { upload: id, because: error instanceof Error ? error.message : String(error) },
      'an upload was interrupted',
    )
    return refusal
  } finally {
    claim.release()
  }
}

type Appending = { request: IncomingMessage; actor: Actor; id: string; claim: Claim; bringing: Bringing }

async function appendOwned(ground: Ground, p: Appending): Promise<Answer | Refusal> {
  const session = await sessionFor(ground, p.actor, p.id)
  if (isRefusal(session)) return session
  const refusal = (await takeUpLength(ground, session, p.bringing)) ?? fits(session, p.bringing)
  if (refusal !== null) return refusal
  await takeUpDigest(ground, session, p.bringing)
  const end = await receive(ground, session, p)
  if (isRefusal(end)) return end
  if (end !== 'whole') return endRefusal(end)
  const { upload, arrived } = session
  const headers = { 'upload-offset': String(arrived), 'upload-expires': new Date(session.expiresAt).toUTCString() }
  if (arrived !== upload.bytes) return { status: 204, headers }
  const completed = await finishUpload(ground, session)
  return isRefusal(completed)
    ? completed
    : { status: 204, headers: { ...headers, 'vidne-recording': completed.recording } }
}

async function sessionFor(ground: Ground, actor: Actor, id: string): Promise<Session | Refusal> {
  const live = ground.sessions.live(id)
  if (live !== null && live.upload.agency === actor.agency && live.upload.actor.person === actor.person) return live
  const upload = await findForActor(ground, actor, id)
  if (isRefusal(upload)) return upload
  const refusal = stateRefusal(upload)
  if (refusal !== null) return refusal
  if (live !== null) return live
  return (await ground.sessions.takeUp(upload)) ?? refuse('gone', 'The upload was removed. Begin it anew.')
}

function readBringing(headers: IncomingHttpHeaders, offset: number): Bringing | Refusal {
  const length = bytesHeader(headers, 'upload-length')
  const bodyBytes = bytesHeader(headers, 'content-length')
  const checksum = checksumHeader(headers)
  const whole = wholeDigestHeader(headers)
  if (isRefusal(length)) return length
  if (isRefusal(bodyBytes)) return bodyBytes
  if (isRefusal(checksum)) return checksum
  if (isRefusal(whole)) return whole
  return { offset, length, checksum, whole, bodyBytes }
}

/** A length that was deferred is told once, with any PATCH. */
async function takeUpLength(ground: Ground, session: Session, { length }: Bringing): Promise<Refusal | null> {
  const { upload } = session
  if (length === null || length === upload.bytes) return null
  if (upload.bytes !== null) return refuse('header-unreadable', 'Upload-Length cannot be changed.')
  if (length > ground.limits.longestBytes) return tooLong(ground)
  if (length < session.acknowledged) return refuse('header-unreadable', 'More than Upload-Length has arrived already.')
  await ground.database.asAgency(upload.agency, trx => setLength(trx, upload.id, length))
  session.upload = { ...upload, bytes: length }
  return null
}

async function takeUpDigest(ground: Ground, session: Session, { whole }: Bringing): Promise<void> {
  if (whole === null) return
  const { upload } = session
  await ground.database.asAgency(upload.agency, trx => declareDigest(trx, upload.id, whole))
  session.upload = { ...upload, declaredSha256: whole }
}

export function tooLong(ground: Ground): Refusal {
  const most = ground.limits.longestBytes
  return refuse('too-long', `A recording may have at most ${most} bytes here. Ask the operator to raise the limit.`, {
    'tus-max-size': String(most),
  })
}

function fits(session: Session, { offset, bodyBytes }: Bringing): Refusal | null {
  if (offset !== session.acknowledged) {
    return refuse(
      'offset-conflict',
      `The upload stands at ${session.acknowledged}, not at ${offset}. Go on from there.`,
      {
        'upload-offset': String(session.acknowledged),
      },
    )
  }
  const { bytes } = session.upload
  if (bytes !== null && bodyBytes !== null && offset + bodyBytes > bytes) {
    return refuse('too-long', `The body is longer than what is missing: ${bytes - offset} bytes.`)
  }
  return null
}

async function receive(
  ground: Ground,
  session: Session,
  { request, claim, bringing }: Appending,
): Promise<BodyEnd | Refusal> {
  const { checksum } = bringing
  const { objects, slots, openParts, turns, limits } = ground
  const sink = new PartSink(session, { objects, slots, openParts, mostParts: limits.mostParts }, checksum !== null)
  const bytesTaken = (session.upload.bytes ?? limits.longestBytes) - session.acknowledged
  const intake = new Intake({ request, sink, turns, bytesTaken })
  if (checksum !== null) session.sealing.startChecksum(checksum.algorithm)
  claim.intake = intake
  try {
    const end = await ground.watch.during(intake, () => intake.run())
    if (checksum === null) await sink.finish()
    else if (end === 'whole' && (await matches(session, checksum))) await sink.commit()
    else return discardBody(ground, session, end)
    return end
  } catch (error) {
    await sink.abandon()
    throw error
  } finally {
    claim.intake = null
  }
}

async function matches(session: Session, checksum: Checksum): Promise<boolean> {
  return timingSafeEqual(await session.sealing.endChecksum(), checksum.digest)
}

/** tus 1.0, checksum: nothing of a body that is not what its checksum says counts. The hash state has moved on; it is rebuilt. */
function discardBody(ground: Ground, session: Session, end: BodyEnd): Refusal {
  ground.sessions.drop(session.upload.id)
  if (end !== 'whole') return endRefusal(end)
  return refuse(
    'checksum-mismatch',
    'The bytes are not those that Upload-Checksum names. Nothing of them was kept; send them again.',
  )
}

function endRefusal(end: Exclude<BodyEnd, 'whole'>): Refusal {
  if (end === 'too-long') return refuse('too-long', 'More bytes came than the upload was said to have.')
  if (end === 'closing') {
    return refuse('busy', 'The installation is being stopped. What had come is kept; go on in a minute.', {
      'retry-after': '30',
    })
  }
  if (end === 'taken-over') return refuse('upload-in-use', 'Another connection has taken this upload over.')
  return refuse('idle', 'Nothing came for too long. What had come is kept; ask for the offset and go on from there.')
}
