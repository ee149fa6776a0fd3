import type { Hash } from './merkle.ts'
import { HASH_BYTES, nodeHash } from './merkle.ts'

/**
 * Where tiles come from: memory, a folder, HTTP. Promises the first `width` hashes (32 bytes each) of that tile; when a
 * partial tile is gone, the beginning of the full one is the same bytes (C2SP tlog-tiles, Partial Tiles).
 */
export interface TileReader {
  tile(level: number, index: number, width: number): Promise<Uint8Array>
}

/** A tile that does not have the length asked for. */
export class TileRefused extends Error {
  override readonly name = 'TileRefused'
}

/** The hashes over one tile, each computed once, when it is first wanted. */
export class TileHashes {
  readonly bytes: Uint8Array
  readonly #rows: Hash[][] = []

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  /** The root over hashes `position * 2^height` to `(position + 1) * 2^height - 1` of the tile; height 0 to 8. */
  subtree(height: number, position: number): Hash {
    if (height === 0) return this.bytes.subarray(position * HASH_BYTES, (position + 1) * HASH_BYTES)
    const row = (this.#rows[height] ??= [])
    return (row[position] ??= nodeHash(
      this.subtree(height - 1, 2 * position),
      this.subtree(height - 1, 2 * position + 1),
    ))
  }
}

/**
 * A reader that keeps the tiles used last with the hashes computed over them (about 16 KiB a tile), so that the next
 * proof from the same tiles costs next to nothing. For one log only, since it takes a tile once read for unchanging.
 */
export class TileCache implements TileReader {
  readonly #reader: TileReader
  readonly #tiles: number
  readonly #kept = new Map<string, { width: number; hashes: Promise<TileHashes> }>()

  constructor(reader: TileReader, tiles = 256) {
    this.#reader = reader
    this.#tiles = tiles
  }

  async tile(level: number, index: number, width: number): Promise<Uint8Array> {
    return (await this.load(level, index, width)).bytes.subarray(0, width * HASH_BYTES)
  }

  /** The tile with at least `width` hashes. Throws TileRefused when the reader gives another length, or as the reader does. */
  load(level: number, index: number, width: number): Promise<TileHashes> {
    const place = `${level}/${index}`
    const kept = this.#kept.get(place)
    const tile = kept !== undefined && kept.width >= width ? kept : { width, hashes: this.#read(level, index, width) }
    // Taking it out and putting it back makes it the youngest: a Map keeps the order of insertion.
    this.#kept.delete(place)
    this.#kept.set(place, tile)
    if (tile !== kept) this.#forget(place, tile)
    return tile.hashes
  }

  async #read(level: number, index: number, width: number): Promise<TileHashes> {
    const bytes = await this.#reader.tile(level, index, width)
    if (bytes.length !== width * HASH_BYTES) {
      throw new TileRefused(
        `tile ${level}/${index} of width ${width} has ${bytes.length} bytes, not ${width * HASH_BYTES}`,
      )
    }
    return new TileHashes(bytes)
  }

  /** Drops the oldest tile beyond the limit, and this one should reading it fail, so that the next reader tries again. */
  #forget(place: string, tile: { hashes: Promise<TileHashes> }): void {
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > this.#tiles && oldest !== undefined) this.#kept.delete(oldest)
    tile.hashes.catch(() => {
      if (this.#kept.get(place) === tile) this.#kept.delete(place)
    })
  }
}
