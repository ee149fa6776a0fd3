import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseCheckpoint } from '@vidne/tlog/checkpoint'
import { parseNote } from '@vidne/tlog/note'
import { TILE_WIDTH, tilePath } from '@vidne/tlog/tiles'
import { tilesOf } from './log-tiles.ts'
import type { WholeLog } from './log-files.ts'

/** `size`: leaves of the copied checkpoint. `checked`: of the newest that a map-checker has signed; null without one. */
export type Copied = { readonly size: number; readonly checked: number | null; readonly fetched: number }

const HASH_BYTES = 32
const AT_ONCE = 16

/**
 * Copies what `verify --log` needs into a folder: every tile of the tree, its checkpoint, and the newest one that a map-checker
 * has signed. As all of it is fetched, whoever serves the log does not learn what it is for. A full tile that is there is not
 * fetched again, and the checkpoints come last, so a copy that was cut off or grows old is simply made again.
 * Throws NoteRefused or CheckpointRefused for a checkpoint that is none, TileRefused for a tile that is missing, RangeError
 * where the log shows no checkpoint.
 */
export async function copyLog(
  source: WholeLog,
  folder: string,
  progress: (bytes: number, of: number) => void,
): Promise<Copied> {
  // In this order the second covers the first, also when the log moves in between.
  const checked = await source.checked()
  const checkpoint = await source.checkpoint()
  if (checkpoint === null) throw new RangeError('the log shows no checkpoint')
  const size = sizeOf(checkpoint)
  const wanted = [...tilesFor(size)]
  const all = bytesOf(wanted)
  let [fetched, bytes] = [0, 0]
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const some = wanted.slice(from, from + AT_ONCE)
    fetched += (await allEnded(some.map(tile => copyTile(source, folder, tile)))).filter(Boolean).length
    bytes += bytesOf(some)
    progress(bytes, all)
  }
  if (checked !== null) await put(join(folder, 'checked'), checked)
  await put(join(folder, 'checkpoint'), checkpoint)
  return { size, checked: checked === null ? null : sizeOf(checked), fetched }
}

type Named = { level: number; index: number; width: number }

function* tilesFor(size: number): Generator<Named> {
  for (let [level, hashes] = [0, size]; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH))
    for (let index = 0; index * TILE_WIDTH < hashes; index++)
      yield { level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) }
}

function bytesOf(tiles: readonly Named[]): number {
  return tiles.reduce((sum, { width }) => sum + width * HASH_BYTES, 0)
}

async function copyTile(source: WholeLog, folder: string, { level, index, width }: Named): Promise<boolean> {
  const path = join(folder, tilePath(level, index, width))
  const there = await stat(path).catch(() => null)
  if (there?.size === width * HASH_BYTES) return false
  await put(path, await tilesOf(source).tile(level, index, width))
  return true
}

/** Like Promise.all, but throws only when nothing is being written any more. */
async function allEnded<T>(copies: Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(copies)
  return Promise.all(copies)
}

/** Under its name only when it is whole. */
async function put(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, bytes)
  await rename(`${path}.new`, path)
}

function sizeOf(note: string): number {
  return parseCheckpoint(parseNote(note).text).size
}
