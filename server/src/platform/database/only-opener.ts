import { FolderInUse, lockFolder, type FolderLock } from '../durable/folder-lock.ts'
import { DatabaseRefused } from './errors.ts'

/**
 * Takes a database folder for this process: PGlite itself has no lock, and two openers corrupt each other within seconds.
 * Throws DatabaseRefused ('in-use'). `onLost` is called when another has taken the folder over: stop at once.
 */
export async function lockDatabase(folder: string, onLost: () => void): Promise<FolderLock> {
  try {
    return await lockFolder(folder, onLost)
  } catch (cause) {
    if (!(cause instanceof FolderInUse)) throw cause
    const sentence = `The database folder is in use by ${cause.by} (${cause.where}).`
    throw new DatabaseRefused('in-use', `${sentence} Only one server may have it open: stop that one first.`, cause)
  }
}
