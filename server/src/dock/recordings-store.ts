// SQL of recordings and of what was read in them.

import { sql } from 'kysely'
import { nameKey } from '../people/people.ts'
import type { Trx } from '../platform/database/door.ts'
import { FILE_DATE } from './clocks.ts'
import type { ClockReading } from './metadata.ts'
import { own } from './tables.ts'
import type { DockTables } from './tables.ts'
import type { Selectable } from 'kysely'

/** A recording as it was docked. Times in epoch milliseconds. After its deletion most of it is null. */
export type Recording = {
  readonly id: string
  readonly agency: string
  readonly camera: string | null
  readonly wearer: string | null
  readonly path: string | null
  readonly pathEncoding: string | null
  readonly extension: string | null
  readonly bytes: number | null
  readonly sha256: Uint8Array | null
  readonly crc32: number | null
  /** JCS of the manifest. */
  readonly manifest: string | null
  readonly level: 'captured' | 'gateway' | 'received'
  readonly clocks: readonly ClockReading[]
  readonly receivedAt: number
  /** What a clock of the sender says; may be years off. */
  readonly recordedAt: number | null
  readonly recordedAtSource: string | null
  readonly proposedHold: boolean
  readonly readState: 'waiting' | 'read' | 'not-parsable'
  readonly erasedAt: number | null
}

export type NewRecording = {
  readonly id: string
  readonly agency: string
  readonly camera: string | null
  readonly wearer: string | null
  readonly path: string
  readonly pathEncoding: string
  readonly extension: string
  readonly bytes: number
  readonly sha256: Uint8Array
  readonly crc32: number
  readonly pieces: Uint8Array
  readonly manifest: string
  readonly level: 'captured' | 'gateway' | 'received'
  readonly clocks: readonly ClockReading[]
  readonly receivedAt: number
  readonly recordedAt: number | null
  readonly recordedAtSource: string | null
  readonly proposedHold: boolean
}

/** A fact that a parser claims to have found. `source`: where in the file; `parser`: name and version. */
export type Fact = { readonly name: string; readonly value: unknown; readonly source: string; readonly parser: string }

/**
 * Makes recordings of uploads, in one statement; answers the uploads that became one. The others have the same bytes of the same
 * camera as one that is here already or among these (two transactions at the same time wait for each other), or are not open any
 * more.
 */
export async function sealUploads(
  trx: Trx,
  sealed: readonly { upload: string; recording: NewRecording }[],
): Promise<Set<string>> {
  const given = sealed.map(({ upload, recording }) => ({ upload, ...recording, ...writtenOut(recording) }))
  const { rows } = await sql<{ id: string }>`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as g (
        upload uuid, id uuid, agency uuid, camera text, wearer text, "wearerKey" text, path text, "pathEncoding" text, extension text,
        bytes bigint, sha256 text, crc32 bigint, pieces text, manifest text, level text, clocks jsonb,
        "receivedAt" timestamptz, "recordedAt" timestamptz, "recordedAtSource" text, "proposedHold" boolean)
    ), made as (
      insert into dock_recording (id, agency, camera, wearer, wearer_key, path, path_encoding, extension, bytes, sha256, crc32, pieces,
        manifest, level, clocks, received_at, recorded_at, recorded_at_source, proposed_hold)
      select id, agency, camera, wearer, "wearerKey", path, "pathEncoding", extension, bytes, decode(sha256, 'base64'), crc32,
        decode(pieces, 'base64'), manifest, level, clocks, "receivedAt", "recordedAt", "recordedAtSource", "proposedHold"
      from given order by id
      on conflict do nothing
      returning id
    )
    update dock_upload u set state = 'complete', recording = g.id, moved_at = g."receivedAt"
    from given g join made on made.id = g.id
    where u.id = g.upload and u.state = 'open'
    returning u.id`.execute(trx)
  return new Set(rows.map(row => row.id))
}

/** As JSON carries it: bytes in base64, times in ISO 8601. */
function writtenOut(recording: NewRecording) {
  const { sha256, pieces, receivedAt, recordedAt, wearer } = recording
  return {
    // Which person it is: whoever bears this name in the agency, however a camera spells it.
    wearerKey: wearer === null ? null : nameKey(wearer),
    sha256: Buffer.from(sha256).toString('base64'),
    pieces: Buffer.from(pieces).toString('base64'),
    receivedAt: new Date(receivedAt).toISOString(),
    recordedAt: recordedAt === null ? null : new Date(recordedAt).toISOString(),
  }
}

export async function findSame(
  trx: Trx,
  same: { camera: string | null; sha256: Uint8Array; bytes: number },
): Promise<string | null> {
  const row = await own(trx)
    .selectFrom('dock_recording')
    .select('id')
    .where(sql<string>`coalesce(camera, '')`, '=', same.camera ?? '')
    .where('sha256', '=', same.sha256)
    .where('bytes', '=', BigInt(same.bytes))
    .executeTakeFirst()
  return row?.id ?? null
}

/** Which of these digests are recordings of this camera. */
export async function knownDigests(
  trx: Trx,
  asked: { camera: string | null; sha256: readonly Uint8Array[] },
): Promise<{ sha256: Uint8Array; recording: string }[]> {
  if (asked.sha256.length === 0) return []
  const rows = await own(trx)
    .selectFrom('dock_recording')
    .select(['id', 'sha256'])
    .where(sql<string>`coalesce(camera, '')`, '=', asked.camera ?? '')
    .where('sha256', 'in', [...asked.sha256])
    .execute()
  return rows.flatMap(row => (row.sha256 === null ? [] : [{ sha256: row.sha256, recording: row.id }]))
}

export async function findRecording(trx: Trx, id: string): Promise<Recording | null> {
  const row = await recordings(trx).where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : recordingOf(row)
}

/** Newest first; `after` goes on behind a recording of an earlier page. */
export async function listRecordings(
  trx: Trx,
  page: { most: number; after: { receivedAt: number; id: string } | null },
): Promise<Recording[]> {
  const { after } = page
  const behind =
    after === null
      ? sql<boolean>`true`
      : sql<boolean>`(received_at, id) < (${new Date(after.receivedAt)}, ${after.id}::uuid)`
  const rows = await recordings(trx)
    .where(behind)
    .orderBy('received_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.most)
    .execute()
  return rows.map(recordingOf)
}

/** The 44-byte leaves of the pieces, on end. */
export async function piecesOf(trx: Trx, id: string): Promise<Uint8Array | null> {
  const row = await own(trx).selectFrom('dock_recording').select('pieces').where('id', '=', id).executeTakeFirst()
  return row?.pieces ?? null
}

export async function factsOf(trx: Trx, recording: string): Promise<Fact[]> {
  return own(trx)
    .selectFrom('dock_fact')
    .select(['name', 'value', 'source', 'parser'])
    .where('recording', '=', recording)
    .orderBy('ord')
    .execute()
}

/** Recordings whose media was not read yet, the newest first. asInstallation. */
export async function unread(
  trx: Trx,
  { before, most }: { before: string | null; most: number },
): Promise<{ id: string; agency: string }[]> {
  const waiting = own(trx)
    .selectFrom('dock_recording')
    .select(['id', 'agency'])
    .where('read_state', '=', 'waiting')
    .where('erased_at', 'is', null)
    .orderBy('id', 'desc')
    .limit(most)
  return (before === null ? waiting : waiting.where('id', '<', before)).execute()
}

/** Counts a try before it is made, so that a file that ends the process is not read for ever. Null when it is not waiting. */
export async function countTry(trx: Trx, recording: string): Promise<number | null> {
  const row = await own(trx)
    .updateTable('dock_recording')
    .set(({ eb }) => ({ read_tries: eb('read_tries', '+', 1) }))
    .where('id', '=', recording)
    .where('read_state', '=', 'waiting')
    .where('erased_at', 'is', null)
    .returning('read_tries')
    .executeTakeFirst()
  return row?.read_tries ?? null
}

/** The try ended neither the process nor in an answer about the file. */
export async function giveTryBack(trx: Trx, recording: string): Promise<void> {
  await own(trx)
    .updateTable('dock_recording')
    .set(({ eb }) => ({ read_tries: eb('read_tries', '-', 1) }))
    .where('id', '=', recording)
    .where('read_state', '=', 'waiting')
    .execute()
}

/** False when somebody else has written it in the meantime. */
export async function setRead(
  trx: Trx,
  recording: string,
  read: { state: 'read' | 'not-parsable'; recorded: { at: number; source: string } | null },
): Promise<boolean> {
  const done = await own(trx)
    .updateTable('dock_recording')
    .set({ read_state: read.state })
    .where('id', '=', recording)
    .where('read_state', '=', 'waiting')
    .executeTakeFirst()
  if (done.numUpdatedRows !== 1n) return false
  if (read.recorded === null) return true
  await own(trx)
    .updateTable('dock_recording')
    .set({ recorded_at: new Date(read.recorded.at), recorded_at_source: read.recorded.source })
    .where('id', '=', recording)
    .where(row => row.or([row('recorded_at', 'is', null), row('recorded_at_source', '=', FILE_DATE)]))
    .execute()
  return true
}

export async function insertFacts(
  trx: Trx,
  p: { agency: string; recording: string; facts: readonly Fact[] },
): Promise<void> {
  if (p.facts.length === 0) return
  await own(trx)
    .insertInto('dock_fact')
    .values(
      p.facts.map((fact, ord) => ({
        agency: p.agency,
        recording: p.recording,
        ord,
        name: fact.name,
        value: sql`${JSON.stringify(fact.value)}::jsonb`,
        source: fact.source,
        parser: fact.parser,
      })),
    )
    .execute()
}

/** Leaves of a recording only what says nothing of it. asInstallation. */
export async function eraseRecordings(
  trx: Trx,
  p: { agency: string; recordings: readonly string[]; at: number },
): Promise<void> {
  const among = sql<string>`any(${[...p.recordings]}::uuid[])`
  // In one order, so that two runs cannot wait for each other.
  await own(trx).selectFrom('dock_recording').select('id').where('id', '=', among).orderBy('id').forUpdate().execute()
  for (const table of ['dock_fact', 'dock_part', 'dock_upload'] as const)
    await own(trx).deleteFrom(table).where('recording', '=', among).where('agency', '=', p.agency).execute()
  await own(trx)
    .updateTable('dock_recording')
    .set({
      camera: null,
      wearer: null,
      wearer_key: null,
      path: null,
      path_encoding: null,
      extension: null,
      bytes: null,
      sha256: null,
      crc32: null,
      pieces: null,
      manifest: null,
      clocks: null,
      recorded_at: null,
      recorded_at_source: null,
      erased_at: new Date(p.at),
    })
    .where('id', '=', among)
    .where('agency', '=', p.agency)
    .where('erased_at', 'is', null)
    .execute()
}

const COLUMNS = [
  ...(['id', 'agency', 'camera', 'wearer', 'path', 'path_encoding', 'extension', 'bytes', 'sha256', 'crc32'] as const),
  ...(['manifest', 'level', 'clocks', 'received_at', 'recorded_at', 'recorded_at_source', 'proposed_hold'] as const),
  ...(['read_state', 'erased_at'] as const),
] as const

function recordings(trx: Trx) {
  return own(trx).selectFrom('dock_recording').select(COLUMNS)
}

function recordingOf(row: Pick<Selectable<DockTables['dock_recording']>, (typeof COLUMNS)[number]>): Recording {
  return {
    id: row.id,
    agency: row.agency,
    camera: row.camera,
    wearer: row.wearer,
    path: row.path,
    pathEncoding: row.path_encoding,
    extension: row.extension,
    bytes: row.bytes === null ? null : Number(row.bytes),
    sha256: row.sha256,
    crc32: row.crc32 === null ? null : Number(row.crc32),
    manifest: row.manifest,
    level: row.level,
    clocks: row.clocks ?? [],
    receivedAt: row.received_at.getTime(),
    recordedAt: row.recorded_at?.getTime() ?? null,
    recordedAtSource: row.recorded_at_source,
    proposedHold: row.proposed_hold,
    readState: row.read_state,
    erasedAt: row.erased_at?.getTime() ?? null,
  }
}
