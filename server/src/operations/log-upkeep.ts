import type { Logger } from '../platform/http/logging.ts'
import { RebuildRefused, rebuildTiles } from '../seal/seal.ts'
import { openQuietGround, settingsOf } from './quiet-ground.ts'
import { OperationRefused, inWords } from './refused.ts'

/**
 * Writes the log's tiles again from the database; they take the old ones' place only when they give the root that was
 * signed last. Says how many leaves they hold.
 * @throws OperationRefused in words
 */
export async function rebuildLog(
  data: string,
  log: Logger,
  progress: (leaves: number, of: number) => void,
): Promise<number> {
  const ground = await openQuietGround(settingsOf(data), log)
  try {
    return await inWords(data, () => rebuildTiles(ground.seal, progress))
  } catch (error) {
    if (error instanceof RebuildRefused) throw new OperationRefused(`The tiles were not written: ${error.message}.`)
    throw error
  } finally {
    await ground.close()
  }
}
