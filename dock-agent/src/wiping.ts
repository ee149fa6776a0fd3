import { lstat, unlink } from 'node:fs/promises'
import { faultWords } from './faults.ts'
import { Changed, digestOf } from './reading.ts'
import { syncFolder } from './receipts.ts'
import type { CameraFile } from './walk.ts'

/** What became of a file that was to be wiped. `kept` says why it was not. */
export type Wiped = { readonly wiped: true } | { readonly wiped: false; readonly kept: string }

/**
 * Reads the file a second time and removes it only when it is, byte for byte, the one that its verified receipt is for (G4).
 * Removing a name on flash storage erases no cells: the guide says so. Never throws: a file that cannot be wiped is docked all
 * the same.
 */
export async function wipe(file: CameraFile, sha256: string): Promise<Wiped> {
  try {
    if ((await digestOf(file)) !== sha256) return { wiped: false, kept: 'it read differently the second time' }
    const now = await lstat(file.place)
    if (now.ino !== file.inode || now.size !== file.bytes || Math.trunc(now.mtimeMs) !== file.modifiedAt) {
      return { wiped: false, kept: 'it changed before it could be wiped' }
    }
    await unlink(file.place)
  } catch (error) {
    if (error instanceof Changed) return { wiped: false, kept: 'it changed after it was docked' }
    const why = faultWords(error)
    if (why !== null) return { wiped: false, kept: `it cannot be wiped: ${why}` }
    throw error
  }
  await syncFolder(file.place.subarray(0, file.place.lastIndexOf('/'))).catch(() => {
    // Some camera file systems cannot sync a folder; the file is gone all the same.
  })
  return { wiped: true }
}
