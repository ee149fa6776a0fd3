// SQL of uploads under way.

import { sql } from 'kysely'
import type { Actor } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import type { ClockReading } from './metadata.ts'
import type { Provenance } from './provenance.ts'
import { own } from './tables.ts'
import type { Admission, DiscardReason, Trouble, UploadRow, UploadState } from './tables.ts'

/** States in which an upload waits to be gone on with, or to be judged. */
const UNFINISHED = ['open', 'mismatched', 'withheld'] as const

/** An upload as its row says. Bytes as numbers; times as epoch milliseconds. */
export type Upload = {
  readonly id: string
  readonly agency: string
  readonly stored: string
  readonly recording: string | null
  /** Who began it. */
  readonly actor: Actor
  readonly camera: string | null
  readonly cameraSource: string | null
  readonly wearer: string | null
  readonly path: string
  readonly pathEncoding: 'utf-8' | 'percent'
  readonly metadata: string
  /** Null: not said yet. */
  readonly bytes: number | null
  readonly acknowledged: number
  readonly parts: number
  readonly reserved: readonly string[]
  readonly attempt: number
  readonly declaredSha256: Uint8Array | null
  readonly clocks: readonly ClockReading[]
  readonly proposedHold: boolean
  readonly session: string | null
  readonly level: 'gateway' | 'received'
  readonly state: UploadState
  readonly createdAt: number
  readonly expiresAt: number
  /** Who let it in although its footage was deleted here before; null: nobody had to, or nobody has. */
  readonly admitted: Admission | null
  readonly provenance: Provenance | null
  /** When anything of it last arrived, or its state changed. */
  readonly movedAt: number
  /** What stopped it last; null since something arrived. */
  readonly trouble: Trouble | null
}

export type StoredPart = {
  readonly part: number
  readonly object: string
  readonly offset: number
  readonly bytes: number
}

/** What one acknowledgement makes true: these parts follow at `from`; these object names may exist beside them. */
export type Progress = {
  readonly upload: string
  readonly agency: string
  readonly stored: string
  readonly from: number
  readonly attempt: number
  readonly firstPart: number
  readonly parts: readonly StoredPart[]
  readonly reserved: readonly string[]
  readonly at: number
  readonly expiresAt: number
}

export async function insertUploads(trx: Trx, uploads: readonly Upload[]): Promise<void> {
  const rows = uploads.map(({ actor, declaredSha256, ...upload }) => ({
    ...upload,
    actor,
    person: actor.person,
    sha256: declaredSha256 === null ? null : Buffer.from(declaredSha256).toString('hex'),
    createdAt: new Date(upload.createdAt).toISOString(),
    expiresAt: new Date(upload.expiresAt).toISOString(),
    movedAt: new Date(upload.movedAt).toISOString(),
  }))
  await sql`
    insert into dock_upload (id, agency, stored, recording, person, actor, camera, camera_source, wearer, path, path_encoding,
      metadata, bytes, reserved, declared_sha256, clocks, proposed_hold, session, level, state, created_at, expires_at,
      provenance, moved_at)
    select id, agency, stored, recording, person, actor, camera, "cameraSource", wearer, path, "pathEncoding",
      metadata, bytes, reserved, decode(sha256, 'hex'), clocks, "proposedHold", session, level, state, "createdAt", "expiresAt",
      case when provenance = 'null'::jsonb then null else provenance end, "movedAt"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as u (
      id uuid, agency uuid, stored uuid, recording uuid, person uuid, actor jsonb, camera text, "cameraSource" text,
      wearer text, path text, "pathEncoding" text, metadata text, bytes bigint, reserved jsonb, sha256 text, clocks jsonb,
      "proposedHold" boolean, session text, level text, state text, "createdAt" timestamptz, "expiresAt" timestamptz,
      provenance jsonb, "movedAt" timestamptz)
    `.execute(trx)
}

export async function findUpload(trx: Trx, id: string): Promise<Upload | null> {
  const row = await own(trx).selectFrom('dock_upload').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : uploadOf(row)
}

export async function countOpen(trx: Trx): Promise<number> {
  const row = await own(trx)
    .selectFrom('dock_upload')
    .select(({ fn }) => fn.countAll<bigint>().as('open'))
    .where('state', '=', 'open')
    .executeTakeFirstOrThrow()
  return Number(row.open)
}

export async function setLength(trx: Trx, id: string, bytes: number): Promise<void> {
  await own(trx)
    .updateTable('dock_upload')
    .set({ bytes: BigInt(bytes) })
    .where('id', '=', id)
    .where('bytes', 'is', null)
    .execute()
}

export async function declareDigest(trx: Trx, id: string, sha256: Uint8Array): Promise<void> {
  await own(trx).updateTable('dock_upload').set({ declared_sha256: sha256 }).where('id', '=', id).execute()
}

/** Moves an upload that is no recording yet on to another state. False when it has become one, or is gone. */
export async function leaveOpen(
  trx: Trx,
  id: string,
  to: { state: UploadState; recording: string | null; at: number },
): Promise<boolean> {
  const { state, recording, at } = to
  const done = await own(trx)
    .updateTable('dock_upload')
    .set({ state, recording, moved_at: new Date(at) })
    .where('id', '=', id)
    .where('state', 'in', UNFINISHED)
    .executeTakeFirst()
  return done.numUpdatedRows === 1n
}

/** Makes parts and offset known at once. Answers the uploads that stood where `from` says; the others are unchanged. */
export async function recordProgress(trx: Trx, progress: readonly Progress[]): Promise<Set<string>> {
  const uploads = progress.map(({ upload, attempt, from, parts, reserved, expiresAt, firstPart, at }) => ({
    upload,
    attempt,
    from,
    to: parts.reduce((at, part) => at + part.bytes, from),
    first: firstPart,
    next: firstPart + parts.length,
    reserved,
    expires: new Date(expiresAt).toISOString(),
    at: new Date(at).toISOString(),
  }))
  const parts = progress.flatMap(({ upload, agency, stored, parts: list }) =>
    list.map(part => ({ upload, agency, stored, ...part })),
  )
  const moved = await sql<{ id: string }>`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(uploads)}::jsonb) as given
        (upload uuid, attempt int, "from" bigint, "to" bigint, first int, next int, reserved jsonb, expires timestamptz, at timestamptz)
    ), moved as (
      update dock_upload u
      set acknowledged = g."to", parts = g.next, reserved = g.reserved, expires_at = g.expires, moved_at = g.at, trouble = null
      from given g
      where u.id = g.upload and u.attempt = g.attempt and u.acknowledged = g."from" and u.parts = g.first and u.state = 'open'
      returning u.id
    ), kept as (
      insert into dock_part (agency, recording, part, object, plain_offset, plain_bytes)
      select p.agency, p.stored, p.part, p.object, p."offset", p.bytes
      from jsonb_to_recordset(${JSON.stringify(parts)}::jsonb) as p
        (upload uuid, agency uuid, stored uuid, part int, object text, "offset" bigint, bytes int)
      join moved on moved.id = p.upload
    )
    select id from moved`.execute(trx)
  return new Set(moved.rows.map(row => row.id))
}

/** Makes object names known before objects of these names may exist. False when another process has taken the upload up. */
export async function reserveNames(
  trx: Trx,
  p: { id: string; attempt: number; names: readonly string[] },
): Promise<boolean> {
  const done = await own(trx)
    .updateTable('dock_upload')
    .set({ reserved: sql`${JSON.stringify(p.names)}::jsonb` })
    .where('id', '=', p.id)
    .where('attempt', '=', p.attempt)
    .executeTakeFirst()
  return done.numUpdatedRows === 1n
}

/**
 * Takes an upload up: from here on no earlier owner can acknowledge anything. Waits for what is being acknowledged now, and
 * answers the row as it stands after it. Null when it is not open.
 */
export async function takeUp(trx: Trx, id: string): Promise<Upload | null> {
  const row = await own(trx)
    .updateTable('dock_upload')
    .set(({ eb }) => ({ attempt: eb('attempt', '+', 1) }))
    .where('id', '=', id)
    .where('state', '=', 'open')
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? null : uploadOf(row)
}

export async function partsOf(trx: Trx, stored: string): Promise<StoredPart[]> {
  const rows = await own(trx)
    .selectFrom('dock_part')
    .select(['part', 'object', 'plain_offset', 'plain_bytes'])
    .where('recording', '=', stored)
    .orderBy('part')
    .execute()
  return rows.map(row => ({
    part: row.part,
    object: row.object,
    offset: Number(row.plain_offset),
    bytes: row.plain_bytes,
  }))
}

/** The objects of several recordings, in no order. */
export async function objectsOf(trx: Trx, stored: readonly string[]): Promise<string[]> {
  const rows = await own(trx)
    .selectFrom('dock_part')
    .select('object')
    .where('recording', '=', sql<string>`any(${[...stored]}::uuid[])`)
    .execute()
  return rows.map(row => row.object)
}

/** Uploads whose bytes are all here and that are no recording yet: the process ended, or the database was away. */
export async function wholeUploads(trx: Trx): Promise<Upload[]> {
  const rows = await own(trx)
    .selectFrom('dock_upload')
    .selectAll()
    .where('state', '=', 'open')
    .whereRef('acknowledged', '=', 'bytes')
    .execute()
  return rows.map(uploadOf)
}

/** Whether an agency has bytes that are no recording yet. */
export async function anyUnfinished(trx: Trx, agency: string): Promise<boolean> {
  const row = await own(trx)
    .selectFrom('dock_upload')
    .select('id')
    .where('agency', '=', agency)
    .where('state', 'in', UNFINISHED)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Agencies that have uploads, other than recordings, whose date has passed. */
export async function agenciesWithEnds(trx: Trx, now: number): Promise<string[]> {
  const rows = await own(trx)
    .selectFrom('dock_upload')
    .select('agency')
    .distinct()
    .where('state', '<>', 'complete')
    .where('expires_at', '<', new Date(now))
    .orderBy('agency')
    .execute()
  return rows.map(row => row.agency)
}

/** An agency's uploads that were not finished and have run out, with at most `most` of them. */
export async function runOut(trx: Trx, p: { agency: string; now: number; most: number }): Promise<Upload[]> {
  const rows = await own(trx)
    .selectFrom('dock_upload')
    .selectAll()
    .where('agency', '=', p.agency)
    .where('state', 'in', UNFINISHED)
    .where('expires_at', '<', new Date(p.now))
    .limit(p.most)
    .execute()
  return rows.map(uploadOf)
}

export async function expireUpload(trx: Trx, id: string, now: number): Promise<boolean> {
  const done = await own(trx)
    .updateTable('dock_upload')
    .set({ state: 'expired' })
    .where('id', '=', id)
    .where('state', 'in', UNFINISHED)
    .where('expires_at', '<', new Date(now))
    .executeTakeFirst()
  return done.numUpdatedRows === 1n
}

export async function insertDiscard(
  trx: Trx,
  discard: { stored: string; agency: string; because: DiscardReason; since: number },
): Promise<void> {
  await own(trx)
    .insertInto('dock_discard')
    .values({ ...discard, since: new Date(discard.since) })
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

export async function discards(trx: Trx): Promise<{ stored: string; agency: string }[]> {
  return own(trx).selectFrom('dock_discard').select(['stored', 'agency']).orderBy('since').limit(200).execute()
}

/** Object names that an upload reserved. */
export async function reservedOf(trx: Trx, stored: string): Promise<string[]> {
  const row = await own(trx)
    .selectFrom('dock_upload')
    .select('reserved')
    .where('stored', '=', stored)
    .executeTakeFirst()
  return row?.reserved ?? []
}

/** Forgets parts and reserved names of storage whose objects are gone. */
export async function forgetStorage(trx: Trx, stored: string): Promise<void> {
  await own(trx).deleteFrom('dock_part').where('recording', '=', stored).execute()
  await own(trx)
    .updateTable('dock_upload')
    .set({ reserved: sql`'[]'::jsonb` })
    .where('stored', '=', stored)
    .execute()
  await own(trx).deleteFrom('dock_discard').where('stored', '=', stored).execute()
}

/** Opens a withheld upload again, after two persons agreed. False when it is not withheld any more. */
export async function admitUpload(
  trx: Trx,
  p: { id: string; admission: Admission; expiresAt: number },
): Promise<boolean> {
  const done = await own(trx)
    .updateTable('dock_upload')
    .set({
      state: 'open',
      admitted: sql`${JSON.stringify(p.admission)}::jsonb`,
      expires_at: new Date(p.expiresAt),
    })
    .where('id', '=', p.id)
    .where('state', '=', 'withheld')
    .executeTakeFirst()
  return done.numUpdatedRows === 1n
}

/** Keeps a withheld upload at least until then. */
export async function keepUntil(trx: Trx, id: string, at: number): Promise<void> {
  await own(trx)
    .updateTable('dock_upload')
    .set({ expires_at: new Date(at) })
    .where('id', '=', id)
    .where('state', '=', 'withheld')
    .where('expires_at', '<', new Date(at))
    .execute()
}

/** Forgets rows of an agency that only answered 410 any more. */
export async function forgetEnded(trx: Trx, agency: string, before: number): Promise<void> {
  await own(trx)
    .deleteFrom('dock_upload')
    .where('agency', '=', agency)
    .where('state', 'in', ['terminated', 'expired'])
    .where('expires_at', '<', new Date(before))
    .where(sql<boolean>`not exists (select from dock_discard d where d.stored = dock_upload.stored)`)
    .execute()
}

function uploadOf(row: UploadRow): Upload {
  return {
    id: row.id,
    agency: row.agency,
    stored: row.stored,
    recording: row.recording,
    actor: row.actor,
    camera: row.camera,
    cameraSource: row.camera_source,
    wearer: row.wearer,
    path: row.path,
    pathEncoding: row.path_encoding,
    metadata: row.metadata,
    bytes: row.bytes === null ? null : Number(row.bytes),
    acknowledged: Number(row.acknowledged),
    parts: row.parts,
    reserved: row.reserved,
    attempt: row.attempt,
    declaredSha256: row.declared_sha256,
    clocks: row.clocks,
    proposedHold: row.proposed_hold,
    session: row.session,
    level: row.level,
    state: row.state,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    admitted: row.admitted,
    provenance: row.provenance,
    movedAt: row.moved_at.getTime(),
    trouble: row.trouble,
  }
}
