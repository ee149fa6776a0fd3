import { equalBytes } from '@vidne/evidence/bytes'
import { statementLeaf } from '@vidne/evidence/leaf'
import type { StatementOf } from '@vidne/evidence/statement'
import { formatCheckpoint } from '@vidne/tlog/checkpoint'
import { EMPTY_ROOT } from '@vidne/tlog/merkle'
import { signNote } from '@vidne/tlog/note'
import type { NoteSigner } from '@vidne/tlog/note'
import { BundleRefused, rootAt } from '@vidne/tlog/tiles'
import { TileRefused } from '@vidne/tlog/tile-cache'
import type { Database } from '../platform/database/door.ts'
import { readSigned, type Signed } from './checkpoints.ts'
import type { LockStore } from './lock-store.ts'
import { judge, type Found, type LogStanding } from './standing.ts'
import { countLeaves, insertLeaves, insertLog, leavesFrom, logInUse } from './store.ts'
import { readEntries, TileMissing, type TileStore } from './tile-store.ts'

/** The three places a log lives in, and the key it signs with. */
export type Places = {
  readonly database: Database
  readonly tiles: TileStore
  readonly lock: LockStore
  readonly signer: NoteSigner
}

/** What a start has found: the standing, and what is signed when it may go on. */
export type Opened = {
  readonly standing: LogStanding
  readonly log: number | null
  readonly signed: Signed | null
}

const WIDTH = 256
// More leaves than this between lock and tiles, and only the first of them are compared.
const MOST_COMPARED = 65_536

/** Looks at all three places, changes nothing, and judges. */
export async function survey({ database, tiles, lock, signer }: Places): Promise<Opened> {
  const locked = await lock.read()
  const signed = locked === null || locked === 'unreadable' ? null : await readSigned(locked.note, signer)
  const size = signed?.size ?? 0
  const row = await database.asInstallation(async trx => {
    const inUse = await logInUse(trx)
    return inUse === null ? null : { ...inUse, leaves: await countLeaves(trx, inUse.log) }
  })
  const extent = await tiles.extent(size)
  const leafOfDatabase = async (from: number, most: number): Promise<Uint8Array[]> =>
    row === null ? [] : database.asInstallation(trx => leavesFrom(trx, { log: row.log, from, most }))
  const standing = judge({
    origin: signer.name,
    lock: locked === null ? null : (signed ?? 'unreadable'),
    tiles: { extent, rootAtLock: await rootOrNull(tiles, size) },
    database: row,
    edgeAgrees: await edgesAgree(tiles, leafOfDatabase, { size, common: Math.min(extent, row?.leaves ?? 0) }),
    published: await publishedSize(tiles, signer),
  } satisfies Found)
  return { standing, log: row?.log ?? null, signed }
}

/** Compares the leaves of both at the edge of what is signed and behind it, where a set-back would show. */
async function edgesAgree(
  tiles: TileStore,
  leavesOfDatabase: (from: number, most: number) => Promise<Uint8Array[]>,
  { size, common }: { size: number; common: number },
): Promise<boolean> {
  const from = Math.max(0, Math.floor((Math.min(size, common) - 1) / WIDTH) * WIDTH)
  const to = Math.min(common, from + MOST_COMPARED)
  const [inTiles, inDatabase] = [await entriesOrNull(tiles, from, to), await leavesOfDatabase(from, to - from)]
  // Tiles that cannot be read are named by their own check.
  if (inTiles === null) return true
  return (
    inTiles.length === inDatabase.length &&
    inTiles.every((leaf, at) => equalBytes(leaf, inDatabase[at] ?? leaf.subarray(1)))
  )
}

function entriesOrNull(tiles: TileStore, from: number, to: number): Promise<Uint8Array[] | null> {
  return orNull(() => readEntries(tiles, from, to))
}

function rootOrNull(tiles: TileStore, size: number): Promise<Uint8Array | null> {
  return orNull(() => rootAt(tiles, size))
}

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof TileMissing || error instanceof TileRefused || error instanceof BundleRefused) return null
    throw error
  }
}

async function publishedSize(tiles: TileStore, signer: NoteSigner): Promise<number> {
  const note = await tiles.published()
  if (note === null) return 0
  return (await readSigned(note, signer))?.size ?? 0
}

/** The checkpoint of the empty tree, which a lock store begins with: from then on an empty lock folder means a lost one. */
export async function emptyCheckpoint(signer: NoteSigner): Promise<string> {
  return signNote(formatCheckpoint({ origin: signer.name, size: 0, root: EMPTY_ROOT, extensions: [] }), [signer])
}

/**
 * Makes leaf 0, the log's own opening, and the lock store's first entry. Nothing is signed over it yet; interrupted, it
 * can be called again.
 */
export async function beginLog(places: Places, opened: StatementOf<'log-opened'>): Promise<void> {
  const { database, lock, signer } = places
  if (opened.origin !== signer.name) throw new RangeError('a log is opened under the name of its key')
  if ((await lock.read()) === null) await lock.begin({ size: 0, note: await emptyCheckpoint(signer) })
  await database.asInstallation(async trx => {
    const log = await insertLog(trx, { origin: opened.origin, at: opened.at })
    await insertLeaves(trx, { log, first: 0, leaves: [{ leaf: statementLeaf(opened), label: null }], at: opened.at })
  })
}
