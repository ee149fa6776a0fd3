// Door of the vault: where keys live, and where they end.

import type { Clock } from '../clock.ts'
import { realDisk, type Disk } from '../durable/disk.ts'
import { makeFolderDurable } from '../durable/durable.ts'
import { FileVault } from './file-vault.ts'
import { KeyCache } from './key-cache.ts'
import { loadVault } from './load.ts'
import { lockVault } from './lock.ts'
import type { Vault } from './port.ts'

export { LONGEST_BACKUP_MS, restoreVault, type RestoreVerdict } from './backup.ts'
export { tombstoneOf } from './journal.ts'
export {
  HOUR_MS,
  hourOf,
  KeyDestroyed,
  KeyExists,
  KeyUnknown,
  VaultDamaged,
  VaultDegraded,
  VaultInUse,
  VaultLocked,
  type BackupVerdict,
  type DestroyVerdict,
  type KeyAsked,
  type KeyDestruction,
  type KeyKind,
  type Vault,
  type VaultFinding,
  type VaultPosition,
} from './port.ts'

const KEYS_IN_MEMORY = 4096

/**
 * Opens the file vault in two folders, copy a and copy b, on separate paths. Makes it where both are empty: `recognises`
 * tells an empty vault from the installation's own. A copy that was cut off by a crash is brought to the other one.
 * `master` is 32 bytes; the vault keeps a copy of its own.
 * @throws VaultLocked (wrong master key), VaultInUse, VaultDamaged
 */
export async function openVault(p: {
  copies: readonly [string, string]
  master: Uint8Array
  clock: Clock
  disk?: Disk
  keysInMemory?: number
}): Promise<Vault> {
  const disk = p.disk ?? realDisk
  const cache = new KeyCache(p.keysInMemory ?? KEYS_IN_MEMORY)
  const place = { folders: p.copies, master: Buffer.from(p.master), clock: p.clock, disk, cache }
  await makeFolderDurable(p.copies[0], disk)
  let lost = (): void => undefined
  const unlock = await lockVault(p.copies[0], disk, () => lost())
  try {
    const vault = new FileVault(place, await loadVault(place), unlock)
    lost = () => vault.stopWriting()
    return vault
  } catch (error) {
    await unlock()
    throw error
  }
}
