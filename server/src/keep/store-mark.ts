import { sql } from 'kysely'
import type { KeepGround } from './ground.ts'
import { readGround } from './known-ground.ts'

type Ground = Pick<KeepGround, 'database' | 'objects' | 'installation' | 'clock'>

/** A store that was put back from before: its own mark (null: none), and the one the database last saw. Epoch milliseconds. */
export type OlderStore = { readonly mark: number | null; readonly seen: number }

/**
 * Whether the object store is of before the database last saw it. Its mark may be further than its counterpart here (a crash between
 * the two, a database restored alone), never less far. @throws ObjectsAway
 */
export async function olderStore({
  database,
  objects,
}: Pick<Ground, 'database' | 'objects'>): Promise<OlderStore | null> {
  const seen = (await database.asInstallation(readGround))?.objectsMark ?? null
  if (seen === null) return null
  const mark = await objects.mark()
  return mark !== null && mark >= seen ? null : { mark, seen }
}

/**
 * Moves the mark of the store on, and then its counterpart in the database. An older store's mark stays where it is, since nothing
 * would tell of it any more; `accepted`: an operator has said that no newer one can come back. @throws ObjectsAway
 */
export async function rememberObjects(ground: Ground, accepted = false): Promise<void> {
  const { database, objects, installation, clock } = ground
  if ((await objects.recognises(installation)) !== 'yes') return
  if (!accepted && (await olderStore(ground)) !== null) return
  const known = await database.asInstallation(readGround)
  if (known === null) return
  const to = Math.max(clock.now(), ((await objects.mark()) ?? 0) + 1, (known.objectsMark ?? 0) + 1)
  await objects.moveMark(to)
  await database.asInstallation(trx =>
    sql`update keep_ground set objects_mark = greatest(objects_mark, ${to}::bigint)`.execute(trx),
  )
}
