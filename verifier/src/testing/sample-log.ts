import { eventLeaf, fillerLeaf, mapRootLeaf, parseLeaf } from '@vidne/evidence/leaf'
import { LabelMap } from '@vidne/evidence/map'
import type { Place } from '@vidne/evidence/package-files'
import { seededRandom } from '@vidne/evidence/testing/small-log'
import { formatCheckpoint } from '@vidne/tlog/checkpoint'
import { signerFromKey } from '@vidne/tlog/keys'
import { inclusionPath, leafHash, treeRoot } from '@vidne/tlog/merkle'
import { signNote } from '@vidne/tlog/note'
import { TileRefused } from '@vidne/tlog/tile-cache'
import { type TileReader, tilePath, tilesForAppend } from '@vidne/tlog/tiles'

// Keys for tests and vectors, published on purpose: they must never speak for a real log.
export const MAP_CHECKER_SKEY = 'PRIVATE+KEY+map.example+4a29f6f9+BPMSFhsjAAE3WDKvz0Mw9V84t5pvKVXNy4XSQvSE4Gbm'
export const MAP_CHECKER_VKEY = 'map.example+4a29f6f9+BA26eHft04n40lDErOg+eco55fG6aouJC0FrlQr/XD5E'

/** A log in memory that does what it is told, also what an honest one would not. */
export class SampleLog {
  readonly origin: string
  readonly map = new LabelMap()
  readonly #random: (bytes: number) => Uint8Array
  readonly #leafHashes: Uint8Array[] = []

  constructor(origin: string, seed: string) {
    this.origin = origin
    this.#random = seededRandom(`${seed}/fillers`)
  }

  get size(): number {
    return this.#leafHashes.length
  }

  /** Appends a leaf and gives its index; the map takes events up unless it is told to look away. */
  append(leaf: Uint8Array, mapped = true): number {
    const parsed = parseLeaf(leaf)
    if (mapped && parsed.kind === 'event') this.map.insert(parsed.label, parsed.commitment)
    return this.#leafHashes.push(leafHash(leaf)) - 1
  }

  appendEvent(label: Uint8Array, commitment: Uint8Array, mapped = true): number {
    return this.append(eventLeaf(label, commitment), mapped)
  }

  appendFillers(count: number): void {
    for (let made = 0; made < count; made++) this.append(fillerLeaf(this.#random))
  }

  appendMapRoot(
    root = this.map.root(),
    coveredSize = this.size,
  ): { index: number; root: Uint8Array; coveredSize: number } {
    return { root, coveredSize, index: this.append(mapRootLeaf(root, coveredSize)) }
  }

  /** Where a leaf stands in the tree of the first `size` leaves. */
  place(index: number, size = this.size): Place {
    return { index, hashes: inclusionPath(this.#leafHashes.slice(0, size), index) }
  }

  /** The checkpoint over the first `size` leaves, signed with these keys, whose clock stands at `at`. */
  async checkpoint(skeys: readonly string[], at: number, size = this.size): Promise<string> {
    const signers = await Promise.all(skeys.map(skey => signerFromKey(skey, () => at)))
    const root = treeRoot(this.#leafHashes.slice(0, size))
    return signNote(formatCheckpoint({ origin: this.origin, size, root, extensions: [] }), signers)
  }

  /** Every tile of the log as it stands, by path. */
  async tileFiles(): Promise<Map<string, Uint8Array>> {
    const tiles = await tilesForAppend(noTiles, 0, this.#leafHashes)
    return new Map(tiles.map(({ level, index, width, bytes }) => [tilePath(level, index, width), bytes]))
  }
}

const noTiles: TileReader = {
  tile: (level, index, width) => Promise.reject(new TileRefused(tilePath(level, index, width))),
}

/** Tiles from files by path; a narrower tile is the beginning of a wider one. */
export function readerOf(files: ReadonlyMap<string, Uint8Array>): TileReader {
  return {
    async tile(level, index, width) {
      for (let there = width; there <= 256; there++) {
        const bytes = files.get(tilePath(level, index, there))
        if (bytes !== undefined) return bytes.subarray(0, width * 32)
      }
      throw new TileRefused(tilePath(level, index, width))
    },
  }
}
