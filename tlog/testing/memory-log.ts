import { leafHash } from '../src/merkle.ts'
import type { Hash } from '../src/merkle.ts'
import { tilePath, tilesForAppend } from '../src/tiles.ts'
import type { TileReader } from '../src/tiles.ts'

/** A log's tiles in memory. Asking for one that was never written is an error, as it would be over HTTP. */
export class MemoryLog implements TileReader {
  readonly leafHashes: Hash[] = []
  readonly files = new Map<string, Uint8Array>()
  reads = 0

  static async of(size: number): Promise<MemoryLog> {
    const log = new MemoryLog()
    await log.append(leavesOf(size))
    return log
  }

  async append(leafHashes: readonly Hash[]): Promise<void> {
    for (const tile of await tilesForAppend(this, this.leafHashes.length, leafHashes)) {
      this.files.set(tilePath(tile.level, tile.index, tile.width), tile.bytes)
    }
    for (const hash of leafHashes) this.leafHashes.push(hash)
  }

  async tile(level: number, index: number, width: number): Promise<Uint8Array> {
    this.reads += 1
    const path = tilePath(level, index, width)
    const bytes = this.files.get(path)
    if (bytes === undefined) throw new Error(`no ${path}`)
    return bytes
  }
}

const leaves: Hash[] = []

/** The leaf hashes of entries "0", "1", "2" and so on. */
export function leavesOf(size: number): Hash[] {
  while (leaves.length < size) leaves.push(leafHash(new TextEncoder().encode(String(leaves.length))))
  return leaves.slice(0, size)
}
