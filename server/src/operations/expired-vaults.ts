import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../platform/clock.ts'
import { realDisk } from '../platform/durable/disk.ts'
import { eraseCopy } from '../platform/vault/copy.ts'
import { DESCRIPTION, parseDescription } from './description.ts'

/**
 * Erases the vault part of every backup of this installation in `folder` that has expired: no restore takes it any more,
 * and the keys in it go on to outlive their recordings (G10). Says which backups those were; nothing else of them is touched.
 */
export async function eraseExpiredVaults(
  folder: string,
  { settings, clock }: { settings: { installation: string }; clock: Clock },
): Promise<string[]> {
  const erased: string[] = []
  for (const name of (await realDisk.list(folder)) ?? []) {
    const backup = join(folder, name)
    const text = await readFile(join(backup, DESCRIPTION), 'utf8').catch(() => null)
    const description = text === null ? null : parseDescription(text)
    if (description?.installation !== settings.installation || description.vault.expires > clock.now()) continue
    if (!existsSync(join(backup, 'vault', 'vault.json'))) continue
    await eraseCopy(join(backup, 'vault'), realDisk)
    erased.push(backup)
  }
  return erased
}
