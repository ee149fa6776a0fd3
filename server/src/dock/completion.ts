import { randomBytes } from 'node:crypto'
import { captureId } from '@vidne/evidence/event'
import { encodeManifest } from '@vidne/evidence/manifest'
import { PIECE_BYTES, piecesRoot, splitLeaves } from '@vidne/evidence/pieces'
import type { Json } from '@vidne/evidence/jcs'
import type { Manifest } from '@vidne/evidence/manifest'
import { actorFields } from '../people/people.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Trx } from '../platform/database/door.ts'
import type { History } from '../platform/history/history.ts'
import { extensionOf } from './path-names.ts'
import { findSame, sealUpload } from './recordings-store.ts'
import type { NewRecording } from './recordings-store.ts'
import { refuse } from './refusals.ts'
import type { Refusal } from './refusals.ts'
import type { Digests } from './sealing-messages.ts'
import { insertDiscard, leaveOpen } from './uploads-store.ts'
import type { Upload } from './uploads-store.ts'

export type CompletionParts = {
  database: Database
  history: History
  clock: Clock
  /** Digest of the policy in force at the agency, 32 bytes. */
  policyDigest: (trx: Trx, agency: string) => Promise<Uint8Array>
  /** Whether footage with this digest was deleted here on time. */
  deletedHere: (trx: Trx, p: { agency: string; camera: string | null; sha256: Uint8Array }) => Promise<boolean>
}

/** The upload was removed while it was being finished. */
export class UploadEnded extends Error {
  override readonly name = 'UploadEnded'
}

/** What an upload became. `again`: its bytes were here already. */
export type Completed = { readonly recording: string; readonly again: boolean }

/**
 * Makes a recording of an upload whose bytes are all durable: row, `sealed` event and the upload's own state in one
 * transaction. The same bytes from the same camera become one recording, and a `received-again` event. Where the digest is not
 * the declared one, nothing is sealed; the bytes are kept, marked, until the upload runs out.
 */
export async function complete(
  parts: CompletionParts,
  upload: Upload,
  digests: Digests,
  admitted: boolean,
): Promise<Completed | Refusal> {
  if (digests.bytes !== upload.acknowledged) throw new Error('what was hashed is not what was acknowledged')
  const { declaredSha256 } = upload
  if (declaredSha256 !== null && Buffer.compare(declaredSha256, digests.sha256) !== 0) {
    await parts.database.asAgency(upload.agency, trx =>
      leaveOpen(trx, upload.id, { state: 'mismatched', recording: null }),
    )
    return digestMismatch()
  }
  return parts.database.asAgency(upload.agency, async trx => {
    const same = { agency: upload.agency, camera: upload.camera, sha256: digests.sha256 }
    if (!admitted && (await parts.deletedHere(trx, same))) {
      await leaveOpen(trx, upload.id, { state: 'withheld', recording: null })
      return deletedHere()
    }
    return becomeRecording(parts, trx, upload, digests)
  })
}

export function digestMismatch(): Refusal {
  const message =
    'What arrived is not the file whose digest was declared. Nothing was sealed; keep the file on the camera and send it again.'
  return refuse('digest-mismatch', message)
}

export function deletedHere(): Refusal {
  const message =
    'This file was deleted here when its time was over. It is not taken in again unless a second person agrees; keep the file.'
  return refuse('deleted-here', message)
}

async function becomeRecording(parts: CompletionParts, trx: Trx, upload: Upload, digests: Digests): Promise<Completed> {
  const { agency, stored: recording } = upload
  const manifest = manifestOf(upload, digests)
  const pol = await parts.policyDigest(trx, agency)
  if (!(await sealUpload(trx, upload.id, rowOf(upload, digests, manifest, parts.clock.now())))) {
    return { recording: await receiveAgain(parts, trx, upload, { digests, pol }), again: true }
  }
  await parts.history.begin(trx, {
    agency,
    subject: recording,
    kind: 'recording',
    captureId: captureId(manifest),
    firstType: 'sealed',
    pol,
    fields: [{ name: 'manifest', value: manifest }, ...fieldsOf(upload)],
  })
  return { recording, again: false }
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
  if (!(await leaveOpen(trx, upload.id, { state: 'complete', recording: there }))) {
    throw new UploadEnded('the upload was ended meanwhile')
  }
  await insertDiscard(trx, { stored, agency, because: 'received-again', since: parts.clock.now() })
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
  const clock = upload.clocks.find(reading => 'at' in reading)
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
    recordedAt: clock !== undefined && 'at' in clock ? clock.at : null,
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
    ...actorFields(upload.actor),
  ]
}
