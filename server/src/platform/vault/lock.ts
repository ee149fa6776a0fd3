// One process at a time: two that write the same slots would overwrite each other's keys.

import { realDisk, type Disk } from '../durable/disk.ts'
import { FolderInUse, lockFolder } from '../durable/folder-lock.ts'
import { VaultInUse } from './port.ts'

const heldHere = new WeakMap<Disk, Set<string>>()

/**
 * Takes the lock of a folder, which must be there. Returns how to let it go. `onLost` is called when another process has
 * taken it over (this one was asleep for a minute): nothing may be written any more.
 * @throws VaultInUse
 */
export async function lockVault(folder: string, disk: Disk, onLost: () => void): Promise<() => Promise<void>> {
  const held = heldHere.get(disk) ?? new Set<string>()
  heldHere.set(disk, held)
  if (held.has(folder)) throw new VaultInUse(folder, 'it is open in this process')
  held.add(folder)
  try {
    const lock = disk === realDisk ? await lockFolder(folder, onLost) : null
    return async () => {
      held.delete(folder)
      await lock?.release()
    }
  } catch (error) {
    held.delete(folder)
    if (error instanceof FolderInUse) throw new VaultInUse(folder, 'another process has it open', error)
    throw error
  }
}
