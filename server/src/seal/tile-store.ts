import { rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { concat, equalBytes } from '@vidne/evidence/bytes'
import { leafHash } from '@vidne/tlog/merkle'
import { TileRefused } from '@vidne/tlog/tile-cache'
import { bundlePath, decodeBundle, encodeBundle, tilePath } from '@vidne/tlog/tiles'
import type { Tile, TileReader } from '@vidne/tlog/tiles'
import { makeFolderDurable, readFileIfThere, writeFileDurable } from '../platform/durable/durable.ts'
import { realDisk, type Disk } from '../platform/durable/disk.ts'

const WIDTH = 256
const HASH_BYTES = 32

/** A full bundle, or the partial one at the edge. */
export type Bundle = { index: number; entries: readonly Uint8Array[] }

/** A tile or bundle that the log is known to have had is not there. */
export class TileMissing extends Error {
  readonly path: string
  constructor(path: string) {
    super(`${path} is missing from the log's folder`)
    this.name = 'TileMissing'
    this.path = path
  }
}

/**
 * Where the tree lies. A narrower tile is the beginning of a wider one, so a store answers for every width up to the
 * widest it holds, and keeps as few partial tiles as it likes.
 */
export interface TileStore extends TileReader {
  /** The first `width` entries of a bundle. Throws TileMissing. */
  entries(index: number, width: number): Promise<Uint8Array[]>
  /** All of it durable when resolved; writing the same again changes nothing. */
  write(growth: { tiles: readonly Tile[]; bundles: readonly Bundle[] }): Promise<void>
  /** How many entries lie here in one stretch, judged from the bundle that holds entry `from` on; less than `from` if that is missing. */
  extent(from: number): Promise<number>
  /** Drops the partial tiles at the edges of trees of the `former` sizes, unless a tree of a size in `keep` needs them. */
  tidy(sizes: { former: readonly number[]; keep: readonly number[] }): Promise<void>
  /** The public checkpoint as it is served, or null before the first. */
  published(): Promise<string | null>
  publish(note: string): Promise<void>
}

/** A tile store in a folder, laid out by C2SP tlog-tiles. */
export function openTileFolder(folder: string, disk: Disk = realDisk): TileStore {
  return new TileFolder(folder, disk)
}

class TileFolder implements TileStore {
  readonly #folder: string
  readonly #disk: Disk

  constructor(folder: string, disk: Disk) {
    this.#folder = folder
    this.#disk = disk
  }

  async tile(level: number, index: number, width: number): Promise<Uint8Array> {
    const found = await this.#widest(part => tilePath(level, index, part), width)
    return found.bytes.subarray(0, width * HASH_BYTES)
  }

  async entries(index: number, width: number): Promise<Uint8Array[]> {
    const found = await this.#widest(part => bundlePath(index, part), width)
    return decodeBundle(found.bytes, found.width).slice(0, width)
  }

  async write({ tiles, bundles }: { tiles: readonly Tile[]; bundles: readonly Bundle[] }): Promise<void> {
    const files = [
      ...bundles.map(({ index, entries }) => ({
        path: join(this.#folder, bundlePath(index, entries.length)),
        bytes: encodeBundle(entries),
      })),
      ...tiles.map(({ level, index, width, bytes }) => ({
        path: join(this.#folder, tilePath(level, index, width)),
        bytes,
      })),
    ]
    for (const folder of new Set(files.map(file => dirname(file.path)))) await makeFolderDurable(folder, this.#disk)
    await Promise.all(files.map(file => writeFileDurable(file.path, file.bytes, { disk: this.#disk })))
  }

  async extent(from: number): Promise<number> {
    for (let index = Math.floor(from / WIDTH); ; index++) {
      if ((await this.#disk.mode(join(this.#folder, bundlePath(index, WIDTH)))) !== null) continue
      const widths = await this.#partialWidths(bundlePath(index, 1))
      return index * WIDTH + (widths.at(-1) ?? 0)
    }
  }

  async tidy({ former, keep }: { former: readonly number[]; keep: readonly number[] }): Promise<void> {
    await this.#tidyRow(part => bundlePath(part.index, part.width), former, keep)
    for (let level = 0, span = 1; span <= Math.max(...keep); level++, span *= WIDTH) {
      const inRow = (size: number) => Math.floor(size / span)
      await this.#tidyRow(part => tilePath(level, part.index, part.width), former.map(inRow), keep.map(inRow))
    }
  }

  async published(): Promise<string | null> {
    const bytes = await readFileIfThere(join(this.#folder, 'checkpoint'), this.#disk)
    return bytes === null ? null : Buffer.from(bytes).toString('utf8')
  }

  async publish(note: string): Promise<void> {
    await makeFolderDurable(this.#folder, this.#disk)
    await writeFileDurable(join(this.#folder, 'checkpoint'), note, { disk: this.#disk })
  }

  async #tidyRow(
    path: (part: { index: number; width: number }) => string,
    former: readonly number[],
    keep: readonly number[],
  ): Promise<void> {
    for (const index of new Set(former.map(size => Math.floor(size / WIDTH)))) {
      const needed = new Set(keep.map(size => size - index * WIDTH))
      const widths = await this.#partialWidths(path({ index, width: 1 }))
      const stale = widths.filter(width => !needed.has(width))
      for (const width of stale) await this.#disk.remove(join(this.#folder, path({ index, width })))
      // An empty folder costs a disk block for every 256 leaves.
      if (stale.length > 0 && stale.length === widths.length)
        await removeEmpty(join(this.#folder, dirname(path({ index, width: 1 }))))
    }
  }

  /** The exact partial file, or the full one, or the narrowest partial one that is wide enough. */
  async #widest(path: (width: number) => string, width: number): Promise<{ bytes: Uint8Array; width: number }> {
    // Twice, because a partial tile may be tidied away between the listing and the reading: then a wider one is there.
    for (let attempt = 0; attempt < 2; attempt++) {
      const wider = (await this.#partialWidths(path(1))).filter(part => part >= width)
      for (const part of [...wider, WIDTH]) {
        const bytes = await readFileIfThere(join(this.#folder, path(part)), this.#disk)
        // As a plain array: a Buffer's `slice` would share memory where everybody else's copies.
        if (bytes !== null) return { bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), width: part }
      }
    }
    throw new TileMissing(path(width))
  }

  async #partialWidths(anyPartial: string): Promise<number[]> {
    const names = (await this.#disk.list(join(this.#folder, dirname(anyPartial)))) ?? []
    return names
      .filter(name => /^[1-9][0-9]{0,2}$/.test(name))
      .map(Number)
      .sort((a, b) => a - b)
  }
}

/** Another write may have filled it meanwhile; then the system refuses, rightly. */
async function removeEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined)
}

/**
 * The bundles that come to be when these leaves follow the entries of a tree of `oldSize`. Reads the old edge, which must
 * be what the tiles say: else a changed entry would be written into the next bundle. Throws TileRefused.
 */
export async function bundlesForAppend(
  store: TileStore,
  oldSize: number,
  leaves: readonly Uint8Array[],
): Promise<Bundle[]> {
  const first = Math.floor(oldSize / WIDTH)
  const present = oldSize % WIDTH
  const edge = present === 0 ? [] : await store.entries(first, present)
  const hashes = present === 0 ? new Uint8Array(0) : await store.tile(0, first, present)
  if (!equalBytes(concat(...edge.map(leafHash)), hashes))
    throw new TileRefused(`bundle ${first} is not what its tile says`)
  const entries = [...edge, ...leaves]
  const bundles: Bundle[] = []
  for (let at = 0; at < entries.length; at += WIDTH) {
    bundles.push({ index: first + at / WIDTH, entries: entries.slice(at, at + WIDTH) })
  }
  return bundles
}

/** Entries `from` to `to` (exclusive), in order. Throws TileMissing. */
export async function readEntries(store: TileStore, from: number, to: number): Promise<Uint8Array[]> {
  const read: Uint8Array[] = []
  for (let index = Math.floor(from / WIDTH); index * WIDTH < to; index++) {
    const entries = await store.entries(index, Math.min(WIDTH, to - index * WIDTH))
    read.push(...entries.slice(Math.max(0, from - index * WIDTH)))
  }
  return read
}
