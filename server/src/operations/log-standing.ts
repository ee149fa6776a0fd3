import { openLockFolder } from '../seal/lock-store.ts'
import { readSigned } from '../seal/checkpoints.ts'
import { survey } from '../seal/opening.ts'
import type { LogStanding, SealSettings } from '../seal/seal.ts'
import { openTileFolder } from '../seal/tile-store.ts'

/** Whether the log might go on from what lies there. Looks at database, tiles and lock; signs and writes nothing. */
export async function logStandingOf({ database, folder, lockFolder, signers }: SealSettings): Promise<LogStanding> {
  const isSound = async (note: string): Promise<boolean> => (await readSigned(note, signers.log)) !== null
  const lock = openLockFolder(lockFolder, isSound)
  return (await survey({ database, tiles: openTileFolder(folder), lock, signer: signers.log })).standing
}
