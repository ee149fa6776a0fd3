import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/door.ts'
import { realDisk } from '../platform/durable/disk.ts'
import { eraseCopy } from '../platform/vault/copy.ts'
import { DESCRIPTION, parseDescription } from './description.ts'

type Ground = {
  readonly settings: { readonly installation: string }
  readonly clock: Clock
  readonly database: Database
}

/** A clock that leads what last happened here by more is not believed (as in keep: a run stops then, too). */
const BELIEVABLE_LEAP_MS = 26 * 3_600_000

/**
 * Erases the vault part of every backup of this installation in `folder` that has expired: no restore takes it any more,
 * and the keys in it go on to outlive their recordings (G10). Says which backups those were; nothing else of them is
 * touched. By a clock that has leapt nothing is erased.
 */
export async function eraseExpiredVaults(folder: string, ground: Ground): Promise<string[]> {
  const expired = await expiredVaults(folder, ground)
  if (expired.length === 0 || !(await clockIsBelievable(ground))) return []
  for (const backup of expired) await eraseCopy(join(backup, 'vault'), realDisk)
  return expired
}

async function expiredVaults(folder: string, { settings, clock }: Ground): Promise<string[]> {
  const expired: string[] = []
  for (const name of (await realDisk.list(folder)) ?? []) {
    const backup = join(folder, name)
    const text = await readFile(join(backup, DESCRIPTION), 'utf8').catch(() => null)
    const description = text === null ? null : parseDescription(text)
    if (description?.installation !== settings.installation || description.vault.expires > clock.now()) continue
    if (existsSync(join(backup, 'vault', 'vault.json'))) expired.push(backup)
  }
  return expired
}

async function clockIsBelievable({ database, clock }: Ground): Promise<boolean> {
  const { rows } = await database.asInstallation(trx =>
    sql<{ last: Date | null }>`
      select greatest((select max(at) from history_event), (select max(at) from keep_run)) as last`.execute(trx),
  )
  const last = rows[0]?.last ?? null
  return last !== null && clock.now() - last.getTime() <= BELIEVABLE_LEAP_MS
}
