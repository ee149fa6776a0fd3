import { createHmac } from 'node:crypto'
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

/** Whether the agency has deleted this file on time, and still remembers. */
export async function deletedHere(trx: Trx, vault: Pick<KeepGround['vault'], 'key'>, file: File): Promise<boolean> {
  const row = await keepTables(trx)
    .selectFrom('keep_deadline')
    .select('recording')
    .where('agency', '=', file.agency)
    .where('recognition', '=', await recognitionOf(vault, file))
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** The file of a recording, while dock still knows it. */
export async function fileOf(trx: Trx, agency: string, recording: string): Promise<File | null> {
  const row = await keepTables(trx)
    .selectFrom('dock_v_recording')
    .select(['camera', 'sha256'])
    .where('id', '=', recording)
    .executeTakeFirst()
  return row?.sha256 === undefined || row.sha256 === null ? null : { agency, camera: row.camera, sha256: row.sha256 }
}
