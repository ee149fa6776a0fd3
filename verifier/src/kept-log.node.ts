import { asUnreadable } from './disk-reading.node.ts'
import { textAtPath } from './files.node.ts'
import { pinnedBy } from './kept-log.ts'
import { folderLog, logPrefix, servedLog } from './log-source.node.ts'
import type { Pinned } from './pinned.ts'
import { Unreadable } from './verdict.ts'

/**
 * The tiles of a log, from a folder or from the address where it is served, and the checkpoint to compare with: that of a file,
 * else what lies with the log. Whoever serves it learns by which tiles
 * are fetched how long the log was when the package was made; a folder tells nobody.
 * @throws Unreadable when there is no checkpoint, or the log does not answer.
 */
export async function keptLog(log: string, checkpoint: string | undefined): Promise<Pinned> {
  const prefix = logPrefix(log)
  const source = prefix === null ? folderLog(log) : servedLog(prefix)
  return pinnedBy(
    {
      checked: () => read(log, () => source.checked()),
      checkpoint: () => read(log, () => source.checkpoint()),
      tile: (level, index, width) => read(log, () => source.tile(level, index, width)),
    },
    log,
    checkpoint === undefined ? null : await textAtPath(checkpoint),
  )
}

async function read<T>(log: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (failed) {
    if (logPrefix(log) === null) throw asUnreadable(failed, log)
    throw new Unreadable('cannot-read', log, { cause: failed, fault: 'silent' })
  }
}
