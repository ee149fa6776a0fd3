import { parseLeaf } from '@vidne/evidence/leaf'
import type { StatementOf } from '@vidne/evidence/statement'
import { BundleRefused } from '@vidne/tlog/tiles'
import { readSigned } from '../seal/checkpoints.ts'
import { openLockFolder } from '../seal/lock-store.ts'
import { survey } from '../seal/opening.ts'
import type { LogStanding, SealSettings } from '../seal/seal.ts'
import { TileMissing, openTileFolder } from '../seal/tile-store.ts'

/** Whether the log might go on from what lies there. Looks at database, tiles and lock; signs and writes nothing. */
export async function logStandingOf({ database, folder, lockFolder, signers }: SealSettings): Promise<LogStanding> {
  const isSound = async (note: string): Promise<boolean> => (await readSigned(note, signers.log)) !== null
  const lock = openLockFolder(lockFolder, isSound)
  return (await survey({ database, tiles: openTileFolder(folder), lock, signer: signers.log })).standing
}

/** What leaf 0 of the log in this folder says; null where it cannot be read. */
export async function openingStatement(folder: string): Promise<StatementOf<'log-opened'> | null> {
  try {
    const [first] = await openTileFolder(folder).entries(0, 1)
    const leaf = first === undefined ? null : parseLeaf(first)
    return leaf?.kind === 'statement' && leaf.statement.type === 'log-opened' ? leaf.statement : null
  } catch (error) {
    if (error instanceof TileMissing || error instanceof BundleRefused) return null
    throw error
  }
}
