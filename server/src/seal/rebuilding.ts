import { rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { equalBytes } from '@vidne/evidence/bytes'
import { leafHash } from '@vidne/tlog/merkle'
import { rootAt, tilesForAppend } from '@vidne/tlog/tiles'
import { realDisk } from '../platform/durable/disk.ts'
import { readSigned } from './checkpoints.ts'
import { lockOf, type SealSettings } from './settings.ts'
import { leavesFrom, logInUse, publicNotes } from './store.ts'
import { bundlesForAppend, openTileFolder } from './tile-store.ts'

/** Why tiles cannot be written again from the database. */
export class RebuildRefused extends Error {
  override readonly name = 'RebuildRefused'
}

const PAGE = 8192

/**
 * Writes the tiles of a log again from the leaves in the database, into a new folder that takes the old one's place only
 * when its root is the one signed last; the old one stays beside it, renamed. The seal must not be open.
 * `progress` hears how many leaves of how many are written. Throws RebuildRefused. Gives the size written.
 */
export async function rebuildTiles(
  settings: SealSettings,
  progress: (leaves: number, of: number) => void = () => {},
): Promise<number> {
  const { database, folder, signers } = settings
  const locked = await lockOf(settings).read()
  const signed = locked === null || locked === 'unreadable' ? null : await readSigned(locked.note, signers.log)
  const row = await database.asInstallation(logInUse)
  if (signed === null) throw new RebuildRefused('the lock folder holds no checkpoint to check the tiles against')
  if (row === null) throw new RebuildRefused('the database holds no log')
  const fresh = `${folder}.rebuilt-${signed.size}`
  // What an interrupted attempt has left.
  await rm(fresh, { recursive: true, force: true })
  const tiles = openTileFolder(fresh)
  for (let size = 0; size < signed.size;) {
    const page = { log: row.log, from: size, most: Math.min(PAGE, signed.size - size) }
    const leaves = await database.asInstallation(trx => leavesFrom(trx, page))
    if (leaves.length === 0) throw new RebuildRefused(`the database ends at leaf ${size} of ${signed.size}`)
    const bundles = await bundlesForAppend(tiles, size, leaves)
    await tiles.write({ bundles, tiles: await tilesForAppend(tiles, size, leaves.map(leafHash)) })
    size += leaves.length
    progress(size, signed.size)
  }
  if (!equalBytes(await rootAt(tiles, signed.size), signed.root)) {
    await rm(fresh, { recursive: true })
    throw new RebuildRefused('the leaves in the database do not give the root that was signed')
  }
  const [newest] = await database.asInstallation(trx => publicNotes(trx, row.log))
  if (newest !== undefined) await tiles.publish(newest.note)
  if ((await realDisk.list(folder)) !== null) await rename(folder, `${folder}.replaced-${signed.size}`)
  await rename(fresh, folder)
  await realDisk.syncFolder(dirname(folder))
  return signed.size
}
