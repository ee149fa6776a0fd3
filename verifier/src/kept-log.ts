import type { WholeLog } from './log-files.ts'
import { tilesOf } from './log-tiles.ts'
import type { Pinned } from './pinned.ts'
import { Unreadable } from './verdict.ts'

/**
 * The tiles of a log and the checkpoint to compare with: the note that is given, else what lies with the log, first of all the
 * newest that a map-checker has signed. `where` names the log.
 * @throws Unreadable when there is no checkpoint.
 */
export async function pinnedBy(
  log: Pick<WholeLog, 'checked' | 'checkpoint' | 'tile'>,
  where: string,
  note: string | null,
): Promise<Pinned> {
  const compared = note ?? (await log.checked()) ?? (await log.checkpoint())
  if (compared === null) throw new Unreadable('checkpoint-unreadable', `${where}, checkpoint`, { fault: 'noLog' })
  return { note: compared, tiles: tilesOf(log) }
}
