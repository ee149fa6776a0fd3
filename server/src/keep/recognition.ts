import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import { utf8 } from '@vidne/evidence/bytes'
import { historyKeyId } from '../platform/identifiers.ts'
import type { Trx } from '../platform/database/door.ts'
import type { KeepGround } from './ground.ts'
import { keepTables } from './tables.ts'

export type File = { readonly agency: string; readonly camera: string | null; readonly sha256: Uint8Array }

/**
 * By which a file that was deleted here is recognised when the same camera brings it again: HMAC-SHA-256 under the key of
 * the agency's own chain, so that nobody who has the database alone can ask it about files they know.
 */
export async function recognitionOf(vault: Pick<KeepGround['vault'], 'key'>, file: File): Promise<Uint8Array> {
  const key = await vault.key(historyKeyId(file.agency))
  const mac = createHmac('sha256', key)
    .update('vidne/recognition/v1\0')
    .update(file.sha256)
    .update(utf8(file.camera ?? ''))
  return new Uint8Array(mac.digest())
}

/** Whether its agency has deleted each of these files on time, and still remembers. In the order of the files. */
export async function deletedHere(
  trx: Trx,
  vault: Pick<KeepGround['vault'], 'key'>,
  files: readonly File[],
): Promise<boolean[]> {
  const recognised = await Promise.all(files.map(file => recognitionOf(vault, file)))
  const { rows } = await sql<{ gone: boolean }>`
    select exists (
      select from keep_deadline d where d.agency = f.agency and d.recognition = f.recognition
    ) as gone
    from unnest(${files.map(file => file.agency)}::uuid[], ${recognised}::bytea[]) with ordinality
      as f (agency, recognition, place)
    order by f.place`.execute(trx)
  return rows.map(row => row.gone)
}

/** The files of recordings, by id, as far as dock still knows them. */
export async function filesOf(trx: Trx, agency: string, recordings: readonly string[]): Promise<Map<string, File>> {
  const rows = await keepTables(trx)
    .selectFrom('dock_v_recording')
    .select(['id', 'camera', 'sha256'])
    .where('id', '=', sql<string>`any(${[...recordings]}::uuid[])`)
    .execute()
  return new Map(rows.flatMap(({ id, camera, sha256 }) => (sha256 === null ? [] : [[id, { agency, camera, sha256 }]])))
}
