import { bundlePath, decodeBundle, encodeBundle, TILE_WIDTH, tilePath } from '@vidne/tlog/tiles'
import type { LogSource } from './log-check.ts'

const HASH_BYTES = 32

/** A log's files, and which of its checkpoints a map-checker has signed; null where there is none. */
export interface WholeLog extends LogSource {
  checked(): Promise<string | null>
}

/** Where a log's files lie. */
export type LogFiles = {
  /** The file at a C2SP path, or null where there is none. */
  file: (path: string) => Promise<Uint8Array | null>
  /** Of a partial tile's path: the widths that are there beside it. */
  widths: (path: string) => Promise<number[]>
}

/**
 * The log that these files are. Of a partial tile that is gone, the beginning of a wider one holds the same (C2SP tlog-tiles,
 * Partial Tiles).
 */
export function logOf({ file, widths }: LogFiles): WholeLog {
  const widest = async (
    path: (width: number) => string,
    width: number,
  ): Promise<{ bytes: Uint8Array; width: number } | null> => {
    for (const there of [width, TILE_WIDTH, ...(await widths(path(1))).filter(other => other > width)]) {
      const bytes = await file(path(there))
      if (bytes !== null) return { bytes, width: there }
    }
    return null
  }
  const text = async (path: string): Promise<string | null> => {
    const bytes = await file(path)
    return bytes === null ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  }
  return {
    checkpoint: () => text('checkpoint'),
    checked: () => text('checked'),
    async tile(level, index, width) {
      const found = await widest(part => tilePath(level, index, part), width)
      if (found === null) return null
      return found.width === width ? found.bytes : found.bytes.subarray(0, width * HASH_BYTES)
    },
    async bundle(index, width) {
      const found = await widest(part => bundlePath(index, part), width)
      if (found === null || found.width === width) return found?.bytes ?? null
      return encodeBundle(decodeBundle(found.bytes, found.width).slice(0, width))
    },
  }
}
