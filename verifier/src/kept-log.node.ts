import { asUnreadable } from './disk-reading.node.ts'
import { textAtPath } from './files.node.ts'
import { folderLog, logPrefix, servedLog, type WholeLog } from './log-source.node.ts'
import { tilesOf } from './log-tiles.ts'
import type { Pinned } from './pinned.ts'
import { Unreadable } from './verdict.ts'

/**
 * The tiles of a log, from a folder or from the address where it is served, and the checkpoint to compare with: that of a file,
 * else what lies with the log, first of all the newest that a map-checker has signed. Whoever serves it learns by which tiles
 * are fetched how long the log was when the package was made; a folder tells nobody.
 * @throws Unreadable when there is no checkpoint, or the log does not answer.
 */
export async function keptLog(log: string, checkpoint: string | undefined): Promise<Pinned> {
  const prefix = logPrefix(log)
  const source = prefix === null ? folderLog(log) : servedLog(prefix)
  const note = checkpoint === undefined ? await newestOf(source, log) : await textAtPath(checkpoint)
  const tile: WholeLog['tile'] = (level, index, width) => read(log, () => source.tile(level, index, width))
  return { note, tiles: tilesOf({ tile }) }
}

async function newestOf(source: WholeLog, log: string): Promise<string> {
  const note = await read(log, async () => (await source.checked()) ?? (await source.checkpoint()))
  if (note === null) throw new Unreadable('checkpoint-unreadable', `${log}, checkpoint`, { fault: 'missing' })
  return note
}

async function read<T>(log: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (failed) {
    if (logPrefix(log) === null) throw asUnreadable(failed, log)
    throw new Unreadable('cannot-read', log, { cause: failed, fault: 'silent' })
  }
}
