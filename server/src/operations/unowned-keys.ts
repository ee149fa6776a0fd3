import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Database } from '../platform/database/door.ts'
import type { Vault } from '../platform/vault/vault.ts'
import { type Finding, weak } from './finding.ts'

type Ground = { readonly vault: Pick<Vault, 'held'>; readonly database: Pick<Database, 'asInstallation'> }

const PAGE = 2000
const EXAMPLES = 5
/** An upload makes its key first and its row at once behind it; a request that takes longer has failed. */
const BEGINNING_MS = 3_000

/**
 * Data keys that no upload and no recording owns: a crash between an upload's key and its row leaves one. They open nothing.
 * Only told, never removed: a database that is older than the vault would make them of every recording since (G7).
 */
export async function unownedKeyFindings(ground: Ground, beginningMs = BEGINNING_MS): Promise<Finding[]> {
  const suspects = await unowned(ground, await ground.vault.held('data'))
  if (suspects.length === 0) return []
  await pause(beginningMs)
  const found = await unowned(ground, suspects)
  if (found.length === 0) return []
  const named = `${found.slice(0, EXAMPLES).join(', ')}${found.length > EXAMPLES ? ', …' : ''}`
  return [weak('vault-keys-unowned', 'vault-keys-unowned', { count: found.length, names: named })]
}

async function unowned({ database }: Ground, ids: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (let from = 0; from < ids.length; from += PAGE) {
    const page = ids.slice(from, from + PAGE)
    const { rows } = await database.asInstallation(trx =>
      sql<{ id: string }>`
        select k.id from unnest(${page}::uuid[]) as k (id)
        where not exists (select from dock_upload u where u.stored = k.id)
          and not exists (select from dock_discard d where d.stored = k.id)
          and not exists (select from dock_recording r where r.id = k.id)`.execute(trx),
    )
    found.push(...rows.map(row => row.id))
  }
  return found
}
