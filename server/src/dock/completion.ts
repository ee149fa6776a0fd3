import { randomBytes } from 'node:crypto'
import { captureId } from '@vidne/evidence/event'
import { encodeManifest } from '@vidne/evidence/manifest'
import { PIECE_BYTES, piecesRoot, splitLeaves } from '@vidne/evidence/pieces'
import type { Json } from '@vidne/evidence/jcs'
import type { Manifest } from '@vidne/evidence/manifest'
import { actorFields } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import { DatabaseAway } from '../platform/database/errors.ts'
import { GatheringPerKey } from '../platform/gathering.ts'
import type { History } from '../platform/history/history.ts'
import { extensionOf } from './path-names.ts'
import { firstClock } from './clocks.ts'
import type { Provenance } from './provenance.ts'
import { findSame, sealUploads } from './recordings-store.ts'
import type { NewRecording } from './recordings-store.ts'
import { refuse } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import type { Digests } from './sealing-messages.ts'
import type { Admission, UploadState } from './tables.ts'
import { OffsetLost } from './offset-ledger.ts'
import { insertDiscard, leaveOpen, recordProgress } from './uploads-store.ts'
import type { Progress, Upload } from './uploads-store.ts'

/** A file as a camera brought it. */
export type DockedFile = { readonly agency: string; readonly camera: string | null; readonly sha256: Uint8Array }

export type CompletionParts = {
  database: Database
  history: History
  clock: Clock
  /** Digest of the policy in force at the agency, 32 bytes. */
  policyDigest: (trx: Trx, agency: string) => Promise<Uint8Array>
  /** Whether footage with each of these digests was deleted here on time. */
  deletedHere: (trx: Trx, files: readonly DockedFile[]) => Promise<boolean[]>
}

/** The upload was removed while it was being finished. */
export class UploadEnded extends Error {
  override readonly name = 'UploadEnded'
}

/** What an upload became. `again`: its bytes were here already. */
export type Completed = { readonly recording: string; readonly again: boolean }

/** An upload whose bytes are all durable, and what they are. `last`: of its parts, those that are not recorded yet. */
export type Finished = { readonly upload: Upload; readonly digests: Digests; readonly last: Progress | null }

const MOST_AT_ONCE = 50

/** Makes recordings of finished uploads, those of one agency together. */
export class Completions {
  readonly #rounds: GatheringPerKey<Finished, Outcome>

  constructor(parts: CompletionParts) {
    this.#rounds = new GatheringPerKey({
      most: MOST_AT_ONCE,
      round: (agency, finished) => completeRound(parts, agency, finished),
    })
  }

  /**
   * Row, `sealed` event and the upload's own state stand in one transaction. The same bytes from the same camera become one
   * recording, and a `received-again` event. Where the digest is not the declared one, nothing is sealed; the bytes are kept,
   * marked, until the upload runs out. Throws UploadEnded, or what the database throws.
   */
  async complete(finished: Finished): Promise<Completed | Refusal> {
    const { upload, digests } = finished
    if (digests.bytes !== upload.acknowledged) throw new Error('what was hashed is not what was acknowledged')
    const outcome = await this.#rounds.ask(upload.agency, finished)
    if ('failed' in outcome) throw outcome.failed
    return outcome
  }
}

type Outcome = Completed | Refusal | { readonly failed: unknown }

/** What one of them cannot do must not be held against the others: then each is tried alone. */
async function completeRound(
  parts: CompletionParts,
  agency: string,
  finished: readonly Finished[],
): Promise<readonly Outcome[]> {
  try {
    return await parts.database.asAgency(agency, trx => completeAll(parts, trx, agency, finished))
  } catch (failed) {
    // Gone in the middle of a commit, the database may have done it all: whoever comes back finds out.
    if (finished.length === 1 || failed instanceof DatabaseAway) return finished.map(() => ({ failed }))
  }
  const outcomes: Outcome[] = []
  for (const one of finished) outcomes.push(...(await completeRound(parts, agency, [one])))
  return outcomes
}

async function completeAll(
  parts: CompletionParts,
  trx: Trx,
  agency: string,
  finished: readonly Finished[],
): Promise<Outcome[]> {
  await recordLast(trx, finished)
  const files = finished.map(({ upload, digests }) => ({ agency, camera: upload.camera, sha256: digests.sha256 }))
  const deleted = await parts.deletedHere(trx, files)
  const now = parts.clock.now()
  const stops = finished.map((one, at) => stopOf(one, deleted[at] === true))
  for (const [at, { upload }] of finished.entries()) {
    const stop = stops[at] ?? null
    if (stop !== null) await leaveOpen(trx, upload.id, { state: stop.state, recording: null, at: now })
  }
  const going = finished.filter((_, at) => stops[at] === null)
  const became = going.length === 0 ? new Map<string, Completed>() : await becomeRecordings(parts, trx, agency, going)
  return finished.map(({ upload }, at) => {
    const outcome = stops[at]?.refusal ?? became.get(upload.id)
    if (outcome === undefined) throw new Error('an upload was lost on the way')
    return outcome
  })
}

/** Records the last parts; in one transaction with what comes of it. Throws OffsetLost for an upload that does not stand there. */
async function recordLast(trx: Trx, finished: readonly Finished[]): Promise<void> {
  const last = finished.flatMap(one => one.last ?? [])
  const moved = last.length === 0 ? new Set<string>() : await recordProgress(trx, last)
  for (const { upload } of last) if (!moved.has(upload)) throw new OffsetLost(`the upload ${upload} stands elsewhere`)
}

/** Why it does not become a recording, and in what state it is left. */
function stopOf(one: Finished, deletedBefore: boolean): { state: UploadState; refusal: Refusal } | null {
  const { declaredSha256 } = one.upload
  if (declaredSha256 !== null && Buffer.compare(declaredSha256, one.digests.sha256) !== 0) {
    return { state: 'mismatched', refusal: digestMismatch() }
  }
  const { id, admitted } = one.upload
  return deletedBefore && admitted === null ? { state: 'withheld', refusal: deletedHere(id) } : null
}

export function digestMismatch(): Refusal {
  const message =
    'What arrived is not the file whose digest was declared. Nothing was sealed; keep the file on the camera and send it again.'
  return refuse('digest-mismatch', message)
}

export function deletedHere(upload: string): Refusal {
  const message =
    'This file was deleted here when its time was over. It is not taken in again unless a second person agrees; keep the file. ' +
    `Who wants it taken in asks with: vidne admit ${upload} --reason TEXT`
  return refuse('deleted-here', message)
}

async function becomeRecordings(
  parts: CompletionParts,
  trx: Trx,
  agency: string,
  finished: readonly Finished[],
): Promise<Map<string, Completed>> {
  const pol = await parts.policyDigest(trx, agency)
  const receivedAt = parts.clock.now()
  const wanted = finished.map(one => ({ ...one, manifest: manifestOf(one.upload, one.digests) }))
  const made = await sealUploads(
    trx,
    wanted.map(one => ({ upload: one.upload.id, recording: rowOf(one.upload, one.digests, one.manifest, receivedAt) })),
  )
  const [fresh, known] = [wanted.filter(one => made.has(one.upload.id)), wanted.filter(one => !made.has(one.upload.id))]
  await parts.history.beginMany(
    trx,
    fresh.map(({ upload, manifest }) => ({
      agency,
      subject: upload.stored,
      kind: 'recording',
      captureId: captureId(manifest),
      firstType: 'sealed',
      pol,
      fields: [{ name: 'manifest', value: manifest }, ...fieldsOf(upload)],
    })),
  )
  const became = new Map<string, Completed>(
    fresh.map(({ upload }) => [upload.id, { recording: upload.stored, again: false }]),
  )
  for (const { upload, digests } of known) {
    became.set(upload.id, { recording: await receiveAgain(parts, trx, upload, { digests, pol }), again: true })
  }
  return became
}

/** The recording that the same bytes of the same camera are already; it remembers that they came again. */
async function receiveAgain(
  parts: CompletionParts,
  trx: Trx,
  upload: Upload,
  { digests, pol }: { digests: Digests; pol: Uint8Array },
): Promise<string> {
  const { agency, stored } = upload
  const there = await findSame(trx, { camera: upload.camera, sha256: digests.sha256, bytes: digests.bytes })
  // Neither made nor there: another process has ended the upload. Everything of this transaction is undone.
  if (there === null || there === stored) throw new UploadEnded('the upload was ended meanwhile')
  await parts.history.append(trx, { subject: there, type: 'received-again', pol, fields: fieldsOf(upload) })
  const at = parts.clock.now()
  if (!(await leaveOpen(trx, upload.id, { state: 'complete', recording: there, at }))) {
    throw new UploadEnded('the upload was ended meanwhile')
  }
  await insertDiscard(trx, { stored, agency, because: 'received-again', since: at })
  return there
}

function manifestOf(upload: Upload, digests: Digests): Manifest {
  const leaves = splitLeaves(digests.pieces)
  return {
    v: 1,
    salt: randomBytes(32).toString('hex'),
    level: upload.level,
    bytes: digests.bytes,
    sha256: Buffer.from(digests.sha256).toString('hex'),
    pieces: { size: PIECE_BYTES, count: leaves.length, root: Buffer.from(piecesRoot(leaves)).toString('hex') },
    media: { extension: extensionOf(upload.path) },
  }
}

function rowOf(upload: Upload, digests: Digests, manifest: Manifest, receivedAt: number): NewRecording {
  const clock = firstClock(upload.clocks)
  return {
    id: upload.stored,
    agency: upload.agency,
    camera: upload.camera,
    wearer: upload.wearer,
    path: upload.path,
    pathEncoding: upload.pathEncoding,
    extension: manifest.media.extension,
    bytes: digests.bytes,
    sha256: digests.sha256,
    crc32: digests.crc32,
    pieces: digests.pieces,
    manifest: encodeManifest(manifest),
    level: upload.level,
    clocks: upload.clocks,
    receivedAt,
    recordedAt: clock?.at ?? null,
    recordedAtSource: clock?.source ?? null,
    proposedHold: upload.proposedHold,
  }
}

/** What both `sealed` and `received-again` say. Every field can be shown or kept back by itself. */
function fieldsOf(upload: Upload): { name: string; value: Json }[] {
  return [
    { name: 'level', value: upload.level },
    { name: 'camera', value: upload.camera ?? 'unknown camera' },
    { name: 'camera-source', value: upload.cameraSource },
    { name: 'wearer', value: upload.wearer ?? 'unknown wearer' },
    { name: 'path', value: upload.path },
    { name: 'path-encoding', value: upload.pathEncoding },
    { name: 'clocks', value: upload.clocks.map(clock => ({ ...clock })) },
    { name: 'proposed-hold', value: upload.proposedHold },
    { name: 'session', value: upload.session },
    ...provenanceFields(upload.provenance),
    ...admissionFields(upload.admitted),
    ...actorFields(upload.actor),
  ]
}

/** Only where somebody said where it came from. Who gave it is a field of its own, to be kept back where names of people are. */
function provenanceFields(said: Provenance | null): { name: string; value: Json }[] {
  if (said === null) return []
  return [
    { name: 'provenance', value: said.origin },
    { name: 'giver', value: said.giver },
    { name: 'legal-basis', value: said.legalBasis },
    { name: 'clock-offset', value: said.clockOffsetMs },
  ]
}

/**
 * Only where two persons let in what had been deleted here. Their question stands in the history of the agency, and so in no field
 * of its own called `approval`, by which a verifier looks for it in this one.
 */
function admissionFields(admitted: Admission | null): { name: string; value: Json }[] {
  if (admitted === null) return []
  const { approval, reason, askedBy, confirmedBy } = admitted
  return [
    { name: 'taken-in-again', value: { reason, approval } },
    { name: 'approvers', value: [askedBy, confirmedBy] },
  ]
}
