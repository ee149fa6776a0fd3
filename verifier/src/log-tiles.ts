import { TileRefused } from '@vidne/tlog/tile-cache'
import { type TileReader, tilePath } from '@vidne/tlog/tiles'
import type { LogSource } from './log-check.ts'

/** The tiles of a log, as a reader that throws TileRefused for one that is not there. */
export function tilesOf(log: Pick<LogSource, 'tile'>): TileReader {
  return {
    async tile(level, index, width) {
      const bytes = await log.tile(level, index, width)
      if (bytes === null) throw new TileRefused(`${tilePath(level, index, width)} is missing`)
      return bytes
    },
  }
}
