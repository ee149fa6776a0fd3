import type { Trx } from '../platform/database/door.ts'
import { keepTables } from './tables.ts'

/** What the database remembers of the places it belongs with. `objectsMark`: null until the store was first seen. */
export type KnownGround = {
  readonly installation: string
  readonly vault: string
  readonly vaultCommit: number
  readonly objectsMark: number | null
}

/** Null in a database that belongs to no installation yet. */
export async function readGround(trx: Trx): Promise<KnownGround | null> {
  const row = await keepTables(trx).selectFrom('keep_ground').selectAll().executeTakeFirst()
  if (row === undefined) return null
  // A database that an operator only looks at may be of before there were marks.
  const objectsMark = Number(row.objects_mark ?? 0)
  return {
    installation: row.installation,
    vault: row.vault,
    vaultCommit: Number(row.vault_commit),
    objectsMark: objectsMark === 0 ? null : objectsMark,
  }
}
