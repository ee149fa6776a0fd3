import { concatBytes } from './bytes.ts'
import type { Hash } from './merkle.ts'
import { Frontier, HASH_BYTES, copyOf, isCount, isHash, joinPeaks } from './merkle.ts'
import type { Span, Subtree } from './tree-shape.ts'
import { consistencySpans, inclusionSpans, subtreesOf } from './tree-shape.ts'
import type { TileReader } from './tile-cache.ts'
import { TileCache, TileHashes } from './tile-cache.ts'

export type { TileReader } from './tile-cache.ts'

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256
const TILE_HEIGHT = 8
const MAX_LEVEL = 63
const MAX_ENTRY_BYTES = 65_535

export type TileName =
  { kind: 'tile'; level: number; index: number; width: number } | { kind: 'entries'; index: number; width: number }

/** `tile/0/x001/234`, or `tile/0/x001/234.p/8` below the full width. Throws RangeError for a place no tile has. */
export function tilePath(level: number, index: number, width: number): string {
  if (!isCount(level) || level > MAX_LEVEL) throw new RangeError(`no tile level ${level}`)
  return `tile/${level}/${placePath(index, width)}`
}

/** `tile/entries/x001/234`, or with `.p/8` below the full width. Throws RangeError for a place no bundle has. */
export function bundlePath(index: number, width: number): string {
  return `tile/entries/${placePath(index, width)}`
}

const TILE_PATH = /^tile\/(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/

/** The tile or bundle a path names; null unless `tilePath` or `bundlePath` would give that very path. */
export function parseTilePath(path: string): TileName | null {
  const [, row, groups, partial] = TILE_PATH.exec(path) ?? []
  if (row === undefined || groups === undefined) return null
  const index = Number(groups.replaceAll(/[x/]/g, ''))
  const width = partial === undefined ? TILE_WIDTH : Number(partial)
  if (!isCount(index) || width > TILE_WIDTH) return null
  const kind = row === 'entries' ? 'entries' : 'tile'
  const spelled = kind === 'entries' ? bundlePath(index, width) : tilePath(Number(row), index, width)
  if (spelled !== path) return null
  return kind === 'entries' ? { kind, index, width } : { kind, level: Number(row), index, width }
}

function placePath(index: number, width: number): string {
  if (!isCount(index)) throw new RangeError(`no tile index ${index}`)
  if (!isWidth(width)) throw new RangeError(`no tile is ${width} wide`)
  const digits = String(index)
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? []
  const place = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/')
  return width === TILE_WIDTH ? place : `${place}.p/${width}`
}

export type BundleRefusal = 'cut-off' | 'trailing'

export class BundleRefused extends Error {
  override readonly name = 'BundleRefused'
  readonly code: BundleRefusal

  constructor(code: BundleRefusal, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Entries behind one another, each after its length as a big-endian uint16. Throws RangeError unless there are 1 to 256
 * of them with at most 65 535 bytes each.
 */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (!isWidth(entries.length)) throw new RangeError(`no bundle holds ${entries.length} entries`)
  const parts = entries.flatMap(entry => {
    if (entry.length > MAX_ENTRY_BYTES)
      throw new RangeError(`an entry of ${entry.length} bytes, more than ${MAX_ENTRY_BYTES}`)
    return [new Uint8Array([Math.floor(entry.length / 256), entry.length % 256]), entry]
  })
  return concatBytes(...parts)
}

/** The entries of a bundle that has exactly `width`, as views on the bytes. Throws BundleRefused, RangeError for a width no bundle has. */
export function decodeBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  if (!isWidth(width)) throw new RangeError(`no bundle holds ${width} entries`)
  const entries: Uint8Array[] = []
  let at = 0
  for (let entry = 0; entry < width; entry++) {
    const [high, low] = bytes.subarray(at, at + 2)
    if (high === undefined || low === undefined)
      throw new BundleRefused('cut-off', `the bundle ends before entry ${entry} of ${width}`)
    const end = at + 2 + high * 256 + low
    if (end > bytes.length) throw new BundleRefused('cut-off', `the bundle ends within entry ${entry} of ${width}`)
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  if (at !== bytes.length)
    throw new BundleRefused('trailing', `${bytes.length - at} bytes follow the last of ${width} entries`)
  return entries
}

/** The root of the tree of `size` entries. Reads at most one tile a level. */
export async function rootAt(reader: TileReader, size: number): Promise<Hash> {
  return (await frontierAt(reader, size)).root()
}

/** The right edge of the tree of `size` entries, to go on appending to it. */
export async function frontierAt(reader: TileReader, size: number): Promise<Frontier> {
  const peaks = subtreesOf({ from: 0, to: size })
  const tiles = await loadTiles(reader, size, peaks)
  return Frontier.of(size, peaks.map(tiles))
}

/**
 * The inclusion proof of entry `index` in the tree of `size` entries (RFC 9162 section 2.1.3.1). The tiles are taken
 * at their word: whoever got them from a stranger checks the proof against a signed root. Throws RangeError for an
 * index outside the tree, and as the reader does. A `TileCache` as reader makes repeated proofs fast.
 */
export async function inclusionProof(reader: TileReader, index: number, size: number): Promise<Hash[]> {
  return spanHashes(reader, size, inclusionSpans(index, size))
}

/**
 * The proof that the tree of `newSize` begins with the tree of `oldSize` (RFC 9162 section 2.1.4.1). Empty for equal
 * sizes, and for an old size of 0, as the witness protocol wants it. Throws RangeError when the old tree is larger.
 */
export async function consistencyProof(reader: TileReader, oldSize: number, newSize: number): Promise<Hash[]> {
  return spanHashes(reader, newSize, consistencySpans(oldSize, newSize))
}

export type Tile = { level: number; index: number; width: number; bytes: Uint8Array }

/**
 * Every tile, full or new partial, that comes to be when a tree of `oldSize` grows by these leaf hashes, lowest level
 * first. Reads the old partial tiles at the right edge. Partial tiles between the two sizes are left out: no checkpoint
 * asks for them.
 */
export async function tilesForAppend(
  reader: TileReader,
  oldSize: number,
  newLeafHashes: readonly Hash[],
): Promise<Tile[]> {
  if (!isCount(oldSize) || !isCount(oldSize + newLeafHashes.length))
    throw new RangeError('a tree of more than 2^53 - 1 entries')
  if (!newLeafHashes.every(isHash)) throw new RangeError('a leaf hash has 32 bytes')
  const tiles: Tile[] = []
  let before = oldSize
  let added: readonly Hash[] = newLeafHashes
  for (let level = 0; added.length > 0; level++) {
    const row = await growRow(reader, level, before, added)
    for (const tile of row) tiles.push(tile)
    added = row
      .filter(tile => tile.width === TILE_WIDTH)
      .map(tile => new TileHashes(tile.bytes).subtree(TILE_HEIGHT, 0))
    before = Math.floor(before / TILE_WIDTH)
  }
  return tiles
}

/** The tiles of one level that change when `added` hashes follow the `before` it has. */
async function growRow(reader: TileReader, level: number, before: number, added: readonly Hash[]): Promise<Tile[]> {
  const present = before % TILE_WIDTH
  const first = Math.floor(before / TILE_WIDTH)
  const edge = present === 0 ? null : await new TileCache(reader).tile(level, first, present)
  const tiles: Tile[] = []
  for (let at = 0; at < present + added.length; at += TILE_WIDTH) {
    const bytes = new Uint8Array(Math.min(TILE_WIDTH, present + added.length - at) * HASH_BYTES)
    if (at === 0 && edge !== null) bytes.set(edge)
    const hashes = added.slice(Math.max(0, at - present), at - present + TILE_WIDTH)
    const offset = at === 0 ? present : 0
    hashes.forEach((hash, position) => bytes.set(hash, (offset + position) * HASH_BYTES))
    tiles.push({ level, index: first + at / TILE_WIDTH, width: bytes.length / HASH_BYTES, bytes })
  }
  return tiles
}

/** Copies, so that nobody who changes a proof changes the tiles behind it. */
async function spanHashes(reader: TileReader, size: number, spans: readonly Span[]): Promise<Hash[]> {
  const parts = spans.map(subtreesOf)
  const tiles = await loadTiles(reader, size, parts.flat())
  return parts.map(subtrees => copyOf(joinPeaks(subtrees.map(tiles))))
}

/** Reads all the tiles these subtrees need at once, each tile once; gives the way from a subtree to its root. */
async function loadTiles(
  reader: TileReader,
  size: number,
  subtrees: readonly Subtree[],
): Promise<(subtree: Subtree) => Hash> {
  const cache = reader instanceof TileCache ? reader : new TileCache(reader)
  const loaded = new Map<string, TileHashes>()
  const wanted = new Map(subtrees.map(subtree => [placeKey(subtree), placeOf(subtree)]))
  await Promise.all(
    [...wanted].map(async ([key, { level, index }]) => {
      loaded.set(key, await cache.load(level, index, widthAt(level, index, size)))
    }),
  )
  return subtree => {
    const hashes = loaded.get(placeKey(subtree))
    if (hashes === undefined) throw new Error('a subtree of a tile that was not read')
    const { height, position } = placeOf(subtree)
    return hashes.subtree(height, position)
  }
}

/** The tile a subtree lies in, and where in it. */
function placeOf(subtree: Subtree): { level: number; index: number; height: number; position: number } {
  const height = subtree.level % TILE_HEIGHT
  const perTile = TILE_WIDTH / 2 ** height
  return {
    level: Math.floor(subtree.level / TILE_HEIGHT),
    index: Math.floor(subtree.index / perTile),
    height,
    position: subtree.index % perTile,
  }
}

function placeKey(subtree: Subtree): string {
  const { level, index } = placeOf(subtree)
  return `${level}/${index}`
}

/** How many hashes the tile has in a tree of that size (C2SP tlog-tiles, Partial Tiles). */
function widthAt(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level)
  return Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH)
}

function isWidth(width: number): boolean {
  return isCount(width) && width >= 1 && width <= TILE_WIDTH
}
